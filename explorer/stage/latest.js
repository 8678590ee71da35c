// Streamlit calls an element's function again for new data, also while the module of the call before is still being
// fetched. What that call returned is then run late, when the later call may have drawn already.

/** @type {WeakMap<Node, number>} */
const callsOf = new WeakMap();

/**
 * Note a call for an element.
 * @param {Node} parent @param {() => void} end Takes away what was drawn.
 * @returns {() => void} `end`, unless the element was called for again since.
 */
export function unlessCalledAgain(parent, end) {
  const call = (callsOf.get(parent) ?? 0) + 1;
  callsOf.set(parent, call);
  return () => {
    if (callsOf.get(parent) === call) end();
  };
}
