// What lies under the highlights: cells, numbers, marks, axes, addresses. Painted when data, colours or size
// change, never on hover.

import { paintNumberMark } from "./bits-marks.js";
import { setFont } from "./fonts.js";
import { countText } from "./format.js";

/**
 * What a cell looks like.
 * @typedef {{swatch: (cell: number) => Swatch, text: (cell: number) => string,
 *   mark: (cell: number) => import("./scales.js").CellMark, fill?: (pixels: Int32Array) => void}} Look `fill`: the colours
 * of all cells at once, where none has a mark.
 */

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Geometry} geometry
 * @param {Look} look
 * @param {Theme} theme
 */
export function paintCells(ctx, geometry, look, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  const gap = geometry.count > 0 && geometry.rect(0, rect).w >= 8 && rect.h >= 8 ? 1 : 0;
  if (gap === 0 && geometry.font === 0 && geometry.count > 400) {
    paintPixels(ctx, geometry, look);
    return;
  }
  setFont(ctx, `${geometry.font}px ${theme.mono}`);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let cell = 0; cell < geometry.count; cell += 1) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    const { fill, ink } = look.swatch(cell);
    ctx.fillStyle = fill;
    ctx.fillRect(x, y, w - gap, h - gap);
    const mark = look.mark(cell);
    if (mark !== "") paintMark(ctx, mark, x, y, w - gap, h - gap, ink);
    if (geometry.font > 0) {
      ctx.fillStyle = ink;
      ctx.fillText(look.text(cell), x + (w - gap) / 2, y + (h - gap) / 2 + 0.5);
    }
  }
}

/**
 * Thousands of tiny cells: one pixel each in an image, which is then stretched line by line.
 * @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {Look} look
 */
function paintPixels(ctx, geometry, look) {
  const { count, line } = geometry;
  const image = new ImageData(line, Math.ceil(count / line));
  const pixels = new Int32Array(image.data.buffer);
  if (look.fill) look.fill(pixels);
  else for (let cell = 0; cell < count; cell += 1) pixels[cell] = look.swatch(cell).pixel;
  const small = document.createElement("canvas");
  small.width = image.width;
  small.height = image.height;
  small.getContext("2d")?.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = false;
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  for (let row = 0; row < image.height; row += 1) {
    const { x, y, w, h } = geometry.rect(row * line, rect);
    ctx.drawImage(small, 0, row, line, 1, x, y, line * w, h);
  }
  for (let cell = 0; cell < count && !look.fill; cell += 1) {
    const mark = look.mark(cell);
    if (mark === "") continue;
    const { x, y, w, h } = geometry.rect(cell, rect);
    paintMark(ctx, mark, x, y, w, h, look.swatch(cell).ink);
  }
}

/**
 * Not-a-number: hatched; never written: hatched both ways. Infinities: a wedge that points up or down. All beside the
 * letters, if those fit.
 * @param {CanvasRenderingContext2D} ctx @param {import("./scales.js").CellMark} mark
 * @param {number} x @param {number} y @param {number} w @param {number} h @param {string} ink
 */
function paintMark(ctx, mark, x, y, w, h, ink) {
  if (paintNumberMark(ctx, mark, x, y, w, h, ink)) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.globalAlpha = h > 20 ? 0.3 : 0.8;
  ctx.lineWidth = 1;
  ctx.beginPath();
  if (mark === "nan" || mark === "unwritten") {
    for (let k = -h; k < w; k += 5) {
      ctx.moveTo(x + k, y + h);
      ctx.lineTo(x + k + h, y);
      if (mark === "nan") continue;
      ctx.moveTo(x + k, y);
      ctx.lineTo(x + k + h, y + h);
    }
    ctx.stroke();
  } else {
    const size = Math.max(3, Math.min(w, h) / 3.2);
    const [base, tip] = mark === "+inf" ? [y + size, y] : [y + h - size, y + h];
    ctx.moveTo(x + w, base);
    ctx.lineTo(x + w, tip);
    ctx.lineTo(x + w - size, tip);
    ctx.fill();
  }
  ctx.restore();
}

/**
 * Every how many indices a label fits.
 * @param {number} room Pixels an index. @param {number} label Pixels a label.
 */
function labelStep(room, label) {
  for (let scale = 1; ; scale *= 10) {
    for (const step of [1, 2, 5]) if (room * step * scale >= label) return step * scale;
  }
}

/**
 * Row and column indices, slab labels, and a hatched edge where more exists than is shown.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./layout.js").GridGeometry} geometry
 * @param {Theme} theme
 * @param {GridData} grid Whose indices need not begin at 0, and whose dimensions may have names.
 */
