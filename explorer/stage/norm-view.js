// One layer that normalises, as its panels read it: tensors by role, the phases of its timeline, names of its groups.

import { NormModel } from "./norm-model.js";
import { TensorReader } from "./slide-values.js";

/** @typedef {"input" | "pending" | "centred" | "normalised" | "squares" | "scales" | "output" | "outputGradient" | "upstream" | "inputGradient"} NormRole */
/** @typedef {"group" | "mean" | "variance" | "normalise" | "affine" | "neighbours" | "scale" | "divide" | "norm" | "direction" | "magnitude"} NormPhase */

/** What dimensions are called where the scene does not say. @type {Record<number, string[]>} */
const PICTURE_AXES = { 2: ["N", "C"], 3: ["N", "C", "L"], 4: ["N", "C", "H", "W"], 5: ["N", "C", "D", "H", "W"] };
const TEXT_AXES = ["N", "T", "E"];

/** Which tensor stands beside x at a phase. @type {Record<NormPhase, NormRole>} */
const ROLE_AT = {
  group: "pending", mean: "centred", variance: "centred", normalise: "normalised", affine: "output",
  neighbours: "pending", scale: "scales", divide: "output", norm: "pending", direction: "normalised", magnitude: "output",
};

export class NormView {
  /** @param {Scene} scene @param {NormData} norm @param {Theme} theme */
  constructor(scene, norm, theme) {
    this.scene = scene;
    this.norm = norm;
    this.theme = theme;
    this.stop = scene.norms?.stops[norm.stop] ?? null;
    /** What tells it from the other open layer. */
    this.name = this.kindName;
    const read = (/** @type {number} */ id) => new TensorReader(scene, id);
    const { backward } = norm;
    this.input = read(norm.input);
    this.output = read(norm.output);
    this.weight = read(norm.weight);
    this.bias = read(norm.bias);
    this.running = { mean: read(norm.running_mean), variance: read(norm.running_var), nextMean: read(norm.next_mean), nextVariance: read(norm.next_var) };
    /** @type {Record<NormRole, TensorReader | null>} */
    this.readers = {
      input: this.input, pending: null, centred: read(norm.centred), normalised: read(norm.normalised), squares: read(norm.squares), scales: read(norm.scales), output: this.output,
      outputGradient: read(backward?.output_gradient ?? -1), upstream: read(backward?.upstream ?? -1), inputGradient: read(backward?.input_gradient ?? -1),
    };
    this.model = new NormModel(norm, this.input.grid?.shape ?? this.output.grid?.shape ?? []);
    /** @type {Map<number, import("./scales.js").ColourScale>} */
    this.scales = new Map();
  }

  /** @returns {number} 0: there is none. */
  get eps() { return this.norm.eps[0]; }

  /** @returns {number | null} */
  get momentum() { return this.norm.momentum?.[0] ?? null; }

  /** @returns {boolean} Whether a backward pass ran through it. */
  get hasGradients() { return (this.norm.backward?.input_gradient ?? -1) >= 0; }

  /** @returns {number[]} Sizes of the part of the tensor that the scene holds. */
  get sizes() { return this.input.grid?.window ?? []; }

  /** @returns {number[]} First index of that part. */
  get first() { return this.input.grid?.first?.length ? this.input.grid.first : this.sizes.map(() => 0); }

  /** @returns {string[]} What the dimensions are called. */
  get axes() {
    const given = this.input.grid?.axes ?? [];
    const rank = this.model.shape.length;
    const usual = rank === 3 && ["layer", "rms", "standard"].includes(this.norm.kind) ? TEXT_AXES : PICTURE_AXES[rank] ?? [];
    const known = this.norm.kind === "weight" ? [] : usual;
    return this.model.shape.map((_, d) => given[d] || known[d] || "");
  }

  /** @returns {string} What its input is called: the program's name, else `x`. */
  get inputName() { return this.isWeight ? "v" : this.input.grid?.label || "x"; }

  /** @returns {string} */
  get outputName() { return this.isWeight ? "w" : this.output.grid?.label || "y"; }

  /** @returns {boolean} Whether it makes a weight of a magnitude and a direction; without a magnitude it is `normalize`. */
  get isWeight() { return this.norm.kind === "weight" && this.weight.grid !== null; }

  /** @returns {string} What its divisor is called where it is no √(σ² + ε). */
  get divisorName() { return this.norm.kind === "standard" ? "the divisor" : `‖${this.inputName}‖`; }

  /** @returns {string} Whose statistics are used where they are not those of the group. */
  get whose() { return this.norm.kind === "standard" ? "of another tensor" : "running"; }

  /** @returns {boolean} Whether there are numbers to tell of. */
  get hasValues() { return this.input.values !== null && !this.model.shape.includes(0); }

  /** @returns {boolean} Whether it keeps running statistics. */
  get keepsRunning() { return this.running.mean.grid !== null; }

