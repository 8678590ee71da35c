// Lines over time: chosen units of chosen gates and states, one small plot for each, aligned with the maps.

import { node, setAttribute, setChildren } from "./dom.js";
import { shortNumber } from "./format.js";
import { groupLook } from "./norm-colours.js";
import { paintTickNumbers, paintTicks, roundTicks, tickText, TimePlot, timeX } from "./recurrent-plot.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */
/** @typedef {import("./recurrent-parts.js").TimeAxis} TimeAxis */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** Numbers over time, `units` a step. `low`, `high`: where all of them lie. `isOfUnits`: not of a projection. @typedef {{name: string, role: string, units: number, values: ArrayLike<number>, low: number, high: number, isOfUnits: boolean}} Quantity */
/** A unit, and its number: which colour and dash it has. @typedef {{unit: number, look: number}} LineUnit */

const LINES_HEIGHT = 72;
/** Height of a line of words beside a plot. */
const TOLD_LINE = 18;
const MOST_KEPT_UNITS = 5;
const LINE_MARGIN = 5;
/** One for each line that there may be, so that they are told apart without colours. */
const LINE_DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2, 1, 2]];

/** @param {number} look @param {boolean} dark @returns {import("./norm-colours.js").GroupLook} */
function lineLook(look, dark) {
  return { line: groupLook(look, dark).line, dash: LINE_DASHES[look] };
}

/** @param {ArrayLike<number>} values @returns {[number, number]} Ends of a scale that holds zero and the finite ones. */
function endsOf(values) {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if (values[i] < low && values[i] > -Infinity) low = values[i];
    if (values[i] > high && values[i] < Infinity) high = values[i];
  }
  return low === high ? [0, 1] : [low, high];
}

/** @param {UnrolledData} unrolled @returns {Quantity[]} All that has numbers, states first. */
function quantitiesOf({ states, gates, hidden_size: size }) {
  const all = [...states.map(({ name, role, units, values }) => ({ name, role, units, values, isShare: false })).reverse(),
    ...gates.filter(({ name }) => states.every((state) => state.name !== name)).map((gate) => ({ name: gate.name, role: gate.role, units: size, values: gate.values, isShare: gate.function === "sigmoid" }))];
  return all.flatMap(({ isShare, values, ...rest }) => {
    if (!values) return [];
    const [low, high] = isShare ? [0, 1] : endsOf(values);
    return [{ ...rest, values, low, high, isOfUnits: rest.units === size }];
  });
}

class QuantityPlot extends TimePlot {
  /** @param {RecurrentHost} host @param {string} name */
  constructor(host, name) {
    super(host, `rec-line-${name}`, LINES_HEIGHT);
    /** @type {Quantity | null} */
    this.quantity = null;
    /** @type {LineUnit[]} */
    this.units = [];
    this.title.textContent = name;
  }

  /** @param {Quantity} quantity @param {LineUnit[]} units @param {Theme} theme */
  draw(quantity, units, theme) {
    this.quantity = quantity;
    this.units = units.filter(({ unit }) => unit < quantity.units);
    this.theme = theme;
    this.height = this.beside ? Math.max(LINES_HEIGHT, (this.units.length + 2) * TOLD_LINE) : LINES_HEIGHT;
    if (this.axis) this.place(this.axis);
  }

