// What the pages around one layer have in common: where the parts of the stage stand, and what stays when a program fails.

import { ChartTables } from "./chart-tables.js";
import { node } from "./dom.js";
import { withPictureOf } from "./still.js";

const NARROWEST_LAYER = 240;

/** @template Pointed What of the picture can be pointed at. */
export class LayerPage {
  /** @param {import("./mount.js").Stage} stage @param {string} mode By which the style sheets know the page. @param {number} sides Pixels of the card beside the picture. */
  constructor(stage, mode, sides) {
    this.stage = stage;
    this.mode = mode;
    this.sides = sides;
    /** Pixels for the picture. */
    this.room = 0;
    /** @type {Pointed | null} */
    this.hovered = null;
    /** @type {Scene | null} The last one that could be drawn. */
    this.scene = null;
    this.head = node("div", { class: "te-head" });
    this.footer = node("div", { class: "te-footer" });
    this.card = node("div", { class: "te-card" }, this.head, this.footer);
    this.below = node("div", { class: "te-below" });
    /** @type {HTMLElement[]} The card, and what stands below it and belongs to its picture. */
    this.sections = [this.card];
    this.charts = stage.options.charts ? new ChartTables() : null;
  }

  /** @param {Scene} given As it came. @param {boolean} drawn Whether there is a layer to draw in it. @returns {Scene | null} The one that is drawn in its place: a program that failed keeps the picture of the one that it became of by editing. */
  keptFor(given, drawn) {
    const failed = !drawn && given.error !== null && this.scene !== null && given.lens === this.scene.lens && given.subject === this.scene.subject;
    for (const section of this.sections) section.toggleAttribute("data-stale", failed);
    return failed ? withPictureOf(given, /** @type {Scene} */ (this.scene)) : null;
  }

  /** Put the parts of the stage where they belong around the layer. */
  enter() {
    const { stage } = this;
    stage.root.dataset.mode = this.mode;
    stage.arrows = stage.groundArrows;
    this.head.prepend(stage.sentences.element);
    this.footer.append(stage.timeline.element);
    this.below.append(stage.facts.element, stage.code.element);
    stage.messages.after(...this.all);
  }

  leave() {
    for (const section of this.all) section.remove();
  }

  /** @returns {HTMLElement[]} */
  get all() {
    return [...this.sections, this.below, ...(this.charts ? [this.charts.element] : [])];
  }

  /** @param {Scene} scene */
  take(scene) {
    this.hovered = null;
    this.charts?.show(scene.charts ?? []);
  }

  measure() {
    this.room = Math.max(NARROWEST_LAYER, this.card.clientWidth - this.sides);
  }

  destroy() {
    this.leave();
  }
}
