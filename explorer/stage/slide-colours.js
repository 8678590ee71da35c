// The colours of the cells beside a sliding window, one by one or all at once.

import { pickSwatch } from "./colour.js";

/** @typedef {import("./scales.js").ColourScale} ColourScale */

/** @param {ColourScale} scale @param {number} value @returns {Swatch} */
export function colourOf(scale, value) {
  return Number.isFinite(value) ? pickSwatch(scale.ramp, scale.range.position(value)) : scale.plain;
}

/**
 * What `colourOf` gives for each value, as little-endian RGBA.
 * @param {Int32Array} pixels @param {ColourScale} scale @param {Float64Array} values NaN where there is none.
 */
export function fillColours(pixels, scale, values) {
  const { ramp, range, plain } = scale;
  const colours = Int32Array.from(ramp, ({ pixel }) => pixel);
  const last = colours.length - 1;
  for (let cell = 0; cell < values.length; cell += 1) {
    const value = values[cell];
    pixels[cell] = Number.isFinite(value) ? colours[Math.min(last, Math.max(0, Math.round(range.position(value) * last)))] : plain.pixel;
  }
}

/** @param {Int32Array} pixels @param {number} count Of cells. @param {(cell: number) => Swatch} swatch */
export function fillEach(pixels, count, swatch) {
  for (let cell = 0; cell < count; cell += 1) pixels[cell] = swatch(cell).pixel;
}
