// Tables that say other numbers: what is alike stays where it is, so that the browser lays out only what changed.

import { moveListeners, setAttribute } from "./dom.js";

/**
 * Make these the children of an element. A child that is of the same kind as the one in its place gives it its texts,
 * attributes and listeners, and is thrown away.
 * @param {Element} parent
 * @param {Element[]} fresh Made by `node`, and not kept by whoever made them.
 */
export function patchChildren(parent, fresh) {
  patchNodes(parent, fresh);
}

/** @param {Element} parent @param {ArrayLike<Node>} fresh */
function patchNodes(parent, fresh) {
  const own = [...parent.childNodes], wanted = Array.from(fresh);
  for (const extra of own.slice(wanted.length)) extra.remove();
  wanted.forEach((child, k) => {
    const there = own[k];
    if (!there) parent.append(child);
    else if (!patchNode(there, child)) parent.replaceChild(child, there);
  });
}

/** @param {Node} there @param {Node} child @returns {boolean} Whether the one could become the other. */
function patchNode(there, child) {
  if (there instanceof Text && child instanceof Text) {
    if (there.data !== child.data) there.data = child.data;
    return true;
  }
  if (!(there instanceof Element) || !(child instanceof Element) || there.tagName !== child.tagName) return false;
  for (const { name } of [...there.attributes]) if (!child.hasAttribute(name)) there.removeAttribute(name);
  for (const { name, value } of child.attributes) setAttribute(there, name, value);
  moveListeners(child, there);
  patchNodes(there, child.childNodes);
  return true;
}
