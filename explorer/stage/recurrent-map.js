// A map over time that can be pointed at: units down, steps to the right.

import { node, setAttribute, setText, whenIdle } from "./dom.js";
import { countText, floatText, plural, shortNumber } from "./format.js";
import { CellPanel } from "./panel.js";
import { timeGeometry } from "./recurrent-axis.js";
import { TimeCover } from "./recurrent-cover.js";
import { paintPointed, paintTimeMap, rampGradient, saturationOf } from "./recurrent-paint.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").TimeMap} TimeMap */

/** Milliseconds without another picture after which its table is written. */
const TABLE_LATER = 300;
const MOST_CELLS_TOLD = 600;

/** @param {number} share @returns {string} `4 %`, `under 1 %` */
function percent(share) {
  return share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`;
}

/** @param {TimeMap} map @returns {string} How much of a gate is saturated. */
export function saturationText(map) {
  const found = saturationOf(map);
  if (!found || found.shut + found.open === 0) return "";
  return [found.open ? `${percent(found.open)} open` : "", found.shut ? `${percent(found.shut)} shut` : ""].filter(Boolean).join(", ");
}

/** @param {RecurrentView} view @param {TimeMap} map @returns {string} What is said of its padding. */
function paddingWords({ opened }, { name }) {
  if (name !== "h" && name !== "c") return name === "x" ? "padding" : "not computed";
  return opened.reverse ? `starts at t = ${opened.steps - 1}` : `◂ last valid: t = ${opened.steps - 1}, ${name}_n`;
}

export class TimeMapPanel extends CellPanel {
  /** @param {import("./panel.js").PanelHost} host @param {HTMLElement} scroller Around all maps. */
  constructor(host, scroller) {
    super(host, "map over time");
    this.scroll = scroller;
    /** @type {TimeMap | null} */
    this.map = null;
    this.known = 0;
    this.painted = "";
    this.lit = "";
    this.pointed = "";
    this.cover = new TimeCover();
    this.base.after(...this.cover.elements);
    this.letter = node("b", { class: "te-rec-letter" });
    this.role = node("span", { class: "te-rec-role" });
    this.decides = node("span", { class: "te-rec-decides" });
    this.low = node("span");
    this.ramp = node("i", { class: "te-rec-ramp", "aria-hidden": "true" });
    this.high = node("span");
    this.saturation = node("span", { class: "te-rec-saturation" });
    this.legend = node("span", { class: "te-rec-legend" }, this.low, this.ramp, this.high);
    this.spoken = node("div", { class: "te-hidden" });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speaking = undefined;
    this.figure.className = "te-rec-map";
    this.figure.append(node("figcaption", {}, this.letter, this.role, this.decides, this.legend, this.saturation), this.box, this.spoken);
  }

  /** @param {RecurrentView} view @param {TimeMap} map @param {import("./recurrent-axis.js").StripFit} fit @param {number} row Height of a unit. @param {string} edition Changes when the numbers or colours do. */
  draw(view, map, fit, row, edition) {
    const { theme } = view;
    this.map = map;
    this.known = Math.min(view.opened.steps, fit.steps);
    const geometry = timeGeometry(fit, map.units, row);
    this.visible = geometry.count > 0;
    this.figure.dataset.testid = `map-${map.name}`;
    const whole = [edition, map.name, fit.cell, row, fit.left, fit.font, fit.digits, fit.narrow, fit.steps, devicePixelRatio].join(" ");
    if (whole === this.painted) return;
    this.painted = whole;
    this.lit = "";
    this.pointed = "";
    this.caption(map, theme, view.hasValues);
    this.resize(geometry);
    paintTimeMap(this.clear(this.base), geometry, map, this.known, fit, theme, paddingWords(view, map));
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => whenIdle(() => this.speak(map, whole)), TABLE_LATER);
  }

  /** @param {TimeMap} map @param {Theme} theme @param {boolean} hasValues */
  caption(map, theme, hasValues) {
    setText(this.letter, map.name);
    setText(this.role, map.role);
    setText(this.decides, map.decides);
    setText(this.low, map.sort === "share" ? "0" : `−${shortNumber(map.limit, 2)}`);
    setText(this.high, map.sort === "share" ? "1" : shortNumber(map.limit, 2));
    setText(this.saturation, saturationText(map));
    this.ramp.style.background = rampGradient(map, theme.dark);
    this.legend.hidden = !hasValues;
    this.saturation.hidden = !this.saturation.textContent;
    setAttribute(this.saturation, "title", "Open: above 0.95, a mark in the upper corner. Shut: below 0.05, a mark in the lower corner.");
    setAttribute(this.box, "aria-label", `${map.name}, ${map.role}: ${plural(map.units, "unit")} × ${plural(this.known, "step")}${hasValues ? "" : ", no values"}. Arrow keys move between cells, Enter goes there.`);
  }

  /** @param {import("./recurrent-paint.js").MapLight} light */
  mark(light) {
    const key = Object.values(light).join(" ");
    if (key === this.lit || !this.geometry) return;
    this.lit = key;
    const geometry = /** @type {import("./recurrent-axis.js").TimeGeometry} */ (this.geometry);
    this.cover.show(geometry, light, this.known);
    this.point(geometry, light);
    setAttribute(this.figure, "data-now", light.now ? "true" : null);
    setAttribute(this.figure, "data-reached", `${light.from} ${light.to}`);
    setAttribute(this.figure, "data-row", light.row >= 0 ? String(light.row) : null);
    setAttribute(this.figure, "data-column", light.column >= 0 ? String(light.column) : null);
    setAttribute(this.figure, "data-since", light.since >= 0 ? String(light.since) : null);
  }

  /** @param {import("./recurrent-axis.js").TimeGeometry} geometry @param {import("./recurrent-paint.js").MapLight} light */
  point(geometry, light) {
    const { row, column, since } = light;
    const key = `${row} ${column} ${since}`;
    if (key === this.pointed) return;
    this.pointed = key;
    if (row < 0 && column < 0 && since < 0) this.overlay.hidden = true;
    else paintPointed(this.clear(this.overlay), geometry, light, this.host.theme());
  }

  /** Write a table behind the cells. @param {TimeMap} map @param {string} whole */
  speak(map, whole) {
    if (whole !== this.painted) return;
    const { values, units, name, role } = map;
    const title = `${name}, ${role}`;
    if (!values || units * this.known > MOST_CELLS_TOLD) {
      this.spoken.replaceChildren(node("p", {}, `${title}: ${countText(units * this.known)} cells${values ? "; arrow keys read them out one by one" : ", no values"}.`));
      return;
    }
    const head = node("tr", {}, node("th", { scope: "col" }, "unit"), ...Array.from({ length: this.known }, (_, t) => node("th", { scope: "col" }, `t = ${t}`)));
    const rows = Array.from({ length: units }, (_, u) => node("tr", {}, node("th", { scope: "row" }, String(u)), ...Array.from({ length: this.known }, (_cell, t) => node("td", {}, floatText(values[t * units + u], 4)))));
    this.spoken.replaceChildren(node("table", {}, node("caption", {}, title), node("thead", {}, head), node("tbody", {}, ...rows)));
  }

  /** @param {number} cell @returns {{t: number, unit: number}} */
  factAt(cell) {
    const { steps } = /** @type {import("./recurrent-axis.js").TimeGeometry} */ (this.geometry);
    return { t: cell % steps, unit: Math.floor(cell / steps) };
  }
}
