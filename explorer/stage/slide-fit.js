// How large the cells of a picture are: with numbers where they fit, the slabs of volumes in as many lines as they need.

import { layoutGrid } from "./layout.js";
import { product } from "./format.js";

/**
 * Cells as large as the room allows, and how many digits their numbers have.
 * @typedef {{geometry: import("./layout.js").GridGeometry, digits: number}} CellFit
 */

const MOST_NUMBERS = 1600;
/** Rows times font: taller pictures have smaller cells. */
const MOST_HEIGHT = 170;
/** Pixels of all lines of slabs. */
const MOST_SLABS_HEIGHT = 640;
const SMALL = 12;
/** Digits, and the smallest font that they may have: rather fewer digits than tiny ones. */
const TRIALS = [[4, 12], [3, 11], [4, 10], [3, 10], [2, 10]];
/** Slabs have less room each. */
const SLAB_TRIALS = [...TRIALS, [2, 9]];
const LARGEST_FONT = 13;
const LARGEST_PLAIN = 16;

/**
 * @param {readonly number[]} sizes @param {(digits: number) => number} longest Characters of the longest number, by its digits.
 * @param {number} room Pixels. @param {(font: number) => number} glyph
 * @returns {CellFit}
 */
export function fitSlide(sizes, longest, room, glyph) {
  const count = product(sizes);
  const tallest = Math.max(SMALL, MOST_HEIGHT / (sizes[sizes.length - 2] ?? 1));
  const volume = sizes.length > 2;
  for (const [digits, least] of count <= MOST_NUMBERS ? (volume ? SLAB_TRIALS : TRIALS) : []) {
    const characters = longest(digits);
    for (let font = Math.floor(Math.min(LARGEST_FONT, tallest)); font >= least; font -= 1) {
      const side = Math.round(2.1 * font);
      const geometry = layoutSlide(sizes, Math.max(side, Math.ceil(glyph(font) * characters) + (volume ? 6 : 9)), side, font, room);
      if (characters > 0 && geometry.width <= room && (!volume || geometry.height <= MOST_SLABS_HEIGHT)) return { geometry, digits };
    }
  }
  const one = layoutGrid(sizes, sizes.map(() => 0), 1, 1, 0);
  const wanted = (room - one.left - 4) / Math.max(1, sizes[sizes.length - 1] ?? 1);
  const side = wanted < 3 ? Math.max(1, Math.floor(2 * wanted) / 2) : Math.min(LARGEST_PLAIN, Math.floor(wanted));
  let geometry = layoutSlide(sizes, side, side, 0, room);
  for (let less = side - 1; volume && less >= 1 && geometry.height > MOST_SLABS_HEIGHT; less -= 1) geometry = layoutSlide(sizes, less, less, 0, room);
  return { geometry, digits: 4 };
}

/**
 * @param {readonly number[]} sizes @param {number} cw @param {number} ch @param {number} font As for `layoutGrid`. @param {number} room
 * @returns {import("./layout.js").GridGeometry} Slabs side by side, and in further lines where they do not fit.
 */
function layoutSlide(sizes, cw, ch, font, room) {
  const none = sizes.map(() => 0);
  const one = layoutGrid(sizes, none, cw, ch, font);
  if (sizes.length !== 3 || one.width <= room || one.slabs.length < 2) return one;
  const step = one.slabs[1].x - one.slabs[0].x;
  const across = Math.max(1, Math.floor((room - one.width + step * one.slabs.length) / step));
  const wrapped = layoutGrid([Math.ceil(sizes[0] / across), across, sizes[1], sizes[2]], [0, ...none], cw, ch, font);
  const slabs = wrapped.slabs.slice(0, sizes[0]).map((slab, i) => ({ ...slab, index: [i] }));
  const hit = (/** @type {number} */ x, /** @type {number} */ y) => {
    const cell = wrapped.hit(x, y);
    return cell < one.count ? cell : -1;
  };
  return { ...one, slabs, hit, width: wrapped.width, height: wrapped.height, rect: wrapped.rect };
}
