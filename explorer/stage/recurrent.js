// The page around a recurrent layer: every gate and state over time, the cell opened at one step, and its equations.

import { node, setText } from "./dom.js";
import { LayerPage } from "./layer-page.js";
import { CellDiagram } from "./recurrent-cell.js";
import { Equations } from "./recurrent-equations.js";
import { PhaseBar } from "./recurrent-phases.js";
import { partsOf } from "./recurrent-parts.js";
import { ProjectionPanel } from "./recurrent-projection.js";
import { Readout } from "./recurrent-readout.js";
import { timeScene } from "./recurrent-scene.js";
import { RecurrentStrip } from "./recurrent-strip.js";
import { RecurrentView } from "./recurrent-view.js";
import { WeightsPanel } from "./recurrent-weights.js";
import { momentWords } from "./recurrent-words.js";
import { Sight } from "./sight.js";

/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/** Milliseconds in which another unit may be chosen before the server is asked about it. */
const ASK_LATER = 250;
/** Pixels of the card beside the strip. */
const REC_SIDES = 32;
const CELL_GAP = 22;
/** Wider cards have the cell beside the maps. */
const CELL_BESIDE = 900;
const CELL_SHARE = 0.42;
const [CELL_LEAST, CELL_MOST] = [380, 620];

/** @extends {LayerPage<RecurrentFact>} */
export class RecurrentStage extends LayerPage {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    super(stage, "recurrent", REC_SIDES);
    /** The unit whose numbers are in the diagram and the equations. */
    this.unit = 0;
    /** @type {RecurrentView | null} */
    this.view = null;
    /** Another scene or other colours, not drawn yet. */
    this.changed = true;
    /** Counts scenes, colours and sizes. */
    this.edition = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
    this.sight = new Sight();
    /** @type {Set<import("./recurrent-parts.js").RecurrentPart>} Those that were not told yet where time stands. */
    this.late = new Set();
    this.parts = partsOf({
      point: (fact, aloud = false) => this.point(fact, aloud), pin: (fact) => this.pin(fact), goTo: (t) => this.goTo(t),
      ask: (options) => this.ask(options), served: Boolean(stage.options.onOptions),
    });
    this.bar = node("div", { class: "te-rec-bar" }, ...this.placed("bar"));
    this.shapes = node("div", { class: "te-rec-shapes" }, ...this.placed("shapes"));
    /** @type {import("./recurrent-strip.js").StripHost} */
    const host = { point: (fact, aloud) => this.point(fact, aloud), pin: (fact) => this.pin(fact), goTo: (t) => this.goTo(t), escape: () => void this.release(), theme: () => stage.theme };
    this.strip = new RecurrentStrip(host, this.placed("strip"));
    this.weights = new WeightsPanel({ ...host, change: stage.options.onChange });
    this.projection = new ProjectionPanel({ ...host, change: stage.options.onChange });
    this.phases = new PhaseBar((phase) => this.goTo(this.moment.t, phase));
    this.diagram = new CellDiagram();
    this.equations = new Equations();
    this.cell = node("div", { class: "te-rec-cell" }, this.diagram.element, this.equations.element);
    this.picture = node("div", { class: "te-rec-picture" }, this.strip.element, this.cell);
    this.readout = new Readout();
    this.reason = node("p", { class: "te-rec-reason", "data-testid": "recurrent-reason" });
    this.footer.append(node("div", { class: "te-rec-told" }, this.phases.element, this.readout.element));
    this.card.classList.add("te-rec");
    this.head.after(this.bar, this.shapes, this.reason, this.picture);
    this.wide = node("div", { class: "te-rec-wide" }, this.weights.figure, this.projection.figure, ...this.placed("below"));
    this.notes = node("div", { class: "te-rec-notes" }, ...this.placed("notes"));
    this.details = node("div", { class: "te-rec-details" }, this.wide, this.notes);
    this.sections.push(this.details);
  }

  /** @param {import("./recurrent-parts.js").PartPlace} wanted @returns {HTMLElement[]} */
  placed(wanted) {
    return this.parts.filter(({ place }) => place === wanted).map(({ panel }) => panel.element);
  }

  /** @param {Scene} given As it came. @returns {Scene} As it is drawn: time is that of the layer. */
  prepare(given) {
    const listed = (given.recurrent?.stops.length ?? 0) > 0;
    const kept = this.keptFor(given, Boolean(given.recurrent?.unrolled));
    if (kept) return kept;
    this.scene = listed ? timeScene(given, (moment) => this.tell(moment)) : null;
    if (!this.scene) return given;
    this.fill(this.scene);
    return this.scene;
  }

  /** @param {Scene} scene */
  fill(scene) {
    const { unrolled } = /** @type {RecurrentData} */ (scene.recurrent);
    this.view = unrolled ? new RecurrentView(scene, this.stage.theme) : null;
    const unit = this.asking === undefined ? unrolled?.unit ?? 0 : this.unit; // one that the server does not know of yet stays
    this.unit = Math.max(0, Math.min((unrolled?.hidden_size ?? 1) - 1, unit));
    this.changed = true;
  }

  /** @param {RecurrentMoment} moment @returns {{sentence: string, why: string}} */
  tell(moment) {
    return this.view ? momentWords(this.view, moment) : { sentence: "", why: "" };
  }

  /** @param {Scene} scene That comes next. @returns {number | null} Where it goes on: at the same moment, where it has one. */
  frameAfter(scene) {
    const next = scene.recurrent?.unrolled;
    const { view, stage } = this;
    if (!next) return scene.error ? stage.frame : null;
    if (!view || next.cell !== view.opened.cell || stage.frame >= stage.scene.frames.length - 1) return Number.MAX_SAFE_INTEGER;
    const { t, phase } = this.moment;
    return t < next.steps ? new RecurrentView(scene, stage.theme).frameAt(t, phase) : Number.MAX_SAFE_INTEGER;
  }

  /** @returns {RecurrentMoment} */
  get moment() {
    return this.view?.momentAt(this.stage.frame) ?? { t: 0, phase: "", step: 0 };
  }

  /** @override */
  enter() {
    super.enter();
    this.wide.append(this.stage.cards.element);
  }

  /** @param {Frame[]} frames @returns {Frame[]} Those of the first steps and the last: the others say no more. */
  sampleOf(frames) {
    const count = 2 * (this.view?.phases.length ?? 1);
    return [...frames.slice(0, count), ...frames.slice(-count)];
  }

  /** @override */
  measure() {
    super.measure();
    this.changed = true;
  }

  recolour() {
    if (this.view && this.view.theme !== this.stage.theme) this.fill(this.stage.scene);
    this.changed = true;
  }

  showFrame() {
    const { stage, view } = this;
    const recurrent = /** @type {RecurrentData} */ (stage.scene.recurrent);
    this.reason.textContent = recurrent.reason;
    this.reason.hidden = !recurrent.reason;
    this.picture.hidden = !view;
    if (this.changed) this.draw();
    stage.facts.element.hidden = !stage.scene.frames.some(({ names }) => names.length > 0);
    stage.timeline.element.hidden = stage.scene.frames.length < 2;
    this.footer.hidden = !view && stage.timeline.element.hidden;
    this.write();
    this.showParts(true);
  }

  /** @param {boolean} moved Whether time or the unit in focus did, too. */
  showParts(moved) {
    if (!this.view) return;
    for (const { panel } of this.parts) {
      if (moved) this.late.add(panel);
      if (panel.show || panel.light) this.sight.show(panel.element, () => {
        if (!this.view) return; // another scene came while it was out of sight
        if (this.late.delete(panel)) panel.show?.(this.moment, this.unit);
        panel.light?.(this.hovered);
      });
    }
  }

  /** The maps, after all words. */
  paint() {
    const { view, moment, hovered } = this;
    if (!view) return;
    this.strip.show(view, moment, this.unit, hovered);
    this.strip.follow(moment.t);
  }

  /** Another scene, other colours, another size. */
  draw() {
    const { stage, view, parts } = this;
    this.changed = false;
    this.edition += 1;
    for (const { panel } of parts) panel.update(stage.scene, /** @type {RecurrentData} */ (stage.scene.recurrent), stage.theme);
    if (!view) {
      this.weights.figure.hidden = true;
      this.projection.figure.hidden = true;
      return;
    }
    const beside = this.room >= CELL_BESIDE;
    const wide = Math.max(CELL_LEAST, Math.min(CELL_MOST, CELL_SHARE * this.room));
    this.picture.toggleAttribute("data-beside", beside);
    const axis = this.strip.draw(view, beside ? this.room - wide - CELL_GAP : this.room, String(this.edition));
    this.picture.style.setProperty("--te-rec-cell", `${Math.max(wide, Math.min(CELL_MOST, this.room - axis.width - CELL_GAP))}px`);
    for (const { panel } of parts) panel.place?.(axis);
    this.diagram.take(view);
    this.equations.take(view);
    this.phases.take(view);
    const room = (this.wide.clientWidth || this.room) - REC_SIDES - 2;
    this.weights.place(view, room);
    this.projection.place(view, room);
  }

  /** @param {RecurrentFact | null} fact @param {boolean} aloud */
  point(fact, aloud) {
    this.hovered = fact;
    this.light();
    if (aloud) setText(this.stage.spotlight.live, this.readout.element.textContent ?? "");
  }

  /** Show what is pointed at everywhere; the cell and its equations turn to it. */
  light() {
    this.write();
    this.showParts(false);
    if (this.view) this.strip.show(this.view, this.moment, this.unit, this.hovered);
  }

  /** The cell, its equations and the words around them. */
  write() {
    const { view, hovered, moment } = this;
    if (!view) return;
    const t = hovered && hovered.t >= 0 && hovered.t < view.opened.steps ? hovered.t : moment.t;
    const unit = this.unitOf(view, hovered);
    const whole = hovered !== null && (t !== moment.t || unit !== this.unit);
    this.diagram.show({ ...moment, t }, unit, whole);
    this.equations.show({ ...moment, t }, unit, whole);
    this.phases.show(view, moment);
    this.readout.show(view, hovered ?? { t: moment.t, unit: this.unit }, moment.phase);
    this.weights.t = moment.t;
    this.weights.lightUnit(unit, unit !== this.unit);
    this.projection.lightUnit(unit, moment.t, unit !== this.unit);
  }

  /** @param {RecurrentView} view @param {RecurrentFact | null} fact @returns {number} The unit that it is about, else the one in focus: rows of the input are none. */
  unitOf(view, fact) {
    const isUnit = fact && fact.map !== "x" && fact.unit >= 0 && fact.unit < view.opened.hidden_size;
    return isUnit ? fact.unit : this.unit;
  }

  /** @param {RecurrentFact} fact Its unit comes into focus, its time is gone to. */
  pin({ t, unit, map }) {
    if (unit >= 0 && map !== "x") this.choose(unit);
    if (t >= 0) this.goTo(t);
  }

  /** @param {number} unit */
  choose(unit) {
    const { view } = this;
    if (!view || unit === this.unit || unit < 0 || unit >= view.opened.hidden_size) return;
    this.unit = unit;
    this.stage.showFrame();
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      this.asking = undefined;
      this.ask({ unit });
    }, ASK_LATER);
  }

  /** @param {number} t @param {string} [phase] */
  goTo(t, phase) {
    const { view, stage } = this;
    if (!view || t < 0 || t >= view.opened.steps) return;
    stage.timeline.go(view.frameAt(t, phase));
  }

  /** @param {Record<string, number>} options Of the lens. */
  ask(options) {
    const { recurrent } = this.stage.scene;
    if (recurrent) this.stage.options.onOptions?.({ layer: recurrent.opened, ...options });
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  key(event) {
    const { view } = this;
    const { key, shiftKey } = event;
    if (!view) return false;
    const forward = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (shiftKey && forward) this.stage.timeline.go(this.stage.frame + forward * view.phases.length);
    else if (!shiftKey && (key === "ArrowUp" || key === "ArrowDown") && event.composedPath().includes(this.stage.root)) this.choose(this.unit + (key === "ArrowDown" ? 1 : -1));
    else return false;
    return true;
  }

  /** @returns {boolean} Whether something was let go. */
  release() {
    const had = this.hovered !== null;
    this.hovered = null;
    this.light();
    return had;
  }

  /** @override */
  destroy() {
    clearTimeout(this.asking);
    this.sight.destroy();
    super.destroy();
  }
}
