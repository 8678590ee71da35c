// What is said beside a normalisation: a sentence for each phase, with the numbers of the group in focus.

import { indexMark, plural, shortNumber } from "./format.js";
import { statisticAt } from "./norm-view.js";

/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

/** @param {readonly string[]} names @returns {string} `N, H and W` */
export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** @param {NormView} view @param {number} d @returns {string} */
function axisWord({ axes }, d) {
  return axes[d] || `dim ${d}`;
}

/** @param {NormView} view @returns {string} Over what it averages, and how many groups that makes. */
function groupSentence(view) {
  const { model, kindName, norm } = view;
  const whole = model.averaged.filter((d) => model.numbers[d] === 1).map((d) => axisWord(view, d));
  const parts = model.averaged.filter((d) => model.numbers[d] > 1).map((d) => `${model.blocks[d]} indices of ${axisWord(view, d)} at a time`);
  const counts = Array.from(norm.statistics.counts);
  const same = counts.every((count) => count === counts[0]);
  const size = counts.length === 0 ? "" : same ? ` of ${plural(counts[0], "number")}${counts.length > 1 ? " each" : ""}` : "";
  const over = [...whole, ...parts].length ? `takes its statistics over ${listed([...whole, ...parts])}` : "takes each number for itself";
  return `${kindName[0].toUpperCase()}${kindName.slice(1)} ${over}: ${plural(model.count, "group")}${size}.`;
}

/** @param {NormView} view @param {number} group @param {ArrayLike<number> | null} list @returns {string} ` In channel 0 it is 1.589.`, or "". */
function inGroup(view, group, list) {
  const value = statisticAt(list, group);
  return !view.hasValues || !list ? "" : ` In ${view.groupName(group)} it is ${shortNumber(value)}.`;
}

/** @param {number} eps @returns {string} Without the sign that infinity has: it is an addend. */
export function epsText(eps) { return shortNumber(eps).replace(/^\+/, ""); }

/** @param {NormView} view @param {number} group @returns {string} What stands under the fraction, in numbers. */
export function divisorText(view, group) {
  const { used_variance: variance, divisor } = view.norm.statistics;
  if (!variance) return `${view.divisorName} = ${shortNumber(statisticAt(divisor, group))}`;
  const { eps } = view;
  return `√(${shortNumber(statisticAt(variance, group))}${eps === 0 ? "" : ` + ${epsText(eps)}`}) = ${shortNumber(statisticAt(divisor, group))}`;
}

/** @param {NormView} view @param {string} [what] @returns {string} `running mean`, `mean of another tensor` */
function meanName({ whose }, what = "mean") {
  return whose === "running" ? `running ${what}` : `${what} ${whose}`;
}

/** @param {NormView} view @param {number} group @returns {string} */
function meanSentence(view, group) {
  const { used_mean: used, mean } = view.norm.statistics;
  if (view.norm.uses === "batch") return `The mean μ of its group is taken away from each number.${inGroup(view, group, used)}`;
  const own = !view.hasValues ? "" : ` This tensor's own mean there is ${shortNumber(statisticAt(mean, group))}.`;
  return `The ${meanName(view)} is taken away from each number, not the mean of this tensor.${inGroup(view, group, used)}${own}`;
}

/** @param {NormView} view @param {number} group @returns {string} */
function varianceSentence(view, group) {
  const { norm } = view;
  const { used_variance: used } = norm.statistics;
  if (norm.kind === "rms") return `No mean is taken away: the mean of the squares is computed in each group.${inGroup(view, group, used)}`;
  if (!used) return `The divisor of each group is made of its standard deviation.${inGroup(view, group, norm.statistics.divisor)}`;
  if (norm.uses === "running") return `The ${meanName(view, "variance")} is used, not the variance of this tensor.${inGroup(view, group, used)}`;
  if (view.usesUnbiased) return `The variance σ² here is the sum of the squares of what is left, divided by the count less one.${inGroup(view, group, used)}`;
  return `The variance σ² is the mean of the squares of what is left.${inGroup(view, group, used)}`;
}

/** @param {NormView} view @param {number} group @returns {string} */
function affineSentence(view, group) {
  const { weight, bias, norm } = view;
  const what = weight.grid ? (bias.grid ? "multiplied by γ and shifted by β" : "multiplied by γ") : "shifted by β";
  const per = norm.affine.length ? ` of its index in ${listed(norm.affine.map((d) => axisWord(view, d)))}` : "";
  const index = view.model.boxOf(group).low;
  const known = [["γ", view.affineOf(weight, index)], ["β", view.affineOf(bias, index)]].flatMap(([sign, one]) =>
    (one && typeof one === "object" ? [`${sign}${indexMark(one.at)}\u00a0=\u00a0${shortNumber(one.value)}`] : []));
  return `Each number is ${what}${per}, which the layer learns${known.length && view.hasValues ? `: here ${listed(known)}` : ""}.`;
}

