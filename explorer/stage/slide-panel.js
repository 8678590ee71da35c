// A panel of cells beside a sliding window: one channel, a kernel, its products. Cells are pointed at as everywhere.

import { node, setAttribute, setText, whenIdle } from "./dom.js";
import { paintAxes } from "./paint.js";
import { CellPanel } from "./panel.js";
import { LaterVeil } from "./slide-later.js";
import { UNMARKED, paintSlide, paintSlideMarks } from "./slide-paint.js";

/** @typedef {import("./slide-area.js").SlideArea} SlideArea */
/** @typedef {"input" | "patch" | "kernel" | "product" | "output" | "weights" | "columns" | "results"} PanelPart */

/**
 * `first`: index of the first cell along each axis. `testid`: how tests call it.
 * @typedef {{part: PanelPart, area: SlideArea, title: string, facts: string, look: import("./slide-paint.js").SlideLook,
 *   fit: import("./slide-fit.js").CellFit, first: readonly number[], axes: readonly string[], testid: string}} SlidePicture
 */

/** Milliseconds without another picture after which its table is written. */
const SPEAK_AFTER = 250;
const MOST_SPOKEN = 600;
const MOST_LISTED = 500;
export class SlidePanel extends CellPanel {
  /** @param {import("./panel.js").PanelHost & {edit?: (panel: SlidePanel, cell: number) => void}} host */
  constructor(host) {
    super(host, "cells");
    this.box.addEventListener("dblclick", (event) => host.edit?.(this, this.cellAt(event)));
    this.box.addEventListener("keydown", (event) => event.key === "Enter" && host.edit?.(this, this.cursor));
    this.heading = node("b");
    this.facts = node("span", { class: "te-slide-facts" });
    this.spoken = node("div", { class: "te-hidden" });
    this.marks = UNMARKED;
    this.veil = new LaterVeil();
    this.marked = "";
    this.painted = "";
    /** Whether the cells are still to be painted. */
    this.unpainted = false;
    /** Whether the marks are still to be painted. */
    this.unmarked = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speaking = undefined;
    /** @type {SlidePicture | null} */
    this.picture = null;
    this.figure.className = "te-slide-panel";
    this.figure.append(node("figcaption", {}, this.heading, this.facts), this.scroll, this.spoken);
  }

  /**
   * Take a picture: words and size now, the cells when all panels have theirs, since painting needs the styles of the page.
   * @param {SlidePicture} picture @param {string} key Of what is painted: the same is not painted again.
   */
  place(picture, key) {
    const { geometry } = picture.fit;
    this.picture = picture;
    this.entitle(picture.title);
    setText(this.facts, picture.facts);
    setAttribute(this.figure, "data-testid", picture.testid);
    setAttribute(this.box, "aria-label", `${picture.title}, ${picture.facts}. Arrow keys move between cells.`);
    this.visible = geometry.count > 0;
    const whole = `${key}|${geometry.width}|${geometry.height}|${geometry.cw}|${geometry.font}|${devicePixelRatio}`;
    if (this.geometry && whole === this.painted) return;
    this.painted = whole;
    this.unpainted = true;
    this.marked = "";
    this.resize(geometry);
  }

  /** @param {string} title `net.0.weight[0, 1]`: the index stays in one line, and a long name breaks before a dot. */
  entitle(title) {
    if (this.heading.textContent === title) return;
    const cut = title.lastIndexOf("[");
    const name = cut < 0 ? title : title.slice(0, cut);
    const steps = name.split(/(?=\.)/).flatMap((step, place) => (place ? [node("wbr"), step] : [step]));
    this.heading.replaceChildren(...steps, ...(cut < 0 ? [] : [node("wbr"), node("span", { class: "te-slide-index" }, title.slice(cut))]));
  }

  /** Paint what has changed. @param {Theme} theme */
  paint(theme) {
    const { picture, geometry, marks } = this;
    if (!picture || !geometry) return;
    if (this.unpainted) this.paintCells(picture, theme);
    if (this.unmarked) {
      const ctx = this.clear(this.overlay);
      this.veil.paint(ctx, geometry, marks.later, theme, (cell) => picture.look.text(cell, picture.fit.digits));
      paintSlideMarks(ctx, geometry, marks, theme);
    }
    this.unpainted = false;
    this.unmarked = false;
  }

  /** @param {SlidePicture} picture @param {Theme} theme */
  paintCells(picture, theme) {
    const { geometry, digits } = picture.fit;
    const ctx = this.clear(this.base);
    this.veil.forget();
    paintSlide(ctx, geometry, picture.look, digits, theme);
    const axes = /** @type {GridData} */ (/** @type {unknown} */ ({ first: picture.first, axes: picture.axes }));
    paintAxes(ctx, geometry, theme, axes);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => whenIdle(() => this.speak(picture)), SPEAK_AFTER);
  }

  /** Take marks; they are painted with the cells. @param {import("./slide-paint.js").SlideMarks} marks */
  mark(marks) {
    if (!this.geometry) return;
    const key = [marks.window, marks.lit, marks.used, marks.fed, marks.later.length].join("|");
    if (key === this.marked) return;
    this.marked = key;
    this.marks = marks;
    this.unmarked = true;
    for (const kind of /** @type {const} */ (["window", "lit", "used", "fed"])) {
      setAttribute(this.figure, `data-${kind}`, marks[kind].length ? marks[kind].slice(0, MOST_LISTED).join(" ") : null);
    }
    setAttribute(this.figure, "data-later", marks.later.length ? String(marks.later.length) : null);
  }

  /** Write a table behind the cells. @param {SlidePicture} picture */
  speak(picture) {
    if (picture !== this.picture) return;
    const { area, look, first } = picture;
    if (area.count > MOST_SPOKEN) {
      this.spoken.replaceChildren();
      return;
    }
    const columns = area.sizes[area.sizes.length - 1] ?? 1;
    const rows = Array.from({ length: area.count / Math.max(1, columns) }, (_, r) => node("tr", {}, node("th", { scope: "row" }, String(r + (first[first.length - 2] ?? 0))),
      ...Array.from({ length: columns }, (_cell, c) => node("td", {}, cellWords(look, r * columns + c)))));
    this.spoken.replaceChildren(node("table", {}, node("caption", {}, `${picture.title}, ${picture.facts}`), node("tbody", {}, ...rows)));
  }
}

const PATTERN_WORDS = { "": "", zero: " (padding)", copy: " (padding, a copy)", inserted: " (inserted)", extra: " (output padding)", outside: "beyond the padding" };

/** @param {import("./slide-paint.js").SlideLook} look @param {number} cell @returns {string} */
function cellWords(look, cell) {
  return `${look.text(cell, 6)}${PATTERN_WORDS[look.pattern(cell)]}${look.unread(cell) ? ", never read" : ""}`;
}
