// Outlines of the cells that a cell was made of, of those that said which were taken, and of those that it feeds.

/**
 * What a panel shows besides the same element: lists of cells.
 * @typedef {{used: readonly number[], index: readonly number[], fed: readonly number[]}} PanelLinks
 */

/** @type {PanelLinks} */
export const NO_LINKS = { used: [], index: [], fed: [] };

const MOST_SINGLE = 300;
/** Pixels between two rows that belong together. */
const CLOSE = 2.5;

/** @param {PanelLinks} links @returns {number} Cells. */
export function countLinks({ used, index, fed }) {
  return used.length + index.length + fed.length;
}

/**
 * Told apart without colour: what was used has a dot, what said which is dashed, what is fed has a corner.
 * @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {PanelLinks} links @param {Theme} theme
 */
export function paintLinks(ctx, geometry, links, theme) {
  ctx.save();
  ctx.lineJoin = "round";
  for (const [kind, cells] of /** @type {["used" | "index" | "fed", readonly number[]][]} */ (Object.entries(links))) {
    for (const box of boxesOf(geometry, cells)) {
      frameBox(ctx, box, kind === "index", theme);
      if (box.h >= 12) markBox(ctx, box, kind, theme);
    }
  }
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Rect} box @param {boolean} dashed @param {Theme} theme */
function frameBox(ctx, { x, y, w, h }, dashed, theme) {
  const thick = h < 8 ? 1.5 : 2.25;
  ctx.setLineDash([]);
  ctx.strokeStyle = theme.background;
  ctx.lineWidth = thick + 2.5;
  ctx.strokeRect(x, y, w - 1, h - 1);
  ctx.setLineDash(dashed ? [5, 3] : []);
  ctx.strokeStyle = theme.link;
  ctx.lineWidth = thick;
  ctx.strokeRect(x, y, w - 1, h - 1);
  ctx.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Rect} box @param {"used" | "index" | "fed"} kind @param {Theme} theme */
function markBox(ctx, { x, y, w, h }, kind, theme) {
  ctx.fillStyle = theme.link;
  ctx.beginPath();
  if (kind === "used") ctx.arc(x + 4.5, y + 4.5, 2.5, 0, 2 * Math.PI);
  else if (kind === "fed") {
    ctx.moveTo(x + w - 1, y + h - 1);
    ctx.lineTo(x + w - 1, y + h - 8);
    ctx.lineTo(x + w - 8, y + h - 1);
  }
  ctx.fill();
}

/**
 * A box for each cell; of very many, one for each rectangle of neighbours, so that lighting stays within a frame and the
 * cells can still be seen.
 * @param {Geometry} geometry @param {readonly number[]} cells
 * @returns {Rect[]}
 */
function boxesOf(geometry, cells) {
  const one = { x: 0, y: 0, w: 0, h: 0 };
  if (cells.length <= MOST_SINGLE) return cells.map((cell) => ({ ...geometry.rect(cell, one) }));
  const sorted = Int32Array.from(cells).sort();
  /** @type {Rect[]} */
  const boxes = [];
  for (let i = 0, begin = 0; i < sorted.length; i += 1) {
    if (sorted[i + 1] === sorted[i] + 1 && sorted[i + 1] % geometry.line !== 0) continue;
    const first = { ...geometry.rect(sorted[begin], one) };
    const last = geometry.rect(sorted[i], one);
    const row = { ...first, w: last.x + last.w - first.x };
    const above = boxes[boxes.length - 1];
    if (above && isUnder(row, above)) above.h = row.y + row.h - above.y;
    else boxes.push(row);
    begin = i + 1;
  }
  return boxes;
}

/** @param {Rect} row @param {Rect} above @returns {boolean} Whether it goes on below it, as wide and without a gap. */
function isUnder(row, above) {
  return row.x === above.x && row.w === above.w && row.y >= above.y && row.y - (above.y + above.h) < CLOSE;
}
