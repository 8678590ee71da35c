// The words of a graph, written last and font by font: each change of a canvas's font costs more than a word.

import { setFont } from "./fonts.js";

const MOST_WIDTHS = 500;

/**
 * @typedef {{text: string, x: number, y: number, colour: string, align: CanvasTextAlign}} Letters
 * `x`: where they begin, or end, or their middle, as `align` says. `y`: their middle.
 */

export class GraphLetters {
  constructor() {
    /** @type {Map<string, Letters[]>} By their font. */
    this.waiting = new Map();
    /** @type {Map<string, number>} Widths that were measured. */
    this.widths = new Map();
  }

  /** @param {CanvasRenderingContext2D} ctx @param {string} font @param {string} text @returns {number} Pixels that it takes. */
  width(ctx, font, text) {
    const key = `${font}|${text}`;
    let known = this.widths.get(key);
    if (known === undefined) {
      setFont(ctx, font);
      known = ctx.measureText(text).width;
      if (this.widths.size > MOST_WIDTHS) this.widths.clear();
      this.widths.set(key, known);
    }
    return known;
  }

  /** @param {string} font As in CSS. @param {Letters} letters */
  add(font, letters) {
    const known = this.waiting.get(font);
    if (known) known.push(letters);
    else this.waiting.set(font, [letters]);
  }

  /** Write them all. @param {CanvasRenderingContext2D} ctx */
  write(ctx) {
    ctx.textBaseline = "middle";
    for (const [font, some] of this.waiting) {
      setFont(ctx, font);
      for (const { text, x, y, colour, align } of some) {
        ctx.textAlign = align;
        ctx.fillStyle = colour;
        ctx.fillText(text, x, y);
      }
    }
    ctx.textAlign = "left";
    this.waiting.clear();
  }
}
