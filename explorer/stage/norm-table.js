// The statistics of each group in a table: what normalises, what goes into the running statistics. A row lights its group.

import { node, setAttribute, setText } from "./dom.js";
import { countText, shortNumber } from "./format.js";
import { groupSquare } from "./norm-colours.js";
import { projectionName } from "./norm-words.js";
import { statisticAt } from "./norm-view.js";
import { patchChildren } from "./patch.js";

/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

/** `under`: what it is for. @typedef {{name: string, under: string, phase: NormPhase | "", cell: (group: number) => string}} Column */

const ROWS_A_PAGE = 48;

/** @param {NormView} view @returns {Column[]} */
function runningColumns(view) {
  const { uses } = view.norm;
  const names = [["running_mean", "mean"], ["running_var", "variance"]];
  return names.flatMap(([name, phase], k) => {
    if (!view.runningOf(0)[k]) return [];
    const cell = (/** @type {number} */ group) => {
      const { from, to } = view.runningOf(group)[k];
      return uses === "running" ? shortNumber(from, 5) : `${shortNumber(from, 5)} → ${shortNumber(to, 5)}`;
    };
    return [{ name, under: uses === "running" ? "used" : "before → after", phase: /** @type {NormPhase} */ (phase), cell }];
  });
}

/** @param {NormView} view @returns {Column[]} */
function statisticColumns(view) {
  const { statistics: s, kind, uses } = view.norm;
  const column = (/** @type {string} */ name, /** @type {string} */ under, /** @type {NormPhase | ""} */ phase, /** @type {ArrayLike<number> | null} */ list) => ({ name, under, phase, cell: (/** @type {number} */ g) => shortNumber(statisticAt(list, g), 5) });
  const counts = { name: "numbers", under: "in the group", phase: /** @type {const} */ ("group"), cell: (/** @type {number} */ g) => countText(statisticAt(s.counts, g)) };
  if (view.isWeight) return [counts, column("‖v‖", "divides", "norm", s.divisor), { name: "g", under: "magnitude", phase: "magnitude", cell: (g) => shortNumber(view.affineOf(view.weight, view.model.boxOf(g).low)?.value ?? NaN) }];
  if (!s.used_variance && kind !== "standard") return [counts, column(view.divisorName, "divides", "norm", s.divisor)];
  if (kind === "rms") return [counts, column("mean of squares", "no mean taken away", "variance", s.used_variance), column("√(… + ε)", "divides", "normalise", s.divisor)];
  if (!view.hasValues) return [counts];
  const unused = uses === "running";
  const biased = !unused && !view.usesUnbiased;
  const kept = view.runningOf(0).length > 0 && !unused;
  return [
    counts, column("μ", unused ? "not used" : "subtracted", unused ? "" : "mean", s.mean),
    column("σ² biased", biased ? "normalises" : "not used", biased ? "variance" : "", s.variance),
    column("σ² unbiased", kept ? "goes to running_var" : view.usesUnbiased ? "normalises" : "not used", view.usesUnbiased ? "variance" : "", s.unbiased),
    ...runningColumns(view), column(!s.used_variance ? "divisor" : view.eps === 0 ? "σ" : "√(σ² + ε)", "divides", "normalise", s.divisor),
  ];
}

/** @param {NormView} view @returns {Column[]} */
function gradientColumns(view) {
  const { backward, statistics } = view.norm;
  const column = (/** @type {string} */ name, /** @type {ArrayLike<number> | null} */ list) => (list ? [{ name, under: "", phase: /** @type {const} */ (""), cell: (/** @type {number} */ g) => shortNumber(statisticAt(list, g), 5) }] : []);
  return [...column("mean(u)", backward?.mean ?? null), ...column(projectionName(view.norm), backward?.projection ?? null), ...column("divided by", statistics.divisor)];
}

