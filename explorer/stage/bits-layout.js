// Where the bits of a number mean what: read from the memory of the scene's own arrays.

/**
 * A floating-point format. `special` says what its last codes mean: `ieee` has infinities and many NaNs; `fn` one NaN
 * of each sign and no infinity; `fnuz` one NaN in place of -0; `power` NaN only, and no sign, zero or fraction.
 * @typedef {{exponent: number, mantissa: number, bias: number, special: "ieee" | "fn" | "fnuz" | "power"}} FloatLayout
 */

/** @type {Record<string, FloatLayout>} Sources: IEEE 754-2019; Micikevicius et al. 2022; Noune et al. 2022; OCP MX 1.0. */
const FLOAT_LAYOUTS = {
  float64: { exponent: 11, mantissa: 52, bias: 1023, special: "ieee" },
  float32: { exponent: 8, mantissa: 23, bias: 127, special: "ieee" },
  bfloat16: { exponent: 8, mantissa: 7, bias: 127, special: "ieee" },
  float16: { exponent: 5, mantissa: 10, bias: 15, special: "ieee" },
  float8_e5m2: { exponent: 5, mantissa: 2, bias: 15, special: "ieee" },
  float8_e5m2fnuz: { exponent: 5, mantissa: 2, bias: 16, special: "fnuz" },
  float8_e4m3fn: { exponent: 4, mantissa: 3, bias: 7, special: "fn" },
  float8_e4m3fnuz: { exponent: 4, mantissa: 3, bias: 8, special: "fnuz" },
  float8_e8m0fnu: { exponent: 8, mantissa: 0, bias: 127, special: "power" },
};

/** @type {Record<string, string>} */
const PARTS_OF_COMPLEX = { complex32: "float16", complex64: "float32", complex128: "float64" };

/** @param {string} dtype @returns {string} Dtype of its real and imaginary part; itself when it has none. */
export function partDtype(dtype) {
  return PARTS_OF_COMPLEX[dtype] ?? dtype;
}

/** @param {string} dtype @returns {FloatLayout | null} Of a float, or of the parts of a complex number. */
export function layoutOf(dtype) {
  return FLOAT_LAYOUTS[partDtype(dtype)] ?? null;
}

/** @param {string} dtype @returns {number} Bits of one part. */
export function widthOf(dtype) {
  const layout = layoutOf(dtype);
  if (layout) return (layout.special === "power" ? 0 : 1) + layout.exponent + layout.mantissa;
  return dtype === "bool" ? 8 : Number(/\d+$/.exec(dtype)?.[0] ?? 8);
}

/** @param {number} value @param {string} dtype @returns {boolean} Whether it is too small for all of the dtype's digits. */
export function isSubnormal(value, dtype) {
  const layout = layoutOf(dtype);
  return layout !== null && layout.special !== "power" && value !== 0 && Math.abs(value) < 2 ** (1 - layout.bias);
}

/**
 * The bits of one value, as an unsigned number for each part.
 * @param {Values} values @param {number} i @param {string} dtype
 * @returns {bigint[]} One, or real and imaginary.
 */
export function codesAt(values, i, dtype) {
  if (values.kind !== "complex") return [codeAt(values.data, i, dtype)];
  return [codeAt(values.data, 2 * i, partDtype(dtype)), codeAt(values.data, 2 * i + 1, partDtype(dtype))];
}

/** @param {Values["data"]} data @param {number} i @param {string} dtype @returns {bigint} */
function codeAt(data, i, dtype) {
  const layout = FLOAT_LAYOUTS[dtype];
  if (!layout) return BigInt.asUintN(widthOf(dtype), BigInt(data[i]));
  if (data instanceof Float64Array) return new BigUint64Array(data.buffer, data.byteOffset, data.length)[i];
  const { buffer, byteOffset, length } = /** @type {Float32Array} */ (data);
  const word = new Uint32Array(buffer, byteOffset, length)[i];
  return BigInt(dtype === "float32" ? word : narrowed(word, layout));
}

