// Names and indices of the dimensions around a normalised tensor.

import { setFont } from "./fonts.js";
import { unravel } from "./format.js";
import { eachSlab } from "./norm-paint.js";

/** @typedef {import("./norm-layout.js").NormGeometry} NormGeometry */
/** @typedef {import("./norm-view.js").NormView} NormView */

const INDEX_LINE = 9;
const LABEL_LINE = 15;
/** Narrower slabs have their index without a name. */
const NAMED = 44;

/** @param {number} room Pixels an index. @param {number} label Pixels a label. @returns {number} Every how many indices one fits. */
function everyNth(room, label) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => step * room >= label) ?? 10000;
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view @param {Theme} theme */
export function paintNormAxes(ctx, geometry, view, theme) {
  const { sizes, count, left, margin, ys, outer } = geometry;
  if (!sizes.length || !count) return;
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = "middle";
  setFont(ctx, `10.5px ${theme.mono}`);
  paintIndices(ctx, geometry, view);
  if (outer.length) paintSlabLabels(ctx, geometry, view, theme);
  if (geometry.bare) return;
  setFont(ctx, `700 10.5px ${theme.sans}`);
  ctx.textAlign = "right";
  const names = view.axes.slice(-2).filter(Boolean).join("·");
  if (ctx.measureText(names).width <= left - margin - 3) ctx.fillText(names, left - margin - 3, ys[0] - margin - INDEX_LINE);
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view Rows and columns of the first slab. */
function paintIndices(ctx, { xs, ys, rows, columns, cw, ch, sizes, left, margin, bare }, { first }) {
  const rank = sizes.length;
  const [firstRow, firstColumn] = [first[rank - 2] ?? 0, first[rank - 1] ?? 0];
  ctx.textAlign = "center";
  const step = everyNth(cw, 8 + 7 * String(firstColumn + columns).length);
  for (let c = 0; c < columns; c += step) {
    const text = String(c + firstColumn);
    ctx.fillText(text, xs[0] + Math.max((c + 0.5) * cw, ctx.measureText(text).width / 2 + 2), ys[0] - margin - INDEX_LINE);
  }
  if (bare) return;
  ctx.textAlign = "right";
  for (let r = 0; rank > 1 && rows > 1 && r < rows; r += everyNth(ch, 13)) ctx.fillText(String(r + firstRow), left - margin - 3, ys[0] + (r + 0.5) * ch);
}

/** @param {CanvasRenderingContext2D} ctx @param {NormGeometry} geometry @param {NormView} view @param {Theme} theme Which index of the outer dimensions a slab has. */
function paintSlabLabels(ctx, geometry, view, theme) {
  const { xs, ys, wrapped, margin, columns, cw, across, rows, ch, outer, bare } = geometry;
  const { axes, first } = view;
  const labelOf = (/** @type {number} */ slab, /** @type {number} */ from) => {
    const at = unravel(slab, outer).map((i, d) => i + first[d]);
    const named = at.map((i, d) => `${axes[d] || `dim ${d}`} ${i}`).slice(from).join(" ");
    return columns * cw >= NAMED ? named : at.slice(from).join(",");
  };
  setFont(ctx, `600 11px ${theme.mono}`);
  ctx.textAlign = "left";
  if (wrapped) {
    eachSlab(geometry, (slab, x, y) => ctx.fillText(labelOf(slab, 0), x, y - margin - INDEX_LINE - (slab < across ? LABEL_LINE : 0)));
    return;
  }
  const step = everyNth((xs[1] ?? Infinity) - xs[0], 18);
  for (let k = 0; k < xs.length; k += step) ctx.fillText(labelOf(k, 1), xs[k], ys[0] - margin - INDEX_LINE - LABEL_LINE);
  for (let l = 0; !bare && l < ys.length; l += everyNth((ys[1] ?? Infinity) - ys[0], 13)) ctx.fillText(`${axes[0] || 0} ${l + first[0]}`, 1, ys[l] + (rows * ch) / 2);
}
