// The cell, opened at one step: its drawing with the numbers of one unit on the wires.

import { setAttribute, setText, svgNode } from "./dom.js";
import { indexMark, shortNumber } from "./format.js";
import { drawingOf } from "./recurrent-diagrams.js";
import { swatchesOf } from "./recurrent-paint.js";
import { tokenText } from "./recurrent-ruler.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */
/** @typedef {import("./recurrent-diagrams.js").CellDrawing} CellDrawing */

const BOX = { wide: 62, high: 40, low: 26 };
const CHIP = { wide: 58, high: 20 };
const JOIN = 10;

/** @param {number} value @returns {string} `.31`, `−1.3` */
function tinyNumber(value) {
  const size = Math.abs(value);
  if (size > 0 && size < 0.005) return "≈0";
  return (size < 0.1 ? shortNumber(Number(value.toFixed(2))) : shortNumber(value, 2)).replace(/^(−?)0\./, "$1.");
}

/** @param {number} t @returns {string} `start`: the states that the layer starts from. */
export function timeMark(t) {
  return t < 0 ? "start" : String(t);
}

/** @param {string} name @param {number} t @returns {string} `c₆` */
function atTime(name, t) {
  return t < 0 ? `${name} start` : `${name}${indexMark([t])}`;
}

export class CellDiagram {
  constructor() {
    /** @type {SVGElement} */
    this.element = svgNode("svg", { class: "te-rec-diagram", role: "img", "data-testid": "recurrent-cell" });
    this.drawn = "";
    /** What each phase draws: its wires, and what stands on them. @type {Map<string, SVGElement[]>} */
    this.groups = new Map();
    /** @type {{value: string, phase: string, rect: SVGElement, text: SVGElement}[]} */
    this.chips = [];
    /** @type {{gate: string, part: "from_input" | "from_hidden" | "before", phase: string, text: SVGElement}[]} */
    this.parts = [];
    /** @type {Map<string, (value: number) => Swatch>} */
    this.swatches = new Map();
    /** @type {RecurrentView | null} */
    this.view = null;
  }

