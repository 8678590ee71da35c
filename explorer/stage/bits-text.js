// One number taken apart: its groups of bits, and how they make the number.

import { decimalText, layoutOf, partDtype, readFloat, widthOf } from "./bits-layout.js";
import { node } from "./dom.js";

const DIGITS = 18;

/**
 * Bits that belong together.
 * @typedef {{name: "sign" | "exponent" | "mantissa" | "value" | "byte", bits: string, meaning: string}} BitGroup
 */

/** @param {bigint} code @param {number} width @returns {string} */
function binary(code, width) {
  return code.toString(2).padStart(width, "0");
}

/** @param {bigint} code @param {string} dtype @returns {string} `0x3dcccccd` */
export function hexText(code, dtype) {
  return `0x${code.toString(16).padStart(widthOf(dtype) / 4, "0")}`;
}

/**
 * The bits of one part in groups, most significant first.
 * @param {bigint} code @param {string} dtype
 * @returns {BitGroup[]}
 */
export function bitGroups(code, dtype) {
  const layout = layoutOf(dtype);
  const width = widthOf(dtype);
  const bits = binary(code, width);
  if (!layout) return integerGroups(bits, code, dtype);
  const reading = readFloat(code, layout);
  const signed = layout.special === "power" ? 0 : 1;
  const named = reading.kind === "nan" || reading.kind === "infinity";
  const power = reading.exponent === 0 && signed ? `0 means ${signedText(1 - layout.bias)}` : `${reading.exponent} − ${layout.bias} = ${signedText(reading.power)}`;
  /** @type {BitGroup[]} */
  const groups = [
    { name: "sign", bits: bits.slice(0, signed), meaning: reading.sign ? "−" : "+" },
    { name: "exponent", bits: bits.slice(signed, signed + layout.exponent), meaning: named ? String(reading.exponent) : power },
    { name: "mantissa", bits: bits.slice(signed + layout.exponent), meaning: named ? `0x${reading.mantissa.toString(16)}` : significandText(reading, layout) },
  ];
  return groups.filter((group) => group.bits !== "");
}

/** @param {string} bits @param {bigint} code @param {string} dtype @returns {BitGroup[]} */
function integerGroups(bits, code, dtype) {
  if (dtype === "bool") return [{ name: "byte", bits, meaning: code ? "1 is True" : "0 is False" }];
  if (dtype.startsWith("u")) return [{ name: "value", bits, meaning: String(code) }];
  const rest = BigInt.asUintN(bits.length - 1, code);
  return [
    { name: "sign", bits: bits[0], meaning: bits[0] === "1" ? `−2^${bits.length - 1}` : "0" },
    { name: "value", bits: bits.slice(1), meaning: String(rest) },
  ];
}

/** @param {number} power @returns {string} With a real minus sign. */
function signedText(power) {
  return String(power).replace("-", "−");
}

/** @param {import("./bits-layout.js").FloatReading} reading @param {import("./bits-layout.js").FloatLayout} layout */
function significandText(reading, layout) {
  const text = decimalText(reading.significand, -layout.mantissa, DIGITS);
  return /[.]/.test(text) ? text : `${text}.0`;
}

/**
 * How the groups make the number, with the numbers of this case.
 * @param {bigint} code @param {string} dtype
 * @returns {(Node | string)[]}
 */
export function formulaOf(code, dtype) {
  const layout = layoutOf(dtype);
  if (!layout) return integerFormula(code, dtype);
  const reading = readFloat(code, layout);
  const sign = reading.sign ? "−" : "";
  switch (reading.kind) {
    case "nan": return [nanText(reading, layout)];
    case "infinity": return [`${sign || "+"}infinity: all exponent bits are 1, all mantissa bits 0`];
    case "zero": return [`${sign || "+"}0: all bits${sign ? " but the sign" : ""} are 0`];
    default: return [...powerProduct(reading, layout), ` = ${sign}${decimalText(reading.significand, reading.power - layout.mantissa, DIGITS)}`,
      reading.kind === "subnormal" ? " · subnormal: with no exponent bit set the first digit is 0" : ""];
  }
}

/** @param {import("./bits-layout.js").FloatReading} reading @param {import("./bits-layout.js").FloatLayout} layout @returns {(Node | string)[]} */
function powerProduct(reading, layout) {
  const power = ["2", node("sup", {}, signedText(reading.power))];
  if (layout.special === "power") return power;
  return ["(−1)", node("sup", {}, String(reading.sign)), " × ", ...power, " × ", significandText(reading, layout)];
}

/** @param {import("./bits-layout.js").FloatReading} reading @param {import("./bits-layout.js").FloatLayout} layout @returns {string} */
function nanText({ sign, mantissa }, { mantissa: width, special }) {
  if (special === "power") return "NaN: all bits are 1";
  if (special === "fnuz") return "NaN: the bits that elsewhere mean −0";
  if (special === "fn") return "NaN: all bits after the sign are 1";
  const quiet = mantissa >> BigInt(width - 1) ? "quiet" : "signalling";
  const payload = BigInt.asUintN(width - 1, mantissa);
  return `NaN: all exponent bits are 1, the mantissa is not 0 · ${quiet}, payload ${payload ? `0x${payload.toString(16)}` : "0"}${sign ? ", sign bit set" : ""}`;
}

/** @param {bigint} code @param {string} dtype @returns {(Node | string)[]} */
function integerFormula(code, dtype) {
  const width = widthOf(dtype);
  if (dtype === "bool") return ["a bool takes a whole byte"];
  if (dtype.startsWith("u") || code >> BigInt(width - 1) === 0n) return [`= ${code}`];
  const rest = BigInt.asUintN(width - 1, code);
  return ["two's complement: −2", node("sup", {}, String(width - 1)), ` + ${rest} = −${(1n << BigInt(width)) - code}`];
}

/**
 * @param {bigint[]} codes One, or real and imaginary. @param {string} dtype
 * @returns {HTMLElement[]}
 */
export function numberParts(codes, dtype) {
  const part = partDtype(dtype);
  return codes.map((code, k) => {
    const title = codes.length > 1 ? ["real part", "imaginary part"][k] : "";
    return node("div", { class: "te-bits-part", role: title && "group", "aria-label": title || null },
      node("div", { class: "te-bits-line" }, title && node("span", { class: "te-bits-title" }, title), ...bitGroups(code, part).map(groupNode),
        node("span", { class: "te-bits-group" }, node("span", { class: "te-bits-name" }, "hex"), node("code", {}, hexText(code, part)))),
      node("div", { class: "te-bits-formula" }, ...formulaOf(code, part)));
  });
}

/** @param {BitGroup} group @returns {HTMLElement} */
function groupNode({ name, bits, meaning }) {
  const nibbles = bits.length > 8 ? bits.match(/.{1,4}(?=(.{4})*$)/g) ?? [bits] : [bits];
  return node("span", { class: `te-bits-group te-bits-${name}` },
    node("span", { class: "te-bits-name" }, `${name}${bits.length > 1 ? ` · ${bits.length} bits` : ""}`),
    node("code", { "data-bits": bits }, ...nibbles.flatMap((nibble, k) => (k ? [node("wbr"), nibble] : [nibble]))),
    node("span", { class: "te-bits-meaning" }, meaning));
}
