// How large the cells of the maps over time are: the same in all of them, so that a time stands in one column.

import { fixedFor, widestOf } from "./norm-format.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */

/**
 * `caption`: pixels of the names beside the maps, 0: they stand above. `left`: of the units' numbers in a map.
 * `cell`, `row`: width of a step, height of a unit; `inputRow`: of an index of the input. `font`: 0: no numbers.
 * @typedef {{caption: number, left: number, cell: number, row: number, inputRow: number, steps: number, font: number, digits: number, narrow: boolean}} StripFit
 */

/** A map as it lies in its canvas: units down, time to the right. @typedef {Geometry & {cell: number, row: number, left: number, top: number, units: number, steps: number}} TimeGeometry */

const CAPTION = 148;
/** Narrower rooms have the names above. */
const NAMED_BESIDE = 520;
const WIDEST_CELL = 46;
const NARROWEST_CELL = 3;
/** Pixels of all maps above each other that a screen has room for. */
const TALLEST_MAPS = 660;
const TALLEST_MAP = 240;
const TALLEST_INPUT = 132;
const ROWS = { most: 22, numbered: 15, least: 3 };
const MOST_TIME_NUMBERS = 3000;
const TIME_MARGIN = 2;
/** Digits, the smallest font that they may have, and which. @type {[number, number, boolean][]} */
const TIME_TRIALS = [[3, 11, false], [2, 10, false], [2, 9, true]];
const LARGEST_TIME_FONT = 12;

/** @param {RecurrentView} view @param {number} digits @param {boolean} narrow @returns {number} Width of the widest number, in parts of the font's size. */
function widestNumber({ maps, theme }, digits, narrow) {
  const forms = maps.flatMap(({ values }) => (values ? [...fixedFor(values, digits).forms] : []));
  return widestOf(narrow ? theme.sans : theme.mono, new Set(forms));
}

/** @param {number} units Of all maps. @param {number} most Of one of them. @returns {number} Height of a unit's row. */
function rowHeight(units, most) {
  const row = Math.floor(Math.min(ROWS.most, Math.max(ROWS.least, TALLEST_MAPS / Math.max(1, units))));
  return row * most > TALLEST_MAP && row <= ROWS.least ? TALLEST_MAP / most : row;
}

/** @param {RecurrentView} view @param {number} room Width in pixels. @returns {StripFit} With numbers where they fit. */
export function fitTime(view, room) {
  const { maps, opened } = view;
  const steps = Math.max(1, opened.padded);
  const caption = room >= NAMED_BESIDE ? CAPTION : 0;
  const most = Math.max(1, ...maps.map(({ units }) => units));
  const left = 12 + 7 * String(most - 1).length;
  const space = (room - caption - left - TIME_MARGIN) / steps;
  const total = maps.reduce((sum, { units }) => sum + units, 0);
  const row = rowHeight(total, most);
  const inputs = view.inputs?.units ?? 1;
  const plain = { caption, left, steps, row, inputRow: Math.min(row, Math.max(1, TALLEST_INPUT / inputs)), digits: 2, narrow: false };
  const numbered = view.hasValues && row >= ROWS.numbered && total * steps <= MOST_TIME_NUMBERS;
  for (const [digits, least, narrow] of numbered ? TIME_TRIALS : []) {
    for (let font = LARGEST_TIME_FONT; font >= least; font -= 1) {
      const wanted = widestNumber(view, digits, narrow) * font + 5;
      if (wanted <= space) return { ...plain, cell: Math.min(WIDEST_CELL, Math.floor(space)), font, digits, narrow };
    }
  }
  const fitting = space >= 6 ? Math.floor(Math.min(space, 1.5 * ROWS.most)) : space;
  return { ...plain, cell: Math.max(NARROWEST_CELL, fitting), font: 0 };
}

/** @param {StripFit} fit @param {number} units @param {number} row @returns {TimeGeometry} */
export function timeGeometry({ cell, left, steps, font }, units, row) {
  const top = TIME_MARGIN;
  return {
    cell, row, left, top, units, steps, font, count: units * steps, line: steps,
    width: Math.ceil(left + steps * cell + TIME_MARGIN), height: Math.ceil(top + units * row + TIME_MARGIN),
    rect: (number, out) => Object.assign(out, { x: left + (number % steps) * cell, y: top + Math.floor(number / steps) * row, w: cell, h: row }),
    hit: (x, y) => {
      const [t, unit] = [Math.floor((x - left) / cell), Math.floor((y - top) / row)];
      return t >= 0 && t < steps && unit >= 0 && unit < units ? unit * steps + t : -1;
    },
    move: (number, key) => movedIn(number, key, units, steps),
  };
}

/** @param {number} number Of a cell. @param {string} key @param {number} rows @param {number} columns @returns {number} Of the cell that the key leads to. */
export function movedIn(number, key, rows, columns) {
  const [row, column] = [Math.floor(number / columns), number % columns];
  /** @type {Record<string, [number, number]>} */
  const ways = {
    ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
    Home: [row, 0], End: [row, columns - 1], PageUp: [0, column], PageDown: [rows - 1, column],
  };
  const [r, c] = ways[key] ?? [row, column];
  return r < 0 || c < 0 || r >= rows || c >= columns ? number : r * columns + c;
}
