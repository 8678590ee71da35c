// What nobody looks at while steps pass by: done when they rest.

import { whenIdle } from "./dom.js";

/** A step that is left sooner, in milliseconds, is passed by. */
const REST = 200;

export class Resting {
  constructor() {
    /** @type {(() => void) | null} What is to be done. */
    this.task = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {() => void} task Done when the browser has time, unless another one is asked for within a moment: it takes the place of this one. */
  ask(task) {
    this.task = task;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => whenIdle(() => this.task === task && task()), REST);
  }

  stop() {
    this.task = null;
    clearTimeout(this.timer);
  }
}
