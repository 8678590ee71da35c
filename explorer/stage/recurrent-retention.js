// How much of what a unit wrote at one time is left at another: T × T, with the row and the column that is pointed at.

import { pickSwatch, sequentialRamp } from "./colour.js";
import { node, setAttribute, setText } from "./dom.js";
import { setFont } from "./fonts.js";
import { shortNumber } from "./format.js";
import { sizedCanvas, spokenTable } from "./recurrent-plot.js";
import { keeperOf, keptWords } from "./recurrent-terms.js";
import { Resting } from "./rest.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** Written at `s`, looked at `t`. @typedef {{s: number, t: number}} KeptPlace */

const [LEAST_SIDE, LARGEST_SIDE, MAP_SIDE] = [2, 34, 390];
const [SIDE_LEFT, SIDE_TOP] = [42, 20];
const NUMBERS_FROM = 24;
/** Cells of this size have a line between them. */
const APART_FROM = 8;
/** Pixels of a narrow screen that are not the map's. */
const SIDES_OF_MAP = 120;
const MARK_GAP = 22;
const MOST_SPOKEN_STEPS = 24;

/** @type {Record<string, [number, number]>} Along s, along t. */
const KEPT_STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RetentionMap {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.host = host;
    /** @type {UnrolledData | null} */
    this.unrolled = null;
    /** @type {ArrayLike<number> | null} */
    this.kept = null;
    this.steps = 0;
    this.side = 0;
    this.now = -1;
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {KeptPlace | null} */
    this.pointed = null;
    /** @type {RecurrentFact | null} */
    this.fact = null;
    this.base = /** @type {HTMLCanvasElement} */ (node("canvas", { "aria-hidden": "true" }));
    this.row = node("i", { class: "te-rcp-row", hidden: true });
    this.column = node("i", { class: "te-rcp-column", hidden: true });
    this.box = /** @type {HTMLElement} */ (node("div", { class: "te-rcp-kept", role: "application", "aria-roledescription": "map", tabindex: "0", "data-testid": "rec-kept-map" }, this.base, this.row, this.column));
    this.scroll = node("div", { class: "te-rcp-scroll" }, this.box);
    this.heading = node("h3");
    this.told = node("p", { class: "te-rcp-kept-told", "data-testid": "rec-kept" });
    this.about = node("p", { class: "te-muted" });
    this.word = node("p", { class: "te-muted", hidden: true }, "What other units keep is worked out in the app, where the program runs.");
    this.bar = node("span", { class: "te-legend-bar", "aria-hidden": "true" });
    this.legend = node("span", { class: "te-legend" }, "0 nothing", this.bar, "1 all of it");
    this.spoken = node("div", { class: "te-hidden te-rcp-spoken" });
    this.words = node("div", { class: "te-rcp-kept-words" }, this.about, this.legend, this.told, this.word);
    this.element = node("section", { class: "te-rcp-panel te-rcp-retention", "aria-label": "What is left of what was written", "data-testid": "rec-retention" }, this.heading, node("div", { class: "te-rcp-kept-body" }, this.scroll, this.words), this.spoken);
    this.resting = new Resting();
    this.listen();
  }

  listen() {
    this.box.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.point(this.placeAt(event), false));
    this.box.addEventListener("pointerleave", () => this.point(null, false));
    this.box.addEventListener("blur", () => this.point(null, false));
    this.box.addEventListener("click", (event) => {
      const place = this.placeAt(event);
      if (!place) return;
      this.point(place, true);
      this.host.goTo(place.t);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {MouseEvent} event @returns {KeptPlace | null} */
  placeAt(event) {
    const { left, top } = this.box.getBoundingClientRect();
    const place = { s: Math.floor((event.clientX - left - SIDE_LEFT) / this.side), t: Math.floor((event.clientY - top - SIDE_TOP) / this.side) };
    return Number.isNaN(this.at(place)) ? null : place;
  }

  /** @param {KeptPlace} place @returns {number} NaN where s comes after t. */
  at({ s, t }) {
    return this.kept && s >= 0 && t >= 0 && s < this.steps && t < this.steps ? this.kept[t * this.steps + s] : NaN;
  }

  /** @param {KeptPlace | null} place @param {boolean} aloud */
  point(place, aloud) {
    if (place?.s === this.pointed?.s && place?.t === this.pointed?.t) return;
    this.pointed = place;
    const { unrolled } = this;
    this.host.point(place && unrolled ? { t: place.t, unit: unrolled.unit, since: place.s, told: keptWords(unrolled, place.s, place.t, this.at(place)) } : null, false);
    this.stand();
    setAttribute(this.told, "aria-live", aloud ? "polite" : null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = KEPT_STEPS[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || (!by && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.pointed ?? { s: Math.max(0, this.now), t: Math.max(0, this.now) };
    if (!by) return this.host.goTo(from.t);
    const next = this.pointed ? { s: from.s + by[0], t: from.t + by[1] } : from;
    if (!Number.isNaN(this.at(next))) this.point(next, true);
  }

  /** @param {Scene} _scene @param {RecurrentData} recurrent @param {Theme} theme */
  update(_scene, { unrolled }, theme) {
    this.unrolled = unrolled;
    this.kept = unrolled?.retention ?? null;
    this.theme = theme;
    this.pointed = null;
    this.steps = this.kept ? Math.round(Math.sqrt(this.kept.length)) : 0;
    this.element.hidden = !this.kept || this.steps < 2;
    if (!unrolled || this.element.hidden) return;
    const keeper = keeperOf(unrolled.cell);
    setText(this.heading, `What unit ${unrolled.unit} keeps`);
    setText(this.about, `Each cell: how much of what was written to ${keeper?.state} at s (column) is left at t (row): the product of ${keeper?.gate} over the steps between.`);
    this.bar.style.background = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((part) => pickSwatch(sequentialRamp(theme.dark), part).fill).join(", ")})`;
    this.side = Math.max(LEAST_SIDE, Math.min(LARGEST_SIDE, Math.floor(Math.min(MAP_SIDE, document.documentElement.clientWidth - SIDES_OF_MAP) / this.steps)));
    this.paint(theme);
    delete this.box.dataset.place;
    this.resting.ask(() => this.speak());
  }

  /** @param {Theme} theme */
  paint(theme) {
    const { side, steps } = this;
    const size = steps * side;
    const ctx = sizedCanvas(this.base, SIDE_LEFT + size + 1, SIDE_TOP + size + 1);
    Object.assign(this.box.style, { width: `${SIDE_LEFT + size + 1}px`, height: `${SIDE_TOP + size + 1}px` });
    if (side < APART_FROM) this.paintPixels(ctx, theme);
    else this.paintCells(ctx, theme);
    this.paintMarks(ctx, theme);
  }

  /** Cells of a few pixels: one each in an image that is stretched. @param {CanvasRenderingContext2D} ctx @param {Theme} theme */
  paintPixels(ctx, theme) {
    const { side, steps, kept } = this;
    const ramp = sequentialRamp(theme.dark);
    const image = new ImageData(steps, steps);
    const pixels = new Int32Array(image.data.buffer);
    for (let k = 0; kept && k < pixels.length; k += 1) if (!Number.isNaN(kept[k])) pixels[k] = pickSwatch(ramp, kept[k]).pixel;
    const small = Object.assign(document.createElement("canvas"), { width: steps, height: steps });
    small.getContext("2d")?.putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(small, SIDE_LEFT, SIDE_TOP, steps * side, steps * side);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Theme} theme */
  paintCells(ctx, theme) {
    const { side, steps } = this;
    const ramp = sequentialRamp(theme.dark);
    const gap = 1;
    const numbered = side >= NUMBERS_FROM;
    setFont(ctx, `${numbered ? 11 : 10.5}px ${theme.mono}`);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (let t = 0; t < steps; t += 1) {
      for (let s = 0; s < steps; s += 1) {
        const value = this.at({ s, t });
        if (Number.isNaN(value)) continue;
        const { fill, ink } = pickSwatch(ramp, value);
        const [x, y] = [SIDE_LEFT + s * side, SIDE_TOP + t * side];
        ctx.fillStyle = fill;
        ctx.fillRect(x, y, side - gap, side - gap);
        if (!numbered) continue;
        ctx.fillStyle = ink;
        ctx.fillText(shareText(value), x + (side - gap) / 2, y + (side - gap) / 2 + 0.5);
      }
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Theme} theme */
  paintMarks(ctx, theme) {
    const { side, steps } = this;
    const every = [1, 2, 5, 10, 20, 50, 100].find((step) => step * side >= MARK_GAP) ?? 200;
    setFont(ctx, `10.5px ${theme.mono}`);
    ctx.fillStyle = theme.muted;
    ctx.textBaseline = "middle";
    for (let k = 0; k < steps; k += every) {
      ctx.textAlign = "center";
      ctx.fillText(String(k), SIDE_LEFT + (k + 0.5) * side, SIDE_TOP - 8);
      ctx.textAlign = "right";
      ctx.fillText(String(k), SIDE_LEFT - 6, SIDE_TOP + (k + 0.5) * side);
    }
    ctx.textAlign = "left";
    ctx.fillText("t↓ s→", 0, SIDE_TOP - 8);
  }

  speak() {
    const { steps, unrolled } = this;
    if (!unrolled) return;
    const shown = Array.from({ length: Math.min(steps, MOST_SPOKEN_STEPS) }, (_, k) => k);
    const left = shown.length < steps ? `; the first ${shown.length} of ${steps} steps` : "";
    setAttribute(this.box, "aria-label", `${this.heading.textContent}${left}. Arrow keys move between cells.`);
    this.spoken.replaceChildren(spokenTable(`${this.heading.textContent}${left}`, ["t", ...shown.map((s) => `written at ${s}`)],
      shown.map((t) => [String(t), ...shown.map((s) => (Number.isNaN(this.at({ s, t })) ? "" : shortNumber(this.at({ s, t }), 3)))])));
  }

  /** @param {import("./recurrent-view.js").RecurrentMoment} moment @param {number} unit In focus. */
  show({ t }, unit) {
    this.now = t;
    this.word.hidden = this.host.served || unit === this.unrolled?.unit;
    this.stand();
  }

  /** @param {RecurrentFact | null} fact */
  light(fact) {
    this.fact = fact;
    this.stand();
  }

  /** The row of a time, and the column of what was written: by itself the first that was. */
  stand() {
    const { unrolled, side, steps } = this;
    if (!unrolled || this.element.hidden) return;
    const t = Math.max(0, Math.min(steps - 1, this.pointed?.t ?? (this.fact && this.fact.t >= 0 ? this.fact.t : this.now)));
    const s = this.pointed?.s ?? (unrolled.reverse ? steps - 1 : 0);
    if (this.box.dataset.place === `${s} ${t}`) return;
    this.row.hidden = this.column.hidden = false;
    const [from, to] = unrolled.reverse ? [t, steps - 1] : [0, t];
    Object.assign(this.row.style, { width: `${(to - from + 1) * side}px`, height: `${side}px`, transform: `translate(${SIDE_LEFT + from * side}px, ${SIDE_TOP + t * side}px)` });
    const [top, foot] = unrolled.reverse ? [0, s] : [s, steps - 1];
    Object.assign(this.column.style, { width: `${side}px`, height: `${(foot - top + 1) * side}px`, transform: `translate(${SIDE_LEFT + s * side}px, ${SIDE_TOP + top * side}px)` });
    setAttribute(this.box, "data-place", `${s} ${t}`);
    setText(this.told, keptWords(unrolled, s, t, this.at({ s, t })));
  }
}

/** @param {number} share @returns {string} In two places: `.83`, `1`. */
function shareText(share) {
  return share >= 0.995 ? "1" : share < 0.005 ? "0" : share.toFixed(2).slice(1);
}
