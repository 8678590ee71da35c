// Numbers, shapes and sizes as text.

/** @param {readonly number[]} sizes @returns {string} As Python prints a tuple: `(24,)`. */
export function tupleText(sizes) {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}

/** @param {number} count @returns {string} With thousands separated: `1,000`. */
export function countText(count) {
  return count.toLocaleString("en-US");
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
  return dtype.startsWith("float") || dtype.startsWith("bfloat");
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

/**
 * Which mark a value needs so that it is told apart without colour.
 * @param {Values | null} values
 * @param {number} i
 * @returns {"" | "nan" | "+inf" | "-inf"}
 */
export function markAt(values, i) {
  if (values === null || values.kind === "bool") return "";
  const value = numberAt(values, i);
  if (Number.isFinite(value)) return "";
  return Number.isNaN(value) ? "nan" : value > 0 ? "+inf" : "-inf";
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
  if (values.kind === "complex") return complexText(Number(values.data[2 * i]), Number(values.data[2 * i + 1]), 3);
  return isFloating(dtype) ? floatText(Number(values.data[i]), 4) : integerText(values.data[i], 9);
}

/**
 * Full text of a value: what torch holds, at float32's shortest exact digits.
 * @param {Values | null} values
 * @param {number} i
 * @param {string} dtype
 */
export function exactText(values, i, dtype) {
  if (values === null) return "no value (meta)";
  if (values.kind === "bool") return values.data[i] ? "True" : "False";
  if (values.kind === "complex") {
    const digits = values.data instanceof Float32Array ? 9 : 17;
    return complexText(Number(values.data[2 * i]), Number(values.data[2 * i + 1]), digits);
  }
  if (!isFloating(dtype)) return String(values.data[i]);
  return floatText(Number(values.data[i]), values.data instanceof Float32Array ? 9 : 17);
}

/** @param {number | bigint} value @param {number} room Characters. */
function integerText(value, room) {
  const text = String(value);
  return text.length <= room ? text : Number(value).toExponential(2).replace("e+", "e");
}

/** @param {number} value @param {number} digits @returns {string} `0.5`, `2.0`, `-1.25e-7`, `nan`, `+inf`. */
export function floatText(value, digits) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "+inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  let text = digits > 8 ? shortest(value, digits) : Number(value.toPrecision(digits)).toString();
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    text = Number(text).toExponential().replace("e+", "e");
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {number} value @param {number} digits 9 for float32, 17 for float64. */
function shortest(value, digits) {
  if (digits === 17) return String(value);
  for (let d = 1; d < digits; d += 1) {
    const text = value.toPrecision(d);
    if (Math.fround(Number(text)) === value) return Number(text).toString();
  }
  return Number(value.toPrecision(digits)).toString();
}

/** @param {number} re @param {number} im @param {number} digits */
function complexText(re, im, digits) {
  /** @param {number} part */
  const one = (part) => {
    const text = floatText(part, digits).replace(/\.0$/, "");
    return text.replace(/^\+/, "");
  };
  const sign = im < 0 || Object.is(im, -0) ? "-" : "+";
  return `${one(re)}${sign}${one(Math.abs(im))}i`;
}
