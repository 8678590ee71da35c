// The program: read-only, or an editor that runs what is typed.

import { node, setAttribute } from "./dom.js";
import { codeLines, stretchOf } from "./highlight.js";

export class CodePanel {
  /** @param {boolean} editable @param {boolean} linked @param {(source: string) => void} onRun */
  constructor(editable, linked, onRun) {
    this.editable = editable;
    this.onRun = onRun;
    this.source = "";
    /** @type {string | null} The text that was sent to run and has not come back yet. */
    this.submitted = null;
    /** @type {Failure | null} */
    this.error = null;
    /** @type {Span | null} */
    this.current = null;
    /** @type {Span | null} */
    this.pointed = null;
    this.key = "";
    this.lines = node("pre", { class: "te-lines", "aria-hidden": editable ? "true" : null });
    this.area = editable ? this.makeArea() : null;
    const keys = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ Enter" : "Ctrl Enter";
    this.run = node("button", { type: "button", class: "te-button te-primary", "data-testid": "run", onclick: () => this.submit() }, "Run ", node("kbd", {}, keys));
    this.revert = node("button", { type: "button", class: "te-button", onclick: () => this.reset() }, "Revert");
    this.copied = copyButton("Copy", () => this.draft());
    // the address holds the program, the step, the colouring and the device
    const link = linked ? copyButton("Copy link", () => location.href) : null;
    this.box = node("div", { class: "te-code-box", ...(editable ? {} : { tabindex: "0", role: "region", "aria-label": "Program" }) },
      node("div", { class: "te-code-sheet" }, this.lines, this.area));
    this.output = node("pre", { class: "te-output", tabindex: "0", role: "region", "aria-label": "Output" });
    this.outputBox = node("div", { class: "te-output-box", hidden: true }, node("h4", {}, "Output"), this.output);
    this.element = node("section", { class: "te-program", "aria-label": "Program and output" },
      node("div", { class: "te-panel-head" }, node("h3", {}, "Program"), node("span", { class: "te-actions" }, editable && this.revert, editable && this.run, link, this.copied)),
      this.box, this.outputBox);
    this.refresh();
  }

  makeArea() {
    const area = node("textarea", {
      class: "te-area", "aria-label": "Program", "data-testid": "program", spellcheck: "false", autocapitalize: "off",
      autocomplete: "off", autocorrect: "off", wrap: "off", placeholder: "x = torch.arange(24).view(4, 6)",
    });
    area.addEventListener("input", () => this.refresh());
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation(); // Streamlit's own shortcuts (r, c) do not see into the shadow root
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.submit();
      }
    });
    return area;
  }

  /** @returns {string} What is written now. */
  draft() {
    return this.area ? this.area.value : this.source;
  }

  submit() {
    this.submitted = this.draft();
    this.onRun(this.submitted);
  }

  reset() {
    if (!this.area) return;
    this.area.value = this.source;
    this.refresh();
    this.area.focus();
  }

  /**
   * Take a new scene's text. An unsaved draft stays while the text that it started from is the same.
   * @param {Scene} scene
   */
  setScene(scene) {
    // what is typed while a program runs stays: it began from the text that was sent, which may still be on its way
    const waiting = this.submitted !== null && scene.source !== this.submitted;
    const begun = this.submitted ?? this.source;
    const unsaved = this.area !== null && this.area.value !== begun;
    const replace = !waiting && (scene.source !== begun || !unsaved);
    if (!waiting) this.submitted = null;
    this.source = scene.source;
    this.error = scene.error;
    this.current = null;
    this.pointed = null;
    if (this.area && replace && this.area.value !== scene.source) this.area.value = scene.source;
    this.outputBox.hidden = scene.output === "";
    this.output.textContent = scene.output;
    this.key = "";
    this.refresh();
  }

  /** @param {Span | null} current Of the frame. @param {Span | null} pointed Of the hovered grid. */
  mark(current, pointed) {
    this.current = current;
    this.pointed = pointed;
    this.refresh();
  }

  refresh() {
    const text = this.draft();
    const dirty = this.area !== null && text !== this.source;
    this.run.hidden = this.editable && !dirty;
    this.revert.hidden = !dirty;
    setAttribute(this.element, "data-dirty", dirty ? "true" : null);
    const key = JSON.stringify([text, dirty, this.current, this.pointed]);
    if (key === this.key) return;
    this.key = key;
    const marks = dirty ? [] : this.marks(text);
    const lines = codeLines(text, marks);
    this.lines.style.setProperty("--te-digits", `${String(lines.length).length}ch`);
    const current = dirty ? null : this.current;
    this.lines.replaceChildren(...lines.map((parts, i) =>
      node("div", { class: current && i + 1 >= current.line && i + 1 <= current.end_line ? "te-line te-now" : "te-line" },
        node("span", { class: "te-number-column", "data-line": i + 1 }), node("code", {}, ...parts, "\n"))));
    if (this.error && !dirty) this.showMessage(text, this.error);
  }

  /** @param {string} text */
  marks(text) {
    const marks = [];
    if (this.current) marks.push(stretchOf(text, this.current, "te-span"));
    if (this.pointed) marks.push(stretchOf(text, this.pointed, "te-pointed"));
    if (this.error) marks.push(stretchOf(text, this.error.span, "te-wavy"));
    return marks;
  }

  /**
   * The message beneath its line. In the editor all lines must keep their height, so there it lies over the
   * next lines if those are blank, else at the end of its own.
   * @param {string} text @param {Failure} error
   */
  showMessage(text, error) {
    const last = Math.max(1, error.span.end_line);
    const line = this.lines.children[Math.min(last, this.lines.children.length) - 1];
    if (!line) return;
    const message = node("div", { class: "te-line-message", title: error.message }, `↑ ${error.kind}: ${error.message}`);
    const below = text.split("\n")[last];
    if (!this.editable) line.after(message);
    else if (below === undefined || below.trim() === "") line.append(message);
    else {
      message.textContent = `← ${error.kind}: ${error.message}`;
      message.classList.add("te-beside");
      message.style.left = `calc(62px + ${text.split("\n")[last - 1]?.length ?? 0}ch)`;
      line.append(message);
    }
  }
}

/**
 * A button that copies a text and says so for a moment.
 * @param {string} label @param {() => string} text
 * @returns {HTMLButtonElement}
 */
function copyButton(label, text) {
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
