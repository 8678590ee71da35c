// A colour and a dash for each statistics group: neighbours differ in hue and lightness, and after eight also in the dash.

import { oklchToRgb } from "./colour.js";
import { svgNode } from "./dom.js";

/** Hues in an order in which neighbours are far apart, also for eyes that do not tell red from green. */
const GROUP_HUES = [245, 62, 165, 320, 100, 20, 205, 290];
const GROUP_DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

/** @typedef {{line: string, dash: readonly number[]}} GroupLook */

/** @type {Map<string, GroupLook>} */
const groupLooks = new Map();

/** @param {number} group @param {boolean} dark @returns {GroupLook} At least 3:1 on the page's ground. */
export function groupLook(group, dark) {
  const hue = group % GROUP_HUES.length;
  const dash = Math.floor(group / GROUP_HUES.length) % GROUP_DASHES.length;
  const key = `${hue} ${dash} ${dark}`;
  const known = groupLooks.get(key);
  if (known) return known;
  const lightness = (dark ? 0.74 : 0.5) + (hue % 2) * 0.09;
  const made = { line: `rgb(${oklchToRgb(lightness, 0.15, GROUP_HUES[hue]).join(",")})`, dash: GROUP_DASHES[dash] };
  groupLooks.set(key, made);
  return made;
}

/**
 * @param {number} group @param {boolean} dark
 * @returns {SVGElement} A small square in its colour, its edge drawn as in the picture. No canvas: each of those is a layer
 * of its own to the browser, and layers are put together anew when anything on the page moves.
 */
export function groupSquare(group, dark) {
  const { line, dash } = groupLook(group, dark);
  const edge = { stroke: line, "stroke-width": 2.5, ...(dash.length ? { "stroke-dasharray": dash.map((length) => length * 0.7).join(" ") } : {}) };
  const square = svgNode("rect", { x: 1.75, y: 1.75, width: 10.5, height: 10.5, fill: line, "fill-opacity": 0.28, ...edge });
  return svgNode("svg", { class: "te-norm-square", viewBox: "0 0 14 14", "aria-hidden": "true" }, square);
}
