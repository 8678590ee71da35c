// The times above the maps, and what the sequence says at each: a click goes there.

import { node } from "./dom.js";
import { setFont } from "./fonts.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-axis.js").StripFit} StripFit */

const NUMBER_LINE = 18;
const WORD_LINE = 18;
/** Pixels of words that stand upright, letter by letter above the next. */
const TALLEST_WORD = 104;
const LONGEST_WORD = 13;
const WORD_FONT = 12;

/** @param {string} token @returns {string} Spaces are seen, long ones cut. */
export function tokenText(token) {
  const short = token.length > LONGEST_WORD ? `${token.slice(0, LONGEST_WORD - 1)}…` : token;
  return token === "" ? "∅" : short.replace(/ /g, "␣").replace(/\n/g, "⏎").replace(/\t/g, "⇥");
}

export class TimeRuler {
  /** @param {{point: (t: number | null) => void, goTo: (t: number) => void, theme: () => Theme}} host @param {"numbers" | "words"} shows */
  constructor(host, shows) {
    this.host = host;
    this.shows = shows;
    this.canvas = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-rec-ruler", "aria-hidden": "true", "data-testid": `ruler-${shows}` }));
    this.element = node("div", { class: "te-rec-ruled" }, this.canvas);
    /** @type {RecurrentView | null} */
    this.view = null;
    /** @type {StripFit | null} */
    this.fit = null;
    this.height = 0;
    this.painted = "";
    this.upright = false;
    this.canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && host.point(this.timeAt(event)));
    this.canvas.addEventListener("pointerleave", () => host.point(null));
    this.canvas.addEventListener("click", (event) => {
      const t = this.timeAt(event);
      if (t !== null) host.goTo(t);
    });
  }

  /** @param {MouseEvent} event @returns {number | null} */
  timeAt(event) {
    if (!this.fit || !this.view) return null;
    const t = Math.floor((event.clientX - this.canvas.getBoundingClientRect().left - this.fit.left) / this.fit.cell);
    return t >= 0 && t < this.view.opened.steps ? t : null;
  }

  /** @param {RecurrentView} view @param {StripFit} fit */
  place(view, fit) {
    this.view = view;
    this.fit = fit;
    this.painted = "";
    const words = this.shows === "words";
    this.element.hidden = words && view.opened.tokens.length === 0;
    const widest = words && !this.element.hidden ? this.widestWord(view) : 0;
    this.upright = widest + 4 > fit.cell;
    this.height = !words ? NUMBER_LINE : !this.upright ? WORD_LINE : fit.cell >= WORD_FONT ? Math.min(TALLEST_WORD, widest + 6) : WORD_LINE;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.ceil(fit.left + fit.steps * fit.cell + 2);
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(this.height * ratio) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${this.height}px` });
  }

  /** @param {RecurrentView} view @returns {number} Pixels. */
  widestWord({ opened, theme }) {
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    setFont(ctx, `${WORD_FONT}px ${theme.mono}`);
    return opened.tokens.reduce((most, token) => Math.max(most, ctx.measureText(tokenText(token)).width), 0);
  }

  /** @param {number} now @param {number} pointed At which time; -1: none. */
  show(now, pointed) {
    const { view, fit } = this;
    const key = `${now} ${pointed}`;
    if (!view || !fit || this.element.hidden || key === this.painted) return;
    this.painted = key;
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const ratio = window.devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.textBaseline = "middle";
    setFont(ctx, this.shows === "words" ? `${WORD_FONT}px ${view.theme.mono}` : `10.5px ${view.theme.mono}`);
    const every = this.every(view, fit);
    ctx.fillStyle = view.theme.muted;
    ctx.textAlign = "right";
    if (this.shows === "numbers") ctx.fillText("t", fit.left - 6, this.height / 2);
    const apart = (/** @type {number} */ t) => this.upright || Math.abs(t - now) * fit.cell > ctx.measureText(this.textAt(t)).width + 8;
    for (let t = 0; t < fit.steps; t += every) if (apart(t)) this.label(ctx, t, view.theme.muted);
    if (pointed >= 0 && pointed !== now) this.mark(ctx, pointed, view.theme.surface, view.theme.text);
    this.mark(ctx, now, view.theme.accent, view.theme.background);
  }

  /** @param {RecurrentView} view @param {StripFit} fit @returns {number} Every how many times a label fits. */
  every({ opened }, { cell, steps }) {
    const room = this.shows === "words" ? (this.upright ? WORD_FONT : 1) : 8 + 7 * String(steps - 1).length;
    if (this.shows === "words" && cell < WORD_FONT && opened.tokens.some((token) => token.length > 1)) return Infinity;
    return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => step * cell >= room) ?? Infinity;
  }

  /** @param {number} t @returns {string} */
  textAt(t) { return this.shows === "words" ? tokenText(this.view?.tokenAt(t) ?? "") : String(t); }

  /** @param {CanvasRenderingContext2D} ctx @param {number} t @param {string} colour */
  label(ctx, t, colour) {
    const { left, cell } = /** @type {StripFit} */ (this.fit);
    ctx.fillStyle = colour;
    const x = left + (t + 0.5) * cell;
    if (this.shows === "numbers" || !this.upright || this.height === WORD_LINE) {
      ctx.textAlign = "center";
      ctx.fillText(this.textAt(t), x, this.height / 2);
      return;
    }
    ctx.save();
    ctx.translate(x, 4);
    ctx.rotate(Math.PI / 2);
    ctx.textAlign = "left";
    ctx.fillText(this.textAt(t), 0, 0);
    ctx.restore();
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} t @param {string} ground @param {string} ink A time that stands out, whatever stands there. */
  mark(ctx, t, ground, ink) {
    const { left, cell, steps } = /** @type {StripFit} */ (this.fit);
    const upright = this.upright && this.height > WORD_LINE;
    const wide = upright ? cell : Math.max(cell - 1, ctx.measureText(this.textAt(t)).width + 8);
    const x = Math.max(0, Math.min(left + steps * cell - wide, left + (t + 0.5) * cell - wide / 2));
    ctx.fillStyle = ground;
    ctx.beginPath();
    ctx.roundRect(x, 0.5, wide, this.height - 1, 5);
    ctx.fill();
    if (upright) return this.label(ctx, t, ink);
    ctx.fillStyle = ink;
    ctx.textAlign = "center";
    ctx.fillText(this.textAt(t), x + wide / 2, this.height / 2);
  }
}
