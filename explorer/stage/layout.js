// Where the cells of an n-d grid lie: the last two dimensions as columns and rows, outer ones as slabs, the
// innermost of them across, the next down, and so on. Strips of memory wrap into lines.

import { product, unravel } from "./format.js";

const HATCH = 12;
const INDEX_HEIGHT = 16;
const SLAB_LABEL = 17;

/**
 * @typedef {Geometry & {sizes: number[], rows: number, columns: number, cw: number, ch: number, left: number,
 *   top: number, slabs: {x: number, y: number, index: number[], first: boolean, head: boolean}[],
 *   slabWidth: number, cut: number[], hatch: number, numbers: boolean}} GridGeometry
 */

/**
 * @param {readonly number[]} sizes Of the window.
 * @param {readonly number[]} cut How many more indices of each dimension exist than are shown.
 * @param {number} cw @param {number} ch Of a cell. @param {number} font 0: no numbers.
 * @returns {GridGeometry}
 */
export function layoutGrid(sizes, cut, cw, ch, font) {
  const rank = sizes.length;
  const rows = rank > 1 ? sizes[rank - 2] : 1;
  const columns = rank > 0 ? sizes[rank - 1] : 1;
  const outer = sizes.slice(0, -2);
  const left = rank > 1 ? 10 + 7 * String(Math.max(0, rows - 1 + cut[rank - 2])).length : 2;
  const slabHead = outer.length ? SLAB_LABEL + INDEX_HEIGHT : 0;
  const top = slabHead || (rank > 0 ? INDEX_HEIGHT : 2);
  const slabWidth = columns * cw;
  const steps = new Array(outer.length);
  const inner = new Array(outer.length);
  let width = slabWidth + (cut[rank - 1] ? HATCH : 0);
  let height = rows * ch + (rank > 1 && cut[rank - 2] ? HATCH : 0);
  for (let d = outer.length - 1, across = true, level = 0; d >= 0; d -= 1, across = !across, level += 1) {
    const extent = across ? width : height + slabHead;
    const gap = across ? 16 + 10 * level : 4 + 8 * level;
    const tail = cut[d] ? gap + HATCH : 0;
    inner[d] = { across, extent };
    steps[d] = extent + gap;
    const total = extent * outer[d] + gap * (outer[d] - 1) + tail;
    if (across) width = total;
    else height = total - slabHead;
  }
  const count = product(sizes);
  /** @type {GridGeometry["slabs"]} */
  const slabs = [];
  for (let s = 0; s < product(outer) && count > 0; s += 1) {
    const index = unravel(s, outer);
    let x = left;
    let y = top;
    index.forEach((i, d) => (inner[d].across ? (x += i * steps[d]) : (y += i * steps[d])));
    slabs.push({ x, y, index, first: x === left, head: y === top });
  }
  /** @type {GridGeometry["rect"]} */
  const rect = (cell, out) => {
    const column = cell % columns;
    const row = Math.floor(cell / columns) % rows;
    const slab = slabs[Math.floor(cell / (columns * rows))];
    out.x = slab.x + column * cw;
    out.y = slab.y + row * ch;
    out.w = cw;
    out.h = ch;
    return out;
  };
  /** @type {GridGeometry["hit"]} */
  const hit = (px, py) => {
    let x = px - left;
    let y = py - top;
    let slab = 0;
    for (let d = 0; d < outer.length; d += 1) {
      const i = Math.floor((inner[d].across ? x : y) / steps[d]);
      if (i < 0 || i >= outer[d]) return -1;
      if (inner[d].across) x -= i * steps[d];
      else y -= i * steps[d];
      slab = slab * outer[d] + i;
    }
    const column = Math.floor(x / cw);
    const row = Math.floor(y / ch);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return -1;
    return (slab * rows + row) * columns + column;
  };
  return {
    sizes: [...sizes], cut: [...cut], count, line: columns, rows, columns, cw, ch, left, top, slabs, slabWidth, font, rect, hit,
    hatch: HATCH, numbers: font > 0, width: left + width + 2, height: top + height + 2,
    move: (cell, key) => moveInGrid(cell, key, rows, columns, count),
  };
}

/**
 * @param {number} cell @param {string} key @param {number} rows @param {number} columns @param {number} count
 * @returns {number} The cell that the key leads to, or the same.
 */
function moveInGrid(cell, key, rows, columns, count) {
  const column = cell % columns;
  const row = Math.floor(cell / columns) % rows;
  const slab = rows * columns;
  if (key === "ArrowLeft") return column > 0 ? cell - 1 : cell;
  if (key === "ArrowRight") return column < columns - 1 ? cell + 1 : cell;
  if (key === "ArrowUp") return row > 0 ? cell - columns : cell;
  if (key === "ArrowDown") return row < rows - 1 ? cell + columns : cell;
  if (key === "Home") return cell - column;
  if (key === "End") return cell - column + columns - 1;
  if (key === "PageUp") return cell >= slab ? cell - slab : cell;
  if (key === "PageDown") return cell + slab < count ? cell + slab : cell;
  return cell;
}

