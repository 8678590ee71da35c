// What is said beside the gradient through time and the retention of a recurrent layer.

import { shortNumber } from "./format.js";

const NO_TERM = "−";
/** @type {Record<CellKind, string>} What follows the largest singular values. */
const BACKWARD_STEP = {
  rnn_tanh: "one step back, a gradient grows by at most that factor, before tanh′ ≤ 1 shrinks it",
  rnn_relu: "one step back, a gradient grows by at most that factor; relu′ is 0 or 1",
  lstm: "that is the way through h; through c a gradient is multiplied by f alone",
  gru: "that is the way through the gates; straight from h to h it is multiplied by z alone",
};

/** @param {UnrolledData} unrolled @returns {string} "" where there are none. */
export function singularWords({ singular, gates, cell }) {
  const known = singular.filter((values) => values && values.length > 0);
  if (known.length === 0) return "";
  if (known.length === 1) return `Singular values of W_hh: largest ${shortNumber(known[0][0])}, smallest ${shortNumber(known[0][known[0].length - 1])}: ${BACKWARD_STEP[cell]}.`;
  const each = known.map((values, k) => `W_h${gates[k]?.name ?? NO_TERM} ${shortNumber(values[0])}`).join(" · ");
  return `Largest singular values: ${each}: ${BACKWARD_STEP[cell]}.`;
}

/** @param {TimeGradientData | null} gradient @param {number} item @returns {string} What L stands for. */
export function rootWords(gradient, item) {
  if (!gradient) return "";
  return `L = ${gradient.root}; lengths over the units of item ${item}`;
}

/** @type {Partial<Record<CellKind, {gate: string, state: string}>>} What keeps which state. */
const KEEPERS = { lstm: { gate: "f", state: "c" }, gru: { gate: "z", state: "h" } };
const MOST_FACTORS = 6;
const DIGIT_MARKS = "₀₁₂₃₄₅₆₇₈₉";

/** @param {CellKind} cell @returns {{gate: string, state: string} | null} null: nothing keeps its state. */
export function keeperOf(cell) { return KEEPERS[cell] ?? null; }

/** @param {number} t @returns {string} `₁₂` */
export function digitMarks(t) { return [...String(t)].map((digit) => DIGIT_MARKS[Number(digit)] ?? digit).join(""); }

/**
 * @param {UnrolledData} unrolled @param {number} s When it was written. @param {number} t @param {number} kept
 * @returns {string} `0.83 of what was written to c at t = 3 is left at t = 9: f₄ · … · f₉`
 */
export function keptWords({ cell, gates, reverse, hidden_size: size, unit }, s, t, kept) {
  const keeper = keeperOf(cell);
  if (!keeper) return "";
  if (Number.isNaN(kept)) return `What of t = ${s} is left at t = ${t} is no number: one ${keeper.gate} on the way is nan.`;
  if (s === t) return `At t = ${t} all of what is written to ${keeper.state} there is left: nothing has kept or forgotten it yet.`;
  const times = Array.from({ length: Math.abs(t - s) }, (_, k) => (reverse ? s - 1 - k : s + 1 + k));
  const values = gates.find(({ name }) => name === keeper.gate)?.values;
  const names = times.length <= MOST_FACTORS ? times : [times[0], times[times.length - 1]];
  const product = names.map((one) => `${keeper.gate}${digitMarks(one)}`).join(times.length <= MOST_FACTORS ? " · " : " · … · ");
  const numbers = values && times.length <= MOST_FACTORS ? ` = ${times.map((one) => shortNumber(values[one * size + unit], 3)).join(" · ")}` : "";
  return `${shortNumber(kept)} of what was written to ${keeper.state} at t = ${s} is left at t = ${t}: ${product}${numbers}`;
}
