// The phases of a step in the order in which they are computed; the present one is marked, each can be gone to.

import { node, setAttribute, setText } from "./dom.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

export class PhaseBar {
  /** @param {(phase: string) => void} go */
  constructor(go) {
    this.go = go;
    this.when = node("span", { class: "te-rec-when" });
    this.phases = node("span", { class: "te-rec-steps" });
    this.element = node("div", { class: "te-rec-phases", role: "group", "aria-label": "Phase of the step", "data-testid": "recurrent-phases" }, this.when, this.phases);
    /** @type {Map<string, HTMLElement>} */
    this.buttons = new Map();
  }

  /** @param {RecurrentView} view */
  take(view) {
    if ([...this.buttons.keys()].join() === view.phases.join()) return;
    this.buttons = new Map(view.maps.map(({ phase, role, decides }) => [phase, node("button", { type: "button", title: `${role}: ${decides}`, "data-testid": `phase-${phase}`, onclick: () => this.go(phase) }, phase)]));
    this.phases.replaceChildren(...[...this.buttons.values()].flatMap((button, k) => [k > 0 ? node("span", { "aria-hidden": "true" }, "→") : "", button]));
  }

  /** @param {RecurrentView} view @param {RecurrentMoment} moment */
  show(view, { t, phase }) {
    setText(this.when, `t = ${t}`);
    const now = view.rank(phase);
    for (const [name, button] of this.buttons) {
      setAttribute(button, "aria-current", name === phase ? "step" : null);
      setAttribute(button, "data-later", view.rank(name) > now ? "true" : null);
    }
  }
}
