// What lies over the cells: outlines of the same element everywhere, and which cells of memory a tensor reads.

import { setFont } from "./fonts.js";
/**
 * @param {CanvasRenderingContext2D} ctx Cleared already.
 * @param {Geometry} geometry
 * @param {readonly number[]} lit @param {readonly number[]} pinned
 * @param {Theme} theme
 */
export function paintMarks(ctx, geometry, lit, pinned, theme) {
  for (const cell of pinned) outline(ctx, geometry, cell, theme.background, theme.accent, theme.text);
  for (const cell of lit) outline(ctx, geometry, cell, theme.background, theme.text, null);
}

const box = { x: 0, y: 0, w: 0, h: 0 };

/**
 * Two tones, so that it shows on any colour: a halo of the page's colour around a line of the text's colour.
 * @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {number} cell
 * @param {string} halo @param {string} line @param {string | null} core A third line inside: pinned.
 */
function outline(ctx, geometry, cell, halo, line, core) {
  const { x, y, w, h } = geometry.rect(cell, box);
  const grow = w < 8 ? 2.5 : 0;
  const [px, py, pw, ph] = [x - grow, y - grow, w - 1 + 2 * grow, h - 1 + 2 * grow];
  ctx.lineJoin = "round";
  ctx.strokeStyle = halo;
  ctx.lineWidth = w < 8 ? 4 : 5.5;
  ctx.strokeRect(px, py, pw, ph);
  ctx.strokeStyle = line;
  ctx.lineWidth = w < 8 ? 1.75 : 2.5;
  ctx.strokeRect(px, py, pw, ph);
  if (core && w >= 16) {
    ctx.fillStyle = line;
    ctx.beginPath();
    ctx.moveTo(px + pw, py);
    ctx.lineTo(px + pw, py + 9);
    ctx.lineTo(px + pw - 9, py);
    ctx.fill();
  }
}

/**
 * Cells that the active tensor does not read fade; one that it reads several times says how often.
 * @param {CanvasRenderingContext2D} ctx @param {Geometry} geometry @param {Int32Array} reads @param {Theme} theme
 */
export function paintReads(ctx, geometry, reads, theme) {
  for (let cell = 0; cell < reads.length; cell += 1) {
    const { x, y, w, h } = geometry.rect(cell, box);
    if (reads[cell] === 0) {
      ctx.globalAlpha = 0.72;
      ctx.fillStyle = theme.background;
      ctx.fillRect(x - 0.5, y - 0.5, w, h);
      ctx.globalAlpha = 1;
    } else if (w >= 8) {
      ctx.fillStyle = theme.accent;
      ctx.fillRect(x, y + h - 4, w - 1, 3);
    }
    if (reads[cell] > 1 && w >= 26) badge(ctx, `×${reads[cell]}`, x + w - 1, y, w, theme);
  }
}

/**
 * A small mark in the upper right corner of a cell; none where it does not fit.
 * @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} right @param {number} top
 * @param {number} room @param {Theme} theme
 */
function badge(ctx, text, right, top, room, theme) {
  setFont(ctx, `700 8.5px ${theme.mono}`);
  const width = ctx.measureText(text).width + 3;
  if (width > room) return;
  ctx.fillStyle = theme.text;
  ctx.fillRect(right - width, top - 1, width, 9);
  ctx.fillStyle = theme.background;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, right - width / 2, top + 3.8);
}
