// Panels out of sight: what a step would change in them is done when steps rest, or when they come into sight.

import { Resting } from "./rest.js";

/** How far below or above the window something may begin to be in sight. */
const NEAR = "120px";

export class Sight {
  constructor() {
    /** @type {Set<Element>} */
    this.hidden = new Set();
    /** @type {Map<Element, () => void>} What waits for them. */
    this.waiting = new Map();
    this.resting = new Resting();
    /** @type {WeakSet<Element>} */
    this.watched = new WeakSet();
    this.observer = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: NEAR });
  }

  /** @param {IntersectionObserverEntry[]} entries */
  moved(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) this.hidden.add(target);
      else if (this.hidden.delete(target)) this.catchUp(target);
    }
  }

  /** @param {Element} element @param {() => void} act Shows all of it as it is now: it takes the place of one that waits. */
  show(element, act) {
    if (!this.watched.has(element)) {
      this.watched.add(element);
      this.observer.observe(element);
    }
    // with the keyboard in it, it comes into sight with the next frame
    if (!this.hidden.has(element) || element.matches(":focus-within")) return act();
    this.waiting.set(element, act);
    this.resting.ask(() => [...this.waiting.keys()].forEach((one) => this.catchUp(one)));
  }

  /** @param {Element} element */
  catchUp(element) {
    const act = this.waiting.get(element);
    this.waiting.delete(element);
    act?.();
  }

  destroy() {
    this.resting.stop();
    this.observer.disconnect();
  }
}