/**
 * The largest cells that suit the room: with numbers where they fit (a short scroll is allowed for small
 * grids), else colour only.
 * @param {readonly number[]} sizes @param {readonly number[]} cut As for `layoutGrid`.
 * @param {number} characters Of the longest number, 0 without numbers.
 * @param {number} room Width in CSS pixels.
 * @param {(font: number) => number} glyph Width of a character at a font size.
 * @returns {GridGeometry}
 */
export function fitGrid(sizes, cut, characters, room, glyph) {
  const count = product(sizes);
  const one = layoutGrid(sizes, cut, 1, 1, 0);
  const tall = one.slabs.length ? (Math.max(...one.slabs.map((slab) => slab.y)) - one.top) / (one.rows + 20) + 1 : 1;
  if (characters > 0 && count <= 2500 && one.rows * tall <= 64) {
    const plans = [[13, 30, 14, 32], [12, 25, 9, 25]].map(([font, height, padding, least]) =>
      layoutGrid(sizes, cut, Math.max(least, Math.ceil(characters * glyph(font)) + padding), height, font));
    for (const plan of plans) if (plan.width <= room && plan.height <= 760) return plan;
    if (count <= 700 && plans[1].width <= 3 * room && plans[1].height <= 900) return plans[1];
  }
  if (characters === 0 && count <= 400) {
    const plan = layoutGrid(sizes, cut, 24, 24, 0);
    if (plan.width <= room) return plan;
  }
  const across = (one.width - one.left) / Math.max(1, one.columns + 8);
  const columns = Math.max(1, one.columns * Math.max(1, Math.round(across)));
  const wide = one.rows === 1 ? room - 20 : Math.min(room - 40, Math.max(440, 220 * across));
  const side = Math.max(4, Math.min(16, Math.floor(wide / columns), Math.floor(520 / one.rows)));
  return layoutGrid(sizes, cut, side, one.rows === 1 ? Math.max(22, side) : side, 0);
}

/**
 * @typedef {Geometry & {cw: number, ch: number, pitch: number, perLine: number, gutter: number, top: number,
 *   numbers: boolean, each: boolean, cut: boolean}} StripGeometry
 */

/**
 * A strip of memory wrapped into lines.
 * @param {number} count Cells. @param {boolean} cut Whether the storage goes on after them.
 * @param {number} characters Of the longest number, 0 without. @param {number} lastAddress In bytes.
 * @param {number} room @param {(font: number) => number} glyph
 * @returns {StripGeometry}
 */
export function fitStrip(count, cut, characters, lastAddress, room, glyph) {
  const digits = `+${lastAddress}`.length;
  const numbers = characters > 0 && count <= 512;
  const each = count <= 128;
  const font = numbers ? 12.5 : 0;
  const cw = numbers || each
    ? Math.max(32, Math.ceil(characters * glyph(12.5)) + 12, each ? Math.ceil(digits * glyph(10)) + 8 : 0)
    : count > 4000 ? 4 : 9;
  const ch = numbers || each ? 28 : count > 4000 ? 7 : 16;
  const gutter = each ? 0 : Math.ceil(digits * glyph(10)) + 10;
  const fits = Math.max(1, Math.floor((room - gutter - (cut ? HATCH : 0) - 2) / cw));
  const perLine = fits >= count ? Math.max(1, count) : fits > 16 ? fits - (fits % 8) : fits;
  const pitch = ch + (each ? 19 : numbers ? 5 : 2);
  const lines = Math.max(1, Math.ceil(count / perLine));
  return {
    count, line: perLine, cut, cw, ch, pitch, perLine, gutter, top: 3, numbers, each, font,
    width: gutter + Math.min(count, perLine) * cw + (cut ? HATCH + 4 : 0) + 4,
    height: lines * pitch + 4,
    rect: (cell, out) => {
      out.x = gutter + 2 + (cell % perLine) * cw;
      out.y = 3 + Math.floor(cell / perLine) * pitch;
      out.w = cw;
      out.h = ch;
      return out;
    },
    hit: (x, y) => {
      const column = Math.floor((x - gutter - 2) / cw);
      const line = Math.floor((y - 3) / pitch);
      if (column < 0 || column >= perLine || line < 0 || y - 3 - line * pitch > ch) return -1;
      const cell = line * perLine + column;
      return cell < count ? cell : -1;
    },
    move: (cell, key) => moveInGrid(cell, key, Math.max(1, lines), perLine, count) < count
      ? moveInGrid(cell, key, Math.max(1, lines), perLine, count) : cell,
  };
}