  /** @param {number} value @returns {number} */
  yOf(value) {
    const { low, high } = /** @type {Quantity} */ (this.quantity);
    return LINE_MARGIN + ((high - value) / (high - low)) * (this.height - 2 * LINE_MARGIN);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Theme} theme */
  paint(ctx, axis, theme) {
    const { quantity } = this;
    if (!quantity) return;
    const ticks = roundTicks(quantity.low, quantity.high, 4).map((value) => ({ y: this.yOf(value), text: tickText(value) }));
    paintTicks(ctx, axis, ticks, theme);
    [...this.units].reverse().forEach(({ unit, look }, k, all) => this.paintUnit(ctx, axis, quantity, unit, lineLook(look, theme.dark), k === all.length - 1 ? 2.25 : 1.5));
    paintTickNumbers(ctx, axis, ticks, theme);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {Quantity} quantity @param {number} unit @param {import("./norm-colours.js").GroupLook} look @param {number} width */
  paintUnit(ctx, axis, { values, units }, unit, { line, dash }, width) {
    const steps = Math.min(axis.steps, values.length / units);
    Object.assign(ctx, { strokeStyle: line, fillStyle: line, lineWidth: width });
    ctx.setLineDash(dash);
    ctx.beginPath();
    let drawn = false;
    for (let t = 0; t < steps; t += 1) {
      const value = values[t * units + unit];
      if (Number.isFinite(value)) ctx[drawn ? "lineTo" : "moveTo"](timeX(axis, t), this.yOf(value));
      drawn = Number.isFinite(value);
    }
    ctx.stroke();
    ctx.setLineDash([]);
    for (let t = 0; axis.cell >= 10 && t < steps; t += 1) {
      const value = values[t * units + unit];
      if (!Number.isFinite(value)) continue;
      ctx.beginPath();
      ctx.arc(timeX(axis, t), this.yOf(value), width, 0, 7);
      ctx.fill();
    }
  }

  /** @param {RecurrentFact} fact @returns {string[]} */
  tell({ t }) {
    const { quantity } = this;
    if (!quantity || t < 0 || (t + 1) * quantity.units > quantity.values.length) return [];
    const called = (/** @type {number} */ unit) => (quantity.isOfUnits ? `unit ${unit}` : `${quantity.name}[${unit}]`);
    const none = this.units.length ? [] : [`${quantity.units} ${quantity.units === 1 ? "number" : "numbers"}, made of all units`];
    return [`t = ${t}`, ...this.units.map(({ unit }) => `${called(unit)} ${shortNumber(quantity.values[t * quantity.units + unit])}`), ...none];
  }

  table() {
    const { quantity, units } = this;
    const times = Array.from({ length: quantity ? quantity.values.length / quantity.units : 0 }, (_, t) => t);
    return { caption: `${quantity?.name} over time`, head: ["t", ...units.map(({ unit }) => `unit ${unit}`)], rows: times.map((t) => [String(t), ...units.map(({ unit }) => shortNumber(quantity?.values[t * quantity.units + unit] ?? NaN))]) };
  }
}

export class UnitLines {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.host = host;
    /** @type {Map<number, number>} Units that stay, and what their lines look like. */
    this.looks = new Map();
    /** @type {Set<string> | null} Which quantities are drawn; null: those that it begins with. */
    this.chosen = null;
    /** The unit in focus, and the one that is drawn as such: this, or what is pointed at. */
    this.home = 0;
    this.focus = 0;
    /** @type {RecurrentFact | null} */
    this.fact = null;
    this.now = 0;
    /** @type {Map<string, QuantityPlot>} */
    this.plots = new Map();
    /** @type {Quantity[]} */
    this.quantities = [];
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {TimeAxis | null} */
    this.axis = null;
    this.units = node("span", { class: "te-rcp-units", role: "group", "aria-label": "Units that are drawn", "data-testid": "rec-line-units" });
    this.keep = node("button", { type: "button", class: "te-button", "data-testid": "rec-keep", onclick: () => this.keepFocus() });
    this.names = node("span", { class: "te-segments te-rcp-names", role: "group", "aria-label": "What is drawn" });
    this.drawn = node("div", { class: "te-rcp-plots" });
    this.head = node("div", { class: "te-rcp-head" }, node("h3", {}, "Over time"), node("div", { class: "te-rcp-controls" }, this.names, this.units, this.keep));
    this.element = node("section", { class: "te-rcp-panel te-rcp-lines", "aria-label": "Units over time", "data-testid": "rec-lines" }, this.head, this.drawn);
  }

  /** @param {Scene} _scene @param {RecurrentData} recurrent @param {Theme} theme */
  update(_scene, { unrolled }, theme) {
    this.quantities = unrolled ? quantitiesOf(unrolled) : [];
    this.element.hidden = this.quantities.length === 0;
    if (!unrolled || this.element.hidden) return;
    this.theme = theme;
    for (const unit of [...this.looks.keys()]) if (unit >= unrolled.hidden_size) this.looks.delete(unit);
    this.home = Math.min(this.home, unrolled.hidden_size - 1);
    this.focus = Math.min(this.focus, unrolled.hidden_size - 1);
    this.names.replaceChildren(...this.quantities.map(({ name, role }) => node("button", { type: "button", title: role, "data-testid": `rec-line-choose-${name}`, onclick: () => this.choose(name) }, name)));
    this.draw();
  }