export class NormTable {
  /** @param {{point: (group: number | null) => void, pin: (group: number) => void}} host */
  constructor(host) {
    this.host = host;
    this.page = 0;
    this.shown = "";
    /** @type {NormView | null} */
    this.view = null;
    this.gradients = false;
    /** @type {Map<number, Element>} */
    this.rows = new Map();
    this.title = node("h3");
    this.box = node("div", { class: "te-norm-table-box", tabindex: "0", role: "region", "aria-label": "Statistics of the groups" });
    this.less = node("button", { type: "button", class: "te-button", "aria-label": "Groups before", "data-testid": "norm-groups-less", onclick: () => this.turn(-1) }, "◀");
    this.more = node("button", { type: "button", class: "te-button", "aria-label": "Groups after", "data-testid": "norm-groups-more", onclick: () => this.turn(1) }, "▶");
    this.told = node("span", { class: "te-muted" });
    this.pager = node("div", { class: "te-norm-pager" }, this.less, this.told, this.more);
    this.element = node("section", { class: "te-norm-statistics", "aria-label": "Statistics", "data-testid": "norm-statistics" }, this.title, this.box, this.pager);
  }

  /** @param {-1 | 1} by */
  turn(by) {
    this.page += by;
    this.fill();
  }

  /** @param {NormView} view @param {boolean} gradients @param {NormPhase} phase */
  show(view, gradients, phase) {
    this.element.hidden = view.model.count === 0;
    setAttribute(this.box, "data-now", gradients ? null : phase);
    if (view === this.view && gradients === this.gradients) return;
    if (view.model.count !== this.view?.model.count) this.page = 0;
    this.view = view;
    this.gradients = gradients;
    this.fill();
  }

  fill() {
    const { view } = this;
    if (!view || view.model.count === 0) return;
    const { count } = view.model;
    const pages = Math.ceil(count / ROWS_A_PAGE);
    this.page = Math.max(0, Math.min(pages - 1, this.page));
    const first = this.page * ROWS_A_PAGE;
    const groups = Array.from({ length: Math.min(ROWS_A_PAGE, count - first) }, (_, k) => first + k);
    const columns = this.gradients ? gradientColumns(view) : statisticColumns(view);
    setText(this.title, `${this.gradients ? "Means of the gradients" : "Statistics"} · ${view.name}`);
    const head = node("tr", {}, node("th", { scope: "col" }, "group"), ...columns.map(({ name, under, phase }) => node("th", { scope: "col", "data-phase": phase }, name, under && node("small", {}, under))));
    patchChildren(this.box, [node("table", { class: "te-norm-table" }, node("thead", {}, head), node("tbody", {}, ...groups.map((group) => this.row(view, group, columns))))]);
    this.rows = new Map([...this.box.querySelectorAll("tbody tr")].map((row, k) => [first + k, row]));
    this.pager.hidden = pages < 2;
    setText(this.told, `groups ${first} to ${first + groups.length - 1} of ${countText(count)}`);
    setAttribute(this.less, "disabled", this.page === 0 ? "" : null);
    setAttribute(this.more, "disabled", this.page === pages - 1 ? "" : null);
  }

  /** @param {NormView} view @param {number} group @param {Column[]} columns @returns {HTMLElement} */
  row(view, group, columns) {
    const { host } = this;
    const name = node("button", { type: "button", class: "te-link", "data-testid": `norm-group-${group}`, onclick: () => host.pin(group), onfocus: () => host.point(group), onblur: () => host.point(null) }, view.groupName(group));
    return node("tr", { onpointerenter: () => host.point(group), onpointerleave: () => host.point(null) },
      node("th", { scope: "row" }, node("span", { class: "te-norm-name" }, groupSquare(group, view.theme.dark), name)),
      ...columns.map(({ phase, cell }) => node("td", { "data-phase": phase }, cell(group))));
  }

  /** @param {number} group That is lit; -1: none. @param {boolean} follow Whether to turn to its page. */
  light(group, follow) {
    if (follow && group >= 0 && Math.floor(group / ROWS_A_PAGE) !== this.page) {
      this.page = Math.floor(group / ROWS_A_PAGE);
      this.fill();
    }
    for (const [own, row] of this.rows) setAttribute(row, "data-active", own === group ? "true" : null);
  }
}
