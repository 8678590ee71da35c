// The gradient of each unit at each time step, as maps: of h, and of c.

import { divergingRamp, pickSwatch } from "./colour.js";
import { node, setChildren, setText } from "./dom.js";
import { setFont } from "./fonts.js";
import { shortNumber } from "./format.js";
import { TimePlot } from "./recurrent-plot.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */
/** @typedef {import("./recurrent-parts.js").TimeAxis} TimeAxis */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

const [LOWEST_ROW, TALLEST_ROW, TALLEST_GRADIENTS] = [3, 16, 240];
const MOST_SPOKEN_UNITS = 600;
const LEAST_LABELLED = 11;
/** Two lines of a title, the scale, the place and its value. */
const WORDS_HEIGHT = 94;

/** @param {ArrayLike<number>} values @returns {{low: number, high: number}} Smallest and largest size of a finite number that is not zero. */
function sizesOf(values) {
  let [low, high] = [Infinity, 0];
  for (let i = 0; i < values.length; i += 1) {
    const size = Math.abs(values[i]);
    if (!(size > 0) || size === Infinity) continue;
    low = Math.min(low, size);
    high = Math.max(high, size);
  }
  return { low, high };
}

class UnitGradients extends TimePlot {
  /** @param {RecurrentHost} host @param {"h" | "c"} state */
  constructor(host, state) {
    super(host, `rec-gradient-units-${state}`, 0);
    this.state = state;
    this.least = WORDS_HEIGHT;
    /** @type {ArrayLike<number>} */
    this.values = [];
    this.steps = 0;
    this.logarithmic = false;
    this.title.textContent = `∂L/∂${state} of each unit`;
    this.bar = node("i", { class: "te-rcp-ramp" });
    this.ends = [node("span"), node("span")];
    setChildren(this.caption, [this.title, node("span", { class: "te-rcp-legend", "aria-hidden": "true" }, this.ends[0], this.bar, this.ends[1]), this.told]);
  }

  /** @param {ArrayLike<number> | null} values @param {number} steps @param {Theme} theme */
  update(values, steps, theme) {
    this.element.hidden = !values || steps === 0;
    this.values = values ?? [];
    this.theme = theme;
    const { high } = sizesOf(this.values);
    this.ends.forEach((end, k) => setText(end, shortNumber(k ? high : -high, 2)));
    this.bar.style.background = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((part) => pickSwatch(divergingRamp(theme.dark), part).fill).join(", ")})`;
    this.steps = steps;
    this.rows = steps ? this.values.length / steps : 0;
    this.height = this.rows * Math.max(LOWEST_ROW, Math.min(TALLEST_ROW, Math.floor(TALLEST_GRADIENTS / Math.max(1, this.rows))));
  }

  /** @returns {(value: number) => number} −1 … 1: from the largest below zero to the largest above. */
  scale() {
    const { low, high } = sizesOf(this.values);
    if (!(high > 0)) return () => 0;
    if (!this.logarithmic || low === high) return (value) => value / high;
    const [from, to] = [Math.log10(low), Math.log10(high)];
    return (value) => (value === 0 ? 0 : Math.sign(value) * (0.06 + (0.94 * (Math.log10(Math.abs(value)) - from)) / (to - from)));
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Theme} theme */
  paint(ctx, axis, theme) {
    const { rows, steps, values } = this;
    if (rows === 0) return;
    const ramp = divergingRamp(theme.dark);
    const place = this.scale();
    const image = new ImageData(steps, rows);
    const pixels = new Int32Array(image.data.buffer);
    for (let t = 0; t < steps; t += 1) {
      for (let unit = 0; unit < rows; unit += 1) {
        const value = values[t * rows + unit];
        if (Number.isFinite(value)) pixels[unit * steps + t] = pickSwatch(ramp, 0.5 + place(value) / 2).pixel;
      }
    }
    const small = Object.assign(document.createElement("canvas"), { width: steps, height: rows });
    small.getContext("2d")?.putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(small, axis.left, 0, steps * axis.cell, this.height);
    this.paintUnits(ctx, axis, theme);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Theme} theme */
  paintUnits(ctx, axis, theme) {
    const row = this.height / this.rows;
    const every = [1, 2, 4, 8, 16, 32, 64, 128].find((step) => step * row >= LEAST_LABELLED) ?? 256;
    setFont(ctx, `10.5px ${theme.mono}`);
    ctx.fillStyle = theme.muted;
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (let unit = 0; unit < this.rows; unit += every) ctx.fillText(String(unit), axis.left - 6, (unit + 0.5) * row);
  }

  /** @param {RecurrentFact} fact @returns {string[]} */
  tell({ t, unit }) {
    return unit < 0 || unit >= this.rows || t < 0 || t >= this.steps ? [] : [`t = ${t}, unit ${unit}`, shortNumber(this.values[t * this.rows + unit], 7)];
  }

  table() {
    const times = Array.from({ length: this.steps }, (_, t) => t);
    const units = Array.from({ length: this.rows }, (_, unit) => unit).slice(0, Math.max(1, Math.floor(MOST_SPOKEN_UNITS / Math.max(1, times.length))));
    const left = units.length < this.rows ? `; the first ${units.length} of ${this.rows} units` : "";
    return { caption: `∂L/∂${this.state} of each unit${left}`, head: ["unit", ...times.map((t) => `t = ${t}`)], rows: units.map((unit) => [String(unit), ...times.map((t) => shortNumber(this.values[t * this.rows + unit], 3))]) };
  }
}

export class GradientMap {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.hidden = new UnitGradients(host, "h");
    this.cell = new UnitGradients(host, "c");
    this.logarithmic = false;
    /** @type {TimeAxis | null} */
    this.axis = null;
    this.element = node("div", { class: "te-rcp-gradient-maps", hidden: true }, this.hidden.element, this.cell.element);
  }

  /** @param {TimeGradientData | null} gradient @param {Theme} theme */
  update(gradient, theme) {
    const steps = gradient?.hidden.length ?? 0;
    this.hidden.update(gradient?.unit_hidden ?? null, steps, theme);
    this.cell.update(gradient?.unit_cell ?? null, steps, theme);
  }

  /** @param {TimeAxis} axis */
  place(axis) {
    this.axis = axis;
    this.repaint();
  }

  /** Nothing while it is not shown. */
  repaint() {
    if (this.element.hidden || !this.axis) return;
    for (const map of [this.hidden, this.cell]) {
      map.logarithmic = this.logarithmic;
      map.place(this.axis);
    }
  }

  /** @param {number} now @param {RecurrentFact | null} fact @param {number} unit In focus. */
  stand(now, fact, unit) {
    if (this.element.hidden) return;
    for (const map of [this.hidden, this.cell]) map.stand(now, fact, unit);
  }
}
