// A cell's way from x to y, step by step, with the numbers that the scene holds: what it does not hold is left out.

import { floatText, indexMark, noValueText, shortNumber } from "./format.js";
import { divisorText, projectionName, responseText } from "./norm-words.js";
import { statisticAt } from "./norm-view.js";

/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

/**
 * `told`: what is done; `value`: what it gives, "" where the scene does not hold it; `exact`: the same to its last digit.
 * @typedef {{phase: NormPhase | "start", told: string, value: string, exact: string}} WayStep
 */

/** @param {import("./slide-values.js").TensorReader | null} reader @param {readonly number[]} index @returns {{value: string, exact: string}} */
function cellNumber(reader, index) {
  if (!reader?.grid || !reader.has(index)) return { value: "", exact: "" };
  return { value: shortNumber(reader.at(index)), exact: reader.exact(index) };
}

/** @param {NormView} view @param {readonly number[]} index @returns {WayStep} */
function startOf(view, index) {
  const known = cellNumber(view.input, index);
  const name = `${view.inputName}[${index.join(",")}]`;
  return { phase: "start", told: view.input.values === null ? `${name}: ${noValueText(view.input.grid?.device)}` : name, ...known };
}

/** @param {NormView} view @param {readonly number[]} index @returns {WayStep} */
function affineStep(view, index) {
  const weight = view.affineOf(view.weight, index);
  const bias = view.affineOf(view.bias, index);
  const told = [weight && `× γ${indexMark(weight.at)} (${shortNumber(weight.value)})`, bias && `+ β${indexMark(bias.at)} (${shortNumber(bias.value)})`].filter(Boolean).join(" ");
  return { phase: "affine", told, ...cellNumber(view.output, index) };
}

/** @param {NormView} view @param {readonly number[]} index @returns {WayStep[]} From the squares of a cell's neighbours to its result. */
function responseSteps(view, index) {
  const { norm, readers, model } = view;
  const [before, after] = norm.neighbours;
  const [from, to] = [Math.max(0, index[1] - before), Math.min(model.shape[1] - 1, index[1] + after)];
  const squares = cellNumber(readers.squares, index);
  const scale = cellNumber(readers.scales, index);
  return [
    { phase: "scale", told: `mean of the squares in channels ${from}–${to} (÷ ${before + 1 + after})`, ...squares },
    { phase: "scale", told: responseText(norm, squares.value), ...scale },
    { phase: "divide", told: `÷ ${scale.value || "that"}`, ...cellNumber(view.output, index) },
  ];
}

/** @param {NormView} view @param {readonly number[]} index Of a cell. @returns {WayStep[]} */
export function waySteps(view, index) {
  const { norm, model, readers } = view;
  const start = startOf(view, index);
  if (view.input.values === null) return [start];
  if (norm.kind === "response") return [start, ...responseSteps(view, index)];
  const group = model.groupAt(index);
  const mark = indexMark([group]);
  const phases = view.phases;
  const last = phases[phases.length - 1];
  const normalised = cellNumber(last === "normalise" ? view.output : readers.normalised, index);
  const steps = [start];
  if (phases.includes("mean")) {
    const mean = statisticAt(norm.statistics.used_mean, group);
    const name = norm.uses === "running" && view.whose === "running" ? `running μ${mark}` : `μ${mark}`;
    steps.push({ phase: "mean", told: `− ${name} (${shortNumber(mean)})`, ...cellNumber(readers.centred, index) });
  }
  if (norm.kind === "weight") {
    const one = view.affineOf(view.weight, index);
    const direction = { phase: /** @type {const} */ ("direction"), told: `÷ ${view.divisorName}${mark} (${shortNumber(statisticAt(norm.statistics.divisor, group))})` };
    if (last === "direction") return [...steps, { ...direction, ...cellNumber(view.output, index) }];
    return [...steps, { ...direction, ...normalised },
      { phase: "magnitude", told: one ? `× g${indexMark([group])} (${shortNumber(one.value)})` : "× g", ...cellNumber(view.output, index) }];
  }
  steps.push({ phase: "normalise", told: `÷ ${divisorText(view, group).replace(/^(.*) = (.*)$/, norm.statistics.used_variance ? "$1" : "$2")}`, ...normalised });
  return last === "affine" ? [...steps, affineStep(view, index)] : steps;
}

/** @param {NormView} view @param {readonly number[]} index @returns {WayStep[]} From the gradient of the result to that of the input. */
export function gradientSteps(view, index) {
  const { norm, model, readers } = view;
  const { backward } = norm;
  const group = model.groupAt(index);
  const at = `[${index.join(",")}]`;
  const weight = view.affineOf(view.weight, index);
  const [mean, projection] = [statisticAt(backward?.mean ?? null, group), statisticAt(backward?.projection ?? null, group)];
  const upstream = cellNumber(readers.upstream, index);
  const hat = cellNumber(norm.normalised >= 0 ? readers.normalised : null, index).value || "x̂";
  const terms = [backward?.mean ? `− mean(u)${indexMark([group])} (${shortNumber(mean)})` : "", backward?.projection ? `− x̂ (${hat}) · ${projectionName(norm)}${indexMark([group])} (${shortNumber(projection)})` : ""].filter(Boolean).join(" ");
  /** @type {WayStep[]} */
  const steps = [
    { phase: "start", told: `∂L/∂${view.outputName}${at}`, ...cellNumber(readers.outputGradient, index) },
    { phase: "affine", told: weight ? `u: × γ${indexMark(weight.at)} (${shortNumber(weight.value)})` : "u", ...upstream },
  ];
  if (terms) steps.push({ phase: "mean", told: terms, value: "", exact: "" });
  return [...steps, { phase: "normalise", told: `÷ ${floatText(statisticAt(norm.statistics.divisor, group), 4)}: ∂L/∂${view.inputName}`, ...cellNumber(readers.inputGradient, index) }];
}
