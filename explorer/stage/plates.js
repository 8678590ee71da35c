// Places in the inspector: a caption, and cells or words under it.

import { node, setAttribute, setChildren, setText } from "./dom.js";
import { tupleText } from "./format.js";
import { inlineCode } from "./messages.js";
import { windowText } from "./paint.js";
import { patchChildren } from "./patch.js";

const LONGEST_NAME = 40;
/** Between what a plate shows and its name. */
const SEPARATOR = " · ";

class PlateView {
  constructor() {
    this.caption = node("span", { class: "te-plate-caption" });
    this.meta = node("span", { class: "te-plate-meta" });
    this.slot = node("div", { class: "te-plate-slot" });
    this.words = node("p", { class: "te-plate-words" });
    this.said = "";
    this.called = "";
    this.width = "";
    /** @type {import("./grid.js").GridView | null} The panel in it. */
    this.drawn = null;
    /** Begins a line before it. */
    this.gap = node("div", { class: "te-plate-gap" });
    this.element = node("div", { class: "te-plate", role: "group" }, node("div", { class: "te-plate-head" }, this.caption, this.meta), this.slot, this.words);
  }

  /**
   * @param {PlateData} plate @param {import("./grid.js").GridView | null} view Null where there are no values.
   * @param {boolean} later Whether its values are not computed yet. @param {boolean} beside Whether it shares its line.
   */
  show({ caption, text, role }, view, later, beside) {
    const grid = view?.grid ?? null;
    const name = grid?.label || grid?.expression || "";
    this.call(name && name.length <= LONGEST_NAME && !caption.includes(name) ? `${caption}: ${name}` : caption);
    setText(this.meta, grid ? [grid.shape.length ? tupleText(grid.shape) : "scalar", grid.dtype === "float32" ? "" : grid.dtype].filter(Boolean).join(" · ") : "");
    const words = [later ? "not computed yet" : grid ? windowText(grid, false) : "", text].filter(Boolean).join(" · ");
    if (words !== this.said) patchChildren(this.words, inlineCode(words));
    this.said = words;
    this.words.hidden = words === "";
    this.slot.hidden = !view || later;
    this.drawn = later ? null : view;
    setChildren(this.slot, this.drawn ? [this.drawn.panel.figure] : []);
    const width = beside && view && !later ? `${view.panel.geometry?.width ?? 0}px` : "100%";
    if (width !== this.width) this.element.style.setProperty("--te-cells", width);
    this.width = width;
    setAttribute(this.element, "data-beside", beside ? "true" : null);
    setAttribute(this.element, "data-role", role);
    setAttribute(this.element, "data-caption", caption);
    setAttribute(this.element, "aria-label", caption);
  }

  /** @param {string} text The caption: `gradient in · ∂z/∂x`. Of two lines the second begins where the name does. */
  call(text) {
    if (text === this.called) return;
    this.called = text;
    const at = text.indexOf(SEPARATOR) + SEPARATOR.length;
    patchChildren(this.caption, at < SEPARATOR.length ? [text] : [text.slice(0, at), node("span", { class: "te-plate-name" }, text.slice(at))]);
  }

  empty() {
    this.drawn = null;
    this.slot.replaceChildren();
  }
}

export class Plates {
  constructor() {
    /** @type {PlateView[]} */
    this.views = [];
    this.element = node("div", { class: "te-plates" });
  }

  /** @param {number} k Of a plate. @returns {import("./grid.js").GridView | null} The panel that stands in it. */
  drawnAt(k) {
    return this.views[k]?.drawn ?? null;
  }

  /**
   * @param {PlateData[]} plates @param {(import("./grid.js").GridView | null)[]} views One each. @param {number} index Of the frame.
   * @param {Element} rule Stands before the plate with the number `ruleAt`. @param {number} ruleAt
   */
  show(plates, views, index, rule, ruleAt) {
    while (this.views.length < plates.length) this.views.push(new PlateView());
    for (const unused of this.views.slice(plates.length)) unused.empty();
    /** @param {number} k @returns {boolean} Whether a plate begins a line. */
    const begins = (k) => k === 0 || k === ruleAt || plates[k].role !== plates[k - 1].role;
    plates.forEach((plate, k) => {
      const alone = begins(k) && (k + 1 >= plates.length || begins(k + 1));
      this.views[k].show(plate, views[k], (views[k]?.grid.first_frame ?? 0) > index, !alone);
    });
    const elements = this.views.slice(0, plates.length).flatMap((view, k) => [...(k === ruleAt ? [rule] : begins(k) && k > 0 ? [view.gap] : []), view.element]);
    setChildren(this.element, ruleAt < plates.length ? elements : [...elements, rule]);
  }
}
