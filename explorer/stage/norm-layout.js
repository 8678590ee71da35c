// Where the cells of a normalised tensor lie: samples down, channels across, each pair a slab of rows and columns.

import { product } from "./format.js";

/**
 * `xs`, `ys`: left and upper edges of the columns and lines of slabs; `slabAt`: which slab stands where, -1: none.
 * `margin`: how far the outline of a group stands off.
 * @typedef {Geometry & {sizes: readonly number[], rows: number, columns: number, cw: number, ch: number, across: number,
 *   xs: number[], ys: number[], outer: readonly number[], wrapped: boolean, bare: boolean, margin: number, left: number, top: number}} NormGeometry
 *
 * `narrow`: in the page's own font, whose digits take less room.
 * @typedef {{geometry: NormGeometry, digits: number, narrow: boolean}} NormFit
 */

const LINE_LABEL = 26;
const ROW_NAMES = 24;
const HEAD = 15;
/** Digits, the smallest font that they may have, and which: rather fewer digits than tiny ones. @type {[number, number, boolean][]} */
const NORM_TRIALS = [[4, 12, false], [3, 11, false], [3, 11, true], [2, 11, false], [3, 10, true], [2, 10, true]];
const MOST_NUMBERED = 1600;
const LARGEST_NUMBERS = 13;
const PLAIN_SIDES = [18, 16, 14, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3.5, 3, 2.5, 2, 1.75, 1.5, 1.25, 1, 0.9, 0.8, 0.7, 0.6, 0.5];
const NORM_TALLEST = 620;

/** @param {readonly number[]} sizes @returns {number} Slabs side by side: the second dimension and those between it and the last two; 0: they may wrap. */
function columnsOfSlabs(sizes) {
  const outer = sizes.slice(0, -2);
  return outer.filter((size) => size > 1).length < 2 ? 0 : product(outer.slice(1));
}

/** @param {number} rows 0: they have no dimension. @param {boolean} wrapped Without names of lines, whose room the names of rows and columns take. @returns {number} Pixels. */
function rowIndices(rows, wrapped) {
  const digits = rows > 1 ? 5 + 7 * String(rows - 1).length : 2;
  return wrapped ? Math.max(digits, rows ? ROW_NAMES : 0) : digits + LINE_LABEL;
}

/**
 * @param {readonly number[]} sizes Of the window. @param {number} across Slabs in a line. @param {number} cw @param {number} ch Of a cell. @param {number} font 0: no numbers.
 * @param {boolean} [bare] Without the indices of rows: the panel beside it has them.
 * @returns {NormGeometry}
 */
export function layoutNorm(sizes, across, cw, ch, font, bare = false) {
  const rank = sizes.length;
  const [rows, columns] = [rank > 1 ? sizes[rank - 2] : 1, rank > 0 ? sizes[rank - 1] : 1];
  const outer = sizes.slice(0, -2);
  const slabs = product(outer);
  const wrapped = columnsOfSlabs(sizes) === 0;
  const margin = font > 11 || (font === 0 && cw >= 8) ? 4 : font > 0 ? 3 : 1.5;
  const gap = 2 * margin + (font > 11 ? 5 : 3);
  const headed = wrapped && outer.length > 0 ? HEAD : 0;
  const inner = wrapped ? 1 : product(outer.slice(2)); // slabs of one sample and channel stand closer
  const left = margin + 2 + (bare ? 0 : rowIndices(rank > 1 ? rows : 0, wrapped));
  const top = margin + 2 + (rank > 0 ? HEAD : 0) + (outer.length ? HEAD : 0);
  const lines = Math.max(1, Math.ceil(slabs / across));
  const xs = Array.from({ length: Math.min(across, Math.max(1, slabs)) }, (_, k) => left + k * (columns * cw + gap) + Math.floor(k / inner) * (inner > 1 ? gap : 0));
  const ys = Array.from({ length: lines }, (_, l) => top + l * (rows * ch + gap + headed));
  const count = product(sizes);
  /** @type {NormGeometry["rect"]} */
  const rect = (cell, out) => {
    const slab = Math.floor(cell / (rows * columns));
    out.x = xs[slab % across] + (cell % columns) * cw;
    out.y = ys[Math.floor(slab / across)] + (Math.floor(cell / columns) % rows) * ch;
    out.w = cw;
    out.h = ch;
    return out;
  };
  /** @type {NormGeometry["hit"]} */
  const hit = (x, y) => {
    const [k, l] = [lastBefore(xs, x), lastBefore(ys, y)];
    const [c, r] = [Math.floor((x - xs[k]) / cw), Math.floor((y - ys[l]) / ch)];
    const slab = l * across + k;
    return k < 0 || l < 0 || c >= columns || r >= rows || slab >= slabs ? -1 : (slab * rows + r) * columns + c;
  };
  return {
    sizes, rows, columns, cw, ch, across, xs, ys, outer, wrapped, bare, margin, left, top, font, count, line: columns, rect, hit,
    width: xs[xs.length - 1] + columns * cw + margin + 2, height: ys[ys.length - 1] + rows * ch + margin + 2,
    move: (cell, key) => moveInLines(cell, key, { rows, columns, across, slabs }),
  };
}

