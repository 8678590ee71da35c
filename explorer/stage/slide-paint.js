// What the cells of a sliding window look like: padding is hatched, what is no cell of the input is told apart by pattern.

import { setFont } from "./fonts.js";
import { paintCells } from "./paint.js";
import { paintLinks } from "./links.js";
import { paintMarks } from "./overlay.js";

/** @typedef {"" | "zero" | "copy" | "inserted" | "extra" | "outside"} CellPattern By the order of `PADDED`. */
/** @type {CellPattern[]} */
export const CELL_PATTERNS = ["", "zero", "copy", "inserted", "extra", "outside"];

/**
 * What a panel draws: `text` with at most so many digits; `pattern` and `unread` say what a cell is besides its value, `odd`
 * which cells are anything besides; `fill` gives the colours of all cells as pixels.
 * @typedef {{swatch: (cell: number) => Swatch, text: (cell: number, digits: number) => string,
 *   pattern: (cell: number) => CellPattern, unread: (cell: number) => boolean, odd: () => readonly number[],
 *   fill: (pixels: Int32Array) => void}} SlideLook
 *
 * Cells that are marked: `window` of the position; `lit` the one pointed at; `used` what it is made of; `fed` what it
 * feeds; `later`: not reached yet.
 * @typedef {{window: readonly number[], lit: readonly number[], used: readonly number[], fed: readonly number[], later: Int32Array}} SlideMarks
 */

/** @type {SlideMarks} */
export const UNMARKED = { window: [], lit: [], used: [], fed: [], later: new Int32Array(0) };

const TILE = 8;
/** Side of cells that have no room for a line of their own. */
const TINY = 10;
/** Side of cells that have room for a dashed line around. */
const DASHED = 20;
/** @type {Map<string, HTMLCanvasElement>} */
const tilesMade = new Map();

