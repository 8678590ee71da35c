// The numbers of the charts as tables, for pages that cannot draw them.

import { node } from "./dom.js";
import { floatText } from "./format.js";
import { inlineCode } from "./messages.js";

export class ChartTables {
  constructor() {
    this.element = node("div", { class: "te-charts", hidden: true });
  }

  /** @param {ChartData[]} charts */
  show(charts) {
    this.element.hidden = charts.length === 0;
    this.element.replaceChildren(...charts.map(chartTable));
  }
}

/** @param {ChartData} chart @returns {HTMLElement} */
function chartTable({ title, labels, series, x, y, note }) {
  const unit = (/** @type {string} */ name) => (series.length === 1 && y ? y : name);
  const head = node("tr", {}, node("th", { scope: "col" }, x), ...series.map(({ name }) => node("th", { scope: "col" }, unit(name))));
  const rows = labels.map((label, k) => node("tr", {}, node("th", { scope: "row" }, label), ...series.map(({ values }) => node("td", {}, chartNumber(values[k])))));
  const table = node("table", { class: "te-table" }, node("caption", { class: "te-hidden" }, title), node("thead", {}, head), node("tbody", {}, ...rows));
  return node("details", { class: "te-chart-table", "data-testid": "chart-table" }, node("summary", {}, title), note && node("p", {}, ...inlineCode(note)),
    node("div", { class: "te-scroll te-table-box", tabindex: "0", role: "region", "aria-label": title }, table));
}

/** @param {number} value @returns {string} Of no number, that there is none. */
function chartNumber(value) {
  return Number.isNaN(value) ? "none" : floatText(value, 4);
}
