// The font of a canvas. Setting it makes the browser work out all styles that wait, even when nothing changes.

/** @type {Map<string, string>} What a canvas says of a font that was set, by what was set. */
const saidOf = new Map();

/** @param {CanvasRenderingContext2D} ctx @param {string} font As in CSS. Set only where the canvas has another. */
export function setFont(ctx, font) {
  if (ctx.font === saidOf.get(font)) return;
  ctx.font = font;
  saidOf.set(font, ctx.font);
}