/** @param {readonly number[]} edges Rising. @param {number} at @returns {number} The last that is not beyond, or -1. */
function lastBefore(edges, at) {
  let found = edges.length - 1;
  while (found >= 0 && edges[found] > at) found -= 1;
  return found;
}

/**
 * Through all lines of slabs as if they were one matrix.
 * @param {number} cell @param {string} key @param {{rows: number, columns: number, across: number, slabs: number}} shape
 * @returns {number} The cell that the key leads to, or the same.
 */
function moveInLines(cell, key, { rows, columns, across, slabs }) {
  const slab = Math.floor(cell / (rows * columns));
  const place = (/** @type {number} */ row, /** @type {number} */ column) => {
    const [l, k] = [Math.floor(row / rows), Math.floor(column / columns)];
    const target = l * across + k;
    return row < 0 || column < 0 || k >= across || target >= slabs ? cell : (target * rows + (row % rows)) * columns + (column % columns);
  };
  const row = Math.floor(slab / across) * rows + (Math.floor(cell / columns) % rows);
  const column = (slab % across) * columns + (cell % columns);
  const last = Math.min(across, slabs - Math.floor(slab / across) * across) * columns - 1;
  /** @type {Record<string, [number, number]>} */
  const steps = {
    ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
    Home: [row, 0], End: [row, last], PageUp: [row - rows, column], PageDown: [row + rows, column],
  };
  return steps[key] ? place(...steps[key]) : cell;
}

/** @param {readonly number[]} sizes @returns {number[]} How many slabs a line may have. */
function linesToTry(sizes) {
  const fixed = columnsOfSlabs(sizes);
  if (fixed) return [fixed];
  const slabs = Math.max(1, product(sizes.slice(0, -2)));
  return [...new Set(Array.from({ length: Math.min(slabs, 24) }, (_, k) => Math.ceil(slabs / (k + 1))))];
}

/**
 * @param {readonly number[]} sizes @param {(digits: number, narrow: boolean) => number} widest Width of the widest number, in parts of the font's size; 0: there are none.
 * @param {number} room Width in pixels. @param {number} [tallest]
 * @returns {NormFit} Cells as large as the room allows: with numbers where they fit.
 */
export function fitNorm(sizes, widest, room, tallest = NORM_TALLEST) {
  const tries = linesToTry(sizes);
  for (const [digits, least, narrow] of product(sizes) <= MOST_NUMBERED ? NORM_TRIALS : []) {
    const width = widest(digits, narrow);
    for (let font = LARGEST_NUMBERS; width > 0 && font >= least; font -= 1) {
      const [cw, ch] = [Math.max(Math.round(2.1 * font), Math.ceil(width * font) + (font > 11 ? 9 : 4)), Math.round(2.1 * font)];
      const fitting = tries.map((across) => layoutNorm(sizes, across, cw, ch, font)).filter((one) => one.width <= room && one.height <= tallest);
      if (fitting.length) return { geometry: fitting.reduce((best, one) => (one.height < best.height ? one : best)), digits, narrow };
    }
  }
  return { geometry: plainFit(sizes, tries, room, tallest), digits: 4, narrow: false };
}

/** @param {readonly number[]} sizes @param {number[]} tries @param {number} room @param {number} tallest @returns {NormGeometry} Squares without numbers. */
function plainFit(sizes, tries, room, tallest) {
  let best = layoutNorm(sizes, tries[0], 1, 1, 0);
  for (const across of tries) {
    for (const side of PLAIN_SIDES) {
      const one = layoutNorm(sizes, across, side, side, 0);
      if (one.width > room || one.height > tallest) continue;
      if (one.cw > best.cw || best.width > room) best = one;
      break;
    }
  }
  return best;
}

/** @param {NormFit} fit @returns {NormFit} The same without the indices of rows, which the panel beside it has. */
export function bareFit({ geometry: { sizes, across, cw, ch, font }, digits, narrow }) {
  return { geometry: layoutNorm(sizes, across, cw, ch, font, true), digits, narrow };
}

/** @param {readonly number[]} sizes @returns {number} Pixels of the indices of rows. */
export function indexWidth(sizes) {
  return layoutNorm(sizes, 1, 1, 1, 0).left - layoutNorm(sizes, 1, 1, 1, 0, true).left;
}
