// The page around a layer that slides a window: its padded input, kernels, products and result, one position at a time.

import { node, setText } from "./dom.js";
import { LayerPage } from "./layer-page.js";
import { SlideBar } from "./slide-bar.js";
import { SlideCards } from "./slide-cards.js";
import { SlideChannels } from "./slide-channels.js";
import { SlideData } from "./slide-data.js";
import { DARK, lightOf, marksFor } from "./slide-hover.js";
import { isPart, partAfter, partAround, partOf, PartStepper } from "./slide-part.js";
import { SlidePictures } from "./slide-pictures.js";
import { ItemStepper, PanelRow, SlideRows } from "./slide-rows.js";
import { SlideModel } from "./slide-model.js";
import { positionScene } from "./slide-scene.js";
import { SlideLayers } from "./slide-layers.js";
import { WeightEditor } from "./weight-edit.js";

/** @typedef {import("./slide-panel.js").SlidePanel} SlidePanel */

const SLIDE_SIDES = 40;
const ONE_COLUMN = 820;
const RESULT_SHARE = 0.34;
const CHANNEL_ROWS = 3;
const MOST_STACKED = 12;
const MOST_SAMPLES = 10;
const SLIDE_HINT = "Point at a cell: of the result, its window; of the input, all that it feeds; of a kernel, all products it takes part in.";

