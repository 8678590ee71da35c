// Lays a graph out without stopping the page: what takes longer than a moment goes on between two frames of the screen.

import { layOutGraph } from "./graph-layout.js";

const AT_ONCE = 120;
const SLICE = 12;

/**
 * @param {GraphVisible} visible
 * @param {(picture: GraphPicture) => void} done Called before this returns, if it is quick.
 * @param {() => void} wait Called when it is not.
 * @returns {() => void} Stops it.
 */
export function runLayout(visible, done, wait) {
  const work = layOutGraph(visible);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {number} budget In milliseconds. */
  const go = (budget) => {
    const end = performance.now() + budget;
    for (;;) {
      const step = work.next();
      if (step.done) return done(step.value);
      if (performance.now() > end) break;
    }
    if (timer === undefined) wait();
    timer = setTimeout(() => go(SLICE));
    return undefined;
  };
  go(AT_ONCE);
  return () => clearTimeout(timer);
}
