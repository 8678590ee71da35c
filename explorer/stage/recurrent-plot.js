// A plot over the time of a sequence, aligned with the maps: pointed at by mouse and keys, with a table for screen readers.

import { node, setAttribute, setText } from "./dom.js";
import { setFont } from "./fonts.js";
import { shortNumber } from "./format.js";
import { Resting } from "./rest.js";

/** @typedef {import("./recurrent-parts.js").TimeAxis} TimeAxis */
/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** A line across a plot, and the number beside it. @typedef {{y: number, text: string}} Tick */

/** Room for the numbers of time below a plot, and the least between two of them. */
const [TIME_ROOM, BARE_ROOM] = [16, 3];
const TIME_GAP = 22;
const TICK_FONT = 10.5;
const TICK_ROOM = 44;
/** Words stand left of the columns where there is so much room. */
const BESIDE_FROM = 140;

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @returns {CanvasRenderingContext2D} Cleared, in CSS pixels. */
export function sizedCanvas(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 16_000 / Math.max(1, width));
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

/** @param {TimeAxis} axis @param {number} t @returns {number} The middle of its column. */
export function timeX({ left, cell }, t) { return left + (t + 0.5) * cell; }

/** @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {number} y Of the plot's ground. @param {Theme} theme */
export function paintTimes(ctx, axis, y, theme) {
  setFont(ctx, `${TICK_FONT}px ${theme.mono}`);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.fillStyle = theme.muted;
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => step * axis.cell >= TIME_GAP) ?? 1000;
  for (let t = 0; t < axis.steps; t += every) ctx.fillText(String(t), timeX(axis, t), y + 4);
}

/** Lines across, below all else. @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {readonly Tick[]} ticks @param {Theme} theme */
export function paintTicks(ctx, axis, ticks, theme) {
  ctx.fillStyle = theme.border;
  for (const { y } of ticks) ctx.fillRect(axis.left, Math.round(y) - 0.5, axis.steps * axis.cell, 1);
}

/** Their numbers, left of the columns, or inside where there is no room: above all else, on a ground of their own. @param {CanvasRenderingContext2D} ctx @param {TimeAxis} axis @param {readonly Tick[]} ticks @param {Theme} theme */
export function paintTickNumbers(ctx, axis, ticks, theme) {
  const outside = axis.left >= TICK_ROOM;
  setFont(ctx, `${TICK_FONT}px ${theme.mono}`);
  ctx.textAlign = outside ? "right" : "left";
  ctx.textBaseline = outside ? "middle" : "bottom";
  Object.assign(ctx, { lineWidth: 4, lineJoin: "round", strokeStyle: theme.background, fillStyle: theme.muted });
  let last = Infinity;
  for (const { y, text } of ticks) {
    const inside = y < TICK_FONT ? y + TICK_FONT + 3 : y; // above the first line there is no room
    const at = /** @type {const} */ ([outside ? axis.left - 6 : axis.left + 2, outside ? Math.max(y, TICK_FONT / 2) : inside]);
    if (Math.abs(last - at[1]) < TICK_FONT) continue; // one over another is none
    last = at[1];
    if (!outside) ctx.strokeText(text, ...at);
    ctx.fillText(text, ...at);
  }
}

/** @param {number} low @param {number} high @param {number} [most] @returns {number[]} Round numbers between the two. */
export function roundTicks(low, high, most = 3) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = [0.5, 1, 2, 5, 10].map((factor) => factor * power);
  const wide = steps.findIndex((one) => one >= raw);
  if (!(raw > 0) || !Number.isFinite(raw) || wide < 1) return [low];
  // one number alone says nothing of how far apart two are
  const [found, finer] = [multiplesOf(steps[wide], low, high), multiplesOf(steps[wide - 1], low, high)];
  return found.length < 2 ? finer : found;
}

/** @param {number} step @param {number} low @param {number} high @returns {number[]} */
function multiplesOf(step, low, high) {
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** @param {number} value @returns {string} For an axis. */
export function tickText(value) { return shortNumber(value, 3); }

const POWER_MARKS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} power Whole. @returns {string} `10⁻⁶`, `1` */
export function powerText(power) {
  if (power === 0) return "1";
  return `10${power < 0 ? "⁻" : ""}${[...String(Math.abs(power))].map((digit) => POWER_MARKS[Number(digit)]).join("")}`;
}

