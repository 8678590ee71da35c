// Keys for the timeline: inside the stage, and on the page while nothing else wants them.

import { isControl } from "./dom.js";

/** @type {HTMLElement | null} Of several stages on a page, the one last pointed at. */
let listening = null;

/**
 * @param {HTMLElement} root
 * @param {(event: KeyboardEvent) => boolean} act Returns whether the key meant something.
 * @returns {() => void} Stops listening.
 */
export function listenForKeys(root, act) {
  /** @type {WeakSet<Event>} Events that began inside the stage (a closed shadow root would hide that). */
  const inside = new WeakSet();
  /** @param {KeyboardEvent} event */
  const plain = (event) => !(event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key !== "/" && !event.key.startsWith("Arrow")));
  /** @param {KeyboardEvent} event */
  const onRoot = (event) => {
    inside.add(event);
    const target = event.composedPath()[0];
    const slider = target instanceof HTMLInputElement && target.type === "range" && event.key === " ";
    if (!plain(event) || (isControl(target, event.key !== " ") && !slider)) return;
    if (act(event)) take(event);
  };
  /** @param {KeyboardEvent} event */
  const onPage = (event) => {
    if (inside.has(event) || listening !== root || !plain(event) || isControl(event.composedPath()[0], false)) return;
    if (act(event)) take(event);
  };
  const choose = () => (listening = root);
  listening ??= root;
  root.addEventListener("keydown", onRoot);
  root.addEventListener("pointerenter", choose);
  document.addEventListener("keydown", onPage);
  return () => {
    document.removeEventListener("keydown", onPage);
    root.removeEventListener("keydown", onRoot);
    root.removeEventListener("pointerenter", choose);
    if (listening === root) listening = null;
  };
}

/** @param {Event} event */
function take(event) {
  event.preventDefault();
  event.stopPropagation();
}
