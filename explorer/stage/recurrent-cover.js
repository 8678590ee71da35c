// What lies over a map as time goes on: a veil over what is not computed yet, the present step, the unit in focus. These
// are elements, not painted: a canvas is copied whole for each change, and a step changes all maps.

import { node } from "./dom.js";

/** @typedef {import("./recurrent-axis.js").TimeGeometry} TimeGeometry */
/** @typedef {import("./recurrent-paint.js").MapLight} MapLight */

/** @returns {HTMLElement} */
const coverPart = (/** @type {string} */ name) => node("i", { class: name, style: "visibility: hidden" });

export class TimeCover {
  constructor() {
    this.early = coverPart("te-rec-veil");
    this.late = coverPart("te-rec-veil");
    this.now = coverPart("te-rec-now");
    this.cell = coverPart("te-rec-now te-rec-now-cell");
    this.focus = coverPart("te-rec-focus");
    this.elements = [this.early, this.late, this.now, this.cell, this.focus];
  }

  /** @param {TimeGeometry} geometry @param {MapLight} light @param {number} known Steps that have values. */
  show({ cell, row, left, top, units }, light, known) {
    const height = units * row;
    const { t, unit } = light;
    const from = Math.min(light.from, known);
    const to = Math.max(Math.min(light.to, known), from);
    layOver(this.early, from > 0, left - 0.5, top - 0.5, known * cell, height + 1, from / known);
    layOver(this.late, to < known, left + to * cell - 0.5, top - 0.5, known * cell, height + 1, (known - to) / known);
    layOver(this.now, light.now, left + t * cell, top, cell - 1, height - 1);
    layOver(this.cell, light.now && unit >= 0, left + t * cell, top + unit * row, cell - 1, row - 1);
    layOver(this.focus, unit >= 0, left - 5, top + (unit + 0.5) * row - 3.5, 4, 7);
  }
}

/** @param {HTMLElement} element @param {boolean} shown @param {number} x @param {number} y @param {number} width @param {number} height @param {number} [part] Of its width that is seen. */
function layOver(element, shown, x, y, width, height, part = 1) {
  const { style } = element;
  const seen = shown ? "" : "hidden"; // not `hidden`, which makes the browser lay out
  if (style.visibility !== seen) style.visibility = seen;
  if (!shown) return;
  const [place, wide, high] = [`translate(${x}px, ${y}px)${part < 1 ? ` scaleX(${part})` : ""}`, `${width}px`, `${height}px`];
  if (style.transform !== place) style.transform = place;
  if (style.width !== wide) style.width = wide;
  if (style.height !== high) style.height = high;
}
