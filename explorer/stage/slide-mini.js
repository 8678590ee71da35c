// Small pictures without numbers: kernels of all channels, feature maps.

import { node } from "./dom.js";
import { colourOf } from "./slide-colours.js";

/**
 * @param {number} rows @param {number} columns @param {(row: number, column: number) => number} valueAt NaN: nothing is drawn there.
 * @param {import("./scales.js").ColourScale} scale @param {number} side Pixels a cell.
 * @returns {HTMLCanvasElement}
 */
export function miniPicture(rows, columns, valueAt, scale, side) {
  return paintPixelsOf(rows, columns, (r, c) => {
    const value = valueAt(r, c);
    return Number.isNaN(value) ? 0 : colourOf(scale, value).pixel;
  }, side);
}

/**
 * @param {number} rows @param {number} columns @param {(row: number, column: number) => number} pixelAt Little-endian RGBA.
 * @param {number} side Pixels a cell. @returns {HTMLCanvasElement}
 */
function paintPixelsOf(rows, columns, pixelAt, side) {
  const canvas = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-slide-mini", "aria-hidden": "true", width: Math.max(1, columns), height: Math.max(1, rows) }));
  canvas.style.width = `${columns * side}px`;
  canvas.style.height = `${rows * side}px`;
  if (rows * columns === 0) return canvas;
  const image = new ImageData(columns, rows);
  const pixels = new Int32Array(image.data.buffer);
  for (let r = 0; r < rows; r += 1) for (let c = 0; c < columns; c += 1) pixels[r * columns + c] = pixelAt(r, c);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Three channels as the red, green and blue of one picture, from the smallest value to the largest.
 * @param {number} rows @param {number} columns @param {(channel: number, row: number, column: number) => number} valueAt
 * @param {{low: number, high: number}} range @param {number} side Pixels a cell. @returns {HTMLCanvasElement}
 */
export function colourPicture(rows, columns, valueAt, { low, high }, side) {
  const width = high - low || 1;
  const channel = (/** @type {number} */ ch, /** @type {number} */ r, /** @type {number} */ c) => Math.round((255 * (valueAt(ch, r, c) - low)) / width);
  return paintPixelsOf(rows, columns, (r, c) => (255 << 24) | (channel(2, r, c) << 16) | (channel(1, r, c) << 8) | channel(0, r, c), side);
}

/** @param {readonly number[]} sizes @param {number} most @returns {{sizes: number[], step: number}} Sizes of a picture that has every step-th cell only, of at most so many a side. */
export function thinned(sizes, most) {
  const step = Math.max(1, Math.ceil(Math.max(...sizes) / most));
  return { sizes: sizes.map((size) => Math.ceil(size / step)), step };
}

/** @param {number} rows @param {number} columns @param {number} most Pixels of the longer side. @param {number} largest Pixels a cell. @returns {number} Pixels a cell. */
export function miniSide(rows, columns, most, largest) {
  const side = Math.min(largest, most / Math.max(1, rows, columns));
  return side >= 1 ? Math.floor(side) : side;
}
