// Which panels a normalisation has at a phase, what they are called, and how large their cells are.

import { product } from "./format.js";
import { bareFit, fitNorm, indexWidth } from "./norm-layout.js";
import { fixedFor, widestOf } from "./norm-format.js";

/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./norm-view.js").NormRole} NormRole */
/** @typedef {import("./norm-view.js").NormPhase} NormPhase */
/** @typedef {import("./norm-panel.js").NormPicture} NormPicture */

const PANEL_GAP = 18;
/** Pixels of panels above each other. */
const STACKED_TALLEST = 300;
const BESIDE_TALLEST = 560;
/** What writes into its own input: `x /= s`. */
const WRITES = /^[^=(]*[-+*/]=/;
/** Pixels of a cell that can be pointed at; smaller ones rather stand in pairs. */
const LEAST_NORM_SIDE = 6;
/** Narrower rooms have one panel a line. */
const ONE_BY_ONE = 560;

/** @type {NormRole[]} */
const VALUE_ROLES = ["input", "centred", "normalised", "scales", "output"];
/** @type {NormRole[]} */
const GRADIENT_ROLES = ["outputGradient", "upstream", "inputGradient"];

/** @param {NormView} view @param {readonly NormRole[]} roles @param {number} digits @returns {import("./norm-format.js").Fixed[]} How their numbers are written. */
function writtenIn({ readers }, roles, digits) {
  return roles.flatMap((role) => {
    const values = readers[role]?.values;
    return values?.kind === "real" ? [fixedFor(/** @type {ArrayLike<number>} */ (values.data), digits)] : [];
  });
}

/** How the panels stand: in a row; x at the left and the others below each other; or all below each other. @typedef {"row" | "pair" | "stack"} Arrangement */

/** @typedef {Map<NormView, import("./norm-layout.js").NormFit>} Fits */

/**
 * @param {readonly NormView[]} views @param {readonly NormRole[]} roles Whose numbers have to fit. @param {number} panels @param {number} room
 * @returns {{fits: Fits, arrangement: Arrangement}} Beside each other, unless only more room shows the numbers.
 */
function fitAll(views, roles, panels, room) {
  const widest = (/** @type {NormView} */ view, /** @type {number} */ digits, /** @type {boolean} */ narrow) => widestOf(narrow ? view.theme.sans : view.theme.mono, new Set(writtenIn(view, roles, digits).flatMap(({ forms }) => [...forms])));
  const fit = (/** @type {number} */ width, /** @type {number} */ tallest) => /** @type {Fits} */ (new Map(views.map((view) => [view, fitNorm(view.sizes, (digits, narrow) => widest(view, digits, narrow), width, tallest)])));
  const indices = Math.max(...views.map(({ sizes }) => indexWidth(sizes)));
  const reads = (/** @type {Fits} */ fits) => [...fits].every(([view, { geometry, digits }]) => geometry.font > 0 && !writtenIn(view, roles, digits).some(({ coarse }) => coarse));
  if (room < ONE_BY_ONE || panels === 1) return { fits: fit(room, BESIDE_TALLEST), arrangement: "stack" };
  const row = fit((room - indices - (panels - 1) * PANEL_GAP) / panels + indices, BESIDE_TALLEST); // the indices stand at the first only
  if (reads(row)) return { fits: row, arrangement: "row" };
  const pair = panels > 2 ? fit((room - PANEL_GAP) / 2, BESIDE_TALLEST) : null;
  const side = (/** @type {Fits} */ fits) => Math.min(...[...fits.values()].map(({ geometry }) => geometry.cw));
  if (pair) return reads(pair) || (side(row) < LEAST_NORM_SIDE && side(pair) > side(row)) ? { fits: pair, arrangement: "pair" } : { fits: row, arrangement: "row" };
  const above = fit(room, STACKED_TALLEST);
  return reads(above) ? { fits: above, arrangement: "stack" } : { fits: row, arrangement: "row" };
}

/** @param {NormView} view @param {NormRole} role @returns {string} */
function titleOf(view, role) {
  const { norm, output, inputName: x, outputName: y } = view;
  const call = view.callText;
  const made = view.isWeight ? "w = g · v / ‖v‖" : output.grid?.label && call && !WRITES.test(call) ? `${y} = ${call}` : call || y;
  const normalised = norm.kind === "weight" || norm.kind === "standard" ? `x̂ = ${norm.statistics.used_mean ? `(${x} − μ)` : x} / ${norm.statistics.used_variance ? "σ" : view.divisorName}` : `x̂ = (${x} − μ) / √(σ² + ε)`;
  /** @type {Record<NormRole, string>} */
  const titles = {
    input: x, pending: made, centred: `${x} − μ`, normalised: norm.kind === "rms" ? `${x} / √(mean of squares + ε)` : normalised, squares: "mean of squares", scales: "what each number is divided by", output: made,
    outputGradient: `∂L/∂${y}`, upstream: `u = ${view.isWeight ? "g" : "γ"} · ∂L/∂${y}`, inputGradient: `∂L/∂${x}`,
  };
  return titles[role];
}

/** @type {Record<NormRole, string>} */
const MADE_BY = {
  input: "", pending: "", centred: "each number less its group's mean", normalised: "each number in units of its group", squares: "of its neighbours", scales: "from the squares of its neighbours", output: "the result",
  outputGradient: "what arrives", upstream: "through γ", inputGradient: "what goes on",
};

/** @param {NormView} view @param {NormRole} role @param {boolean} served @returns {string} Below the title. */
function factsOf(view, role, served) {
  const reader = view.readers[role];
  if (role === "pending") return `${view.name} · not made yet`;
  if (!reader?.grid) return `${view.name} · ${served ? "being computed: the tensor is large" : "left out of this picture: the tensor is large"}`;
  const { shape, window, dtype } = reader.grid;
  const names = view.axes.every(Boolean) ? `${view.axes.join(" × ")} = ` : "";
  const part = product(window) < product(shape) ? `${window.join(" × ")} of ` : "";
  const value = view.hasValues ? "" : shape.includes(0) ? " · no cells" : " · no values (meta)";
  return role === "input" ? `${part}${names}${shape.join(" × ") || "a single number"} · ${dtype}${value}` : `${view.name} · ${MADE_BY[role]}${value}`;
}

/**
 * @param {readonly NormView[]} views That are open. @param {{focus: number, phase: NormPhase, gradients: boolean, room: number, edition: number, served: boolean}} way
 *   `served`: what lies between x and y of a large tensor can be asked for.
 * @returns {{pictures: NormPicture[], arrangement: Arrangement}}
 */
export function picturesOf(views, { focus, phase, gradients, room, edition, served }) {
  const focused = views[focus];
  /** @type {[NormView, NormRole, string][]} */
  const wanted = gradients
    ? GRADIENT_ROLES.filter((role) => role !== "upstream" || focused.weight.grid).map((role) => [focused, role, `norm-${role}`])
    : [[focused, "input", "norm-input"], ...views.map((view, k) => /** @type {[NormView, NormRole, string]} */ ([view, view.roleAt(phase), `norm-result-${k}`]))];
  const { fits, arrangement } = fitAll(views, gradients ? GRADIENT_ROLES : VALUE_ROLES, wanted.length, room);
  const fitOf = (/** @type {NormView} */ view, /** @type {number} */ k) => {
    const own = /** @type {import("./norm-layout.js").NormFit} */ (fits.get(view));
    return k > 0 && arrangement === "row" ? bareFit(own) : own;
  };
  const pictures = wanted.map(([view, role, testid], k) => ({
    view, role, title: titleOf(view, role), facts: factsOf(view, role, served), testid,
    key: `${edition} ${testid} ${views.indexOf(view)} ${role}`, fit: fitOf(view, k),
  }));
  return { pictures, arrangement };
}