/**
 * Undo what sending did: smaller floats travel as float32, which holds each of them exactly.
 * @param {number} word Bits of the float32. @param {FloatLayout} layout
 * @returns {number} The bits that torch has.
 */
function narrowed(word, { exponent, mantissa, bias, special }) {
  const sign = word >>> 31;
  const power = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (special === "power") return power;
  const top = sign << (exponent + mantissa);
  if (power === 0xff) {
    if (special === "fnuz") return 1 << (exponent + mantissa);
    if (special === "fn") return top | ((1 << (exponent + mantissa)) - 1);
    return top | (((1 << exponent) - 1) << mantissa) | (fraction >>> (23 - mantissa));
  }
  const scaled = power - 127 + bias;
  if (power === 0 || bias === 127) return top | (power << mantissa) | (fraction >>> (23 - mantissa));
  if (scaled >= 1) return top | (scaled << mantissa) | (fraction >>> (23 - mantissa));
  return top | ((fraction | 0x800000) >>> (24 - mantissa - scaled));
}

/**
 * What one part's bits say. A number is `(-1)^sign × 2^power × significand / 2^mantissa`.
 * @typedef {{kind: "normal" | "subnormal" | "zero" | "infinity" | "nan", sign: number, exponent: number,
 *   mantissa: bigint, power: number, significand: bigint}} FloatReading
 */

/** @param {bigint} code @param {FloatLayout} layout @returns {FloatReading} */
export function readFloat(code, layout) {
  const { exponent: width, mantissa: fraction, bias, special } = layout;
  const mantissa = BigInt.asUintN(fraction, code);
  const exponent = Number(BigInt.asUintN(width, code >> BigInt(fraction)));
  const sign = special === "power" ? 0 : Number(code >> BigInt(width + fraction));
  const kind = kindOf(code, exponent, mantissa, layout);
  const subnormal = kind === "subnormal" || kind === "zero";
  return {
    kind, sign, exponent, mantissa,
    power: (subnormal ? 1 : exponent) - bias,
    significand: subnormal ? mantissa : mantissa + (1n << BigInt(fraction)),
  };
}

/** @param {bigint} code @param {number} exponent @param {bigint} mantissa @param {FloatLayout} layout @returns {FloatReading["kind"]} */
function kindOf(code, exponent, mantissa, { exponent: width, mantissa: fraction, special }) {
  const last = exponent === 2 ** width - 1;
  if (special === "power") return last ? "nan" : "normal";
  if (special === "ieee" && last) return mantissa ? "nan" : "infinity";
  if (special === "fn" && last && mantissa === 2n ** BigInt(fraction) - 1n) return "nan";
  if (special === "fnuz" && code === 1n << BigInt(width + fraction)) return "nan";
  if (exponent > 0) return "normal";
  return mantissa ? "subnormal" : "zero";
}

/**
 * Exact decimal digits of `numerator × 2^power`.
 * @param {bigint} numerator Not negative. @param {number} power @param {number} most Significant digits to show.
 * @returns {string} Ends in `…` where digits are left out.
 */
export function decimalText(numerator, power, most) {
  if (numerator === 0n) return "0";
  const places = power < 0 ? -power : 0;
  const digits = String(power < 0 ? numerator * 5n ** BigInt(places) : numerator << BigInt(power));
  const point = digits.length - places;
  const kept = digits.slice(0, most);
  const cut = /[1-9]/.test(digits.slice(most)) ? "…" : "";
  if (point > most || point < -5) {
    const rest = kept.slice(1).replace(/0+$/, cut ? "$&" : "");
    return `${kept[0]}${rest && `.${rest}`}${cut}e${point - 1}`;
  }
  const whole = point > 0 ? kept.slice(0, point) : "0";
  const rest = point > 0 ? kept.slice(point) : "0".repeat(-point) + kept;
  const trimmed = cut ? rest : rest.replace(/0+$/, "");
  return `${whole}${trimmed && `.${trimmed}`}${cut}`;
}
