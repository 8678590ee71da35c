// The equations of a step with the numbers of one unit; the line of the present phase stands out.

import { node, setAttribute, setChildren, setText } from "./dom.js";
import { shortNumber } from "./format.js";
import { timeMark } from "./recurrent-cell.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/** From here on a difference says little without the size of the values. */
const LARGE = 100;
const FUNCTIONS = { sigmoid: "σ", tanh: "tanh", relu: "relu" };

/** One line. `text`: `_{t}` and `_{p}` are this time and the one before; `numbers`: the same with numbers. @typedef {{phase: string, text: string, numbers: (t: number, unit: number) => string, note?: string}} EquationLine */

/** @param {number} value @returns {string} `0.557`: three decimals, or digits where those say nothing. */
function equationNumber(value) {
  const size = Math.abs(value);
  return size >= 0.001 && size < 100 ? shortNumber(Number(value.toFixed(3))) : shortNumber(value, 3);
}

/** @param {number} value @returns {string} `(−0.3)`, as a factor. */
function factorText(value) {
  return value < 0 ? `(${equationNumber(value)})` : equationNumber(value);
}

/** @param {readonly number[]} values @returns {string} `0.42 + 0.1 − 0.31` */
export function sumText(values) {
  return values.map((value, k) => {
    const text = equationNumber(Math.abs(value));
    if (k === 0) return equationNumber(value);
    if (value === Infinity) return " + inf";
    return value < 0 || Object.is(value, -0) ? ` − ${text}` : ` + ${text}`;
  }).join("");
}

/** @param {string} text `W_{ii}·x_{t} + W_{hi}·h_{p}` @returns {{parts: (Node | string)[], earlier: HTMLElement[]}} `earlier`: the marks of the time before. */
function symbols(text) {
  const parts = text.split(/_\{([^}]*)\}/).map((piece, k) => (k % 2 ? node("sub", piece === "p" ? { class: "te-rec-earlier" } : {}, piece) : piece));
  return { parts, earlier: parts.filter((part) => part.className === "te-rec-earlier") };
}

/** @param {RecurrentView} view @param {string} name Of a gate. @returns {EquationLine} */
function gateLine(view, name) {
  const gate = /** @type {GateData} */ (view.gates.get(name));
  const letter = view.isPlain ? "h" : name;
  const biased = view.weights.bih.grid !== null;
  const reset = view.opened.cell === "gru" && name === "n";
  const f = FUNCTIONS[gate.function];
  const hidden = `W_{h${letter}}·h_{p}${biased ? ` + b_{h${letter}}` : ""}`;
  const input = `W_{i${letter}}·x_{t}${biased ? ` + b_{i${letter}}` : ""}`;
  const inside = `${input} + ${reset ? `r_{t}·(${hidden})` : hidden}`;
  const terms = (/** @type {number} */ t, /** @type {number} */ unit) => {
    const [x, h] = [view.part(name, "from_input", t, unit), view.part(name, "from_hidden", t, unit)];
    const given = biased ? [x, view.bias("bih", name, unit)] : [x];
    if (reset) return `${sumText(given)} + ${factorText(view.value("r", t, unit))}·${factorText(view.value("hn", t, unit))}`;
    return sumText(biased ? [...given, h, view.bias("bhh", name, unit)] : [...given, h]);
  };
  if (view.isPlain) return { phase: "pre", text: `pre_{t} = ${inside}`, numbers: (t, unit) => `${terms(t, unit)} = ${equationNumber(view.part(name, "before", t, unit))}` };
  return {
    phase: name, text: `${name}_{t} = ${f}(${inside})`,
    numbers: (t, unit) => `${f}(${terms(t, unit)}) = ${f}(${equationNumber(view.part(name, "before", t, unit))}) = ${equationNumber(view.value(name, t, unit))}`,
    ...(reset ? { note: "The paper's GRU applies r before the product: W_{hn}·(r_{t} ⊙ h_{p}) + b_{hn}. torch applies it after, so one product with h serves all three blocks." } : {}),
  };
}

