// The page around a layer that normalises: its input, what becomes of it, and which cells share a mean and a variance.

import { node, setChildren, setText } from "./dom.js";
import { LayerPage } from "./layer-page.js";
import { ALL_BESIDE, NormBar, NOTHING_BESIDE } from "./norm-bar.js";
import { sameCell } from "./norm-match.js";
import { NormNotes, NormWays } from "./norm-notes.js";
import { NormPanel } from "./norm-panel.js";
import { picturesOf } from "./norm-pictures.js";
import { phaseScene, phasesIn, viewsOf } from "./norm-scene.js";
import { NormTable } from "./norm-table.js";
import { gradientRemark, gradientSentence, phaseRemark, phaseSentence } from "./norm-words.js";

/** @typedef {import("./norm-view.js").NormView} NormView */
/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

/** A cell: number of the open layer in whose input it was pointed at, and its index there. @typedef {{layer: number, index: number[]}} CellPlace */

const NORM_SIDES = 32;
const TIME_KEYS = new Set(["ArrowLeft", "ArrowRight", "Home", "End", " "]);
/** What of large tensors comes only when it is asked for. @type {Set<import("./norm-view.js").NormRole>} */
const BETWEEN = new Set(["centred", "normalised", "scales"]);

/** @param {URLSearchParams} query @param {string} name @returns {number} */
function wholeIn(query, name) {
  return Math.max(0, Number.parseInt(query.get(name) ?? "0", 10) || 0);
}