  /** @returns {Set<string>} Names of what is drawn. */
  get shown() {
    const names = this.quantities.map(({ name }) => name);
    const chosen = names.filter((name) => this.chosen?.has(name));
    return new Set(chosen.length ? chosen : names.filter((name) => name === "c" || name === "h"));
  }

  /** @param {string} name To be drawn, or not any more. */
  choose(name) {
    const { shown } = this;
    if (shown.has(name) && shown.size > 1) shown.delete(name);
    else shown.add(name);
    this.chosen = shown;
    this.draw();
  }

  keepFocus() {
    const [{ unit, look }] = this.lineUnits();
    if (!this.looks.delete(unit)) this.looks.set(unit, look);
    const [oldest] = this.looks.keys();
    if (this.looks.size > MOST_KEPT_UNITS) this.looks.delete(oldest);
    this.draw();
  }

  /** @param {number} unit */
  drop(unit) {
    this.looks.delete(unit);
    this.draw();
    this.keep.focus({ preventScroll: true });
  }

  /** @returns {LineUnit[]} The one in focus first. */
  lineUnits() {
    const free = LINE_DASHES.findIndex((_, look) => ![...this.looks.values()].includes(look));
    const lookOf = (/** @type {number} */ unit) => this.looks.get(unit) ?? Math.max(0, free);
    return [this.focus, ...[...this.looks.keys()].filter((unit) => unit !== this.focus)].map((unit) => ({ unit, look: lookOf(unit) }));
  }

  draw() {
    const { theme, axis } = this;
    if (!theme || this.element.hidden) return;
    const { shown } = this;
    const units = this.lineUnits();
    const drawn = this.quantities.filter(({ name }) => shown.has(name));
    const plots = drawn.map((quantity, k) => {
      const plot = this.plots.get(quantity.name) ?? new QuantityPlot(this.host, quantity.name);
      this.plots.set(quantity.name, plot);
      const timed = k === drawn.length - 1;
      plot.timed = timed;
      if (axis && plot.axis !== axis) plot.place(axis);
      plot.draw(quantity, units, theme);
      return plot.element;
    });
    setChildren(this.drawn, plots);
    [...this.names.children].forEach((button, k) => setAttribute(button, "aria-pressed", String(shown.has(this.quantities[k].name))));
    this.units.replaceChildren(...units.map(({ unit, look }) => this.chip(unit, lineLook(look, theme.dark))));
    this.keep.textContent = this.looks.has(this.focus) ? `let unit ${this.focus} go` : `keep unit ${this.focus}`;
    this.stand();
  }

  /** @param {number} unit @param {import("./norm-colours.js").GroupLook} look @returns {HTMLElement} */
  chip(unit, { line, dash }) {
    const sample = `<svg class="te-rcp-dash" width="22" height="6" aria-hidden="true"><line x1="0" y1="3" x2="22" y2="3" stroke="${line}" stroke-width="2.25" stroke-dasharray="${dash.join(" ")}"/></svg>`;
    const chip = node("span", { class: "te-rcp-unit" });
    chip.innerHTML = sample;
    chip.append(node("span", {}, `unit ${unit}`), this.looks.has(unit) ? node("button", { type: "button", class: "te-link", "aria-label": `Let unit ${unit} go`, onclick: () => this.drop(unit) }, "×") : "");
    return chip;
  }

  /** @param {TimeAxis} axis */
  place(axis) {
    this.axis = axis;
    for (const plot of this.plots.values()) plot.place(axis);
  }

  /** @param {import("./recurrent-view.js").RecurrentMoment} moment @param {number} unit In focus. */
  show({ t }, unit) {
    this.now = t;
    this.home = unit;
    this.turnTo(this.fact);
  }

  /** @param {RecurrentFact | null} fact The history of a unit that is pointed at is drawn at once. */
  light(fact) {
    this.fact = fact;
    this.turnTo(fact);
  }

  /** @param {RecurrentFact | null} fact */
  turnTo(fact) {
    const unit = fact && fact.unit >= 0 ? fact.unit : this.home;
    if (unit === this.focus) return this.stand();
    this.focus = unit;
    this.draw();
  }

  stand() {
    for (const plot of this.plots.values()) if (plot.element.isConnected) plot.stand(this.now, this.fact, this.focus);
  }
}
