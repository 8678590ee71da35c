// The stage as a Streamlit component (v2). Streamlit calls the default export again for new data and for a new
// theme, without cleaning up in between; cleanup runs once, at the end.

import { mount } from "./mount.js";

/**
 * @typedef {{stage: import("./mount.js").Stage, bytes: Uint8Array, onNavigate?: () => void}} Instance
 * @typedef {{data: Uint8Array, parentElement: HTMLElement | ShadowRoot,
 *   setTriggerValue: (name: string, value: unknown) => void}} ComponentArguments
 */

/** @type {WeakMap<Node, Instance>} */
const instances = new WeakMap();

/** @param {Uint8Array} a @param {Uint8Array} b */
function equalBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** @param {ComponentArguments} component */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!(data instanceof Uint8Array) || data.length === 0) return () => {};
  const onRun = (/** @type {string} */ source) => setTriggerValue("run", source);
  const bytes = data.slice(); // a view into a larger frame, at any offset
  const known = instances.get(parentElement);
  if (known) {
    known.stage.options.onRun = onRun;
    if (equalBytes(known.bytes, bytes)) known.stage.refreshTheme();
    else known.stage.update(bytes);
    known.bytes = bytes;
  } else {
    const stage = mount(/** @type {HTMLElement} */ (parentElement), bytes, { editable: true, links: true, onRun });
    instances.set(parentElement, { stage, bytes });
  }
  // Streamlit reruns the page on its own when the browser goes back or forward; this says that it was that, and
  // not a rerun that left before the address changed
  const onNavigate = () => setTriggerValue("navigate", Object.fromEntries(new URLSearchParams(location.search)));
  const instance = /** @type {Instance} */ (instances.get(parentElement));
  if (instance.onNavigate) window.removeEventListener("popstate", instance.onNavigate);
  instance.onNavigate = onNavigate;
  window.addEventListener("popstate", onNavigate);
  return () => {
    window.removeEventListener("popstate", onNavigate);
    instances.get(parentElement)?.stage.destroy();
    instances.delete(parentElement);
  };
}
