// A panel of cells beside a normalisation. Cells are pointed at as everywhere; another phase fades in.

import { node, prefersStillness, setAttribute, setText, whenIdle } from "./dom.js";
import { countText } from "./format.js";
import { paintNormAxes } from "./norm-axes.js";
import { normLook, paintGroups, paintLight, paintNorm } from "./norm-paint.js";
import { CellPanel } from "./panel.js";

/** @typedef {import("./norm-view.js").NormView} NormView */

/**
 * `role`: what of the layer it shows. `testid`: how tests call it. `key`: the same is not painted again.
 * @typedef {{view: NormView, role: import("./norm-view.js").NormRole, title: string, facts: string, testid: string,
 *   key: string, fit: import("./norm-layout.js").NormFit}} NormPicture
 */

/** Milliseconds without another picture after which its table is written. */
const SPEAK_LATER = 250;
const MOST_READ_OUT = 600;
const FADE = 420;

/** @param {NormPicture} before @param {NormPicture} after @returns {boolean} Whether one is another phase of the other, cell by cell. */
function blends(before, after) {
  const [one, other] = [before.fit.geometry, after.fit.geometry];
  return before.role !== after.role && before.view === after.view && one.width === other.width && one.height === other.height && !prefersStillness();
}

export class NormPanel extends CellPanel {
  /** @param {import("./panel.js").PanelHost} host */
  constructor(host) {
    super(host, "cells");
    this.heading = node("b");
    this.facts = node("span");
    this.spoken = node("div", { class: "te-hidden" });
    this.painted = "";
    /** Whether its cells are still to be painted. */
    this.due = false;
    this.lit = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speaking = undefined;
    /** @type {NormPicture | null} */
    this.picture = null;
    this.figure.className = "te-norm-panel";
    this.figure.append(node("figcaption", {}, this.heading, this.facts), this.scroll, this.spoken);
  }

  /** Words and sizes; the cells are painted when all words of the page are written. @param {NormPicture} picture */
  draw(picture) {
    const { geometry, narrow } = picture.fit;
    const before = this.picture;
    this.picture = picture;
    setText(this.heading, picture.title);
    setText(this.facts, picture.facts);
    this.figure.dataset.testid = picture.testid;
    this.figure.dataset.role = picture.role;
    setAttribute(this.box, "aria-label", `${picture.title}, ${picture.facts}. Arrow keys move between cells.`);
    this.visible = geometry.count > 0;
    const whole = `${picture.key}|${geometry.width}|${geometry.height}|${geometry.cw}|${geometry.font}|${narrow}|${devicePixelRatio}`;
    if (this.geometry && whole === this.painted) return;
    const fading = before && blends(before, picture) ? this.copyOfBase() : null;
    this.painted = whole;
    this.resize(geometry);
    this.due = true;
    this.lit = "";
    if (fading) this.fade(fading);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => whenIdle(() => this.speak(picture)), SPEAK_LATER);
  }

  /** @param {Theme} theme Paint the cells, where they are others. */
  paintDue(theme) {
    const { picture } = this;
    if (!this.due || !picture) return;
    this.due = false;
    const { view, role, fit: { geometry, digits, narrow } } = picture;
    const ctx = this.clear(this.base);
    paintNorm(ctx, geometry, view, view.readers[role], digits, narrow ? { ...theme, mono: theme.sans } : theme);
    paintGroups(ctx, geometry, view, theme);
    paintNormAxes(ctx, geometry, view, theme);
  }

  /** @returns {HTMLCanvasElement} What it shows now. */
  copyOfBase() {
    const copy = /** @type {HTMLCanvasElement} */ (this.base.cloneNode());
    copy.className = "te-base te-norm-fading";
    copy.getContext("2d")?.drawImage(this.base, 0, 0);
    return copy;
  }

  /** @param {HTMLCanvasElement} copy Goes over the new picture and fades. */
  fade(copy) {
    this.box.querySelector(".te-norm-fading")?.remove();
    this.base.after(copy);
    copy.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE, easing: "ease-in-out" }).onfinish = () => copy.remove();
  }

  /** @param {readonly number[] | null} index The cell whose statistics are lit; null: none is. */
  light(index) {
    const { picture } = this;
    if (!picture) return;
    const { view, fit: { geometry } } = picture;
    const key = index ? index.join(" ") : "";
    if (key === this.lit) return;
    this.lit = key;
    const ctx = this.clear(this.overlay);
    const cell = index ? view.cellOf(index) : -1;
    const group = index ? view.model.groupAt(index) : -1;
    setAttribute(this.figure, "data-cell", cell >= 0 ? String(cell) : null);
    setAttribute(this.figure, "data-group", index && group >= 0 ? String(group) : null);
    if (index) paintLight(ctx, geometry, view, { box: view.model.boxAt(index), group, cell }, this.host.theme());
  }

  /** Write a table behind the cells. @param {NormPicture} picture */
  speak(picture) {
    if (picture !== this.picture) return;
    const { view, role, title, facts, fit } = picture;
    const { count, columns } = fit.geometry;
    const reader = view.readers[role];
    if (!reader?.grid || count > MOST_READ_OUT) {
      const words = reader?.grid ? `${title}: ${countText(count)} cells; arrow keys read them out one by one.` : `${title}: ${facts}`;
      this.spoken.replaceChildren(node("p", {}, words));
      return;
    }
    const look = normLook(view, reader, 6);
    const rows = Array.from({ length: count / Math.max(1, columns) }, (_, r) => node("tr", {},
      node("th", { scope: "row" }, `[${view.indexOf(r * columns).slice(0, -1).join(", ")}]`),
      ...Array.from({ length: columns }, (_cell, c) => node("td", {}, `${look.text(r * columns + c)}${view.model.isHidden(view.indexOf(r * columns + c)) ? " (padding)" : ""}`))));
    this.spoken.replaceChildren(node("table", {}, node("caption", {}, `${title}, ${facts}`), node("tbody", {}, ...rows)));
  }
}
