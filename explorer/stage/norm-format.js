// Numbers of a tensor with as many decimals each, so that a panel of them is read like a table.

import { floatText } from "./format.js";

const MOST_SAMPLED_NUMBERS = 4000;
/** Beyond these sizes numbers are written with a power of ten. */
const [PLAIN_FROM, PLAIN_TO] = [1e-3, 1e6];

/** `decimals`: -1: with a power of ten. `forms`: what they look like, a 0 in the place of each digit. `coarse`: only whole numbers are written, of numbers that are not. @typedef {{decimals: number, forms: Set<string>, coarse: boolean}} Fixed */

/** @type {WeakMap<ArrayLike<number>, Map<number, Fixed>>} By digits. */
const fixedKnown = new WeakMap();

/** @param {number} value @param {Pick<Fixed, "decimals">} fixed @param {number} digits @returns {string} `.50`, `−1.25`; the exact number is said when it is pointed at. */
export function fixedText(value, { decimals }, digits) {
  if (!Number.isFinite(value) || decimals < 0) return floatText(value, digits).replace(/\.0$/, "").replace(/-/g, "−");
  const text = Math.abs(value).toFixed(decimals).replace(/^0\./, ".");
  return value === 0 ? "0" : `${value < 0 ? "−" : ""}${text}`;
}

/** @param {ArrayLike<number>} data @returns {number[]} Finite numbers of it, at most some thousands. */
function sampleOfData(data) {
  const every = Math.max(1, Math.floor(data.length / MOST_SAMPLED_NUMBERS));
  const found = [];
  for (let i = 0; i < data.length; i += every) if (Number.isFinite(Number(data[i]))) found.push(Number(data[i]));
  return found;
}

/** @param {readonly number[]} sample @param {number} decimals @returns {boolean} Whether so many decimals say all. */
function areEnough(sample, decimals) {
  return sample.every((value) => Math.abs(value * 10 ** decimals - Math.round(value * 10 ** decimals)) < 1e-6);
}

/** @param {readonly number[]} sample @param {number} digits @returns {number} Decimals; no more than tell the numbers apart. */
function decimalsFor(sample, digits) {
  const limit = sample.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (limit !== 0 && (limit < PLAIN_FROM || limit >= PLAIN_TO)) return -1;
  const most = limit === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(limit)));
  for (let decimals = 0; decimals < most; decimals += 1) if (areEnough(sample, decimals)) return decimals;
  return most;
}

/** @param {ArrayLike<number>} data @param {number} digits Of the largest number. @returns {Fixed} */
export function fixedFor(data, digits) {
  const known = fixedKnown.get(data) ?? new Map();
  fixedKnown.set(data, known);
  if (!known.has(digits)) {
    const sample = sampleOfData(data);
    const fixed = { decimals: decimalsFor(sample, digits), forms: new Set(sample.length ? [] : ["nan"]), coarse: false };
    fixed.coarse = fixed.decimals === 0 && !areEnough(sample, 0);
    for (const value of sample) fixed.forms.add(fixedText(value, fixed, digits).replace(/\d/g, "0"));
    known.set(digits, fixed);
  }
  return known.get(digits);
}

/** @type {Map<string, number>} Pixels at a size of 100, by font and text. */
const widthsKnown = new Map();

/** @param {string} family @param {Iterable<string>} texts @returns {number} Width of the widest, in parts of the font's size. */
export function widestOf(family, texts) {
  let widest = 0;
  for (const text of texts) {
    const key = `${family}|${text}`;
    const known = widthsKnown.get(key) ?? measured(family, text);
    widthsKnown.set(key, known);
    widest = Math.max(widest, known / 100);
  }
  return widest;
}

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/** @param {string} family @param {string} text @returns {number} */
function measured(family, text) {
  ruler ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  ruler.font = `100px ${family}`;
  return ruler.measureText(text).width;
}
