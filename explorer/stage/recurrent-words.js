// What is said of each phase of a step, and of what is pointed at.

import { exactText, plural, shortNumber } from "./format.js";
import { timeMark } from "./recurrent-cell.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** @type {Record<string, Record<string, [string, string]>>} What a phase does, and why; by the cell. */
const SENTENCES = {
  lstm: {
    i: ["The input gate decides how much of the candidate is written to the cell state.", "It sees x of this step and h of the step before, nothing else."],
    f: ["The forget gate decides how much of the old cell state is kept.", "1 keeps all of it, 0 wipes it: what is kept is multiplied by f once more at each step."],
    g: ["The candidate is what may be written: it goes through tanh, so it lies between −1 and 1.", ""],
    o: ["The output gate decides how much of the cell state is shown.", "It is computed from the same x and h; the new cell state is not known yet."],
    c: ["The cell state is the old one times f, plus the candidate times i.", "A sum, with no matrix on the way from one step to the next: that is why gradients survive here."],
    h: ["The hidden state is tanh of the cell state, times o.", "It is the output of this step, and what the gates of the next one see."],
  },
  gru: {
    r: ["The reset gate decides how much of the past the candidate sees.", ""],
    z: ["The update gate decides how much of the old hidden state stays.", "A GRU has one gate for forgetting and writing: what is not kept is replaced."],
    n: ["The candidate: the product with the old hidden state is multiplied by r, then all goes through tanh.", "torch applies r after the matrix product, the paper before it."],
    h: ["The hidden state is a mixture: z of the old one, 1 − z of the candidate.", ""],
  },
  rnn: {
    pre: ["Both matrix products and the biases are added: the pre-activation.", "There is no gate: the old state goes through W_hh at every step."],
    h: ["The hidden state is the pre-activation through the nonlinearity.", "It is the output of this step, and what the next one sees."],
  },
};

/** @param {RecurrentView} view @param {RecurrentMoment} moment @returns {{sentence: string, why: string}} */
export function momentWords(view, { t, phase }) {
  const { opened } = view;
  const [sentence, why] = SENTENCES[view.isPlain ? "rnn" : opened.cell][phase] ?? ["", ""];
  const nonlinear = opened.cell === "rnn_relu" ? " relu" : opened.cell === "rnn_tanh" ? " tanh" : "";
  const named = sentence.replace("the nonlinearity", `the nonlinearity${nonlinear}`);
  const projected = phase === "h" && view.isProjected ? ` weight_hr then makes ${view.shown} numbers of all ${opened.hidden_size}.` : "";
  const ends = opened.reverse ? t === 0 : t === opened.steps - 1;
  const last = ends && opened.padded > opened.steps ? ` This is the last valid step of item ${opened.item}: its h_n is read here${opened.reverse ? "" : `, and ${plural(opened.padded - opened.steps, "step")} of padding ${opened.padded - opened.steps === 1 ? "follows" : "follow"}`}.` : "";
  const first = view.before(t) < 0 ? " This is the first step that the layer computes: it starts from the states that it was given, or zeros." : opened.reverse ? ` This direction reads backwards: it comes from t = ${view.before(t)}.` : "";
  return { sentence: `t = ${t}: ${named}${projected}`, why: `${why}${first}${last}`.trim() };
}

/** @param {number} value @returns {string} To the last digit that float32 has. */
function exactly(value) {
  return exactText(/** @type {Values} */ ({ kind: "real", data: [value], length: 1 }), 0, "float32").replace(/-/g, "−");
}