/** @param {string} caption @param {readonly string[]} head @param {readonly (readonly string[])[]} rows @returns {HTMLTableElement} */
export function spokenTable(caption, head, rows) {
  return node("table", {}, node("caption", {}, caption), node("thead", {}, node("tr", {}, ...head.map((text) => node("th", { scope: "col" }, text)))),
    node("tbody", {}, ...rows.map(([first, ...others]) => node("tr", {}, node("th", { scope: "row" }, first), ...others.map((text) => node("td", {}, text))))));
}

/** @type {Record<string, (t: number, last: number) => number>} */
const TIME_STEPS = { ArrowLeft: (t) => t - 1, ArrowRight: (t) => t + 1, Home: () => 0, End: (_, last) => last };
/** @type {Record<string, number>} */
const UNIT_STEPS = { ArrowUp: -1, ArrowDown: 1 };

/** Subclasses paint, and say what stands at a time. */
export class TimePlot {
  /** @param {RecurrentHost} host @param {string} testid @param {number} height Without the numbers of time. */
  constructor(host, testid, height) {
    this.host = host;
    this.height = height;
    /** @type {TimeAxis | null} */
    this.axis = null;
    /** @type {Theme | null} */
    this.theme = null;
    /** Rows of units, from the top to the bottom; 0: there are none. */
    this.rows = 0;
    /** Where it stands: time, what is pointed at, unit; "": not told yet. */
    this.stood = "";
    /** Pixels that the words beside it need. */
    this.least = 0;
    /** Whether numbers of time stand below it. */
    this.timed = true;
    this.beside = false;
    /** @type {RecurrentFact | null} */
    this.pointed = null;
    this.base = /** @type {HTMLCanvasElement} */ (node("canvas", { "aria-hidden": "true" }));
    this.cursor = /** @type {HTMLElement} */ (node("i", { class: "te-rcp-cursor" }));
    this.mark = /** @type {HTMLElement} */ (node("i", { class: "te-rcp-mark", hidden: true }));
    this.line = /** @type {HTMLElement} */ (node("i", { class: "te-rcp-line" }));
    this.box = /** @type {HTMLElement} */ (node("div", { class: "te-rcp-plot", role: "application", "aria-roledescription": "plot over time", tabindex: "0", "data-testid": testid }, this.base, this.cursor, this.mark, this.line));
    this.title = node("b");
    this.told = node("span", { class: "te-rcp-told" });
    this.caption = node("figcaption", {}, this.title, this.told);
    this.spoken = node("div", { class: "te-hidden te-rcp-spoken" });
    this.element = node("figure", { class: "te-rcp-figure" }, this.caption, this.box, this.spoken);
    this.resting = new Resting();
    this.listen();
  }

