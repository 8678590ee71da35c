// Numbers, shapes and sizes as text.

import { isSubnormal, layoutOf, partDtype } from "./bits-layout.js";

/** @param {readonly number[]} sizes @returns {string} As Python prints a tuple: `(24,)`. */
export function tupleText(sizes) {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}

/** Made once: `toLocaleString` makes one for each number. */
const COUNTS = new Intl.NumberFormat("en-US");

/** @param {number} count @returns {string} With thousands separated: `1,000`. */
export function countText(count) {
  return COUNTS.format(count);
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** @param {readonly number[]} at @returns {string} `₀`, `[1,2]` */
export function indexMark(at) {
  return at.length === 1 ? [...String(at[0])].map((digit) => SUBSCRIPTS[Number(digit)] ?? digit).join("") : `[${at.join(",")}]`;
}

/** @param {number} count @param {string} one @returns {string} `1 cell`, `2 cells`. */
export function plural(count, one) {
  return `${countText(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** @param {number} bytes @returns {string} `192 B`, `1.5 KiB`, `4 GB` stays binary: `3.73 GiB`. */
export function bytesText(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let size = bytes;
  while (size >= 10000 || (unit > 0 && size >= 1024)) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? countText(size) : Number(size.toPrecision(3))} ${units[unit]}`;
}

/** @param {readonly number[]} sizes @returns {number} */
export function product(sizes) {
  return sizes.reduce((total, size) => total * size, 1);
}

/**
 * Multi-index of a flat, row-major number.
 * @param {number} flat
 * @param {readonly number[]} sizes
 * @returns {number[]}
 */
export function unravel(flat, sizes) {
  const index = new Array(sizes.length);
  let rest = flat;
  for (let d = sizes.length - 1; d >= 0; d -= 1) {
    index[d] = rest % sizes[d];
    rest = Math.floor(rest / sizes[d]);
  }
  return index;
}

/** @param {string} dtype @returns {boolean} Whether its numbers have a fraction. */
export function isFloating(dtype) {
  return layoutOf(dtype) !== null;
}

/**
 * Value for colouring: the magnitude of complex numbers, NaN where there is none.
 * @param {Values | null} values
 * @param {number} i
 */
export function numberAt(values, i) {
  if (values === null) return NaN;
  if (values.kind === "complex") return Math.hypot(Number(values.data[2 * i]), Number(values.data[2 * i + 1]));
  return Number(values.data[i]);
}

/** @typedef {"" | "nan" | "+inf" | "-inf" | "subnormal"} ValueMark */

/**
 * Which mark a value needs so that it is told apart without colour.
 * @param {Values | null} values
 * @param {number} i
 * @param {string} dtype
 * @returns {ValueMark}
 */
export function markAt(values, i, dtype) {
  if (values === null || values.kind === "bool") return "";
  const value = numberAt(values, i);
  if (Number.isFinite(value)) return values.kind === "real" && isSubnormal(value, dtype) ? "subnormal" : "";
  return Number.isNaN(value) ? "nan" : value > 0 ? "+inf" : "-inf";
}

/**
 * What the digits of a value do not say.
 * @param {Values | null} values
 * @param {number} i
 * @param {string} dtype
 * @returns {string} "" when there is nothing to add.
 */
export function valueNote(values, i, dtype) {
  if (values === null || values.kind === "bool") return "";
  if (values.kind === "complex") return polarText(Number(values.data[2 * i]), Number(values.data[2 * i + 1]));
  const value = numberAt(values, i);
  if (Object.is(value, -0)) return "negative zero";
  return isSubnormal(value, dtype) ? `subnormal: fewer digits than ${dtype} has` : "";
}

/** @param {number} re @param {number} im @returns {number} Radians, -π … π: where a complex number points. */
export function phaseOf(re, im) {
  return Math.atan2(im, re);
}

/** @param {number} re @param {number} im */
function polarText(re, im) {
  const phase = phaseOf(re, im);
  return `magnitude ${floatText(Math.hypot(re, im), 4)} · phase ${floatText(phase, 4)} rad (${floatText((phase * 180) / Math.PI, 4)}°)`;
}

/**
 * Short text for a cell: about four significant digits.
 * @param {Values | null} values
 * @param {number} i
 * @param {string} dtype
 */
export function cellText(values, i, dtype) {
  if (values === null) return "";
  if (values.kind === "bool") return values.data[i] ? "T" : "F";
  if (values.kind === "complex") return complexText(Number(values.data[2 * i]), Number(values.data[2 * i + 1]), (part) => floatText(part, 3));
  return isFloating(dtype) ? floatText(Number(values.data[i]), 4, dtype) : integerText(values.data[i], 9);
}

/** @param {string | undefined} device Of a tensor. @returns {string} What stands where it has no value: on meta there are none. */
export function noValueText(device) {
  return device === "meta" ? "no value (meta)" : "no value";
}

/**
 * Full text of a value: the fewest digits that tell it from all others of its dtype.
 * @param {Values | null} values
 * @param {number} i
 * @param {string} dtype
 */
export function exactText(values, i, dtype) {
  if (values === null) return noValueText(undefined);
  if (values.kind === "bool") return values.data[i] ? "True" : "False";
  if (values.kind === "complex") {
    return complexText(Number(values.data[2 * i]), Number(values.data[2 * i + 1]), (part) => exactFloatText(part, partDtype(dtype)));
  }
  return isFloating(dtype) ? exactFloatText(Number(values.data[i]), dtype) : String(values.data[i]);
}

/** @param {number | bigint} value @param {number} room Characters. */
function integerText(value, room) {
  const text = String(value);
  return text.length <= room ? text : Number(value).toExponential(2).replace("e+", "e");
}

/**
 * @param {number} value @param {number} digits At most so many.
 * @param {string} [dtype] Fewer where those tell it from all others of this dtype.
 * @returns {string} `0.5`, `2.0`, `-1.25e-7`, `nan`, `+inf`.
 */
export function floatText(value, digits, dtype = "float64") {
  return decorated(value, () => identifying(value, dtype, digits));
}

/** @param {number} value @param {number} [digits] @returns {string} As on a blackboard: `4`, `−0.15`, `1e−5`. */
export function shortNumber(value, digits = 4) {
  return floatText(value, digits).replace(/\.0$/, "").replace(/-/g, "−").replace(/^−0$/, "0");
}

/** @param {number} value @param {string} dtype @returns {string} */
export function exactFloatText(value, dtype) {
  return decorated(value, () => (dtype === "float64" ? value : identifying(value, dtype, 9)));
}

/** @param {number} value @param {() => number} rounded What stands for it. @returns {string} As Python writes a float. */
function decorated(value, rounded) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "+inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? rounded().toExponential().replace("e+", "e") : rounded().toString();
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {number} value @param {string} dtype @param {number} most Digits. @returns {number} Its fewest digits that identify it. */
function identifying(value, dtype, most) {
  const least = wholeDigits(value); // 65504 is not written as 65500, although float16 has no nearer number
  if (dtype === "float64") return Number(value.toPrecision(Math.max(least, most))); // zeros at the end fall away
  for (let digits = least; digits < most; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (isSameIn(dtype, rounded, value)) return rounded;
  }
  return Number(value.toPrecision(Math.max(least, most)));
}

/** @param {number} value @returns {number} Digits before the point of a number below a million, at least 1. */
function wholeDigits(value) {
  const size = Math.abs(value);
  return size >= 10 && size < 1e6 ? Math.floor(Math.log10(size)) + 1 : 1;
}

/**
 * Whether a decimal reads back to a value. Floats of 8 bits are written as float32: their own few digits would look
 * like other numbers (0.4375 like 0.44).
 * @param {string} dtype @param {number} decimal @param {number} value
 */
function isSameIn(dtype, decimal, value) {
  const layout = layoutOf(dtype);
  if (!layout || !dtype.endsWith("float16")) return Math.fround(decimal) === value;
  const power = Math.max(Math.floor(Math.log2(Math.abs(value))), 1 - layout.bias);
  const below = Math.abs(value) === 2 ** power ? 2 : 1; // the numbers below a power of two lie twice as close
  return Math.abs(decimal - value) * below < 2 ** (power - layout.mantissa - 1);
}

/** @param {number} re @param {number} im @param {(part: number) => string} write */
function complexText(re, im, write) {
  /** @param {number} part */
  const one = (part) => write(part).replace(/\.0$/, "").replace(/^\+/, "");
  const sign = im < 0 || Object.is(im, -0) ? "-" : "+";
  return `${one(re)}${sign}${one(Math.abs(im))}i`;
}