/** @extends {LayerPage<{panel: SlidePanel, cell: number}>} */
export class Slide extends LayerPage {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    super(stage, "slide", SLIDE_SIDES);
    /** Counts what is painted anew: another scene, other colours, another width. */
    this.edition = 0;
    /** @type {SlideData | null} */
    this.data = null;
    /** @type {SlidePictures | null} */
    this.pictures = null;
    /** @type {number[] | null} The output to go to, once the block of windows around it has come. */
    this.wanted = null;
    const host = this.hostOf();
    this.bar = new SlideBar(() => this.changed());
    this.rows = new SlideRows(host, () => this.changed());
    this.result = new PanelRow(host, "te-slide-result");
    this.matrices = new PanelRow(host, "te-slide-matrices");
    this.cards = new SlideCards();
    this.layers = new SlideLayers((layer) => this.ask({ layer }));
    this.channels = new SlideChannels((channel) => this.ask({ channel }));
    this.items = new ItemStepper((item) => this.ask({ item }));
    this.parts = new PartStepper((wish) => this.move(wish));
    this.editor = new WeightEditor((change) => stage.options.onChange?.(change));
    this.readout = node("div", { class: "te-readout", "data-testid": "slide-readout" });
    this.picture = node("div", { class: "te-slide-picture" }, node("div", { class: "te-slide-left" }, this.items.element, this.rows.element, this.rows.pager, this.channels.element, node("p", { class: "te-slide-hint te-muted" }, SLIDE_HINT)),
      node("div", { class: "te-slide-right" }, this.result.element, this.parts.element, this.cards.element));
    this.head.append(this.bar.element);
    this.footer.append(this.readout);
    this.card.classList.add("te-slide");
    this.head.after(this.layers.element, this.picture, this.matrices.element);
    this.sections.push(stage.cards.element);
  }

  /** @returns {import("./panel.js").PanelHost & {edit: (panel: SlidePanel, cell: number) => void}} */
  hostOf() {
    return {
      hover: (panel, cell, byKeyboard) => this.point({ panel: /** @type {SlidePanel} */ (panel), cell }, byKeyboard),
      leave: (panel) => this.hovered?.panel === panel && this.point(null, false),
      pick: (panel, cell) => this.pick(/** @type {SlidePanel} */ (panel), cell),
      escape: () => this.point(null, false),
      walk: () => {},
      theme: () => this.stage.theme,
      edit: (panel, cell) => this.edit(panel, cell),
    };
  }

  /** @param {Scene} given As it came. @returns {Scene} As it is drawn: time is the positions of the window. */
  prepare(given) {
    const open = Boolean(given.layers?.windows);
    const kept = this.keptFor(given, open);
    if (!open && !kept) return given;
    this.scene = kept ?? positionScene(given, (own) => this.dataOf(own), () => this.bar.way === "backward");
    this.data = null;
    this.dataOf(this.scene);
    return this.scene;
  }

  /** @param {Scene} scene @returns {SlideData} */
  dataOf(scene) {
    if (this.data?.scene !== scene || this.data.theme !== this.stage.theme) this.data = new SlideData(scene, this.stage.theme);
    return this.data;
  }

  /** @param {Scene} scene That comes next. @returns {number | null} Where it goes on: at the same output, where it still is one. */
  frameAfter(scene) {
    if (!scene.layers?.windows) return scene.error && this.data ? this.stage.frame : null;
    if (!this.data) return null;
    const model = new SlideModel(scene.layers.windows);
    const place = (/** @type {readonly number[]} */ o) => (o.length === model.dims.length ? model.positionOf(o) : -1);
    const wanted = this.wanted ? place(this.wanted) : -1;
    if (wanted >= 0) this.wanted = null;
    return wanted >= 0 ? wanted : Math.max(0, place(this.data.model.outputAt(this.stage.frame)));
  }

  /** @override */
  enter() {
    super.enter();
    this.stage.facts.element.hidden = false;
  }

  /** @override @param {Scene} scene */
  take(scene) {
    super.take(scene);
    this.editor.close();
    this.edition += 1;
    this.layers.show(scene, this.stage.theme);
  }

  /** @param {Frame[]} frames @returns {Frame[]} Some of them, whose sentences tell how much room all need. */
  sampleOf(frames) {
    const every = Math.max(1, Math.floor(frames.length / MOST_SAMPLES));
    return frames.filter((_, p) => p % every === 0 || p === frames.length - 1);
  }

  recolour() {
    this.edition += 1;
    this.pictures = null;
    this.layers.show(this.stage.scene, this.stage.theme);
  }

  /** Another way to look at it was chosen. */
  changed() {
    this.edition += 1;
    this.pictures = null;
    this.stage.showFrame();
  }

  /** @param {(font: number) => number} glyph @returns {SlidePictures} */
  picturesOf(glyph) {
    const data = this.dataOf(this.stage.scene);
    if (this.pictures?.data === data) return this.pictures;
    const narrow = this.room < ONE_COLUMN;
    const right = narrow ? this.room : Math.max(280, this.room * RESULT_SHARE);
    this.card.toggleAttribute("data-narrow", narrow);
    this.card.style.setProperty("--te-slide-right", `${Math.round(right)}px`);
    this.pictures = new SlidePictures(data, this.bar.way, this.bar.matrix || narrow ? this.room : this.room - right - 24, right, glyph);
    return this.pictures;
  }

  /** @param {(font: number) => number} glyph Width of a digit. */
  showFrame(glyph) {
    const data = this.dataOf(this.stage.scene);
    this.bar.show(data);
    const pictures = this.picturesOf(glyph);
    const { model, windows } = data;
    const position = this.stage.frame;
    const key = (/** @type {import("./slide-panel.js").SlidePicture} */ { part, testid }) => `${this.edition}|${testid}${part === "product" ? `|${position}` : ""}`;
    this.picture.hidden = this.bar.matrix;
    this.matrices.element.hidden = !this.bar.matrix;
    if (this.bar.matrix) {
      const { weights, columns, results } = pictures.matrices();
      this.matrices.show([weights, columns, results], ["·", "="], key);
    } else {
      const leads = this.rows.choose(model.channelsOf(windows.channel), pictures.stacked, pictures.stacked ? MOST_STACKED : CHANNEL_ROWS);
      this.rows.show(leads.flatMap((lead) => pictures.bands(lead, position)), key);
      this.result.show(pictures.results(), ["", ""], key);
      this.cards.show(data, position, this.bar.way === "backward");
      this.channels.show(data, this.edition);
      this.items.show(windows.item, windows.item < 0 ? 1 : data.input.grid?.shape[0] ?? 1);
    }
    this.parts.show(windows);
    this.light();
  }

  /** @returns {SlidePanel[]} */
  get panels() {
    return this.bar.matrix ? this.matrices.panels : [...this.rows.panels, ...this.result.panels];
  }

  /** @param {{panel: SlidePanel, cell: number} | null} hovered @param {boolean} aloud */
  point(hovered, aloud) {
    this.hovered = hovered;
    this.light();
    this.paint();
    if (aloud) setText(this.stage.spotlight.live, this.readout.textContent ?? "");
  }

  /** Mark what belongs to the cell that is pointed at, and the window of the position. */
  light() {
    const data = this.dataOf(this.stage.scene);
    const { frame } = this.stage;
    const light = this.hovered ? lightOf(data, frame, this.hovered.panel, this.hovered.cell) : DARK;
    for (const panel of this.panels) panel.mark(marksFor(data, frame, panel, light));
    setText(this.readout, light.words);
  }

  /** Paint what has changed; after all words are written, since a canvas asks for the styles of the page. */
  paint() {
    for (const panel of this.panels) panel.paint(this.stage.theme);
  }

  /** A cell was clicked: of a result, time goes there. @param {SlidePanel} panel @param {number} cell */
  pick(panel, cell) {
    const { picture } = panel;
    const data = this.dataOf(this.stage.scene);
    if (!picture) return;
    this.point({ panel, cell }, false);
    const light = lightOf(data, this.stage.frame, panel, cell);
    const target = ["output", "results", "columns"].includes(picture.part) ? light.outputs[0]?.at : null;
    const position = target ? data.model.positionOf(target) : -1;
    if (position >= 0) this.stage.timeline.go(position);
    else if (target) this.move(partAround(data.windows, target));
    const channel = light.outputs[0]?.lead;
    if (picture.part === "results" && typeof channel === "number" && channel !== data.windows.channel) this.ask({ channel });
  }

  /** @param {SlidePanel} panel @param {number} cell Of a kernel: a field opens on it. */
  edit(panel, cell) {
    const data = this.dataOf(this.stage.scene);
    if (cell < 0 || panel.picture?.part !== "kernel" || this.bar.way === "backward" || !this.stage.options.onChange) return;
    const index = data.model.weightIndex(data.windows.channel, panel.picture.area.leadAt(cell), panel.picture.area.indexAt(cell));
    this.editor.open(panel, cell, { name: data.weight.name, index, value: data.weight.exact(index) });
  }

  /** Windows of another part of the result. @param {import("./slide-part.js").PartWish} wish */
  move({ options, target }) {
    this.ask(options);
    this.wanted = target;
  }

  /** @param {Record<string, number>} options Of the lens; another layer begins at its first channel and windows. */
  ask(options) {
    const { windows } = this.dataOf(this.stage.scene);
    const { layers } = this.stage.scene;
    this.wanted = null;
    /** @type {Record<string, number>} */
    const kept = "layer" in options ? { channel: 0, slab: 0, row: 0, column: 0 } : { channel: windows.channel, ...partOf(windows) };
    this.stage.options.onOptions?.({ layer: layers?.opened ?? -1, item: Math.max(0, windows.item), ...kept, ...options });
  }

  /** Past the end of the windows that are kept come the next ones. @param {KeyboardEvent} event @returns {boolean} */
  key({ key }) {
    const { windows, model } = this.dataOf(this.stage.scene);
    const by = key === "ArrowRight" && this.stage.frame === model.count - 1 ? 1 : key === "ArrowLeft" && this.stage.frame === 0 ? -1 : 0;
    const wish = by && isPart(windows) ? partAfter(windows, by) : null;
    if (wish) this.move(wish);
    return wish !== null;
  }

  /** @returns {boolean} Whether something was let go. */
  release() {
    const had = this.hovered !== null;
    this.point(null, false);
    return had;
  }
}
