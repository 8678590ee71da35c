// A field on a cell of a weight: what is typed there is written into the program.

import { cellName } from "./describe.js";
import { node, setAttribute, setText } from "./dom.js";

/** @typedef {import("./panel.js").CellPanel} EditedPanel */
/** A cell of a weight, and its number with all its digits. @typedef {{name: string, index: number[], value: string}} EditedCell */
/** @typedef {{kind: "weight", weight: string, index: number[], value: string}} WeightChange */

/** A number as Python writes it, or a way to write infinity, nan or a complex number, which the program judges. */
const TYPED_NUMBER = /^([+-]\s*)?(\d[\d_]*\.?[\d_]*(e[+-]?\d+)?|\.\d[\d_]*(e[+-]?\d+)?|0x[\da-f]+|((torch|np|math)\.)?(nan|inf))$|^[(+\-.\d][\d\s.e+\-]*j\)?$|^float\(/i;
const MOST_QUOTED = 40;

/** @param {string} typed @returns {string} Why it is not taken, or "". */
function refusalOf(typed) {
  if (typed === "" || TYPED_NUMBER.test(typed)) return "";
  const quoted = typed.length > MOST_QUOTED ? `${typed.slice(0, MOST_QUOTED)}…` : typed;
  return `'${quoted}' is not a number. Type one number, for example 0.5, or press Escape.`;
}

export class WeightEditor {
  /** @param {(change: WeightChange) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {HTMLInputElement | null} */
    this.field = null;
    /** What is said below the field. */
    this.refusal = node("p", { class: "te-weight-refusal", role: "alert", id: "te-weight-refusal", "data-testid": "weight-refusal" });
    /** @type {(typed: string) => void} */
    this.commit = () => {};
  }

  /** @param {EditedPanel} panel @param {number} cell Of the panel. @param {EditedCell} edited */
  open(panel, cell, { name, index, value }) {
    const { geometry } = panel;
    if (!geometry || cell < 0) return;
    this.close();
    const { x, y, w, h } = geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
    const field = /** @type {HTMLInputElement} */ (node("input", { class: "te-weight-field", type: "text", inputmode: "decimal", "data-testid": "weight-field", "aria-label": `New value of ${cellName(name, index)}`, value }));
    Object.assign(field.style, { left: `${x - 3}px`, top: `${y - 3}px`, width: `${Math.max(62, w + 6)}px`, height: `${Math.max(26, h + 5)}px` });
    this.commit = (typed) => {
      if (typed !== "" && typed !== value) this.onChange({ kind: "weight", weight: name, index, value: typed });
    };
    field.addEventListener("keydown", (event) => this.key(event, panel));
    field.addEventListener("blur", () => this.done());
    for (const kind of ["pointermove", "click", "dblclick"]) field.addEventListener(kind, (event) => event.stopPropagation());
    field.addEventListener("input", () => this.refuse(""));
    panel.box.append(field);
    panel.figure.append(this.refusal);
    this.field = field;
    field.focus();
    field.select();
  }

  /** @param {KeyboardEvent} event @param {EditedPanel} panel */
  key(event, panel) {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Escape") this.close();
    else this.done();
    if (!this.field) panel.box.focus({ preventScroll: true });
  }

  /** Take what was typed; what is no number stays, with a word why. */
  done() {
    const { commit, field } = this;
    if (!field) return;
    const typed = field.value.trim();
    const refusal = refusalOf(typed);
    if (refusal) return this.refuse(refusal);
    this.close();
    commit(typed);
  }

  /** @param {string} words "": nothing is wrong. */
  refuse(words) {
    setText(this.refusal, words);
    if (!this.field) return;
    setAttribute(this.field, "aria-invalid", words ? "true" : null);
    setAttribute(this.field, "aria-describedby", words ? this.refusal.id : null);
  }

  close() {
    const { field } = this;
    this.field = null;
    this.refuse("");
    this.refusal.remove();
    field?.remove();
  }
}
