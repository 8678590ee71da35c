// One line below the maps: what is pointed at, to the last digit.

import { node, setText } from "./dom.js";
import { factWords } from "./recurrent-words.js";

export class Readout {
  constructor() {
    this.head = node("b");
    this.rest = document.createTextNode("");
    this.element = node("p", { class: "te-rec-readout", "data-testid": "recurrent-readout" }, this.head, this.rest);
  }

  /** @param {import("./recurrent-view.js").RecurrentView} view @param {import("./recurrent-view.js").RecurrentFact} fact @param {string} phase Whose value is told where none is pointed at. */
  show(view, fact, phase) {
    const { what, value, rest } = factWords(view, fact, phase);
    const tail = rest && ` · ${rest}`.replace("· =", "=");
    setText(this.head, value ? `${what}: ${value}` : what);
    if (this.rest.data !== tail) this.rest.data = tail;
  }
}