/** @param {RecurrentView} view @param {RecurrentFact} fact @param {string} fallback A map whose value is told where none is pointed at. @returns {{what: string, value: string, rest: string}} */
export function factWords(view, { t, unit, map, told }, fallback) {
  if (told) return { what: told, value: "", rest: "" };
  const token = t >= 0 && view.tokenAt(t) ? ` · “${view.tokenAt(t)}”` : "";
  if (t >= view.opened.steps) return { what: `t = ${t}`, value: "", rest: `padding: this item has ${view.opened.steps} steps; the states stand still at t = ${view.opened.reverse ? 0 : view.opened.steps - 1}` };
  if (unit < 0) return { what: `t = ${t}`, value: "", rest: token.slice(3) };
  const projected = view.isProjected && (map || fallback) === "h";
  const name = projected && !map ? "o·tanh c" : map || fallback; // its rows are no units
  if (t < 0) return { what: `unit ${unit}`, value: "", rest: rowsText(view, unit) };
  if (name === "x") return { what: `x[${t}, ${unit}]`, value: exactly(view.inputs?.values?.[t * view.inputs.units + unit] ?? NaN), rest: token.slice(3) };
  const value = view.hasValues ? exactly(view.value(name, t, unit)) : "no value";
  const gate = view.gates.get(name === "pre" ? "h" : name);
  const isGate = gate && (name !== "h" || !view.states.has("h"));
  const before = isGate && name !== "pre" && view.hasValues ? ` = ${gate.function === "sigmoid" ? "σ" : gate.function}(${shortNumber(view.part(name, "before", t, unit), 6)})` : "";
  const from = view.hasValues && !isGate && (name === "c" || name === "h") && !projected ? ` · from ${name}${timeMark(view.before(t)) === "start" ? " at the start" : `[${view.before(t)}]`} = ${shortNumber(view.previous(name, t, unit), 6)}` : "";
  const row = isGate ? ` · row ${view.rowOf(gate.name, unit)} of ${view.opened.names[0]} and ${view.opened.names[1]}` : "";
  return { what: `${projected && map ? `h[${unit}]` : `${name} of unit ${unit}`} at t = ${t}`, value, rest: `${before.replace(/^ = /, "= ")}${from}${row}${token}`.replace(/^ · /, "") };
}

/** @param {RecurrentView} view @param {number} unit @returns {string} Its rows in the weights. */
export function rowsText(view, unit) {
  const { gates, names } = view.opened;
  const rows = gates.map(({ name }) => `${view.rowOf(name, unit)}${gates.length > 1 ? ` (${name})` : ""}`);
  const projection = names[4] ? `, column ${unit} of ${names[4]}` : "";
  return `${rows.length > 1 ? "rows" : "row"} ${rows.join(", ")} of ${names[0]} and ${names[1]}${projection}`;
}

/** One weight or bias: in which parameter, of which gate and unit; what column it stands in meets it at time t. @typedef {{which: "ih" | "hh" | "bih" | "bhh", block: number, row: number, column: number, t: number}} WeightPlace */

/** @param {RecurrentView} view @param {WeightPlace} place @returns {string} What it is multiplied by, what that gives, and which sum that is part of. */
export function metWords(view, { which, block, row, column, t }) {
  const { name } = view.opened.gates[block];
  const whose = `for ${view.isPlain ? "the pre-activation" : name} of unit ${row}`;
  if (which === "bih" || which === "bhh") return `${whose}, added`;
  const isInput = which === "ih";
  const before = timeMark(view.before(t)) === "start" ? "at the start" : `of t = ${view.before(t)}`;
  const [given, met] = isInput ? [view.input.at([t, column]), `x[${t}, ${column}]`] : [view.previous("h", t, column), `h of unit ${column} ${before}`];
  const weight = view.weights[which].at([block * view.opened.hidden_size + row, column]);
  if (Number.isNaN(given) || Number.isNaN(weight)) return `${whose}, times ${met}`; // what is large is sent in part
  const count = view.weights[which].grid?.shape[1] ?? 1;
  const symbol = isInput ? `W_i${view.isPlain ? "h" : name}·x` : `W_h${view.isPlain ? "h" : name}·h`;
  const sum = view.part(name, isInput ? "from_input" : "from_hidden", t, row);
  const whole = Number.isNaN(sum) ? "" : `, ${count > 1 ? `one of the ${count} products in` : "all of"} ${symbol} = ${shortNumber(sum, 6)}`;
  return `${whose}, times ${met} = ${shortNumber(given, 6)} gives ${shortNumber(weight * given, 6)}${whole}`;
}