/** @extends {LayerPage<CellPlace>} */
export class NormStage extends LayerPage {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    super(stage, "norm", NORM_SIDES);
    /** Counts what is painted anew: another scene, other colours. */
    this.edition = 0;
    this.gradients = false;
    const query = new URLSearchParams(stage.linked() ? location.search : "");
    /** Which of the open layers has its groups outlined in the input, and its charts shown. */
    this.focus = wholeIn(query, "focus");
    /** Of each open layer the group whose numbers are in the sentences; of the one in focus it has the charts. @type {number[]} */
    this.groups = [];
    this.groups[this.focus] = wholeIn(query, "group");
    /** @type {Scene | null} For which what lies between x and y was asked for. */
    this.asked = null;
    /** @type {CellPlace | null} */
    this.pinned = null;
    /** @type {NormView[]} */
    this.views = [];
    /** @type {NormPanel[]} */
    this.made = [];
    /** @type {NormPanel[]} Those that are drawn. */
    this.panels = [];
    this.bar = new NormBar({
      layer: (layer) => this.ask({ layer, beside: -1, group: 0, focus: 0 }), call: (layer) => this.ask({ layer, beside: -1, group: this.groups[0], focus: 0 }),
      beside: (beside) => this.ask({ beside, group: this.groups[0], focus: 0 }),
      turn: (gradients) => this.turn(gradients), focus: (focus) => this.turnTo(focus),
    }, Boolean(stage.options.onOptions));
    this.ways = new NormWays();
    this.table = new NormTable({ point: (group) => this.pointGroup(group), pin: (group) => this.pin(this.cellOfGroup(group)) });
    this.notes = new NormNotes();
    this.row = node("div", { class: "te-norm-panels" });
    this.footer.append(this.ways.element);
    this.left = node("div", { class: "te-norm-left" }, this.table.element);
    this.details = node("div", { class: "te-norm-details" }, this.left, this.notes.element);
    this.card.classList.add("te-norm");
    this.head.after(this.bar.element, this.row);
    this.sections.push(this.details);
  }

  /** @returns {import("./panel.js").PanelHost} */
  hostOf() {
    return {
      hover: (panel, cell, byKeyboard) => this.point(this.placeIn(panel, cell), byKeyboard),
      leave: () => this.point(null, false),
      pick: (panel, cell) => this.pin(this.placeIn(panel, cell)),
      escape: () => this.release(),
      walk: () => {},
      theme: () => this.stage.theme,
    };
  }

  /** @param {import("./panel.js").CellPanel} panel @param {number} cell @returns {CellPlace | null} */
  placeIn(panel, cell) {
    const view = /** @type {NormPanel} */ (panel).picture?.view;
    return view ? { layer: this.views.indexOf(view), index: view.indexOf(cell) } : null;
  }

  /** @param {NormView} view @param {CellPlace | null} place @returns {number[] | null} The same cell in the input of a layer; null: it has none. */
  indexFor(view, place) {
    if (!place || this.views[place.layer] === view) return place?.index ?? null;
    return sameCell(this.views[place.layer], view, place.index);
  }

  /** @param {Scene} given As it came. @returns {Scene} As it is drawn: time is the phases of the layer. */
  prepare(given) {
    const open = (given.norms?.opened.length ?? 0) > 0;
    const kept = this.keptFor(given, open);
    if (kept) return kept;
    this.scene = open ? phaseScene(given, (phase) => this.tell(phase)) : null;
    if (!this.scene) return given;
    this.fill(this.scene);
    return this.scene;
  }

  /** @param {Scene} scene */
  fill(scene) {
    this.views = viewsOf(scene, this.stage.theme);
    this.focus = Math.min(this.focus, this.views.length - 1);
    this.gradients &&= this.views[0].hasGradients;
    this.groups = this.views.map(({ model }, k) => Math.max(0, Math.min(model.count - 1, this.groups[k] ?? 0)));
    if (this.pinned && !((this.views[this.pinned.layer]?.cellOf(this.pinned.index) ?? -1) >= 0)) this.pinned = null;
    this.edition += 1;
  }

  /** @param {NormPhase} phase @returns {{sentence: string, why: string}} */
  tell(phase) {
    const { views, focus, groups } = this;
    if (this.gradients) return { sentence: gradientSentence(views[focus]), why: gradientRemark(views[focus]) };
    const own = views[focus].phases.includes(phase) ? focus : 0;
    return { sentence: phaseSentence(views[own], phase, groups[own]), why: phaseRemark(views[own], phase, groups[own]) };
  }

  /** @param {Scene} scene That comes next. @returns {number | null} Where it goes on: at the same phase, where it has one. */
  frameAfter(scene) {
    const next = phasesIn(scene);
    if (!next.length) return scene.error ? this.stage.frame : null;
    const same = /** @type {string[]} */ (next).indexOf(this.phase);
    return same < 0 || this.stage.frame >= this.stage.scene.frames.length - 1 ? next.length - 1 : same;
  }

  /** @returns {NormPhase} */
  get phase() {
    return /** @type {NormPhase} */ (this.stage.scene.frames[this.stage.frame]?.op ?? "group");
  }

  /** @override */
  enter() {
    super.enter();
    this.left.append(this.stage.cards.element);
  }

  /** @param {Frame[]} frames @returns {Frame[]} */
  sampleOf(frames) { return frames; }

  recolour() {
    const { scene, theme } = this.stage;
    if (this.views[0]?.theme !== theme) this.fill(scene);
    this.edition += 1;
  }

  showFrame() {
    const { stage, views, focus, phase, gradients } = this;
    const norms = /** @type {NormsData} */ (stage.scene.norms);
    const served = Boolean(stage.options.onOptions);
    const { pictures, arrangement } = picturesOf(views, { focus, phase, gradients, room: this.room, edition: this.edition, served });
    while (this.made.length < pictures.length) this.made.push(new NormPanel(this.hostOf()));
    this.panels = this.made.slice(0, pictures.length);
    this.row.dataset.arrangement = arrangement;
    setChildren(this.row, this.panels.map(({ figure }) => figure));
    pictures.forEach((picture, k) => this.panels[k].draw(picture));
    this.bar.show(norms, views, gradients, focus);
    this.table.show(views[focus], gradients, phase);
    this.notes.show(views);
    stage.facts.element.hidden = !stage.scene.frames.some(({ names }) => names.length > 0); // of tensors that the lens does not list
    stage.timeline.element.hidden = gradients || stage.scene.frames.length < 2;
    this.light(false);
    if (served && pictures.some(({ view, role }) => BETWEEN.has(role) && view.hasValues && !view.readers[role]?.grid)) queueMicrotask(() => this.askBetween());
  }

  /** The cells, after all words. */
  paint() {
    for (const panel of this.panels) panel.paintDue(this.stage.theme);
  }

  /** Ask for what lies between x and y, once for each scene without. */
  askBetween() {
    const { scene } = this.stage;
    const known = this.stage.linked() && new URLSearchParams(location.search).get("between") === "1";
    if (this.asked !== scene && !known) this.ask({ between: 1 });
    this.asked = scene;
  }

  /** @param {boolean} gradients */
  turn(gradients) {
    if (gradients && !this.views[this.focus].hasGradients) this.focus = 0;
    this.gradients = gradients;
    this.stage.showFrame();
  }

  /** @param {number} focus */
  turnTo(focus) {
    this.focus = focus;
    this.stage.showFrame();
    this.ask({});
  }

  /** @param {CellPlace | null} place @param {boolean} aloud */
  point(place, aloud) {
    this.hovered = place;
    this.light(false);
    if (aloud) setText(this.stage.spotlight.live, this.ways.element.textContent ?? "");
  }

  /** @param {number | null} group Of the layer in focus. */
  pointGroup(group) {
    this.point(group === null ? null : this.cellOfGroup(group), false);
  }

  /** @param {number} group @returns {CellPlace} Its first cell. */
  cellOfGroup(group) {
    return { layer: this.focus, index: this.views[this.focus].model.boxOf(group).low };
  }

  /** @param {CellPlace | null} place The same again lets it go. */
  pin(place) {
    const again = place !== null && this.pinned?.layer === place.layer && this.pinned.index.join() === place.index.join();
    this.pinned = again ? null : place;
    this.hovered = null;
    const { layer, index } = this.pinned ?? { layer: this.focus, index: null };
    const group = index ? this.views[layer].model.groupAt(index) : -1;
    const other = group >= 0 && (layer !== this.focus || group !== this.groups[layer]);
    if (other) this.groups[layer] = group;
    if (other) this.focus = layer;
    this.stage.showFrame();
    this.light(true);
    if (other) this.ask({});
  }

  /** Light the group of the cell that is pointed at, else of the one that is pinned. @param {boolean} follow Whether the table turns to it. */
  light(follow) {
    const place = this.hovered ?? this.pinned;
    const view = this.views[this.focus];
    const index = this.indexFor(view, place);
    for (const panel of this.panels) panel.light(panel.picture ? this.indexFor(panel.picture.view, place) : null);
    this.table.light(index ? view.model.groupAt(index) : -1, follow);
    this.ways.show(this.gradients ? [view] : this.views, (own) => this.indexFor(own, place ?? this.home()), this.phase, this.gradients, String(this.edition));
  }

  /** @returns {CellPlace | null} Whose way is told while no cell is pointed at: the first of the group in focus. */
  home() {
    const { focus, groups } = this;
    const view = this.views[focus];
    if (view.model.shape.includes(0)) return null;
    const first = view.model.count ? view.model.boxOf(groups[focus]).low : view.first;
    return { layer: focus, index: view.cellOf(first) >= 0 ? first : view.first };
  }

  /** @param {Record<string, number>} options Of the lens. */
  ask(options) {
    const { norms } = this.stage.scene;
    const [first, second, third] = norms?.opened ?? [];
    if (!first) return;
    const none = (this.views[0].stop?.same.length ?? 0) > 0 ? NOTHING_BESIDE : -1;
    this.stage.options.onOptions?.({ layer: first.stop, beside: third ? ALL_BESIDE : second?.stop ?? none, group: this.groups[this.focus], focus: this.focus, ...options });
  }

  /** @param {KeyboardEvent} event @returns {boolean} Beside gradients there is no time to walk through. */
  key({ key }) { return this.gradients && TIME_KEYS.has(key); }

  /** @returns {boolean} Whether something was let go. */
  release() {
    const had = this.hovered !== null || this.pinned !== null;
    this.hovered = null;
    this.pinned = null;
    this.light(false);
    return had;
  }
}
