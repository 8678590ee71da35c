// All maps over time in one strip that scrolls together: each gate and state, the input under them, and what others add.

import { node, setChildren } from "./dom.js";
import { fitTime } from "./recurrent-axis.js";
import { TimeMapPanel } from "./recurrent-map.js";
import { TimeRuler } from "./recurrent-ruler.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */
/** @typedef {import("./recurrent-view.js").TimeMap} TimeMap */

/**
 * @typedef {{point: (fact: RecurrentFact | null, aloud: boolean) => void, pin: (fact: RecurrentFact) => void,
 *   goTo: (t: number) => void, escape: () => void, theme: () => Theme}} StripHost
 */

export class RecurrentStrip {
  /** @param {StripHost} host @param {HTMLElement[]} added What stands under the input, in the same columns. */
  constructor(host, added) {
    this.host = host;
    /** @type {TimeMapPanel[]} */
    this.made = [];
    /** @type {TimeMapPanel[]} Those that are drawn. */
    this.panels = [];
    const ruled = { point: (/** @type {number | null} */ t) => host.point(t === null ? null : { t, unit: -1 }, false), goTo: host.goTo, theme: host.theme };
    this.numbers = new TimeRuler(ruled, "numbers");
    this.words = new TimeRuler(ruled, "words");
    this.maps = node("div", { class: "te-rec-maps" });
    this.added = node("div", { class: "te-rec-added" }, ...added);
    this.inner = node("div", { class: "te-rec-inner" }, this.numbers.element, this.maps, this.added);
    this.element = node("div", { class: "te-rec-strip", "data-testid": "recurrent-strip" }, this.inner);
    /** @type {import("./recurrent-axis.js").StripFit | null} */
    this.fit = null;
    this.room = 0;
    /** Pixels, as told last: to ask makes the browser lay out. */
    this.scrolled = 0;
    this.element.addEventListener("scroll", () => (this.scrolled = this.element.scrollLeft), { passive: true });
  }

  /** @returns {import("./panel.js").PanelHost} */
  panelHost() {
    const { host } = this;
    const factIn = (/** @type {import("./panel.js").CellPanel} */ panel, /** @type {number} */ cell) => ({ .../** @type {TimeMapPanel} */ (panel).factAt(cell), map: /** @type {TimeMapPanel} */ (panel).map?.name ?? "" });
    return {
      hover: (panel, cell, byKeyboard) => host.point(factIn(panel, cell), byKeyboard), leave: () => host.point(null, false),
      pick: (panel, cell) => host.pin(factIn(panel, cell)), escape: host.escape, walk: () => {}, theme: host.theme,
    };
  }

  /** @param {RecurrentView} view @param {number} room Width in pixels. @param {string} edition @returns {import("./recurrent-parts.js").TimeAxis} */
  draw(view, room, edition) {
    const fit = fitTime(view, room);
    this.fit = fit;
    this.room = room;
    const maps = [...view.maps, ...(view.inputs ? [view.inputs] : [])];
    while (this.made.length < maps.length) this.made.push(new TimeMapPanel(this.panelHost(), this.element));
    this.panels = this.made.slice(0, maps.length);
    maps.forEach((map, k) => this.panels[k].draw(view, map, fit, map === view.inputs ? fit.inputRow : fit.row, edition));
    const figures = this.panels.map(({ figure }) => figure);
    setChildren(this.maps, view.inputs ? [...figures.slice(0, -1), this.words.element, figures[figures.length - 1]] : [...figures, this.words.element]);
    this.element.toggleAttribute("data-beside", fit.caption > 0);
    this.element.style.setProperty("--te-caption", `${fit.caption}px`);
    for (const ruler of [this.numbers, this.words]) ruler.place(view, fit);
    return { left: fit.caption + fit.left, cell: fit.cell, steps: fit.steps, width: fit.caption + Math.ceil(fit.left + fit.steps * fit.cell + 2) };
  }

  /** @param {RecurrentView} view @param {RecurrentMoment} moment @param {number} unit In focus. @param {RecurrentFact | null} fact That is pointed at. */
  show(view, moment, unit, fact) {
    for (const panel of this.panels) if (panel.map) panel.mark(this.lightOf(view, panel.map, moment, unit, fact));
    // last: words on a canvas make the browser lay out all that was written before
    for (const ruler of [this.numbers, this.words]) ruler.show(moment.t, fact?.t ?? -1);
  }

  /** @param {RecurrentView} view @param {TimeMap} map @param {RecurrentMoment} moment @param {number} unit @param {RecurrentFact | null} fact @returns {import("./recurrent-paint.js").MapLight} */
  lightOf(view, map, moment, unit, fact) {
    const { steps, reverse } = view.opened;
    const input = map === view.inputs;
    const now = input || view.isReached(map.name, moment.t, moment);
    const [first, last] = reverse ? [now ? moment.t : moment.t + 1, steps] : [0, now ? moment.t + 1 : moment.t];
    const shared = !input && (!view.isProjected || map.name !== "h"); // rows of the input, and of a projection, are no units
    const pointed = fact?.map === undefined || (fact.map !== "x" && !(view.isProjected && fact.map === "h"));
    const row = fact && fact.unit >= 0 && (fact.map === map.name || (shared && pointed)) ? fact.unit : -1;
    return { from: first, to: last, t: moment.t, now, unit: shared && unit < map.units ? unit : -1, row: row < map.units ? row : -1, column: fact ? fact.t : -1, since: fact?.since ?? -1 };
  }

  /** Scroll the present step into view. @param {number} t */
  follow(t) {
    const { fit, element } = this;
    if (!fit) return;
    const [x, room] = [fit.left + t * fit.cell, this.room - fit.caption];
    if (fit.left + fit.steps * fit.cell <= room) return;
    if (x < this.scrolled + fit.left || x + fit.cell > this.scrolled + room) element.scrollLeft = this.scrolled = Math.max(0, x - room / 2);
  }
}