  /** @returns {string} Of its layer: `nn.BatchNorm2d`. */
  get maker() {
    if (this.norm.kind === "standard") return "the expression itself";
    const name = this.norm.layer.split("(")[0].trim();
    return /^[A-Z]\w+$/.test(name) ? `nn.${name}` : name || "the module";
  }

  /** @returns {string} The expression that called it: `bn(x)`; "" where it takes several lines. */
  get callText() {
    const span = this.stop?.span;
    if (!span || span.line !== span.end_line) return "";
    return (this.scene.source.split("\n")[span.line - 1] ?? "").slice(span.column, span.end_column);
  }

  /** @returns {string} `BatchNorm2d` */
  get kindName() {
    if (this.norm.kind === "standard") return "the expression";
    return this.maker.replace(/^(nn|F)\./, "");
  }

  /** @returns {NormPhase[]} In the order of time. */
  get phases() {
    const { norm } = this;
    const affine = this.weight.grid || this.bias.grid;
    if (norm.kind === "response") return ["neighbours", "scale", "divide"];
    if (norm.kind === "weight") return ["group", "norm", "direction", ...(this.isWeight ? /** @type {NormPhase[]} */ (["magnitude"]) : [])];
    const spread = norm.statistics.used_variance || norm.kind === "standard" ? "variance" : "norm";
    const subtracts = Boolean(norm.statistics.used_mean);
    return ["group", ...(subtracts ? /** @type {NormPhase[]} */ (["mean"]) : []), spread, "normalise", ...(affine ? /** @type {NormPhase[]} */ (["affine"]) : [])];
  }

  /** @param {NormPhase} phase Of the one in focus. @returns {NormRole} What stands beside x: the same stage of this layer, where it has one. */
  roleAt(phase) {
    const own = this.phases;
    const last = own[own.length - 1];
    const role = ROLE_AT[own.includes(phase) ? phase : last];
    if (role === "centred" && this.norm.statistics.used_mean === null) return "pending";
    return phase === last || own.indexOf(phase) === own.length - 1 ? "output" : role;
  }

  /** @returns {boolean} Whether it divides by the count less one, as `std()` does by itself. */
  get usesUnbiased() {
    const { used_variance: used, variance, unbiased, counts } = this.norm.statistics;
    const g = Array.from(counts).findIndex((count) => count > 1);
    if (!used || this.norm.uses === "running" || g < 0) return false;
    return Math.abs(used[g] - unbiased[g]) < Math.abs(used[g] - variance[g]);
  }

  /** @param {number} group @returns {string} `channel 0` */
  groupName(group) {
    return this.norm.groups[group] ?? `group ${group}`;
  }

  /** @param {import("./slide-values.js").TensorReader} reader @returns {import("./scales.js").ColourScale} */
  scaleOf(reader) {
    const id = reader.grid?.id ?? -1;
    const known = this.scales.get(id) ?? reader.scale(this.scene, this.theme);
    this.scales.set(id, known);
    return known;
  }

  /** @param {number} cell Of the window. @returns {number[]} Its index in the tensor. */
  indexOf(cell) {
    const { sizes, first } = this;
    const index = new Array(sizes.length);
    let rest = cell;
    for (let d = sizes.length - 1; d >= 0; d -= 1) {
      index[d] = (rest % sizes[d]) + first[d];
      rest = Math.floor(rest / sizes[d]);
    }
    return index;
  }

  /** @param {readonly number[]} index @returns {number} The cell, or -1 where the scene does not hold it. */
  cellOf(index) {
    const { sizes, first } = this;
    let cell = 0;
    for (let d = 0; d < sizes.length; d += 1) {
      const i = index[d] - first[d];
      if (!(i >= 0 && i < sizes[d])) return -1;
      cell = cell * sizes[d] + i;
    }
    return cell;
  }

  /** @param {import("./slide-values.js").TensorReader} reader γ or β. @param {readonly number[]} index Of a cell. @returns {{value: number, at: number[]} | null} What applies to it. */
  affineOf(reader, index) {
    if (!reader.grid) return null;
    const at = this.model.affineAt(index, reader.grid.shape);
    return reader.has(at) ? { value: reader.at(at), at } : null;
  }

  /** @param {number} group @returns {{from: number, to: number}[]} Running mean and variance of its channel, before and after. */
  runningOf(group) {
    const { mean, variance, nextMean, nextVariance } = this.running;
    const at = [this.model.channelOf(group)];
    return [[mean, nextMean], [variance, nextVariance]].filter(([before]) => before.grid).map(([before, after]) => ({ from: before.at(at), to: after.grid ? after.at(at) : before.at(at) }));
  }
}

/** @param {ArrayLike<number> | null} list @param {number} i @returns {number} NaN where there is none. */
export function statisticAt(list, i) {
  return list && i >= 0 && i < list.length ? Number(list[i]) : NaN;
}