/** @param {NormView} view @param {NormPhase} phase @param {number} group In focus. @returns {string} */
export function phaseSentence(view, phase, group) {
  const { norm } = view;
  const [before, after] = norm.neighbours;
  switch (phase) {
    case "group": return groupSentence(view);
    case "mean": return meanSentence(view, group);
    case "variance": return varianceSentence(view, group);
    case "norm": return `The length ${view.divisorName} of each group is computed.${inGroup(view, group, norm.statistics.divisor)}`;
    case "normalise": return `Each number is divided by ${norm.statistics.used_variance ? (view.eps === 0 ? "σ, the root of σ²" : "√(σ² + ε)") : view.divisorName}.${!view.hasValues ? "" : ` In ${view.groupName(group)}: ${divisorText(view, group)}.`}`;
    case "direction": return `${view.inputName} divided by its length is the direction: each group has length 1 now.`;
    case "magnitude": return `The direction times the magnitude g, which is learned apart from it, is the weight w.${magnitudeOf(view, group)}`;
    case "affine": return affineSentence(view, group);
    case "neighbours": return `There are no groups: each number looks at itself and at its neighbours among the channels, ${before} before and ${after} after, at the same place.`;
    case "scale": return `From the squares of the neighbours comes what each number is divided by: (k + α · mean of squares)^β, here ${responseText(norm)}.`;
    default: return `Each number is divided by what its own neighbours gave: ${responseText(norm)}.`;
  }
}

/** @param {NormData} norm Local response. @param {string} [squares] The mean of squares. @returns {string} `(2 + 0.01 · 80)^0.75` */
export function responseText({ response }, squares = "") {
  const [k, alpha, beta] = Array.from(response ?? [], (number) => shortNumber(number));
  return `(${k} + ${alpha} · ${squares || "mean of squares"})^${beta}`;
}

/** @param {NormView} view @param {number} group @returns {string} */
function magnitudeOf(view, group) {
  const one = view.affineOf(view.weight, view.model.boxOf(group).low);
  return one && view.hasValues ? ` In ${view.groupName(group)} g is ${shortNumber(one.value)}.` : "";
}

/** @param {NormView} view @param {NormPhase} phase @param {number} group @returns {string} Why it matters, or "". */
export function phaseRemark(view, phase, group) {
  const { norm } = view;
  if (phase === "group" && view.model.count > 1) return "One outline, one group: the numbers inside share one mean and one variance. Point at a cell to see its own.";
  const unbiased = statisticAt(norm.statistics.unbiased, group);
  const count = statisticAt(norm.statistics.counts, group);
  if (phase === "variance" && norm.uses === "batch" && view.running.variance.grid && Number.isFinite(unbiased)) {
    return `That is the biased variance, divided by ${count}. running_var takes the unbiased one, divided by ${count - 1}: ${shortNumber(unbiased)}.`;
  }
  return "";
}

/** @param {NormData} norm @returns {string} A direction has length 1, so its projection is a sum. */
export function projectionName({ kind }) {
  return kind === "weight" ? "sum(u · x̂)" : "mean(u · x̂)";
}

/** @param {NormView} view @returns {string} */
export function gradientSentence({ norm, eps, divisorName, weight }) {
  const { backward } = norm;
  const terms = ["u", ...(backward?.mean ? ["mean(u)"] : []), ...(backward?.projection ? [`x̂ · ${projectionName(norm)}`] : [])].join(" − ");
  const root = norm.statistics.used_variance ? (eps === 0 ? "σ" : "√(σ² + ε)") : divisorName;
  const u = weight.grid ? `${norm.kind === "weight" ? "g" : "γ"} · ∂L/∂y` : "∂L/∂y";
  return `∂L/∂x = ${terms === "u" ? "u" : `(${terms})`} / ${root}, with u = ${u}.`;
}

/** @param {NormView} view @returns {string} */
export function gradientRemark({ norm }) {
  const { backward } = norm;
  if (backward?.mean && backward.projection) return "The two means are there because μ and σ depend on every number of the group: moving one moves all others.";
  if (backward?.projection) return "The term x̂ is there because the divisor depends on every number of the group.";
  return "The running statistics are constants, so each gradient depends on its own number alone.";
}
