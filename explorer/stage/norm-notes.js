// Beside the statistics: the way of a cell, what to see in this case, and the picture beside torch's own numbers.

import { node, setChildren } from "./dom.js";
import { shortNumber } from "./format.js";
import { inlineCode } from "./messages.js";
import { gradientSteps, waySteps } from "./norm-way.js";

/** @typedef {import("./norm-view.js").NormView} NormView */

/** @param {NormView} view @returns {CheckData | undefined} */
function outputCheck({ norm }) {
  return norm.checks.find(({ what }) => what === "output");
}

/** One line for each layer that is open: a cell on its way. */
export class NormWays {
  constructor() {
    this.element = node("div", { class: "te-norm-ways", "data-testid": "norm-way" });
    this.shown = "";
  }

  /** @param {readonly NormView[]} views @param {(view: NormView) => number[] | null} indexFor The cell in its input. @param {import("./norm-view.js").NormPhase} phase @param {boolean} gradients @param {string} key Changes when the numbers do. */
  show(views, indexFor, phase, gradients, key) {
    const cells = views.flatMap((view) => {
      const index = indexFor(view);
      return index ? [{ view, index }] : [];
    });
    const whole = `${key} ${phase} ${gradients} ${cells.map(({ view, index }) => `${view.name} ${index}`)}`;
    if (whole === this.shown) return;
    this.shown = whole;
    setChildren(this.element, cells.map(({ view, index }) => wayLine(view, index, phase, gradients, views.length > 1)));
  }
}

/** @param {NormView} view @param {readonly number[]} index @param {import("./norm-view.js").NormPhase} phase @param {boolean} gradients @param {boolean} named @returns {HTMLElement} */
function wayLine(view, index, phase, gradients, named) {
  const steps = gradients ? gradientSteps(view, index) : waySteps(view, index);
  const reached = gradients ? Infinity : view.phases.indexOf(view.phases.includes(phase) ? phase : view.phases[view.phases.length - 1]);
  const parts = steps.map(({ phase: own, told, value, exact }, k) => {
    const later = own !== "start" && view.phases.indexOf(own) > reached;
    const last = k === steps.length - 1;
    return node("span", { class: later ? "te-norm-later" : null, title: exact || null }, k > 0 ? "→ " : "", told, value && " = ", value && node(last ? "b" : "span", {}, value));
  });
  const check = gradients || named ? undefined : outputCheck(view);
  const difference = check && node("span", { class: "te-muted" }, `· difference from ${view.maker}: ${shortNumber(check.difference, 2)}`);
  const group = view.model.groupAt(index);
  return node("p", {}, named && node("span", { class: "te-norm-tag" }, view.name), group >= 0 && node("span", { class: "te-muted" }, `${view.groupName(group)} ·`), ...parts, difference);
}

/** Remarks and checks of the layers that are open. */
export class NormNotes {
  constructor() {
    this.element = node("div", { class: "te-norm-notes" });
    /** @type {readonly NormView[] | null} */
    this.views = null;
  }

  /** @param {readonly NormView[]} views */
  show(views) {
    if (views === this.views) return;
    this.views = views;
    const named = views.length > 1;
    setChildren(this.element, [...views.flatMap((view) => remarksOf(view, named)), ...checksOf(views)]);
    this.element.hidden = this.element.childElementCount === 0;
  }
}

/** @param {NormView} view @param {boolean} named @returns {HTMLElement[]} */
function remarksOf(view, named) {
  const { remarks } = view.norm;
  if (!remarks.length) return [];
  return [node("section", { class: "te-norm-remarks", "aria-label": `Remarks on ${view.name}`, "data-testid": "norm-remarks" }, named && node("h3", {}, view.name), ...remarks.map((remark) => node("p", {}, ...inlineCode(remark))))];
}

/** @param {readonly NormView[]} views @returns {HTMLElement[]} */
function checksOf(views) {
  const lines = views.flatMap((view) => view.norm.checks.map(({ what, difference, largest, note }) =>
    node("p", {}, node("b", {}, what), views.length > 1 && ` of ${view.name}`, `: difference ${shortNumber(difference, 3)}`, node("span", { class: "te-muted" }, `, where the largest value is ${shortNumber(largest)}${note ? `. ${note}` : ""}`))));
  return lines.length ? [node("section", { class: "te-norm-checks", "aria-label": "Checked against torch", "data-testid": "norm-checks" }, node("h3", {}, "Checked against torch, over all cells"), ...lines)] : [];
}
