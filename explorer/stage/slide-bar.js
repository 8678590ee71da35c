// Ways to look at the open layer: forward or backward, as windows or as one product of matrices; and what the patterns mean.

import { node, setAttribute } from "./dom.js";
import { floatText } from "./format.js";
import { CELL_PATTERNS } from "./slide-paint.js";
import { minusText } from "./slide-words.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

const WORDS = { "": "", zero: "padding", copy: "padding: a copy", inserted: "zero inserted by the stride", extra: "output_padding", outside: "beyond the padding (ceil_mode)" };

/** @param {string} label @param {HTMLElement[]} buttons @returns {HTMLElement} */
function choiceOf(label, buttons) {
  return node("span", { class: "te-segments", role: "group", "aria-label": label }, ...buttons);
}

export class SlideBar {
  /** @param {() => void} onChange */
  constructor(onChange) {
    /** @type {import("./slide-pictures.js").SlideWay} */
    this.way = "forward";
    this.matrix = false;
    this.onChange = onChange;
    this.forward = this.button("forward", () => this.turn("forward"));
    this.backward = this.button("backward", () => this.turn("backward"));
    this.windows = this.button("windows", () => this.unfold(false));
    this.product = this.button("one matmul", () => this.unfold(true));
    this.ways = choiceOf("Direction", [this.forward, this.backward]);
    this.views = choiceOf("Picture", [this.windows, this.product]);
    this.legend = node("div", { class: "te-slide-legend" });
    this.element = node("div", { class: "te-slide-bar" }, node("div", { class: "te-slide-choices" }, this.ways, this.views), this.legend);
    this.shown = "";
    /** @type {SlideData | null} Of the legend. */
    this.data = null;
  }

  /** @param {string} text @param {() => void} act @returns {HTMLElement} */
  button(text, act) {
    return node("button", { type: "button", "data-testid": `slide-${text.replace(" ", "-")}`, onclick: act }, text);
  }

  /** @param {import("./slide-pictures.js").SlideWay} way */
  turn(way) {
    this.way = way;
    this.matrix = this.matrix && way === "forward";
    this.onChange();
  }

  /** @param {boolean} matrix */
  unfold(matrix) {
    this.matrix = matrix;
    if (matrix) this.way = "forward";
    this.onChange();
  }

  /** @param {SlideData} data */
  show(data) {
    const key = `${this.way} ${this.matrix}`;
    if (data === this.data && key === this.shown) return;
    const { windows } = data;
    this.ways.hidden = !data.hasGradients;
    this.views.hidden = windows.columns < 0 || windows.weight < 0;
    if (this.ways.hidden) this.way = "forward";
    if (this.views.hidden) this.matrix = false;
    for (const [button, on] of /** @type {[HTMLElement, boolean][]} */ ([[this.forward, this.way === "forward"], [this.backward, this.way === "backward"], [this.windows, !this.matrix], [this.product, this.matrix]])) {
      setAttribute(button, "aria-pressed", String(on));
    }
    this.legend.replaceChildren(...patternItems(data), ...scaleItems(data, this.way === "backward"));
    this.data = data;
    this.shown = `${this.way} ${this.matrix}`;
  }
}

/** @param {SlideData} data @returns {HTMLElement[]} A swatch for each pattern that there is. */
function patternItems({ model, windows }) {
  const kinds = new Set(model.dims.flatMap(({ kinds: own }) => Array.from(own)));
  const names = CELL_PATTERNS.filter((name, kind) => name !== "" && kinds.has(kind));
  const unread = model.dims.some(({ reads }) => Array.from(reads).includes(0));
  const padding = windows.padding_mode === "zeros" ? (windows.operation === "max" ? "padding: −∞" : "padding: zeros") : `padding: ${windows.padding_mode}, copies`;
  return [
    ...names.map((name) => legendItem(name, name === "zero" || name === "copy" ? padding : WORDS[name])),
    ...(unread ? [legendItem("unread", "no window reads it")] : []),
  ];
}

/** @param {SlideData} data @param {boolean} back Whether gradients are looked at. @returns {HTMLElement[]} What the colours stand for. */
function scaleItems(data, back) {
  const shown = !back ? data.input : data.inputGradient.grid ? data.inputGradient : data.outputGradient;
  const scale = data.scaleOf(shown);
  if (scale.range.empty) return [];
  const bar = node("span", { class: "te-legend-bar", "aria-hidden": "true" });
  bar.style.background = scale.gradient();
  return [node("span", { class: "te-legend", title: "Input, weights, products and result have a scale each, with the same colours" },
    `${shown.name} `, minusText(floatText(scale.range.low, 3)), bar, minusText(floatText(scale.range.high, 3)))];
}

/** @param {string} pattern @param {string} words @returns {HTMLElement} */
function legendItem(pattern, words) {
  return node("span", { class: "te-slide-key" }, node("i", { class: `te-slide-swatch te-slide-${pattern}`, "aria-hidden": "true" }), words);
}
