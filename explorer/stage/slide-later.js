// Results that the window has not reached yet: pale; with numbers they have a dashed edge, where there is room for one.

import { setFont } from "./fonts.js";
import { paintDashes } from "./slide-paint.js";

/** @typedef {import("./slide-area.js").SlideArea} SlideArea */

/** @type {WeakMap<SlideArea, Int32Array>} Cells in the order in which the window reaches them. */
const orderKnown = new WeakMap();

/** @param {import("./slide-model.js").SlideModel} model @param {SlideArea} area Of the result. @param {number} p Position. @returns {Int32Array} Cells that come after it. */
export function laterCells(model, area, p) {
  let order = orderKnown.get(area);
  if (!order) orderKnown.set(area, (order = Int32Array.from({ length: model.count }, (_, k) => area.cellOf(area.leads[0], model.outputAt(k)))));
  const later = order.subarray(p + 1);
  return later.includes(-1) ? later.filter((cell) => cell >= 0) : later;
}

/** What lies over the cells of a panel that come later. Letters are drawn once for all of them, then copied. */
export class LaterVeil {
  constructor() {
    /** @type {HTMLCanvasElement | null} */
    this.image = null;
  }

  /** The cells were painted anew. */
  forget() {
    this.image = null;
  }

  /**
   * @param {CanvasRenderingContext2D} ctx Cleared. @param {Geometry} geometry @param {Int32Array} cells Rising. @param {Theme} theme
   * @param {(cell: number) => string} textOf
   */
  paint(ctx, geometry, cells, theme, textOf) {
    if (!cells.length) return;
    if (geometry.font > 0) return this.copy(ctx, geometry, cells, (this.image ??= veilOf(ctx.canvas, geometry, theme, textOf)));
    ctx.fillStyle = theme.background;
    ctx.globalAlpha = 0.72;
    for (const [x, y, w, h] of runsOf(geometry, cells)) ctx.fillRect(x, y, w, h);
    ctx.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {Int32Array} cells @param {HTMLCanvasElement} image */
  copy(ctx, geometry, cells, image) {
    const ratio = ctx.canvas.width / geometry.width;
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0); // whole pixels, or letters blur
    for (const run of runsOf(geometry, cells)) {
      const [left, top, right, bottom] = [run[0], run[1], run[0] + run[2], run[1] + run[3]].map((side) => Math.round(side * ratio));
      if (right > left && bottom > top) ctx.drawImage(image, left, top, right - left, bottom - top, left, top, right - left, bottom - top);
    }
    ctx.restore();
  }
}

/** @param {HTMLCanvasElement} like @param {Geometry} geometry @param {Theme} theme @param {(cell: number) => string} textOf @returns {HTMLCanvasElement} All cells as those that come later. */
function veilOf(like, geometry, theme, textOf) {
  const image = Object.assign(document.createElement("canvas"), { width: like.width, height: like.height });
  const ctx = /** @type {CanvasRenderingContext2D} */ (image.getContext("2d"));
  const ratio = like.width / geometry.width;
  ctx.scale(ratio, ratio);
  const cells = Int32Array.from({ length: geometry.count }, (_, cell) => cell);
  ctx.fillStyle = theme.background;
  for (const [x, y, w, h] of runsOf(geometry, cells)) ctx.fillRect(x, y, w, h);
  setFont(ctx, `${geometry.font}px ${theme.mono}`);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme.text; // numbers stay as readable as they were
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  for (const cell of cells) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    ctx.fillText(textOf(cell), x + (w - 1) / 2, y + (h - 1) / 2 + 0.5);
  }
  paintDashes(ctx, geometry, cells, theme);
  return image;
}

/** @param {Geometry} geometry @param {Int32Array} cells Rising. @returns {[number, number, number, number][]} Left, top, width and height: neighbours of a line are one rectangle. */
function runsOf(geometry, cells) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  /** @type {[number, number, number, number][]} */
  const runs = [];
  let [left, top, right, height] = [0, 0, 0, 0];
  for (const cell of cells) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    const goes = height > 0 && y === top && Math.abs(x - right) < 0.01;
    if (!goes) {
      if (height > 0) runs.push([left - 0.5, top - 0.5, right - left, height]);
      [left, top, height] = [x, y, h];
    }
    right = x + w;
  }
  runs.push([left - 0.5, top - 0.5, right - left, height]);
  return runs;
}
