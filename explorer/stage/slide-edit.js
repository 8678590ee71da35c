// A field on a cell of a kernel: what is typed there is written into the program.

import { node } from "./dom.js";
import { indexed } from "./slide-words.js";

/** @typedef {import("./slide-panel.js").SlidePanel} SlidePanel */
/** @typedef {{kind: "weight", weight: string, index: number[], value: string}} WeightChange */

export class KernelEditor {
  /** @param {(change: WeightChange) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {HTMLInputElement | null} */
    this.field = null;
    /** @type {(() => void)} */
    this.commit = () => {};
  }

  /** @param {SlidePanel} panel @param {number} cell @param {import("./slide-data.js").SlideData} data */
  open(panel, cell, data) {
    const { picture, geometry } = panel;
    if (!picture || !geometry || cell < 0) return;
    this.close();
    const index = data.model.weightIndex(data.windows.channel, picture.area.leadAt(cell), picture.area.indexAt(cell));
    const { x, y, w, h } = geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
    const value = data.weight.exact(index);
    const field = /** @type {HTMLInputElement} */ (node("input", { class: "te-slide-field", type: "text", inputmode: "decimal", "data-testid": "slide-field", "aria-label": `New value of ${indexed(data.weight.name, index)}`, value }));
    Object.assign(field.style, { left: `${x - 3}px`, top: `${y - 3}px`, width: `${Math.max(62, w + 6)}px`, height: `${Math.max(26, h + 5)}px` });
    this.commit = () => {
      const typed = field.value.trim();
      if (typed !== "" && typed !== value) this.onChange({ kind: "weight", weight: data.weight.name, index, value: typed });
    };
    field.addEventListener("keydown", (event) => this.key(event, panel));
    field.addEventListener("blur", () => this.done());
    for (const kind of ["pointermove", "click", "dblclick"]) field.addEventListener(kind, (event) => event.stopPropagation());
    panel.box.append(field);
    this.field = field;
    field.focus();
    field.select();
  }

  /** @param {KeyboardEvent} event @param {SlidePanel} panel */
  key(event, panel) {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Escape") this.close();
    else this.done();
    panel.box.focus({ preventScroll: true });
  }

  /** Take what was typed. */
  done() {
    const { commit } = this;
    if (!this.field) return;
    this.close();
    commit();
  }

  close() {
    const { field } = this;
    this.field = null;
    field?.remove();
  }
}