  /** @param {RecurrentView} view */
  take(view) {
    this.view = view;
    this.swatches = new Map(view.maps.map((map) => [map.name, swatchesOf(map, view.theme.dark)]));
    const key = `${view.opened.cell} ${view.isProjected}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.build(drawingOf(view.opened.cell, view.isProjected));
  }

  /** @param {CellDrawing} drawing */
  build({ width, height, wires, boxes, joins, chips, parts }) {
    this.groups.clear();
    this.chips = [];
    this.parts = [];
    this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [below, above] = [svgNode("g", {}), svgNode("g", {})];
    const put = (/** @type {SVGElement} */ layer, /** @type {string} */ phase, /** @type {SVGElement[]} */ ...drawn) => {
      const group = svgNode("g", { class: "te-rec-drawn" }, ...drawn);
      this.groups.set(phase, [...(this.groups.get(phase) ?? []), group]);
      layer.append(group);
    };
    for (const { d, phase, over, arrow } of [...wires].sort((a, b) => Number(Boolean(a.over)) - Number(Boolean(b.over)))) {
      const tip = arrow ? [svgNode("path", { class: "te-rec-tip", d: tipOf(d) })] : [];
      put(below, phase, ...(over ? [svgNode("path", { class: "te-rec-halo", d })] : []), svgNode("path", { class: "te-rec-wire", d }), svgNode("path", { class: "te-rec-lit", d }), ...tip);
    }
    for (const box of boxes) put(above, box.phase, ...this.box(box));
    for (const { x, y, phase, sign } of joins) put(above, phase, svgNode("circle", { class: "te-rec-join", cx: x, cy: y, r: JOIN }), svgNode("text", { class: "te-rec-sign", x, y: y + 5 }, sign));
    for (const chip of chips) put(above, chip.phase, ...this.chip(chip));
    for (const { x, y, phase, gate, part, end } of parts) {
      const text = svgNode("text", { class: "te-rec-part", x, y, "text-anchor": end ? "end" : "start" });
      this.parts.push({ gate, part, phase, text });
      put(above, phase, text);
    }
    this.element.replaceChildren(below, above);
  }

  /** @param {import("./recurrent-diagrams.js").DrawnBox} box @returns {SVGElement[]} */
  box({ x, y, phase, label, gate }) {
    const high = gate ? BOX.high : BOX.low;
    const wide = Math.max(label === "1−" ? 36 : BOX.wide - (gate ? 0 : 8), 8 * label.length + 8);
    const rect = svgNode("rect", { class: "te-rec-box", x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: 7 });
    const name = svgNode("text", { class: "te-rec-function", x, y: gate ? y - 3 : y + 5 }, label);
    if (!gate) return [rect, name];
    const text = svgNode("text", { class: "te-rec-before", x, y: y + 13 });
    this.parts.push({ gate, part: "before", phase, text });
    return [rect, name, text];
  }

  /** @param {import("./recurrent-diagrams.js").DrawnChip} chip @returns {SVGElement[]} */
  chip({ x, y, phase, value, wide = CHIP.wide }) {
    const rect = svgNode("rect", { class: "te-rec-chip", x: x - wide / 2, y: y - CHIP.high / 2, width: wide, height: CHIP.high, rx: 6 });
    const text = svgNode("text", { class: "te-rec-value", x, y: y + 4.5, "data-value": value });
    this.chips.push({ value, phase, rect, text });
    return [rect, text];
  }

  /** @param {RecurrentMoment} moment @param {number} unit @param {boolean} whole Whether all of the step is told, as of one that is pointed at. */
  show(moment, unit, whole) {
    const { view } = this;
    if (!view) return;
    const now = whole ? view.phases.length : view.rank(moment.phase);
    for (const [phase, groups] of this.groups) {
      const rank = phase === "start" ? -1 : view.rank(phase);
      for (const group of groups) setAttribute(group, "data-state", rank < now ? "done" : rank === now ? "now" : "later");
    }
    const later = (/** @type {string} */ phase) => phase !== "start" && view.rank(phase) > now;
    for (const chip of this.chips) this.fill(view, chip, moment.t, unit, later(chip.phase));
    for (const { gate, part, phase, text } of this.parts) {
      const value = later(phase) ? NaN : view.part(gate, part, moment.t, unit);
      setText(text, later(phase) || !view.hasValues ? "" : tinyNumber(value));
    }
    setAttribute(this.element, "aria-label", this.told(view, moment, unit, now));
  }

  /** @param {RecurrentView} view @param {{value: string, rect: SVGElement, text: SVGElement}} chip @param {number} t @param {number} unit @param {boolean} later */
  fill(view, { value, rect, text }, t, unit, later) {
    const { label, number, map } = chipValue(view, value, t, unit);
    const told = later || !view.hasValues || number === null ? "" : ` ${tinyNumber(number)}`;
    setText(text, `${label}${told}`.trim());
    const swatch = told && map ? this.swatches.get(map)?.(number ?? NaN) : null;
    rect.style.fill = swatch?.fill ?? "";
    text.style.fill = swatch?.ink ?? "";
  }

  /** @param {RecurrentView} view @param {RecurrentMoment} moment @param {number} unit @param {number} now @returns {string} For those who do not see it. */
  told(view, { t }, unit, now) {
    const own = (/** @type {string} */ name) => (name === "h" && view.isProjected ? "o·tanh c" : name);
    const known = view.phases.slice(0, now + 1).map(own).map((name) => `${name} ${shortNumber(view.value(name, t, unit), 3)}`);
    return `The ${view.isPlain ? "RNN" : view.opened.cell.toUpperCase()} cell at t = ${t}, unit ${unit}${view.hasValues ? `: ${known.join(", ")}` : ", without values"}`;
  }
}

/** @param {RecurrentView} view @param {string} name Of a gate or state. @returns {boolean} Whether each unit has its own number: h is a mixture of all where it is projected. */
function isOfUnits(view, name) {
  return name !== "h" || !view.isProjected;
}

/** @param {RecurrentView} view @param {string} value @param {number} t @param {number} unit @returns {{label: string, number: number | null, map: string}} null: it has none. `map`: whose colours it has. */
function chipValue(view, value, t, unit) {
  if (value === "x") {
    const token = view.tokenAt(t);
    return { label: `${atTime("x", t)}${token ? ` ${tokenText(token).slice(0, 5)}` : ""}`, number: null, map: "" };
  }
  const [name, before] = value.split(" ");
  if (before === "before") {
    const own = /** @type {"h" | "c"} */ (name);
    return { label: atTime(name, view.before(t)), number: isOfUnits(view, own) ? view.previous(own, t, unit) : null, map: own };
  }
  const number = isOfUnits(view, value) ? view.value(value, t, unit) : null;
  if (value === "c" || value === "h") return { label: atTime(value, t), number, map: value };
  const derived = value === "tanh c" || value === "o·tanh c" || value === "hn";
  return { label: derived ? "" : value, number, map: derived ? "" : value };
}

/** @param {string} d Of a wire that ends in H. @returns {string} The head of its arrow. */
function tipOf(d) {
  const x = Number(/H(\d+)\s*$/.exec(d)?.[1] ?? 0);
  const y = Number((/V(\d+) H\d+\s*$/.exec(d) ?? /,(\d+)/.exec(d))?.[1] ?? 0);
  return `M${x + 4},${y} l-8,-4.5 v9 z`;
}