  listen() {
    /** @type {RecurrentFact | null | undefined} undefined: nothing waits. */
    let waiting;
    this.box.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      if (waiting === undefined) requestAnimationFrame(() => {
        if (waiting?.t !== this.pointed?.t || waiting?.unit !== this.pointed?.unit) this.point(waiting ?? null, false);
        waiting = undefined;
      });
      waiting = this.factAt(event);
    });
    this.box.addEventListener("pointerleave", () => {
      if (waiting !== undefined) waiting = null;
      else this.point(null, false);
    });
    this.box.addEventListener("click", (event) => {
      const fact = this.factAt(event);
      if (fact) this.host.pin(fact);
    });
    this.box.addEventListener("blur", () => this.pointed && this.point(null, false));
    this.box.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {MouseEvent} event @returns {RecurrentFact | null} null beside the columns. */
  factAt(event) {
    if (!this.axis) return null;
    const { left, top } = this.box.getBoundingClientRect();
    const t = Math.floor((event.clientX - left - this.axis.left) / this.axis.cell);
    const unit = this.rows ? Math.min(this.rows - 1, Math.max(0, Math.floor(((event.clientY - top) * this.rows) / this.height))) : -1;
    return t >= 0 && t < this.axis.steps ? { t, unit } : null;
  }

  /** @param {RecurrentFact | null} fact @param {boolean} aloud */
  point(fact, aloud) {
    this.pointed = fact;
    this.host.point(fact, aloud);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { axis } = this;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !axis) return;
    const from = this.pointed ?? { t: Number(this.box.dataset.now ?? 0), unit: this.rows ? 0 : -1 };
    const [along, down] = [TIME_STEPS[event.key], this.rows ? UNIT_STEPS[event.key] : undefined];
    if (along) this.point({ ...from, t: Math.max(0, Math.min(axis.steps - 1, along(from.t, axis.steps - 1))) }, true);
    else if (down) this.point({ ...from, unit: Math.max(0, Math.min(this.rows - 1, from.unit + down)) }, true);
    else if (event.key === "Enter" && this.pointed) this.host.pin(this.pointed);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @returns {number} Pixels below the plot. */
  get foot() { return this.timed ? TIME_ROOM : BARE_ROOM; }

  /** @param {TimeAxis} axis */
  place(axis) {
    this.axis = axis;
    this.box.style.width = `${axis.width}px`;
    this.box.style.height = `${this.height + this.foot}px`;
    this.box.style.setProperty("--te-foot", `${this.foot}px`);
    this.beside = axis.left >= BESIDE_FROM;
    this.element.toggleAttribute("data-beside", this.beside);
    Object.assign(this.caption.style, this.beside ? { width: `${axis.left - TICK_ROOM}px`, height: `${Math.max(this.least, this.height + this.foot)}px` } : { width: "", height: "" });
    this.element.style.minHeight = this.beside ? `${this.least}px` : "";
    this.repaint();
  }

  repaint() {
    const { axis, theme } = this;
    this.stood = "";
    if (!axis || !theme || this.element.hidden) return;
    const ctx = sizedCanvas(this.base, axis.width, this.height + this.foot);
    this.paint(ctx, axis, theme);
    if (this.timed) paintTimes(ctx, axis, this.height, theme);
    this.resting.ask(() => this.speak());
  }

  /** @param {CanvasRenderingContext2D} _ctx Cleared. @param {TimeAxis} _axis @param {Theme} _theme */
  paint(_ctx, _axis, _theme) { throw new Error("a plot paints itself"); }

  /** @param {RecurrentFact} _fact @returns {string[]} What stands there, in parts. */
  tell(_fact) { return []; }

  /** @returns {{caption: string, head: string[], rows: string[][]}} The numbers, for a screen reader. */
  table() { return { caption: "", head: [], rows: [] }; }

  speak() {
    const { caption, head, rows } = this.table();
    setAttribute(this.box, "aria-label", `${caption}. Arrow keys move through time.`);
    this.spoken.replaceChildren(spokenTable(caption, head, rows));
  }

  /** @param {number} now The time that is shown. @param {RecurrentFact | null} fact What is pointed at. @param {number} unit In focus. */
  stand(now, fact, unit) {
    if (!this.axis || this.element.hidden) return;
    const { left, cell } = this.axis;
    const [t, row] = [fact?.t ?? -1, this.rows ? Math.min(this.rows - 1, fact?.unit ?? -1) : -1];
    const place = `${now} ${t} ${row} ${unit}`;
    if (place === this.stood) return;
    this.stood = place;
    this.box.dataset.now = String(now);
    setAttribute(this.box, "data-lit", t >= 0 ? [t, ...(row >= 0 ? [row] : [])].join(" ") : null);
    for (const [element, at] of /** @type {[HTMLElement, number][]} */ ([[this.cursor, now], [this.mark, t]])) {
      element.hidden = at < 0;
      element.style.width = `${cell}px`;
      element.style.transform = `translateX(${left + at * cell}px)`;
    }
    if (this.rows) {
      const line = this.height / this.rows;
      Object.assign(this.line.style, { left: `${left}px`, width: `${this.axis.steps * cell}px`, height: `${line}px`, transform: `translateY(${(row < 0 ? unit : row) * line}px)` });
    }
    setText(this.told, this.tell({ t: t >= 0 ? t : now, unit: fact && fact.unit >= 0 ? fact.unit : unit }).join(this.beside ? "\n" : " · "));
  }
}
