// Marks for numbers that colour and digits alone do not tell: too small for all digits, and where complex ones point.

const ROOM_FOR_BOTH = 20;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./scales.js").CellMark} mark
 * @param {number} x @param {number} y @param {number} w @param {number} h @param {string} ink
 * @returns {boolean} Whether the mark is one of these.
 */
export function paintNumberMark(ctx, mark, x, y, w, h, ink) {
  if (typeof mark === "number") paintHand(ctx, mark, x, y, w, h, ink);
  else if (mark === "subnormal") paintDots(ctx, x, y, w, h, ink);
  else return false;
  return true;
}

/**
 * A dotted line along the lower edge: a subnormal number.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {string} ink
 */
function paintDots(ctx, x, y, w, h, ink) {
  const size = h > ROOM_FOR_BOTH ? 2 : 1;
  ctx.fillStyle = ink;
  for (let at = x + size; at + size < x + w; at += 2 * size) ctx.fillRect(at, y + h - 2 * size, size, size);
}

/**
 * A hand that points where a complex number points in its plane (the imaginary axis up), on its dot of origin.
 * @param {CanvasRenderingContext2D} ctx @param {number} phase Radians.
 * @param {number} x @param {number} y @param {number} w @param {number} h @param {string} ink
 */
function paintHand(ctx, phase, x, y, w, h, ink) {
  const side = Math.min(w, h);
  if (side < 5) return;
  const beside = h > ROOM_FOR_BOTH;
  const reach = beside ? 5 : side * 0.42;
  const [fromX, fromY] = beside ? [x + w - 6.5, y + 6.5] : [x + w / 2, y + h / 2];
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = side < 12 ? 1 : 1.5;
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(fromX + reach * Math.cos(phase), fromY - reach * Math.sin(phase));
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(fromX, fromY, side < 12 ? 1 : 1.8, 0, 2 * Math.PI);
  ctx.fill();
}
