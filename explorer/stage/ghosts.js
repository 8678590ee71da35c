// Room for, and pictures of, the copies that broadcasting pretends to make: the same cells, read again with stride 0.

import { setFont } from "./fonts.js";
import { bytesText, product, tupleText, unravel } from "./format.js";
import { layoutGrid } from "./layout.js";
import { mentionsOf } from "./mentions.js";

const MOST_COPIES = [12, 8, 6, 4, 3];
const MOST_CELLS = 4000;
const TALLEST = 430;

/** @typedef {import("./layout.js").GridGeometry} GridGeometry */

/** @typedef {GridGeometry & {full: GridGeometry, realOf: (cell: number) => number, lead: number}} GhostGeometry
 * `full` has the copies too; `realOf` says of which cell one of its cells is a copy (or is); `lead`: added dimensions. */

/** @param {Frame} frame @param {GridData} grid @returns {number[] | null} The shape that it is read as, if by broadcasting. */
export function stretchedShape(frame, grid) {
  const shape = (frame.stretched ?? []).find(([id]) => id === grid.id)?.[1] ?? null;
  return shape && product(shape) > product(grid.shape) ? shape : null;
}

/** @param {number[]} shape That a grid is read as. @param {GridData} grid @returns {string} */
export function stretchText(shape, grid) {
  return `read as ${tupleText(shape)}: dashed cells have stride 0, they are the same memory; a real copy would take ${bytesText(product(shape) * grid.itemsize)}`;
}

/** @param {Scene} scene @param {GridData} grid @returns {number[] | null} The sizes for which room is kept, over all frames. */
export function envelopeOf(scene, grid) {
  const shapes = [...mentionsOf(scene, grid).frames].map((frame) => stretchedShape(frame, grid)).filter((shape) => shape !== null);
  if (shapes.length === 0) return null;
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, d) => Math.max(...shapes.map((shape) => shape[d - rank + shape.length] ?? 1)));
}

/**
 * A grid laid out with room for its copies; its own cells keep their numbers, and a copy is hit as its cell.
 * @param {GridGeometry} plain As it is without copies. @param {number[]} envelope @param {number} room
 * @returns {GridGeometry}
 */
export function withGhosts(plain, envelope, room) {
  const lead = envelope.length - plain.sizes.length;
  if (lead < 0) return plain;
  const cut = [...new Array(lead).fill(0), ...plain.cut];
  for (const most of MOST_COPIES) {
    const sizes = envelope.map((size, d) => (d >= lead && plain.sizes[d - lead] > 1 ? plain.sizes[d - lead] : Math.min(size, most)));
    const full = layoutGrid(sizes, cut, plain.cw, plain.ch, plain.font);
    const last = most === MOST_COPIES[MOST_COPIES.length - 1];
    if (full.count <= MOST_CELLS && (last || (full.width <= room && full.height <= TALLEST))) return ghostGeometry(plain, full, lead);
  }
  return plain;
}

/** @param {GridGeometry} plain @param {GridGeometry} full @param {number} lead @returns {GhostGeometry} */
function ghostGeometry(plain, full, lead) {
  /** @param {number} cell */
  const realOf = (cell) => ravel(unravel(cell, full.sizes).slice(lead).map((i, d) => (plain.sizes[d] === 1 ? 0 : i)), plain.sizes);
  const places = Int32Array.from({ length: plain.count }, (_, cell) => ravel([...new Array(lead).fill(0), ...unravel(cell, plain.sizes)], full.sizes));
  const own = full.slabs.filter(({ index }) => index.every((i, d) => i === 0 || (d >= lead && plain.sizes[d - lead] > 1)));
  return {
    ...plain, full, realOf, lead, left: full.left, top: full.top, width: full.width, height: full.height,
    slabs: own.map((slab) => ({ ...slab, index: slab.index.slice(lead) })),
    rect: (cell, out) => full.rect(places[cell], out),
    hit: (x, y) => {
      const cell = full.hit(x, y);
      return cell < 0 ? -1 : realOf(cell);
    },
  };
}

/** @param {readonly number[]} index @param {readonly number[]} sizes @returns {number} */
function ravel(index, sizes) {
  return index.reduce((flat, i, d) => flat * sizes[d] + i, 0);
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {GridGeometry} geometry @param {number[]} shape That it is read as.
 * @param {(cell: number) => Swatch} swatch Of its own cells. @param {Theme} theme
 */
export function paintGhosts(ctx, geometry, shape, swatch, theme) {
  if (!("full" in geometry)) return;
  const { full, realOf, lead } = /** @type {GhostGeometry} */ (geometry);
  const offset = full.sizes.length - shape.length;
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  const own = { x: 0, y: 0, w: 0, h: 0 };
  ctx.save();
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.muted;
  ctx.setLineDash([3, 2]);
  for (let cell = 0; cell < full.count; cell += 1) {
    const index = unravel(cell, full.sizes);
    if (index.some((i, d) => i >= (d < offset ? 1 : shape[d - offset]))) continue;
    const real = realOf(cell);
    const { x, y, w, h } = full.rect(cell, rect);
    geometry.rect(real, own);
    if (own.x === x && own.y === y) continue;
    ctx.globalAlpha = 0.28;
    ctx.fillStyle = swatch(real).fill;
    ctx.fillRect(x, y, w - 1, h - 1);
    ctx.globalAlpha = 1;
    if (w >= 8) ctx.strokeRect(x + 1, y + 1, w - 3, h - 3);
  }
  ctx.restore();
  paintMore(ctx, full, shape, lead, theme);
}

/** "It goes on": where not all copies are drawn. @param {CanvasRenderingContext2D} ctx @param {GridGeometry} full @param {number[]} shape @param {number} lead @param {Theme} theme */
function paintMore(ctx, full, shape, lead, theme) {
  const rank = full.sizes.length;
  const hidden = [0, 1].map((back) => (shape[shape.length - 1 - back] ?? 1) > full.sizes[rank - 1 - back] && !full.cut[rank - 1 - back]);
  const slab = full.slabs[0];
  if (!slab || lead > rank) return;
  ctx.fillStyle = theme.muted;
  setFont(ctx, `700 13px ${theme.mono}`);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  if (hidden[0]) ctx.fillText("…", full.width - 6, slab.y + (full.rows * full.ch) / 2);
  if (hidden[1]) ctx.fillText("⋮", slab.x + (full.columns * full.cw) / 2, full.height - 5);
}