export function paintAxes(ctx, geometry, theme, grid) {
  const { slabs, rows, columns, cw, ch, left, slabWidth, sizes, cut } = geometry;
  const first = grid.first?.length ? grid.first : sizes.map(() => 0);
  const [firstRow, firstColumn] = [first[sizes.length - 2] ?? 0, first[sizes.length - 1] ?? 0];
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = "middle";
  const everyColumn = labelStep(cw, 7 * String(firstColumn + columns - 1).length + 8);
  const everyRow = labelStep(ch, 14);
  for (const slab of slabs) {
    setFont(ctx, `10.5px ${theme.mono}`);
    if (sizes.length > 0) {
      ctx.textAlign = "center";
      for (let c = 0; c < columns; c += everyColumn) {
        const label = String(c + firstColumn);
        const half = ctx.measureText(label).width / 2;
        ctx.fillText(label, Math.max(half, Math.min(slab.x + (c + 0.5) * cw, geometry.width - half)), slab.y - 9);
      }
    }
    if (sizes.length > 1 && slab.first) {
      ctx.textAlign = "right";
      for (let r = 0; r < rows; r += everyRow) ctx.fillText(String(r + firstRow), left - 6, slab.y + (r + 0.5) * ch);
    }
    paintAxisNames(ctx, geometry, slab, grid.axes ?? []);
    if (slab.index.length) {
      ctx.textAlign = "left";
      setFont(ctx, `600 11px ${theme.mono}`);
      const outer = slab.index.map((i, d) => i + first[d]);
      const named = outer.map((i, d) => (grid.axes?.[d] ? `${grid.axes[d]}=${i}` : i));
      const wanted = [`[${named.join(", ")}, :, :]`, `[${outer.join(", ")}, :, :]`, `[${outer.join(",")}]`, String(outer.at(-1))];
      const label = wanted.find((text) => ctx.measureText(text).width <= slabWidth + 12) ?? wanted[3];
      ctx.fillText(label, slab.x, slab.y - 25);
    }
    paintCut(ctx, geometry, slab.x, slab.y, theme);
  }
  const last = slabs[slabs.length - 1];
  if (last && cut.slice(0, -2).some(Boolean)) {
    paintHatch(ctx, geometry.width - geometry.hatch, last.y, geometry.hatch - 3, rows * ch, theme);
  }
}

/**
 * Names of rows and columns, before the first of their indices; none where it does not fit.
 * @param {CanvasRenderingContext2D} ctx @param {import("./layout.js").GridGeometry} geometry
 * @param {{x: number, y: number, first: boolean}} slab @param {readonly string[]} axes
 */
function paintAxisNames(ctx, { sizes, left, cw }, slab, axes) {
  const [rows, columns] = [axes[sizes.length - 2] ?? "", axes[sizes.length - 1] ?? ""];
  setFont(ctx, "700 10.5px sans-serif");
  ctx.textAlign = "left";
  if (columns && ctx.measureText(columns).width <= cw / 2 - 7) ctx.fillText(columns, slab.x + 1, slab.y - 9);
  if (rows && slab.first && ctx.measureText(rows).width <= left - 4) ctx.fillText(rows, slab.x - left + 2, slab.y - 9);
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {import("./layout.js").GridGeometry} geometry
 * @param {number} x @param {number} y @param {Theme} theme
 */
function paintCut(ctx, { cut, rows, columns, cw, ch, hatch }, x, y, theme) {
  if (cut[cut.length - 1]) paintHatch(ctx, x + columns * cw + 2, y, hatch - 3, rows * ch, theme);
  if (cut.length > 1 && cut[cut.length - 2]) paintHatch(ctx, x, y + rows * ch + 2, columns * cw, hatch - 3, theme);
}

/**
 * "It goes on here."
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x @param {number} y @param {number} w @param {number} h @param {Theme} theme
 */
export function paintHatch(ctx, x, y, w, h, theme) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let k = -h; k < w; k += 5) {
    ctx.moveTo(x + k, y + h);
    ctx.lineTo(x + k + h, y);
  }
  ctx.stroke();
  ctx.restore();
}

/**
 * Byte addresses under the cells, or at the beginning of each line.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./layout.js").StripGeometry} geometry
 * @param {number} itemsize
 * @param {Theme} theme
 */
export function paintAddresses(ctx, geometry, itemsize, theme) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  setFont(ctx, `10px ${theme.mono}`);
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = "middle";
  ctx.textAlign = geometry.each ? "center" : "right";
  const every = geometry.each ? 1 : Math.max(1, Math.ceil(13 / geometry.pitch)) * geometry.perLine;
  for (let cell = 0; cell < geometry.count; cell += every) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    if (geometry.each) ctx.fillText(`+${cell * itemsize}`, x + w / 2, y + h + 7);
    else ctx.fillText(`+${cell * itemsize}`, geometry.gutter - 4, y + h / 2);
  }
  if (geometry.cut && geometry.count > 0) {
    const { x, y, w, h } = geometry.rect(geometry.count - 1, rect);
    paintHatch(ctx, x + w + 2, y, geometry.width - (x + w + 4), h, theme);
  }
}

/** Kinds of grids that lie in no storage of the program (explorer/lenses/values.py). */
const PASSING = new Set(["gradient", "saved", "value"]);

/** @param {GridData} grid @returns {boolean} Whether it is a record of what passed: there is no tensor to read the rest of. */
export function isPassing({ kind }) {
  return PASSING.has(kind);
}

/** @param {GridData} grid @param {boolean} [forgotten] Whether the rest is not kept. @returns {string} "showing 64 of 1,000 rows", or "". */
export function windowText(grid, forgotten = isPassing(grid)) {
  const rank = grid.shape.length;
  const parts = grid.shape.flatMap((size, d) => {
    if (grid.window[d] >= size) return [];
    const unit = d === rank - 1 ? (rank === 1 ? "elements" : "columns") : d === rank - 2 ? "rows" : `indices of dim ${d}`;
    return [`${countText(grid.window[d])} of ${countText(size)} ${unit}`];
  });
  return parts.length ? `showing ${parts.join(", ")}${forgotten ? " (the rest is not kept)" : ""}` : "";
}
