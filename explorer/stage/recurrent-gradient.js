// The gradient through time: how much what it starts from feels each step, and each unit of it.

import { node, setAttribute, setText } from "./dom.js";
import { shortNumber } from "./format.js";
import { GradientMap } from "./recurrent-gradient-map.js";
import { paintTickNumbers, paintTicks, powerText, roundTicks, tickText, TimePlot, timeX } from "./recurrent-plot.js";
import { rootWords, singularWords } from "./recurrent-terms.js";
import { RootChoice } from "./recurrent-root.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */
/** @typedef {import("./recurrent-parts.js").TimeAxis} TimeAxis */

/** One length of a gradient for each step. @typedef {{name: string, values: ArrayLike<number>, colour: string}} LengthSeries */

const LENGTHS_HEIGHT = 104;
/** A scale of powers of ten is chosen where the largest is so many times the smallest. */
const MANY_TIMES = 100;
/** Columns narrower than this have lines in place of bars. */
const LEAST_BARS = 7;
/** Of h, and of c. */
const SERIES_COLOURS = { light: ["#2f56d9", "#ab3d05"], dark: ["#8eaaff", "#ffa56e"] };
const [PLOT_TOP, PLOT_FOOT] = [8, 2];

/** @param {readonly LengthSeries[]} series @returns {{low: number, high: number}} Smallest and largest number that is not zero; NaN without one. */
export function spanOf(series) {
  let [low, high] = [Infinity, 0];
  for (const { values } of series) {
    for (let t = 0; t < values.length; t += 1) {
      if (!(values[t] > 0) || values[t] === Infinity) continue;
      low = Math.min(low, values[t]);
      high = Math.max(high, values[t]);
    }
  }
  return high > 0 ? { low, high } : { low: NaN, high: NaN };
}

class LengthPlot extends TimePlot {
  /** @param {RecurrentHost} host */
  constructor(host) {
    super(host, "rec-gradient-plot", LENGTHS_HEIGHT);
    /** @type {LengthSeries[]} */
    this.series = [];
    this.logarithmic = false;
  }

