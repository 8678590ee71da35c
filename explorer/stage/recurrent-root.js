// Where the gradient through time starts: the program's own backward pass, or a time step.

import { node, setText } from "./dom.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */

/** As many time steps stand in the list; others are typed. */
const MOST_ROOTS = 256;

export class RootChoice {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.host = host;
    this.select = node("select", { class: "te-select", "data-testid": "rec-root", onchange: () => host.ask({ root: Number(this.select.value) }) });
    this.word = node("span", { class: "te-muted" });
    this.element = node("label", { class: "te-rcp-choice" }, node("span", { class: "te-label" }, "starts from"), this.select, this.word);
    this.filled = "";
  }

  /** @param {UnrolledData} unrolled */
  update(unrolled) {
    const { steps, gradient, reverse } = unrolled;
    const step = gradient?.step ?? -1;
    const key = `${steps} ${step} ${gradient?.root} ${reverse}`;
    this.select.disabled = !this.host.served;
    setText(this.word, this.host.served ? "" : "others in the app, where the program runs");
    if (key === this.filled) return;
    this.filled = key;
    const own = node("option", { value: -1, selected: step < 0 }, ownWords(gradient));
    const listed = Math.min(steps, MOST_ROOTS);
    const times = Array.from({ length: listed }, (_, k) => (steps <= MOST_ROOTS ? k : Math.round((k * (steps - 1)) / (listed - 1))));
    this.select.replaceChildren(own, ...times.map((t) => node("option", { value: t, selected: t === step }, `output at t = ${t}`)));
  }
}

/** @param {TimeGradientData | null} gradient @returns {string} What the program did itself. */
function ownWords(gradient) {
  if (!gradient) return "no backward pass to show";
  return gradient.step < 0 ? "the program's backward pass" : "the program's backward pass, if there is one";
}