/** @param {RecurrentView} view @returns {EquationLine[]} Of c and h. */
function stateLines(view) {
  const { opened } = view;
  const at = (/** @type {string} */ name) => (/** @type {number} */ t, /** @type {number} */ unit) => view.value(name, t, unit);
  const [i, f, g, o, c, squashed, z, n, h] = ["i", "f", "g", "o", "c", "tanh c", "z", "n", "h"].map(at);
  if (opened.cell === "gru") {
    return [{ phase: "h", text: "h_{t} = (1 − z_{t})·n_{t} + z_{t}·h_{p}", numbers: (t, u) => `(1 − ${equationNumber(z(t, u))})·${factorText(n(t, u))} + ${equationNumber(z(t, u))}·${factorText(view.previous("h", t, u))} = ${equationNumber(h(t, u))}` }];
  }
  if (view.isPlain) {
    const name = opened.cell === "rnn_relu" ? "relu" : "tanh";
    return [{ phase: "h", text: `h_{t} = ${name}(pre_{t})`, numbers: (t, u) => `${name}(${equationNumber(view.value("pre", t, u))}) = ${equationNumber(h(t, u))}` }];
  }
  const shown = (/** @type {number} */ t, /** @type {number} */ u) => `${equationNumber(o(t, u))}·tanh(${equationNumber(c(t, u))}) = ${equationNumber(o(t, u))}·${factorText(squashed(t, u))}`;
  const hidden = view.isProjected
    ? { phase: "h", text: "h_{t} = W_{hr}·(o_{t}·tanh(c_{t}))", numbers: (/** @type {number} */ t, /** @type {number} */ u) => `${shown(t, u)} = ${equationNumber(view.value("o·tanh c", t, u))} of this unit; W_hr makes ${view.shown} numbers of all ${opened.hidden_size}` }
    : { phase: "h", text: "h_{t} = o_{t}·tanh(c_{t})", numbers: (/** @type {number} */ t, /** @type {number} */ u) => `${shown(t, u)} = ${equationNumber(h(t, u))}` };
  return [{ phase: "c", text: "c_{t} = f_{t}·c_{p} + i_{t}·g_{t}", numbers: (t, u) => `${equationNumber(f(t, u))}·${factorText(view.previous("c", t, u))} + ${equationNumber(i(t, u))}·${factorText(g(t, u))} = ${equationNumber(c(t, u))}` }, hidden];
}

export class Equations {
  constructor() {
    this.title = node("h3", { "data-testid": "recurrent-where" });
    this.lines = node("div", { class: "te-rec-lines" });
    this.check = node("p", { class: "te-rec-check", "data-testid": "recurrent-check" });
    this.element = node("div", { class: "te-rec-equations", "data-testid": "recurrent-equations" }, this.title, this.lines, this.check);
    this.drawn = "";
    /** @type {RecurrentView | null} */
    this.view = null;
    /** @type {{line: EquationLine, row: HTMLElement, numbers: HTMLElement, earlier: HTMLElement[]}[]} */
    this.rows = [];
  }

  /** @param {RecurrentView} view */
  take(view) {
    this.view = view;
    const { opened } = view;
    const lines = [...view.phases.filter((phase) => view.gates.has(phase) && phase !== "h" || phase === "pre").map((phase) => gateLine(view, phase === "pre" ? "h" : phase)), ...stateLines(view)];
    this.rows = lines.map((line) => this.row(line));
    setChildren(this.lines, this.rows.map(({ row }) => row));
    const check = view.recurrent.checks.find(({ what }) => what === "output") ?? view.recurrent.checks[0];
    const maker = view.stop ? `nn.${view.stop.layer.split("(")[0]}` : "the module";
    setText(this.check, check ? `Largest difference from ${maker} over all steps, layers, directions and items: ${shortNumber(check.difference, 2)}${check.largest >= LARGE ? `, of values up to ${shortNumber(check.largest, 2)}` : ""}${check.note ? `. ${check.note}` : ""}` : "");
    this.check.hidden = !check || opened.steps === 0;
  }

  /** @param {EquationLine} line */
  row(line) {
    const { parts, earlier } = symbols(line.text);
    const noted = line.note ? symbols(line.note) : null;
    const numbers = node("span", { class: "te-rec-numbers" });
    const row = node("div", { class: "te-rec-equation", "data-phase": line.phase }, node("span", { class: "te-rec-symbols" }, ...parts), numbers, noted && node("small", {}, ...noted.parts));
    return { line, row, numbers, earlier: [...earlier, ...(noted?.earlier ?? [])] };
  }

  /** @param {RecurrentMoment} moment @param {number} unit @param {boolean} whole Whether it is pointed at: all of its step is told. */
  show(moment, unit, whole) {
    const { view } = this;
    if (!view) return;
    const { t } = moment;
    const now = whole ? view.phases.length : view.rank(moment.phase);
    const token = view.tokenAt(t);
    setText(this.title, `Unit ${unit} at t = ${t}${token ? `, “${token}”` : ""}${whole ? " · pointed at" : ""}`);
    const before = view.before(t) < 0 ? timeMark(-1) : view.opened.reverse ? "t+1" : "t−1";
    for (const { line, row, numbers, earlier } of this.rows) {
      const rank = view.rank(line.phase);
      setAttribute(row, "data-state", rank < now ? "done" : rank === now ? "now" : "later");
      numbers.hidden = !view.hasValues;
      setText(numbers, rank > now ? "= …" : `= ${line.numbers(t, unit)}`);
      for (const sub of earlier) setText(sub, before);
    }
  }
}
