// One layer of a recurrent module in one direction, opened: times, phases and numbers, as its panels read them.

import { numberAt } from "./format.js";
import { TensorReader } from "./slide-values.js";

/** A moment: t of the sequence, and which phase of the step is being computed; `step` counts those before in the layer's order. @typedef {{t: number, phase: string, step: number}} RecurrentMoment */

/** What is pointed at: a time and a unit; -1: none of them. `map`: in the map of which gate or state, or "". `since`: the time at which what is left was written. `told`: what is said of it, where it is in no map. @typedef {{t: number, unit: number, map?: string, since?: number, told?: string}} RecurrentFact */

/** One map over time. `sort`: which colours. @typedef {{name: string, phase: string, role: string, decides: string, units: number, values: ArrayLike<number> | null, sort: "share" | "signed", limit: number}} TimeMap */

/** @type {Record<CellKind, string[]>} In which order a step is computed. */
const PHASES = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["r", "z", "n", "h"], rnn_tanh: ["pre", "h"], rnn_relu: ["pre", "h"] };

/** What each gate or state is for, in a few words. @type {Record<string, string>} */
const DECIDES = {
  i: "how much is written to c", f: "how much of c is kept", g: "what may be written", o: "how much of c is shown",
  r: "how much of the past n sees", z: "how much stays as it was", n: "what h may become", c: "the long memory",
  pre: "before the nonlinearity", h: "what the next step sees",
};

/** @param {ArrayLike<number> | null} values @returns {number} Largest size of the finite ones; 1 where there is none. */
function limitOf(values) {
  let limit = 0;
  for (let i = 0; values && i < values.length; i += 1) {
    const size = Math.abs(values[i]);
    if (size > limit && size < Infinity) limit = size;
  }
  return limit || 1;
}

export class RecurrentView {
  /** @param {Scene} scene @param {Theme} theme */
  constructor(scene, theme) {
    const recurrent = /** @type {RecurrentData} */ (scene.recurrent);
    const opened = /** @type {UnrolledData} */ (recurrent.unrolled);
    this.scene = scene;
    this.theme = theme;
    this.recurrent = recurrent;
    this.opened = opened;
    this.stop = recurrent.stops[recurrent.opened] ?? null;
    this.phases = PHASES[opened.cell];
    /** @type {Map<string, GateData>} */
    this.gates = new Map(opened.gates.map((gate) => [gate.name, gate]));
    /** @type {Map<string, StateData>} */
    this.states = new Map(opened.states.map((state) => [state.name, state]));
    this.maps = this.phases.map((phase) => this.mapOf(phase));
    const read = (/** @type {number} */ id) => new TensorReader(scene, id);
    this.input = read(opened.input);
    this.weights = { ih: read(opened.weight_ih), hh: read(opened.weight_hh), bih: read(opened.bias_ih), bhh: read(opened.bias_hh), hr: read(opened.weight_hr) };
    this.first = { h: read(opened.first_hidden), c: read(opened.first_cell) };
    this.inputs = this.inputMap();
  }

  /** @returns {boolean} Whether it is no LSTM and no GRU. */
  get isPlain() { return this.opened.cell.startsWith("rnn"); }

  /** @returns {boolean} Whether there are numbers, as there are not on `meta`. */
  get hasValues() { return this.maps.some(({ values }) => values !== null); }

  /** @returns {number} Units of what the next step sees: less than H with a projection. */
  get shown() { return this.states.get("h")?.units ?? this.opened.hidden_size; }

  /** @returns {boolean} Whether h is made of all units by weight_hr. */
  get isProjected() { return this.opened.weight_hr >= 0; }

  /** @returns {number} Moments: steps times phases. */
  get count() { return Math.max(1, this.opened.steps * this.phases.length); }

  /** @param {string} phase @returns {TimeMap} */
  mapOf(phase) {
    const gate = this.gates.get(phase === "pre" ? "h" : phase);
    const state = this.states.get(phase);
    const values = state ? state.values : phase === "pre" ? gate?.before ?? null : gate?.values ?? null;
    const isShare = !state && gate?.function === "sigmoid";
    const role = state?.role ?? (phase === "pre" ? "pre-activation" : gate?.role ?? "");
    const limit = isShare || phase === "g" || phase === "n" ? 1 : limitOf(values);
    return { name: phase, phase, role, decides: DECIDES[phase], units: state?.units ?? this.opened.hidden_size, values, sort: isShare ? "share" : "signed", limit };
  }

