// One line below the maps: what is pointed at, to the last digit.

import { node } from "./dom.js";
import { factWords } from "./recurrent-words.js";

export class Readout {
  constructor() {
    this.element = node("p", { class: "te-rec-readout", "data-testid": "recurrent-readout" });
    this.said = "";
  }

  /** @param {import("./recurrent-view.js").RecurrentView} view @param {import("./recurrent-view.js").RecurrentFact} fact @param {string} phase Whose value is told where none is pointed at. */
  show(view, fact, phase) {
    const { what, value, rest } = factWords(view, fact, phase);
    const key = `${what} ${value} ${rest}`;
    if (key === this.said) return;
    this.said = key;
    this.element.replaceChildren(node("b", {}, value ? `${what}: ${value}` : what), rest && ` · ${rest}`.replace("· =", "="));
  }
}