/** @param {string} name @param {string} colour @returns {HTMLCanvasElement} A square that repeats without a seam. */
function patternTile(name, colour) {
  const key = `${name} ${colour}`;
  const known = tilesMade.get(key);
  if (known) return known;
  const tile = Object.assign(document.createElement("canvas"), { width: 2 * TILE, height: 2 * TILE });
  const ctx = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  ctx.scale(2, 2);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.beginPath();
  if (name === "inserted") for (const [x, y] of [[2, 2], [6, 6]]) ctx.rect(x - 0.75, y - 0.75, 1.5, 1.5);
  if (name === "extra") for (const x of [2, 6]) ctx.rect(x - 0.5, 0, 1, TILE);
  if (name === "zero" || name === "unread") for (const k of [-TILE, 0, TILE]) drawLine(ctx, k, TILE, k + TILE, 0);
  if (name === "copy" || name === "unread") for (const k of [-TILE, 0, TILE]) drawLine(ctx, k, 0, k + TILE, TILE);
  ctx.fill();
  ctx.stroke();
  tilesMade.set(key, tile);
  return tile;
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function drawLine(ctx, x1, y1, x2, y2) {
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
}

/** @param {CanvasRenderingContext2D} ctx @param {string} name @param {Theme} theme @returns {CanvasPattern | string} */
function patternFill(ctx, name, theme) {
  const pattern = ctx.createPattern(patternTile(name, theme.muted), "repeat");
  pattern?.setTransform(new DOMMatrix().scale(0.5));
  return pattern ?? theme.muted;
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {SlideLook} look @param {number} digits @param {Theme} theme
 */
export function paintSlide(ctx, geometry, look, digits, theme) {
  const odd = look.odd();
  const special = new Set(odd);
  const ground = { fill: theme.background, ink: theme.muted, pixel: 0 };
  paintCells(ctx, geometry, {
    swatch: (cell) => (!special.has(cell) || look.pattern(cell) === "copy" ? look.swatch(cell) : ground),
    text: (cell) => (special.has(cell) ? "" : look.text(cell, digits)),
    mark: () => "",
    fill: (pixels) => {
      look.fill(pixels);
      for (const cell of odd) if (look.pattern(cell) !== "copy") pixels[cell] = ground.pixel;
    },
  }, theme);
  paintPatterns(ctx, geometry, odd, look, theme);
  if (geometry.font > 0) paintPatternTexts(ctx, geometry, odd, look, digits, theme);
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {readonly number[]} odd @param {SlideLook} look @param {Theme} theme */
function paintPatterns(ctx, geometry, odd, look, theme) {
  if (!odd.length) return;
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  const gap = geometry.font > 0 ? 1 : 0;
  /** @param {string} name @param {number} alpha @param {(cell: number) => boolean} belongs */
  const fillAll = (name, alpha, belongs) => {
    ctx.fillStyle = patternFill(ctx, name, theme);
    ctx.globalAlpha = alpha;
    for (const cell of odd) {
      if (!belongs(cell)) continue;
      const { x, y, w, h } = geometry.rect(cell, rect);
      ctx.fillRect(x, y, w - gap, h - gap);
    }
    ctx.globalAlpha = 1;
  };
  for (const name of CELL_PATTERNS.slice(1)) if (name !== "outside") fillAll(name, 0.38, (cell) => look.pattern(cell) === name);
  fillAll("unread", 0.5, look.unread);
  paintDashes(ctx, geometry, odd.filter((cell) => look.pattern(cell) === "outside"), theme);
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {Iterable<number>} cells That hold nothing, or nothing yet: a dashed line around, where there is room. @param {Theme} theme */
export function paintDashes(ctx, geometry, cells, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  ctx.save();
  ctx.setLineDash([3, 2]);
  ctx.strokeStyle = theme.muted;
  for (const cell of cells) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    if (w >= DASHED) ctx.strokeRect(x + 1.5, y + 1.5, w - 4, h - 4);
  }
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {readonly number[]} odd @param {SlideLook} look @param {number} digits @param {Theme} theme Numbers over patterns, on a ground that they read on. */
function paintPatternTexts(ctx, geometry, odd, look, digits, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  for (const cell of odd) {
    const pattern = look.pattern(cell);
    if (pattern === "outside") continue;
    const text = look.text(cell, digits);
    const { x, y, w, h } = geometry.rect(cell, rect);
    const swatch = pattern === "copy" ? look.swatch(cell) : null;
    ctx.fillStyle = swatch?.fill ?? theme.background;
    const half = ctx.measureText(text).width / 2 + 1.5;
    ctx.globalAlpha = 0.8;
    ctx.fillRect(x + (w - 1) / 2 - half, y + 4, 2 * half, h - 9);
    ctx.globalAlpha = 1;
    ctx.fillStyle = swatch?.ink ?? theme.muted;
    ctx.fillText(text, x + (w - 1) / 2, y + (h - 1) / 2 + 0.5);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {SlideMarks} marks @param {Theme} theme */
export function paintSlideMarks(ctx, geometry, marks, theme) {
  paintWindow(ctx, geometry, marks.window, theme);
  if (marks.used.length + marks.fed.length > 0) paintLinks(ctx, geometry, { used: marks.used, index: [], fed: marks.fed }, theme);
  paintMarks(ctx, geometry, marks.lit, [], { ...theme, text: theme.accent });
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {readonly number[]} cells @param {Theme} theme */
function paintWindow(ctx, geometry, cells, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  ctx.lineJoin = "round";
  if (cells.length > 0 && geometry.rect(cells[0], rect).w < TINY) return paintHull(ctx, geometry, cells, theme);
  for (const [colour, width] of /** @type {[string, number][]} */ ([[theme.background, 4], [theme.text, 2]])) {
    ctx.strokeStyle = colour;
    for (const cell of cells) {
      const { x, y, w, h } = geometry.rect(cell, rect);
      ctx.lineWidth = w < 10 ? width / 1.6 : width;
      ctx.strokeRect(x, y, w - 1, h - 1);
    }
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {readonly number[]} cells Too small for a line around each: one around all, in each slab. @param {Theme} theme */
function paintHull(ctx, geometry, cells, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  const { rows, columns } = /** @type {import("./layout.js").GridGeometry} */ (geometry);
  /** @type {Map<number, number[]>} Left, top, right and bottom by slab. */
  const hulls = new Map();
  for (const cell of cells) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    const slab = Math.floor(cell / (rows * columns));
    const [left, top, right, bottom] = hulls.get(slab) ?? [x, y, x + w, y + h];
    hulls.set(slab, [Math.min(left, x), Math.min(top, y), Math.max(right, x + w), Math.max(bottom, y + h)]);
  }
  for (const [left, top, right, bottom] of hulls.values()) {
    for (const [colour, width] of /** @type {[string, number][]} */ ([[theme.background, 5], [theme.text, 2.5]])) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.strokeRect(left - 1.5, top - 1.5, right - left + 3, bottom - top + 3);
    }
  }
}
