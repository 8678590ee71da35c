// A colour and a dash for each statistics group: neighbours differ in hue and lightness, and after eight also in the dash.

import { oklchToRgb } from "./colour.js";

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

/** @param {number} group @param {boolean} dark @returns {HTMLCanvasElement} A small square in its colour, its edge drawn as in the picture. */
export function groupSquare(group, dark) {
  const side = 14;
  const ratio = window.devicePixelRatio || 1;
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(side * ratio), height: Math.round(side * ratio), className: "te-norm-square" });
  canvas.setAttribute("aria-hidden", "true");
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { line, dash } = groupLook(group, dark);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = line;
  ctx.globalAlpha = 0.28;
  ctx.fillRect(2, 2, side - 4, side - 4);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = line;
  ctx.lineWidth = 2.5;
  ctx.setLineDash(dash.map((length) => length * 0.7));
  ctx.strokeRect(1.75, 1.75, side - 3.5, side - 3.5);
  return canvas;
}
