// Tables that say other numbers: what is alike stays where it is, so that the browser lays out only what changed.

import { moveListeners, setAttribute } from "./dom.js";

/**
 * Make these the children of an element. A child that is of the same kind as the one in its place gives it its texts,
 * attributes and listeners, and is thrown away.
 * @param {Element} parent
 * @param {(Node | string)[]} fresh Made by `node`, and not kept by whoever made them.
 */
export function patchChildren(parent, fresh) {
  let there = parent.firstChild;
  for (const child of fresh) {
    if (typeof child === "string" && there instanceof Text) there = patchText(there, child).nextSibling;
    else there = place(parent, there, /** @type {ChildNode} */ (typeof child === "string" ? document.createTextNode(child) : child));
  }
  removeFrom(there);
}

/** @param {Element} own @param {Element} fresh */
function patchInside(own, fresh) {
  let there = own.firstChild;
  for (let child = fresh.firstChild, next; child; child = next) {
    next = child.nextSibling; // before it is moved
    there = place(own, there, child);
  }
  removeFrom(there);
}

/** @param {Element} parent @param {ChildNode | null} there @param {ChildNode} child @returns {ChildNode | null} What follows it. */
function place(parent, there, child) {
  const next = there?.nextSibling ?? null;
  if (!there) parent.append(child);
  else if (!patchNode(there, child)) parent.replaceChild(child, there);
  return next;
}

/** @param {ChildNode | null} node It goes, and all that follow it. */
function removeFrom(node) {
  for (let next; node; node = next) {
    next = node.nextSibling;
    node.remove();
  }
}

/** @param {ChildNode} there @param {ChildNode} child @returns {boolean} Whether the one could become the other. */
function patchNode(there, child) {
  if (there.nodeName !== child.nodeName) return false;
  if (there instanceof Text) return Boolean(patchText(there, /** @type {Text} */ (child).data));
  if (!(there instanceof Element) || !(child instanceof Element)) return false;
  const names = child.getAttributeNames();
  for (const name of names) setAttribute(there, name, child.getAttribute(name));
  if (there.attributes.length > names.length) for (const name of there.getAttributeNames()) if (!child.hasAttribute(name)) there.removeAttribute(name);
  moveListeners(child, there);
  patchInside(there, child);
  return true;
}

/** @param {Text} there @param {string} data @returns {Text} */
function patchText(there, data) {
  if (there.data !== data) there.data = data;
  return there;
}