  /** @returns {{from: number, to: number, place: (value: number) => number}} Ends of the scale, and 0 … 1 between them. */
  scale() {
    const { low, high } = spanOf(this.series);
    if (!this.logarithmic) return { from: 0, to: high || 1, place: (value) => value / (high || 1) };
    const [from, to] = [Math.floor(Math.log10(low)), Math.max(Math.ceil(Math.log10(high)), Math.floor(Math.log10(low)) + 1)];
    return { from, to, place: (value) => (Math.log10(value) - from) / (to - from) };
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Theme} theme */
  paint(ctx, axis, theme) {
    const { from, to, place } = this.scale();
    const yOf = (/** @type {number} */ part) => this.height - PLOT_FOOT - part * (this.height - PLOT_TOP - PLOT_FOOT);
    const marks = this.logarithmic ? roundTicks(from, to, 4).filter(Number.isInteger).map((power) => ({ y: yOf((power - from) / (to - from)), text: powerText(power) }))
      : roundTicks(from, to).map((value) => ({ y: yOf(place(value)), text: tickText(value) }));
    paintTicks(ctx, axis, marks, theme);
    this.series.forEach((one, k) => (axis.cell < LEAST_BARS ? this.paintLine(ctx, axis, one, place, yOf) : this.paintBars(ctx, axis, one, k, place, yOf)));
    this.paintOdd(ctx, axis, theme);
    paintTickNumbers(ctx, axis, marks, theme);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {LengthSeries} series @param {number} k @param {(value: number) => number} place @param {(part: number) => number} yOf */
  paintBars(ctx, axis, { values, colour }, k, place, yOf) {
    const room = axis.cell - Math.min(6, axis.cell * 0.25);
    const wide = Math.min(18, room / this.series.length);
    ctx.fillStyle = colour;
    for (let t = 0; t < values.length; t += 1) {
      if (!(values[t] > 0) || values[t] === Infinity) continue;
      const y = yOf(Math.max(0, place(values[t])));
      ctx.fillRect(timeX(axis, t) - (wide * this.series.length) / 2 + k * wide, Math.min(y, this.height - PLOT_FOOT - 1.5), wide - 1, Math.max(1.5, this.height - PLOT_FOOT - y));
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {LengthSeries} series @param {(value: number) => number} place @param {(part: number) => number} yOf */
  paintLine(ctx, axis, { values, colour }, place, yOf) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.75;
    ctx.beginPath();
    let drawn = false;
    for (let t = 0; t < values.length; t += 1) {
      const isShown = values[t] > 0 && values[t] < Infinity;
      if (isShown) ctx[drawn ? "lineTo" : "moveTo"](timeX(axis, t), yOf(Math.max(0, place(values[t]))));
      drawn = isShown;
    }
    ctx.stroke();
  }

  /** What has no bar: exactly zero, or no number. @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Theme} theme */
  paintOdd(ctx, axis, theme) {
    ctx.textAlign = "center";
    ctx.textBaseline = "bottom";
    const zeros = this.series[0]?.values.length ?? 0;
    for (let t = 0; t < zeros; t += 1) {
      const numbers = this.series.map(({ values }) => values[t]);
      const bad = numbers.some((value) => !Number.isFinite(value));
      const zero = numbers.every((value) => value === 0);
      if (!bad && !zero) continue;
      ctx.fillStyle = bad ? theme.danger : theme.muted;
      if (axis.cell >= 18) ctx.fillText(bad ? "nan" : "0", timeX(axis, t), this.height - PLOT_FOOT);
      else ctx.fillRect(timeX(axis, t) - 1, this.height - PLOT_FOOT - 3, 2, 3);
    }
  }

  /** @param {import("./recurrent-view.js").RecurrentFact} fact @returns {string[]} */
  tell({ t }) {
    return t >= 0 && t < (this.series[0]?.values.length ?? 0) ? [`t = ${t}`, ...this.series.map(({ name, values }) => `${name} ${shortNumber(values[t])}`)] : [];
  }

  table() {
    const times = Array.from({ length: this.series[0]?.values.length ?? 0 }, (_, t) => t);
    return { caption: `${this.title.textContent}, for each time step`, head: ["t", ...this.series.map(({ name }) => name)], rows: times.map((t) => [String(t), ...this.series.map(({ values }) => shortNumber(values[t]))]) };
  }
}

export class GradientPanel {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.root = new RootChoice(host);
    this.plot = new LengthPlot(host);
    this.maps = new GradientMap(host);
    /** @type {boolean | null} null: as the numbers ask for. */
    this.chosen = null;
    this.byUnit = false;
    this.linear = this.button("linear", () => this.scaleTo(false));
    this.powers = this.button("powers of ten", () => this.scaleTo(true));
    this.units = this.button("each unit", () => this.turn());
    this.controls = node("div", { class: "te-rcp-controls" }, this.root.element, node("span", { class: "te-segments", role: "group", "aria-label": "Scale" }, this.linear, this.powers), node("span", { class: "te-segments" }, this.units));
    this.key = node("p", { class: "te-rcp-key" });
    this.singular = node("p", { class: "te-rcp-singular te-muted", "data-testid": "rec-singular" });
    this.head = node("div", { class: "te-rcp-head" }, node("h3", {}, "Gradient through time"), this.controls, this.key);
    this.element = node("section", { class: "te-rcp-panel te-rcp-gradient", "aria-label": "Gradient through time", "data-testid": "rec-gradient" }, this.head, this.plot.element, this.maps.element, this.singular);
    /** @type {TimeGradientData | null} */
    this.gradient = null;
    this.now = -1;
    this.unit = 0;
    /** @type {import("./recurrent-view.js").RecurrentFact | null} */
    this.fact = null;
  }

  /** @param {string} text @param {() => void} act @returns {HTMLElement} */
  button(text, act) {
    return node("button", { type: "button", "data-testid": `rec-gradient-${text.replace(/ .*/, "")}`, onclick: act }, text);
  }

  /** @param {Scene} _scene @param {RecurrentData} recurrent @param {Theme} theme */
  update(_scene, recurrent, theme) {
    const { unrolled } = recurrent;
    this.element.hidden = !unrolled || (!unrolled.gradient && unrolled.gates.every(({ values }) => values === null));
    if (!unrolled || this.element.hidden) return;
    const { gradient } = unrolled;
    this.gradient = gradient;
    this.root.update(unrolled);
    const [hidden, cell] = SERIES_COLOURS[theme.dark ? "dark" : "light"];
    this.plot.theme = theme;
    this.plot.series = gradient ? [{ name: "|∂L/∂h|", values: gradient.hidden, colour: hidden }, ...(gradient.cell ? [{ name: "|∂L/∂c|", values: gradient.cell, colour: cell }] : [])] : [];
    this.key.replaceChildren(...this.plot.series.map(({ name, colour }) => node("span", {}, node("i", { class: "te-rcp-swatch", style: `background:${colour}` }), name)), node("span", { class: "te-muted" }, rootWords(gradient, unrolled.item)));
    setText(this.singular, singularWords(unrolled));
    this.maps.update(gradient, theme);
    this.showParts();
  }

  showParts() {
    const { low, high } = spanOf(this.plot.series);
    const some = this.gradient !== null;
    this.plot.logarithmic = high > 0 && (this.chosen ?? high / low > MANY_TIMES);
    this.plot.element.hidden = !some;
    this.maps.element.hidden = !some || !this.byUnit;
    this.maps.logarithmic = this.plot.logarithmic;
    for (const segment of [this.linear, this.powers, this.units]) /** @type {HTMLElement} */ (segment.parentElement).hidden = !some;
    setAttribute(this.linear, "aria-pressed", String(!this.plot.logarithmic));
    setAttribute(this.powers, "aria-pressed", String(this.plot.logarithmic));
    setAttribute(this.units, "aria-pressed", String(this.byUnit));
    this.plot.repaint();
    this.maps.repaint();
    this.stand();
  }

  /** @param {boolean} logarithmic */
  scaleTo(logarithmic) {
    this.chosen = logarithmic;
    this.showParts();
  }

  turn() {
    this.byUnit = !this.byUnit;
    this.showParts();
  }

  /** @param {TimeAxis} axis */
  place(axis) {
    this.plot.place(axis);
    this.maps.place(axis);
  }

  /** @param {import("./recurrent-view.js").RecurrentMoment} moment @param {number} unit In focus. */
  show({ t }, unit) {
    this.now = t;
    this.unit = unit;
    this.stand();
  }

  /** @param {import("./recurrent-view.js").RecurrentFact | null} fact */
  light(fact) {
    this.fact = fact;
    this.stand();
  }

  stand() {
    this.plot.stand(this.now, this.fact, -1);
    this.maps.stand(this.now, this.fact, this.unit);
  }
}
