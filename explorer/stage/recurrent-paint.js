// A map over time as it is painted: colours, numbers, saturation, padding; and what is pointed at in it.

import { divergingRamp, pickSwatch, sequentialRamp, swatchOf } from "./colour.js";
import { setFont } from "./fonts.js";
import { floatText } from "./format.js";
import { fixedFor, fixedText } from "./norm-format.js";
import { paintHatch } from "./paint.js";

/** @typedef {import("./recurrent-axis.js").TimeGeometry} TimeGeometry */
/** @typedef {import("./recurrent-view.js").TimeMap} TimeMap */

/** A gate beyond these is as good as shut or open. */
const [SHUT, OPEN] = [0.05, 0.95];
/** Smaller cells stand without a gap and without marks. */
const TIME_APART = 8;

/** @param {boolean} dark @returns {Swatch} Of what has no value. */
function plainSwatch(dark) {
  return swatchOf(dark ? [38, 42, 52] : [240, 242, 246]);
}

/** @param {TimeMap} map @param {boolean} dark @returns {(value: number) => Swatch} */
export function swatchesOf({ sort, limit }, dark) {
  const plain = plainSwatch(dark);
  const ramp = sort === "share" ? sequentialRamp(dark) : divergingRamp(dark);
  return (value) => (Number.isFinite(value) ? pickSwatch(ramp, sort === "share" ? value : 0.5 + value / (2 * limit)) : plain);
}

/** @param {TimeMap} map @param {boolean} dark @returns {string} Its colours as a CSS gradient. */
export function rampGradient({ sort }, dark) {
  const ramp = sort === "share" ? sequentialRamp(dark) : divergingRamp(dark);
  return `linear-gradient(to right, ${Array.from({ length: 13 }, (_, k) => pickSwatch(ramp, k / 12).fill).join(", ")})`;
}

/** @param {TimeMap} map @returns {{shut: number, open: number} | null} Which share of a gate is saturated; null: it is no gate. */
export function saturationOf({ sort, values }) {
  if (sort !== "share" || !values?.length) return null;
  let [shut, open] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if (values[i] < SHUT) shut += 1;
    else if (values[i] > OPEN) open += 1;
  }
  return { shut: shut / values.length, open: open / values.length };
}

/**
 * @param {CanvasRenderingContext2D} ctx Cleared. @param {TimeGeometry} geometry @param {TimeMap} map @param {number} known Steps that have values; the others are padding.
 * @param {{digits: number, narrow: boolean}} fit @param {Theme} theme @param {string} padded What is said of the padding.
 */
