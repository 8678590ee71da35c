// Statistics of a whole tensor: a histogram as bars, and the numbers in a table.

import { node } from "./dom.js";
import { countText, floatText } from "./format.js";

/** @typedef {import("./questions.js").Summary} Summary */

const BAR_HEIGHT = 56;
const BAR_WIDTH = 11;

/** @param {number} value @param {boolean} whole @returns {string} */
function numberText(value, whole) {
  return whole && Number.isInteger(value) ? countText(value) : floatText(value, 17);
}

/** @param {Summary} summary @returns {SVGSVGElement} */
function histogramBars({ histogram }) {
  const make = (/** @type {string} */ tag, /** @type {Record<string, string | number>} */ attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
  };
  const most = Math.max(1, ...histogram);
  const width = BAR_WIDTH * histogram.length;
  const svg = make("svg", { class: "te-bars", width, height: BAR_HEIGHT, viewBox: `0 0 ${width} ${BAR_HEIGHT}`, "aria-hidden": "true" });
  histogram.forEach((count, bin) => {
    const height = count ? Math.max(1.5, (BAR_HEIGHT * count) / most) : 0;
    svg.append(make("rect", { x: bin * BAR_WIDTH, y: BAR_HEIGHT - height, width: BAR_WIDTH - 1, height }));
  });
  return /** @type {SVGSVGElement} */ (svg);
}

/** @param {string} name @param {string} value */
function statisticsRow(name, value) {
  return node("tr", {}, node("th", { scope: "row" }, name), node("td", {}, value));
}

/**
 * @param {Summary} summary @param {string} dtype
 * @returns {HTMLElement}
 */
export function statisticsTable(summary, dtype) {
  const whole = /^u?int|^bool/.test(dtype);
  const [minimum, maximum, mean, std] = summary.moments;
  const { histogram } = summary;
  const step = (maximum - minimum) / Math.max(1, histogram.length);
  const bins = histogram.map((count, bin) => statisticsRow(`${numberText(minimum + bin * step, false)} to ${numberText(minimum + (bin + 1) * step, false)}`, countText(count)));
  const of = dtype.startsWith("complex") ? " of the magnitudes" : "";
  return node("div", { class: "te-statistics" },
    node("table", {}, node("caption", { class: "te-hidden" }, `Statistics of all ${countText(summary.count)} elements`), node("tbody", {},
      statisticsRow("elements", countText(summary.count)), statisticsRow(`min${of}`, numberText(minimum, whole)), statisticsRow(`max${of}`, numberText(maximum, whole)),
      statisticsRow(`mean${of}`, floatText(mean, 17)), statisticsRow(`std${of}`, floatText(std, 17)),
      statisticsRow("NaN", countText(summary.nan_count)), statisticsRow("inf", countText(summary.inf_count)))),
    histogram.length > 0 && node("figure", {}, histogramBars(summary),
      node("figcaption", {}, node("span", {}, numberText(minimum, whole)), node("span", {}, `${histogram.length} equal bins`), node("span", {}, numberText(maximum, whole))),
      node("details", {}, node("summary", {}, "Counts"), node("table", {}, node("tbody", {}, ...bins)))));
}
