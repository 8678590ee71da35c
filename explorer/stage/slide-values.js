// Numbers of a tensor by index, and lists of numbers that torch computed, as the panels read them.

import { versionAt } from "./elements.js";
import { exactText, floatText, isFloating, numberAt, product } from "./format.js";
import { ColourScale } from "./scales.js";

/**
 * What a panel reads: a number by cell; NaN where there is none.
 * @typedef {{value: (cell: number) => number, present: (cell: number) => boolean}} CellReader
 */

/** @param {number} value @param {number} digits @returns {string} As short as can be: `4`, `-0.15`, `1e-7`. */
export function slideText(value, digits) {
  return floatText(value, digits).replace(/\.0$/, "").replace(/^-0$/, "0").replace(/^(-?)0\./, "$1.");
}

/**
 * @param {number} value @param {number} digits
 * @returns {number} The same for numbers that `slideText` writes with as many characters: by sign, power of ten and zeros at the end.
 */
export function writtenForm(value, digits) {
  const size = Math.abs(value);
  if (size === 0) return 0;
  const power = Math.floor(Math.log10(size));
  const kept = power < 6 ? Math.max(digits, power + 1) : digits; // all before the point are written
  let whole = Math.round(size * 10 ** (kept - 1 - power)); // its digits
  let zeros = 0;
  for (; whole % 10 === 0; whole /= 10) zeros += 1;
  const scientific = size >= 1e6 || size < 1e-4; // the power does not say: just below a power of ten the logarithm is rounded up
  return (power * 64 + zeros) * 4 + (scientific ? 2 : 0) + (value < 0 ? 1.5 : 0.5);
}

/** @param {number} value @returns {string} For a sum, after its first term: `+ 9`, `− 0.5`. */
export function addendText(value) {
  const text = plainText(value);
  return text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text.replace(/^\+/, "")}`;
}

/** @param {number} value @returns {string} Six digits: `4`, `−0.15`. */
export function plainText(value) {
  return floatText(value, 6).replace(/\.0$/, "").replace("-", "−").replace("e-", "e−");
}

/** One tensor of the scene, in the version that the layer saw. */
export class TensorReader {
  /** @param {Scene} scene @param {number} id Of a grid; -1: there is none. */
  constructor(scene, id) {
    this.grid = id >= 0 ? scene.grids[id] : null;
    this.values = this.grid ? versionAt(scene.buffers[this.grid.buffer], scene.frames.length).values : null;
    this.floating = this.grid !== null && isFloating(this.grid.dtype);
  }

  /** @param {readonly number[]} index In the whole tensor. @returns {number} Position in the buffer, or -1 when the scene does not hold it. */
  positionAt(index) {
    const { grid } = this;
    if (!grid || this.values === null) return -1;
    const { offset, stride } = grid.cells;
    let position = offset;
    for (let d = 0; d < grid.window.length; d += 1) {
      const i = index[d] - (grid.first?.[d] ?? 0);
      if (!(i >= 0 && i < grid.window[d])) return -1;
      position += i * stride[d];
    }
    return position;
  }

  /**
   * A line along the last dimension, for many numbers: only its beginning is looked up.
   * @param {readonly number[]} outer Index in the other dimensions.
   * @returns {(i: number) => number} Position in the buffer by the last index, or -1 when the scene does not hold it.
   */
  lineAt(outer) {
    const { grid } = this;
    const last = (grid?.window.length ?? 0) - 1;
    const from = grid?.first?.[last] ?? 0;
    const end = from + (grid?.window[last] ?? 0);
    const begin = this.positionAt([...outer, from]);
    const step = grid?.cells.stride[last] ?? 0;
    return begin < 0 ? () => -1 : (i) => (i >= from && i < end ? begin + (i - from) * step : -1);
  }

  /** @param {ArrayLike<number>} positions In the buffer; -1: none. @returns {Float64Array} What stands there, NaN where nothing does. */
  valuesAt(positions) {
    const found = new Float64Array(positions.length).fill(NaN);
    for (let k = 0; k < positions.length; k += 1) if (positions[k] >= 0) found[k] = numberAt(this.values, positions[k]);
    return found;
  }

  /** @param {readonly number[]} index @returns {number} NaN where the scene does not hold it. */
  at(index) {
    const position = this.positionAt(index);
    return position < 0 ? NaN : numberAt(this.values, position);
  }

  /** @param {readonly number[]} index @returns {boolean} */
  has(index) { return this.positionAt(index) >= 0; }

  /** @param {readonly number[]} index @returns {string} To the last digit. */
  exact(index) {
    const position = this.positionAt(index);
    return position < 0 || !this.grid ? "not in the picture" : exactText(this.values, position, this.grid.dtype);
  }

  /** @returns {string} What the program calls it. */
  get name() { return this.grid?.label || this.grid?.expression || ""; }

  /** @param {Scene} scene @param {Theme} theme @returns {ColourScale} For all its values. */
  scale(scene, theme) {
    return new ColourScale({ ...scene, grids: this.grid ? [this.grid] : [] }, "value", theme);
  }
}

/** @param {ArrayLike<number> | null} data @param {Scene} scene @param {Theme} theme @returns {ColourScale} For numbers that are no tensor of the program. */
export function listScale(data, scene, theme) {
  const values = data && /** @type {Values} */ ({ kind: "real", data, length: data.length });
  const buffer = { length: data?.length ?? 0, versions: [{ frame: 0, values, elements: { first: 0 }, unwritten: new Set() }] };
  const grid = /** @type {GridData} */ (/** @type {unknown} */ ({ buffer: 0 }));
  return new ColourScale({ ...scene, buffers: [buffer], grids: [grid] }, "value", theme);
}

/** @param {ArrayLike<number> | null} data @param {number} from @param {readonly number[]} sizes @returns {ArrayLike<number> | null} */
export function sliceOf(data, from, sizes) {
  return data && Array.prototype.slice.call(data, from, from + product(sizes));
}
