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
function chartTable(chart) {
  const { title, note } = chart;
  const [first, ...others] = chartColumns(chart);
  const head = node("tr", {}, ...[first, ...others].map((column) => node("th", { scope: "col" }, column.head)));
  const rows = chart.labels.map((label, k) => node("tr", {}, node("th", { scope: "row" }, label), ...others.map(({ cells }) => node("td", {}, cells[k]))));
  const table = node("table", { class: "te-table" }, node("caption", { class: "te-hidden" }, title), node("thead", {}, head), node("tbody", {}, ...rows));
  return node("details", { class: "te-chart-table", "data-testid": "chart-table" }, node("summary", {}, title), note && node("p", {}, ...inlineCode(note)),
    node("div", { class: "te-scroll te-table-box", tabindex: "0", role: "region", "aria-label": title }, table));
}

/**
 * Series with positions of their own have a column for those; in a chart of several rows each is named with its own.
 * @param {ChartData} chart @returns {{head: string, cells: string[]}[]}
 */
function chartColumns({ kind, labels, series, x, y, rows }) {
  const counted = kind === "histogram" ? "bin" : kind === "points" ? "number" : x;
  const each = series.length / Math.max(rows.length, 1);
  return [{ head: counted, cells: labels }, ...series.flatMap((one, k) => {
    const name = rows.length ? `${rows[Math.floor(k / each)]}: ${one.name}` : series.length === 1 && y ? y : one.name;
    const numbers = { head: name, cells: Array.from(one.values, chartNumber) };
    return one.positions ? [{ head: `${name}: ${x}`, cells: chartPlaces(kind, one.positions) }, numbers] : [numbers];
  })];
}

/** @param {string} kind @param {ArrayLike<number>} positions @returns {string[]} Of a histogram from where to where each bin reaches. */
function chartPlaces(kind, positions) {
  const written = Array.from(positions, chartNumber);
  return kind === "histogram" ? written.slice(1).map((high, k) => `${written[k]} to ${high}`) : written;
}

/** @param {number} value @returns {string} Of no number, that there is none. */
function chartNumber(value) {
  return Number.isNaN(value) ? "none" : floatText(value, 4);
}
