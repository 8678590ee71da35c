// Of a large layer only a block of windows comes with its products: which one that is, and the way to the others.

import { node, setAttribute, setChildren, setText } from "./dom.js";

/** @typedef {Record<string, number>} PartOptions First position to keep in each spatial dimension, by the lens's names. */
/** @typedef {{options: PartOptions, target: number[]}} PartWish A block, and the output to stand at in it. */

/** The lens's names, for the last dimensions. */
const PART_NAMES = ["slab", "row", "column"];
const PART_WORDS = { D: "slices", H: "rows", W: "columns", L: "positions" };

/** @param {readonly number[]} first @returns {PartOptions} */
function partOptions(first) {
  const names = PART_NAMES.slice(PART_NAMES.length - first.length);
  return Object.fromEntries(first.map((from, d) => [names[d], from]));
}

/** @param {WindowsData} windows @returns {boolean} Whether there are windows besides those that are kept. */
export function isPart({ products, dims }) {
  return dims.some(({ output }, d) => products.count[d] < output);
}

/** @param {WindowsData} windows @returns {PartOptions} The block that is kept; {} where it is all. */
export function partOf(windows) {
  return isPart(windows) ? partOptions(windows.products.first) : {};
}

/** @param {WindowsData} windows @param {readonly number[]} first @returns {number[]} The nearest block that there is. */
function boundedPart({ products, dims }, first) {
  return first.map((from, d) => Math.max(0, Math.min(dims[d].output - products.count[d], from)));
}

/** @param {WindowsData} windows @param {readonly number[]} target An output. @returns {PartWish} The block around it. */
export function partAround(windows, target) {
  const first = boundedPart(windows, target.map((o, d) => o - Math.floor(windows.products.count[d] / 2)));
  return { options: partOptions(first), target: [...target] };
}

/** @param {WindowsData} windows @param {number} d Dimension. @param {-1 | 1} by @returns {PartWish | null} The block beside it in one dimension; null: there is none. */
export function partBeside(windows, d, by) {
  const { first, count } = windows.products;
  const moved = boundedPart(windows, first.map((from, k) => (k === d ? from + by * count[d] : from)));
  if (moved[d] === first[d]) return null;
  const target = moved.map((from, k) => (k === d && by < 0 ? from + count[k] - 1 : from));
  return { options: partOptions(moved), target };
}

/** @param {WindowsData} windows @param {-1 | 1} by @returns {PartWish | null} The block after (or before) it, block by block, row by row of them. */
export function partAfter(windows, by) {
  const { first, count } = windows.products;
  for (let d = first.length - 1; d >= 0; d -= 1) {
    const beside = partBeside(windows, d, by);
    if (!beside) continue;
    const own = first.map((from, k) => (k === d ? from + by * count[d] : k > d ? (by > 0 ? 0 : windows.dims[k].output) : from));
    const moved = boundedPart(windows, own);
    return { options: partOptions(moved), target: moved.map((from, k) => (by > 0 ? from : from + count[k] - 1)) };
  }
  return null;
}

/** Which block of the result has its products in the picture, with buttons to those beside it. */
export class PartStepper {
  /** @param {(wish: PartWish) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    /** @type {WindowsData | null} */
    this.windows = null;
    this.element = node("div", { class: "te-slide-pager", role: "group", "aria-label": "Part of the result", "data-testid": "slide-part" });
    /** @type {HTMLElement} */
    this.told = node("p", { class: "te-muted" });
    this.told.textContent = "A click on a cell outside of it brings the block around that cell.";
  }

  /** @param {WindowsData} windows */
  show(windows) {
    if (windows === this.windows) return;
    this.windows = windows;
    const cut = windows.dims.flatMap(({ output }, d) => (windows.products.count[d] < output ? [d] : []));
    this.element.hidden = cut.length === 0;
    setChildren(this.element, [...cut.map((d) => this.stepper(windows, d)), this.told]);
  }

  /** @param {WindowsData} windows @param {number} d Dimension. @returns {HTMLElement} */
  stepper(windows, d) {
    const { first, count } = windows.products;
    const { name, output } = windows.dims[d];
    const words = PART_WORDS[/** @type {keyof typeof PART_WORDS} */ (name)] ?? name;
    const told = node("span", { class: "te-muted" });
    setText(told, `${words} ${first[d]} to ${first[d] + count[d] - 1} of ${output}`);
    return node("span", { class: "te-slide-part" }, this.button(windows, d, -1, words), told, this.button(windows, d, 1, words));
  }

  /** @param {WindowsData} windows @param {number} d @param {-1 | 1} by @param {string} words @returns {HTMLElement} */
  button(windows, d, by, words) {
    const wish = partBeside(windows, d, by);
    const where = by < 0 ? "before" : "after";
    const made = node("button", { type: "button", class: "te-button", "aria-label": `${words} ${where}`, "data-testid": `slide-${words}-${where}`, onclick: () => wish && this.onChoose(wish) }, by < 0 ? "◀" : "▶");
    setAttribute(made, "disabled", wish ? null : "");
    return made;
  }
}
