// Buttons that copy a text.

import { node } from "./dom.js";

/**
 * A button that copies a text and says so for a moment.
 * @param {string} label @param {() => string} text
 * @returns {HTMLButtonElement}
 */
export function copyButton(label, text) {
  const button = node("button", { type: "button", class: "te-button", "data-testid": label.toLowerCase().replace(" ", "-") }, label);
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      done = copyBySelection(text(), button.parentElement);
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

/**
 * For pages without the clipboard interface (plain http, file:).
 * @param {string} text @param {HTMLElement} place
 * @returns {boolean}
 */
function copyBySelection(text, place) {
  const area = node("textarea", { class: "te-hidden", "aria-hidden": "true" });
  area.value = text;
  place.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
