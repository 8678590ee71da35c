// Small helpers to make and change DOM nodes.

/** @type {WeakMap<Element, Map<string, EventListener>>} Those that `node` gave an element. */
const listeners = new WeakMap();

/**
 * Make an element: `node("button", {class: "te-button", onclick: f}, "Run")`.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` functions become listeners; null and false are left out.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any} The element, untyped: each caller knows its tag.
 */
export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") listen(element, name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false)));
  return element;
}

/** @param {Element} element @param {string} type @param {EventListener} listener */
function listen(element, type, listener) {
  element.addEventListener(type, listener);
  const own = listeners.get(element) ?? new Map();
  own.set(type, listener);
  listeners.set(element, own);
}

/** Let an element answer events as another one of `node` does, instead of as it did. @param {Element} from @param {Element} to */
export function moveListeners(from, to) {
  for (const [type, listener] of listeners.get(to) ?? []) to.removeEventListener(type, listener);
  listeners.delete(to);
  for (const [type, listener] of listeners.get(from) ?? []) listen(to, type, listener);
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children @returns {any} An element of a drawing, untyped as those of `node`. */
export function svgNode(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Set an attribute only when it changes; null removes it.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function setAttribute(element, name, value) {
  if (value === null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Make these the children of an element, leaving those alone that are in their place: a canvas that is taken out and
 * put back is painted again, so of two that change places the one without any is moved.
 * @param {Element} parent
 * @param {Element[]} children
 */
export function setChildren(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    const there = parent.children[i];
    if (there === child) return;
    if (there?.nextElementSibling === child && !there.querySelector("canvas")) there.remove(); // it comes later
    else parent.insertBefore(child, there ?? null);
  });
}

/**
 * Set the text only when it changes: live regions announce every write. A text that is there takes the new letters,
 * which costs less than another one.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent === text) return;
  const { firstChild } = element;
  if (firstChild instanceof Text && firstChild === element.lastChild) firstChild.data = text;
  else element.textContent = text;
}

const FIELDS = "input, textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=slider]";
const CONTROLS = `${FIELDS}, button, a[href], summary, [role=button], [role=tab], [role=option], [role=menuitem]`;

/**
 * Whether a key press at this target belongs to a control, so that the stage must not take it.
 * @param {EventTarget | undefined} target Innermost target (`event.composedPath()[0]`).
 * @param {boolean} fieldsOnly Buttons do not count: they need Enter and Space, not arrows.
 */
export function isControl(target, fieldsOnly) {
  return target instanceof Element && target.closest(fieldsOnly ? FIELDS : CONTROLS) !== null;
}

/** @returns {boolean} Whether the person asked their system for less motion. */
export function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Run when the browser is idle (Safari has no requestIdleCallback).
 * @param {() => void} task
 */
export function whenIdle(task) {
  if ("requestIdleCallback" in window) window.requestIdleCallback(task, { timeout: 1500 });
  else setTimeout(task, 60);
}
