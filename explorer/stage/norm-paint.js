// What a panel beside a normalisation looks like: its cells, the outline of each statistics group, and the light on one.

import { pickSwatch } from "./colour.js";
import { bufferPositions } from "./elements.js";
import { cellText, markAt, numberAt } from "./format.js";
import { groupLook } from "./norm-colours.js";
import { fixedFor, fixedText } from "./norm-format.js";
import { paintCells, paintHatch } from "./paint.js";
import { paintMarks } from "./overlay.js";

/** @typedef {import("./norm-layout.js").NormGeometry} NormGeometry */
/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./slide-values.js").TensorReader} TensorReader */

/** Side of cells that stand apart and have marks of their own. */
const APART = 6;
/** @type {readonly number[]} */
const NO_NUMBERS = [];

/** @param {NormView} view @param {TensorReader} reader @param {number} digits @returns {import("./paint.js").Look} */
export function normLook(view, reader, digits) {
  const scale = view.scaleOf(reader);
  const { grid, values } = reader;
  /** @type {ArrayLike<number>} */
  const positions = grid ? bufferPositions(grid) : [];
  const value = (/** @type {number} */ cell) => numberAt(values, positions[cell]);
  const fixed = fixedFor(values?.kind === "real" ? /** @type {ArrayLike<number>} */ (values.data) : NO_NUMBERS, digits);
  return {
    swatch: (cell) => (Number.isFinite(value(cell)) ? pickSwatch(scale.ramp, scale.range.position(value(cell))) : scale.plain),
    text: (cell) => (values === null ? "" : values.kind === "real" ? fixedText(value(cell), fixed, digits) : cellText(values, positions[cell], grid?.dtype ?? "")),
    mark: (cell) => (grid ? markAt(values, positions[cell], grid.dtype) : ""),
  };
}

/**
 * @param {CanvasRenderingContext2D} ctx Cleared. @param {NormGeometry} geometry @param {NormView} view
 * @param {TensorReader | null} reader null: not made yet. @param {number} digits @param {Theme} theme
 */
export function paintNorm(ctx, geometry, view, reader, digits, theme) {
  if (!reader?.grid) paintPending(ctx, geometry, theme);
  else if (geometry.cw >= APART) paintCells(ctx, geometry, normLook(view, reader, digits), theme);
  else paintSlabImages(ctx, geometry, view, reader, theme);
  if (view.norm.hidden) paintHidden(ctx, geometry, view, theme);
}

/** @param {NormGeometry} geometry @param {(slab: number, x: number, y: number) => void} draw */
export function eachSlab({ count, rows, columns, across, xs, ys }, draw) {
  const slabs = count / Math.max(1, rows * columns);
  for (let slab = 0; slab < slabs; slab += 1) draw(slab, xs[slab % across], ys[Math.floor(slab / across)]);
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {Theme} theme */
function paintPending(ctx, geometry, theme) {
  const { rows, columns, cw, ch } = geometry;
  ctx.fillStyle = theme.surface;
  if (cw < APART) return eachSlab(geometry, (_, x, y) => ctx.fillRect(x, y, columns * cw, rows * ch));
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  for (let cell = 0; cell < geometry.count; cell += 1) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    ctx.fillRect(x, y, w - 1, h - 1);
  }
}

/** Thousands of small cells: each a pixel of an image that is stretched slab by slab. What is no number has the colour of the text.
 * @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view @param {TensorReader} reader @param {Theme} theme */
function paintSlabImages(ctx, geometry, view, reader, theme) {
  const { rows, columns, cw, ch, count } = geometry;
  if (count === 0 || !reader.grid) return;
  const image = new ImageData(columns, count / columns);
  fillPixels(new Int32Array(image.data.buffer), view, reader, theme);
  const small = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  small.getContext("2d")?.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = cw < 2 && !Number.isInteger(cw); // rather mixed than left out
  eachSlab(geometry, (slab, x, y) => ctx.drawImage(small, 0, slab * rows, columns, rows, x, y, columns * cw, rows * ch));
}

