// Rows of the picture, one for each input channel: its panels with the signs between them. Panels are used again.

import { node, setAttribute, setChildren, setText } from "./dom.js";
import { plural } from "./format.js";
import { SlidePanel } from "./slide-panel.js";

/** @typedef {import("./slide-pictures.js").SlideBand} SlideBand */
/** @typedef {import("./slide-panel.js").SlidePicture} SlidePicture */

/** Panels side by side, made when they are needed. */
export class PanelRow {
  /** @param {import("./panel.js").PanelHost} host @param {string} name Class. */
  constructor(host, name) {
    this.host = host;
    this.element = node("div", { class: name });
    /** @type {SlidePanel[]} */
    this.made = [];
    /** @type {SlidePanel[]} Those that are drawn. */
    this.panels = [];
    /** @type {HTMLElement[]} */
    this.signs = [];
  }

  /** @param {readonly SlidePicture[]} pictures @param {readonly string[]} signs Before each but the first. @param {(picture: SlidePicture) => string} keyOf */
  show(pictures, signs, keyOf) {
    while (this.made.length < pictures.length) this.made.push(new SlidePanel(this.host));
    while (this.signs.length < pictures.length) this.signs.push(node("span", { class: "te-slide-sign", "aria-hidden": "true" }));
    this.panels = this.made.slice(0, pictures.length);
    setChildren(this.element, this.panels.flatMap((panel, k) => (k > 0 ? [this.signs[k], panel.figure] : [panel.figure])));
    pictures.forEach((picture, k) => {
      setText(this.signs[k], signs[k - 1] ?? "");
      this.panels[k].place(picture, keyOf(picture));
    });
  }
}

/** Which of a batch is shown, with buttons to the one before and after. */
export class ItemStepper {
  /** @param {(item: number) => void} onChoose */
  constructor(onChoose) {
    this.item = 0;
    this.less = node("button", { type: "button", class: "te-button", "aria-label": "Item before", "data-testid": "slide-item-less", onclick: () => onChoose(this.item - 1) }, "◀");
    this.more = node("button", { type: "button", class: "te-button", "aria-label": "Item after", "data-testid": "slide-item-more", onclick: () => onChoose(this.item + 1) }, "▶");
    this.told = node("span", { class: "te-muted" });
    this.element = node("div", { class: "te-slide-pager", role: "group", "aria-label": "Item of the batch" }, this.less, this.told, this.more);
  }

  /** @param {number} item @param {number} count Of the batch. */
  show(item, count) {
    this.item = item;
    this.element.hidden = count < 2;
    setText(this.told, `item ${item} of a batch of ${count}`);
    setAttribute(this.less, "disabled", item <= 0 ? "" : null);
    setAttribute(this.more, "disabled", item >= count - 1 ? "" : null);
  }
}

/** All rows, and which input channels they show. */
export class SlideRows {
  /** @param {import("./panel.js").PanelHost} host @param {() => void} onPage */
  constructor(host, onPage) {
    this.host = host;
    this.page = 0;
    this.pages = 1;
    this.element = node("div", { class: "te-slide-rows" });
    this.less = node("button", { type: "button", class: "te-button", "data-testid": "slide-less", onclick: () => this.turn(-1, onPage) }, "◀ channels before");
    this.more = node("button", { type: "button", class: "te-button", "data-testid": "slide-more", onclick: () => this.turn(1, onPage) }, "channels after ▶");
    this.told = node("span", { class: "te-muted" });
    this.pager = node("div", { class: "te-slide-pager", role: "group", "aria-label": "Input channels" }, this.less, this.told, this.more);
    /** @type {PanelRow[]} */
    this.rows = [];
    /** @type {PanelRow[]} Those that are drawn. */
    this.drawn = [];
  }

  /** @param {-1 | 1} by @param {() => void} onPage */
  turn(by, onPage) {
    this.page = Math.max(0, Math.min(this.pages - 1, this.page + by));
    onPage();
  }

  /** @param {readonly number[]} channels All that the result reads. @param {boolean} stacked @param {number} most In a row, or rows. @returns {number[][]} The rows to show. */
  choose(channels, stacked, most) {
    this.pages = Math.max(1, Math.ceil(channels.length / most));
    this.page = Math.min(this.page, this.pages - 1);
    const shown = channels.slice(this.page * most, (this.page + 1) * most);
    this.pager.hidden = this.pages < 2;
    setText(this.told, `input channels ${shown[0]} to ${shown[shown.length - 1]} of ${plural(channels.length, "channel")}; all are in the sum`);
    setAttribute(this.less, "disabled", this.page === 0 ? "" : null);
    setAttribute(this.more, "disabled", this.page === this.pages - 1 ? "" : null);
    return stacked ? [shown] : shown.map((channel) => [channel]);
  }

  /** @param {readonly SlideBand[]} bands @param {(picture: SlidePicture) => string} keyOf */
  show(bands, keyOf) {
    while (this.rows.length < bands.length) this.rows.push(new PanelRow(this.host, "te-slide-row"));
    this.drawn = this.rows.slice(0, bands.length);
    setChildren(this.element, this.drawn.map(({ element }) => element));
    bands.forEach(({ pictures, signs }, k) => this.drawn[k].show(pictures, signs, keyOf));
  }

  /** @returns {SlidePanel[]} */
  get panels() { return this.drawn.flatMap(({ panels }) => panels); }
}