export function paintTimeMap(ctx, geometry, map, known, { digits, narrow }, theme, padded) {
  const { cell, row, left, top, units, steps } = geometry;
  if (!map.values) paintOutlines(ctx, geometry, theme);
  else if (cell >= TIME_APART && row >= TIME_APART) paintApart(ctx, geometry, map, known, digits, narrow ? theme.sans : theme.mono, theme);
  else paintImage(ctx, geometry, map, known, theme);
  if (known < steps) {
    paintPadding(ctx, left + known * cell, top, (steps - known) * cell, units * row, theme);
    paintWords(ctx, padded, left + known * cell, top + (units * row) / 2, (steps - known) * cell, theme);
  }
  paintUnits(ctx, geometry, theme);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {Theme} theme */
export function paintPadding(ctx, x, y, w, h, theme) {
  ctx.fillStyle = theme.surface;
  ctx.fillRect(x, y, w - 1, h - 1);
  ctx.globalAlpha = 0.4;
  paintHatch(ctx, x, y, w - 1, h - 1, theme);
  ctx.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} ctx @param {string} words @param {number} x @param {number} y Middle. @param {number} room @param {Theme} theme Over the hatching, where they fit. */
function paintWords(ctx, words, x, y, room, theme) {
  setFont(ctx, `12px ${theme.sans}`);
  const width = ctx.measureText(words).width + 12;
  if (!words || width > room - 4) return;
  ctx.fillStyle = theme.background;
  ctx.fillRect(x + 4, y - 9, width, 18);
  ctx.fillStyle = theme.muted;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(words, x + 10, y + 0.5);
}

/** @param {CanvasRenderingContext2D} ctx @param {TimeGeometry} geometry @param {Theme} theme Shapes without values. */
function paintOutlines(ctx, { cell, row, left, top, units, steps }, theme) {
  ctx.strokeStyle = theme.border;
  ctx.lineWidth = 1;
  if (cell < TIME_APART || row < TIME_APART) return ctx.strokeRect(left + 0.5, top + 0.5, steps * cell - 1, units * row - 1);
  for (let u = 0; u < units; u += 1) for (let t = 0; t < steps; t += 1) ctx.strokeRect(left + t * cell + 0.5, top + u * row + 0.5, cell - 2, row - 2);
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {TimeGeometry} geometry @param {TimeMap} map @param {number} known @param {number} digits @param {string} family @param {Theme} theme
 */
function paintApart(ctx, { cell, row, left, top, units, font }, map, known, digits, family, theme) {
  const values = /** @type {ArrayLike<number>} */ (map.values);
  const swatch = swatchesOf(map, theme.dark);
  const fixed = fixedFor(values, digits);
  if (font) setFont(ctx, `${font}px ${family}`);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let t = 0; t < known; t += 1) {
    for (let u = 0; u < units; u += 1) {
      const value = values[t * units + u];
      const [x, y, { fill, ink }] = [left + t * cell, top + u * row, swatch(value)];
      ctx.fillStyle = fill;
      ctx.fillRect(x, y, cell - 1, row - 1);
      ctx.fillStyle = ink;
      if (!Number.isFinite(value)) paintOdd(ctx, value, x, y, cell - 1, row - 1, font, theme);
      else if (font) ctx.fillText(fixedText(value, fixed, digits).replace(/^−?\.?0+$/, "0"), x + (cell - 1) / 2, y + row / 2);
      if (map.sort === "share") paintCorner(ctx, value, x, y, cell - 1, row - 1);
    }
  }
}

/** @param {CanvasRenderingContext2D} ctx In the cell's ink. @param {number} value @param {number} x @param {number} y @param {number} w @param {number} h A corner of a gate that is open or shut. */
function paintCorner(ctx, value, x, y, w, h) {
  if (!(value < SHUT || value > OPEN)) return;
  const side = Math.min(7, Math.max(4, w / 4));
  const [corner, edge, from] = value > OPEN ? [x + w, y, y + side] : [x + w, y + h, y + h - side];
  ctx.beginPath();
  ctx.moveTo(corner, edge);
  ctx.lineTo(corner - side, edge);
  ctx.lineTo(corner, from);
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} value @param {number} x @param {number} y @param {number} w @param {number} h @param {number} font @param {Theme} theme What is no number. */
function paintOdd(ctx, value, x, y, w, h, font, theme) {
  if (Number.isNaN(value)) {
    ctx.globalAlpha = 0.5;
    paintHatch(ctx, x, y, w, h, theme);
    ctx.globalAlpha = 1;
  }
  if (font) ctx.fillText(floatText(value, 2).replace("-", "−"), x + w / 2, y + h / 2 + 0.5);
}

/** Thousands of cells: each a pixel of an image that is stretched.
 * @param {CanvasRenderingContext2D} ctx @param {TimeGeometry} geometry @param {TimeMap} map @param {number} known @param {Theme} theme */
function paintImage(ctx, { cell, row, left, top, units }, map, known, theme) {
  if (!known || !units) return;
  const values = /** @type {ArrayLike<number>} */ (map.values);
  const ramp = Int32Array.from(map.sort === "share" ? sequentialRamp(theme.dark) : divergingRamp(theme.dark), ({ pixel }) => pixel);
  const [base, slope] = map.sort === "share" ? [0, 1] : [0.5, 0.5 / map.limit];
  const last = ramp.length - 1;
  const odd = theme.dark ? -1 : -16777216; // white or black, as bytes of a pixel: no number
  const image = new ImageData(known, units);
  const pixels = new Int32Array(image.data.buffer);
  for (let t = 0; t < known; t += 1) {
    for (let u = 0; u < units; u += 1) {
      const value = values[t * units + u];
      const step = Math.round((base + slope * value) * last);
      pixels[u * known + t] = value - value === 0 ? ramp[step < 0 ? 0 : step > last ? last : step] : odd;
    }
  }
  const small = Object.assign(document.createElement("canvas"), { width: known, height: units });
  small.getContext("2d")?.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = row < 1; // rather mixed than left out
  ctx.drawImage(small, 0, 0, known, units, left, top, known * cell, units * row);
}

/** @param {CanvasRenderingContext2D} ctx @param {TimeGeometry} geometry @param {Theme} theme Their numbers, at the left. */
function paintUnits(ctx, { row, left, top, units }, theme) {
  ctx.fillStyle = theme.muted;
  setFont(ctx, `10.5px ${theme.mono}`);
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  const every = [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500].find((step) => step * row >= 16) ?? units;
  for (let u = 0; u < units; u += every) ctx.fillText(String(u), left - 6, top + Math.max(6, (u + 0.5) * row));
}

/**
 * What lies over a map. `from`, `to`: columns that are computed, the others are veiled. `unit`: in focus, -1: none of this map's.
 * `since`: when what is pointed at was written; -1: nothing is.
 * @typedef {{from: number, to: number, t: number, now: boolean, unit: number, row: number, column: number, since: number}} MapLight
 */

/** @param {CanvasRenderingContext2D} ctx Cleared. @param {TimeGeometry} geometry @param {MapLight} light @param {Theme} theme Where what is pointed at stands. */
export function paintPointed(ctx, { cell, row, left, top, units, steps }, light, theme) {
  const line = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h, /** @type {string} */ colour, /** @type {number} */ width) => {
    ctx.strokeStyle = theme.background;
    ctx.lineWidth = width + 2;
    ctx.strokeRect(x - 1, y - 1, w + 1, h + 1);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.strokeRect(x - 1, y - 1, w + 1, h + 1);
  };
  ctx.setLineDash([4, 3]);
  if (light.since >= 0) line(left + light.since * cell, top, cell, units * row, theme.text, 1.25);
  ctx.setLineDash([]);
  if (light.column >= 0) line(left + light.column * cell, top, cell, units * row, theme.muted, 1.25);
  if (light.row >= 0) line(left, top + light.row * row, steps * cell, row, theme.text, 1.25);
  if (light.row >= 0 && light.column >= 0) line(left + light.column * cell, top + light.row * row, cell, row, theme.text, 2.25);
}