/** @param {Int32Array} pixels @param {NormView} view @param {TensorReader} reader @param {Theme} theme */
function fillPixels(pixels, view, reader, theme) {
  const { ramp, range, plain } = view.scaleOf(reader);
  const { values, grid } = reader;
  if (values === null || grid === null) return void pixels.fill(plain.pixel);
  const positions = bufferPositions(grid);
  const colours = Int32Array.from(ramp, ({ pixel }) => pixel);
  const last = colours.length - 1;
  const zero = range.position(0);
  const slope = (range.position(range.limit) - zero) / range.limit; // positions are a straight line
  const odd = theme.dark ? -1 : -16777216; // white or black, as bytes of a pixel
  const real = values.kind === "real" ? /** @type {ArrayLike<number>} */ (values.data) : null;
  for (let cell = 0; cell < pixels.length; cell += 1) {
    const value = real ? real[positions[cell]] : numberAt(values, positions[cell]);
    const step = Math.round((zero + slope * value) * last);
    pixels[cell] = value - value === 0 ? colours[step < 0 ? 0 : step > last ? last : step] : odd; // NaN and infinities are no zero
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view @param {Theme} theme Padding of a text is hatched. */
function paintHidden(ctx, geometry, view, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  const { columns } = geometry;
  for (let from = 0; from < geometry.count; from += columns) {
    for (let c = 0; c < columns; c += 1) {
      if (!view.model.isHidden(view.indexOf(from + c))) continue;
      const { x, y, w, h } = geometry.rect(from + c, rect);
      ctx.globalAlpha = 0.55;
      paintHatch(ctx, x, y, w, h, theme);
      ctx.globalAlpha = 1;
    }
  }
}

/**
 * The parts of a box in the picture: one where its slabs stand together, else one in each slab.
 * @param {NormGeometry} geometry @param {NormView} view @param {import("./norm-model.js").Box} box
 * @returns {{x: number, y: number, w: number, h: number, whole: boolean}[]} `whole`: of whole slabs.
 */
export function boxParts(geometry, view, box) {
  const { rows, columns, cw, ch, sizes, across, xs, ys } = geometry;
  const rank = sizes.length;
  const span = (/** @type {number} */ d) => {
    if (d < 0) return [0, 1];
    const from = view.first[d];
    return [Math.max(0, box.low[d] - from), Math.min(sizes[d], box.high[d] - from)];
  };
  const [[top, bottom], [left, right]] = [span(rank - 2), span(rank - 1)];
  const slabs = slabsOf(sizes.slice(0, -2), span);
  if (!slabs.length || bottom <= top || right <= left) return [];
  const whole = top === 0 && left === 0 && bottom === rows && right === columns;
  const part = (/** @type {number} */ slab, /** @type {number} */ last) => {
    const [x, y] = [xs[slab % across] + left * cw, ys[Math.floor(slab / across)] + top * ch];
    return { x, y, w: xs[last % across] + right * cw - x, h: ys[Math.floor(last / across)] + bottom * ch - y, whole };
  };
  const [first, last] = [slabs[0], slabs[slabs.length - 1]];
  const area = ((last % across) - (first % across) + 1) * (Math.floor(last / across) - Math.floor(first / across) + 1);
  return whole && area === slabs.length ? [part(first, last)] : slabs.map((slab) => part(slab, slab));
}

/** @param {readonly number[]} outer Sizes. @param {(d: number) => number[]} span @returns {number[]} Numbers of the slabs in a box, rising. */
function slabsOf(outer, span) {
  let found = [0];
  outer.forEach((size, d) => {
    const [from, to] = span(d);
    found = found.flatMap((slab) => Array.from({ length: Math.max(0, to - from) }, (_, k) => slab * size + from + k));
  });
  return found;
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {{x: number, y: number, w: number, h: number, whole: boolean}} part @param {number} width */
function strokePart(ctx, { margin, font }, { x, y, w, h, whole }, width) {
  const off = whole ? margin - 0.5 : -width / 2;
  const gap = font > 0 ? 1 : 0;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.roundRect(x - off, y - off, w - gap + 2 * off, h - gap + 2 * off, whole ? margin + 1 : 3);
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view @param {Theme} theme The outline of each group, where there is room for it. */
export function paintGroups(ctx, geometry, view, theme) {
  const { model } = view;
  if (!model.count || !geometry.count) return;
  const width = geometry.font > 0 || geometry.cw >= APART ? 2 : 1.25;
  for (let group = 0; group < model.count; group += 1) {
    const parts = boxParts(geometry, view, model.boxOf(group));
    if (parts.length && !parts[0].whole && Math.min(parts[0].w, parts[0].h) < 3 * width) return;
    const { line, dash } = groupLook(group, theme.dark);
    ctx.strokeStyle = line;
    ctx.setLineDash(dash);
    for (const part of parts) strokePart(ctx, geometry, part, width);
  }
  ctx.setLineDash([]);
}

/**
 * Dim all but a box, outline it, and the cell that is pointed at.
 * @param {CanvasRenderingContext2D} ctx Cleared. @param {NormGeometry} geometry @param {NormView} view
 * @param {{box: import("./norm-model.js").Box, group: number, cell: number}} light @param {Theme} theme
 */
export function paintLight(ctx, geometry, view, { box, group, cell }, theme) {
  const parts = boxParts(geometry, view, box);
  const reach = geometry.margin + 2;
  ctx.fillStyle = theme.background;
  ctx.globalAlpha = 0.66;
  ctx.beginPath();
  ctx.rect(geometry.xs[0] - reach, geometry.ys[0] - reach, geometry.width, geometry.height);
  for (const { x, y, w, h, whole } of parts) {
    const off = whole ? reach : 0;
    ctx.rect(x - off, y - off, w + 2 * off, h + 2 * off);
  }
  ctx.fill("evenodd");
  ctx.globalAlpha = 1;
  const line = group >= 0 ? groupLook(group, theme.dark).line : theme.accent;
  const width = geometry.cw >= APART ? 3 : 2;
  for (const part of parts) {
    ctx.strokeStyle = theme.background;
    strokePart(ctx, geometry, part, width + 2);
    ctx.strokeStyle = line;
    strokePart(ctx, geometry, part, width);
  }
  if (cell >= 0) paintMarks(ctx, geometry, [cell], [], theme);
}