  /** @returns {TimeMap | null} The sequence as a map over time; null where the scene has no such tensor. */
  inputMap() {
    const { grid, values } = this.input;
    if (!grid || grid.shape.length !== 2) return null;
    const [steps, units] = [this.opened.steps, grid.shape[1]];
    const list = values && new Float32Array(steps * units);
    for (let t = 0; list && t < steps; t += 1) {
      const positionOf = this.input.lineAt([t]);
      for (let i = 0; i < units; i += 1) list[t * units + i] = positionOf(i) < 0 ? NaN : numberAt(values, positionOf(i));
    }
    return { name: "x", phase: "", role: "input", decides: "what arrives at each step", units, values: list, sort: "signed", limit: limitOf(list) };
  }

  /** @param {number} frame @returns {RecurrentMoment} */
  momentAt(frame) {
    const { steps, reverse } = this.opened;
    const step = Math.min(Math.max(0, steps - 1), Math.floor(frame / this.phases.length));
    return { step, t: reverse ? steps - 1 - step : step, phase: this.phases[frame % this.phases.length] };
  }

  /** @param {number} t @param {string} [phase] The last one by itself. @returns {number} */
  frameAt(t, phase = this.phases[this.phases.length - 1]) {
    const { steps, reverse } = this.opened;
    return (reverse ? steps - 1 - t : t) * this.phases.length + Math.max(0, this.phases.indexOf(phase));
  }

  /** @param {string} name Of a gate or state. @param {number} t @param {RecurrentMoment} moment @returns {boolean} Whether it is computed by then. */
  isReached(name, t, moment) {
    const step = this.opened.reverse ? this.opened.steps - 1 - t : t;
    return step < moment.step || (step === moment.step && this.rank(name) <= this.rank(moment.phase));
  }

  /** @param {string} name @returns {number} Which phase computes it. */
  rank(name) {
    const own = name === "tanh c" || name === "o·tanh c" ? "h" : name === "hn" ? "n" : name;
    return this.phases.indexOf(own);
  }

  /** @param {number} t @returns {number} The time whose state this one starts from; -1: the states before the first step. */
  before(t) {
    if (!this.opened.reverse) return t - 1;
    return t + 1 < this.opened.steps ? t + 1 : -1;
  }

  /** @param {string} name Of a gate or state. @returns {number} */
  unitsOf(name) { return this.states.get(name)?.units ?? this.opened.hidden_size; }

  /** @param {string} name Of a gate or state. @param {number} t @param {number} unit @returns {number} NaN where there is none. */
  value(name, t, unit) {
    const { values, units } = this.states.get(name) ?? this.maps.find((map) => map.name === name) ?? { values: null, units: 0 };
    return values && t >= 0 && unit < units ? values[t * units + unit] : NaN;
  }

  /** @param {string} name Of a gate. @param {"from_input" | "from_hidden" | "before"} part @param {number} t @param {number} unit @returns {number} */
  part(name, part, t, unit) {
    return this.gates.get(name)?.[part]?.[t * this.opened.hidden_size + unit] ?? NaN;
  }

  /** @param {"h" | "c"} name @param {number} t @param {number} unit @returns {number} What the step at t starts from. */
  previous(name, t, unit) {
    const before = this.before(t);
    if (before >= 0) return this.value(name, before, unit);
    return this.first[name].grid ? this.first[name].at([unit]) : 0; // torch starts from zeros where none is given
  }

  /** @param {string} name Of a gate. @param {number} unit @returns {number} Its row in the weights and biases. */
  rowOf(name, unit) {
    return this.opened.gates.findIndex((gate) => gate.name === name) * this.opened.hidden_size + unit;
  }

  /** @param {"bih" | "bhh"} which @param {string} name Of a gate. @param {number} unit @returns {number} NaN where there are no biases. */
  bias(which, name, unit) {
    const reader = this.weights[which];
    return reader.grid ? reader.at([this.rowOf(name, unit)]) : NaN;
  }

  /** @param {number} t @returns {string} What stands there, where the program says it. */
  tokenAt(t) { return this.opened.tokens[t] ?? ""; }
}
