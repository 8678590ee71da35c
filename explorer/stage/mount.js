// The stage: builds the panels of a scene and keeps them, the timeline and the address bar in step.

import { arrange, showMessages } from "./arrangement.js";
import { Arrows } from "./arrows.js";
import { BitsCard } from "./bits.js";
import { TableCards } from "./cards.js";
import { CodePanel } from "./code.js";
import { decodeScene } from "./decode.js";
import { node, setText } from "./dom.js";
import { FactsTable } from "./facts.js";
import { makePanels } from "./host.js";
import { listenForKeys } from "./keys.js";
import { legend, Sentences } from "./messages.js";
import { frameAfter, homeColour, homeFrame, linkedFrame, LinkWriter, readLink } from "./permalink.js";
import { ColourScale } from "./scales.js";
import { DEFAULT_WIDTH } from "./rows.js";
import { Spotlight } from "./spotlight.js";
import { hasNorm, hasRecurrent, Surroundings } from "./surroundings.js";
import { IdleTables } from "./table.js";
import { glyphWidth, readTheme } from "./theme.js";
import { Choice } from "./choice.js";
import { Timeline } from "./timeline.js";
import { Toolbar } from "./toolbar.js";
import { Travel } from "./travel.js";
import { Walk } from "./walk.js";

const HISTORY_GRACE = 4000;

/** @type {Frame} */
const BLANK = { op: "", kind: "other", sentence: "", why: "", span: null, results: [], inputs: [], names: [] };

/**
 * Draw a scene inside an element.
 * @param {HTMLElement} element
 * @param {Uint8Array} bytes
 * @param {MountOptions} [options]
 * @returns {Stage}
 */
export function mount(element, bytes, options = {}) {
  return new Stage(element, bytes, options);
}

export class Stage {
  /** @param {HTMLElement} element @param {Uint8Array} bytes @param {MountOptions} options */
  constructor(element, bytes, options) {
    this.options = options;
    this.frame = 0;
    /** @type {ColourMode} */
    this.colour = "element";
    /** @type {import("./grid.js").GridView[]} */
    this.grids = [];
    /** @type {import("./strip.js").StripView[]} */
    this.strips = [];
    this.width = 0;
    this.stripWidth = 0;
    this.choice = new Choice();
    this.ready = 0;
    this.travelled = -Infinity;
    this.links = new LinkWriter();
    this.code = new CodePanel(options, this.linked());
    this.facts = new FactsTable((grid) => this.spotlight.activate(grid), (grid) => this.goTo(grid));
    this.timeline = new Timeline((frame, by) => this.setFrame(frame, by));
    this.sentences = new Sentences();
    /** @type {Scene} */
    this.scene = { ...decodeScene(bytes), subject: options.subject };
    this.ground = node("div", { class: "te-ground" });
    this.groundArrows = new Arrows(this.ground);
    this.arrows = this.groundArrows;
    this.cards = new TableCards(options.onRun);
    this.idleTables = new IdleTables();
    this.bits = new BitsCard(options.casts);
    this.spotlight = new Spotlight(this);
    this.walk = new Walk(this);
    this.travel = new Travel(this.ground);
    this.toolbar = new Toolbar((mode) => this.setColour(mode), () => this.recolour());
    this.surroundings = new Surroundings(this);
    this.root = this.build();
    element.append(this.root);
    this.theme = readTheme(this.root);
    this.colour = (this.linked() ? readLink().colour : null) ?? homeColour(this.scene);
    this.take(this.scene, this.linked() ? linkedFrame(this.scene) : homeFrame(this.scene));
    this.watch();
  }

  /** @returns {HTMLElement} The root: everything that stays from scene to scene. */
  build() {
    this.messages = node("div", { class: "te-messages" });
    this.head = node("div", { class: "te-head" });
    /** @type {any} */
    this.gridBox = node("div", { class: "te-grids" });
    this.stripBox = node("div", { class: "te-strips" });
    this.ground.append(this.gridBox, this.stripBox);
    this.footer = node("div", { class: "te-footer" });
    this.card = node("div", { class: "te-card" });
    this.below = node("div", { class: "te-below" });
    return node("div", { class: "te-stage", "data-testid": "stage" }, this.messages, this.spotlight.live);
  }

  watch() {
    this.unlisten = listenForKeys(this.root, (event) => this.key(event));
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.root);
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const repaint = () => this.refreshTheme(true);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal });
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", repaint, { signal });
    document.fonts?.addEventListener("loadingdone", repaint, { signal });
    window.addEventListener("popstate", () => this.restore(), { signal });
  }

  /** @returns {boolean} Whether the address bar is ours to read and write. */
  linked() { return this.options.links !== false; }

  /**
   * Show new data in place: same source, same step unless another tells more; another source, where it opens.
   * @param {Uint8Array} bytes @param {boolean} [passing] For a moment: the program stays what it is. @param {string} [subject] What it is a picture of.
   */
  update(bytes, passing = false, subject = this.scene.subject) {
    const scene = { ...decodeScene(bytes), subject };
    const before = this.scene;
    this.theme = readTheme(this.root);
    const own = scene.error === null || scene.subject === before.subject; // else it keeps nothing of what was shown
    let frame = (own ? this.layer?.frameAfter(scene) : null) ?? frameAfter(before, this.frame, scene);
    if (performance.now() - this.travelled < HISTORY_GRACE && this.linked()) frame = linkedFrame(scene);
    if (this.colour === homeColour(before)) this.colour = homeColour(scene);
    this.take(scene, frame, passing);
  }

  /** @returns {import("./study.js").Study | null} What stands around the graph, where there is one. */
  get study() { return this.scene.graph ? this.surroundings.study : null; }

  /** @returns {import("./slide.js").Slide | null} What stands around a layer that slides a window, where one is open. */
  get slide() { return this.scene.layers?.windows ? this.surroundings.slide : null; }

  /** @returns {import("./slide.js").Slide | import("./norm.js").NormStage | import("./recurrent.js").RecurrentStage | null} What stands around the layer that is open. */
  get layer() {
    if (hasRecurrent(this.scene)) return this.surroundings.recurrent;
    return hasNorm(this.scene) ? this.surroundings.norm : this.slide;
  }

  /** @returns {import("./study.js").Study | NonNullable<Stage["layer"]> | null} */
  get around() { return this.study ?? this.layer; }

  /** @param {number} id @returns {import("./grid.js").GridView | null} The panel of a grid, where one is drawn. */
  viewOf(id) {
    const view = this.grids[id];
    return view?.grid.id === id ? view : this.grids.find(({ grid }) => grid.id === id) ?? null;
  }

  /** Build all panels of a scene. @param {Scene} given @param {number} frame Bounded here. @param {boolean} [passing] */
  take(given, frame, passing = false) {
    if (this.surroundings.lacks(given)) return void this.surroundings.fetch(given, frame, passing);
    this.surroundings.waiting = null;
    const scene = this.surroundings.prepared(given);
    const focused = /** @type {any} */ (this.root.getRootNode()).activeElement?.closest?.(".te-grid, .te-strip")?.dataset.testid ?? null;
    this.travel.stop();
    this.walk.close();
    this.scene = scene;
    this.frame = Math.max(0, Math.min(scene.frames.length - 1, frame));
    this.spotlight.reset();
    this.bits.forget();
    this.code.setScene(scene, passing); // first: the editor makes the browser lay out all that was written before
    makePanels(this, scene);
    showMessages(this);
    arrange(this);
    this.timeline.setScene(scene);
    this.sentences.setFrames(this.layer?.sampleOf(scene.frames) ?? scene.frames);
    this.around?.take(scene);
    if (!this.width) this.measure();
    this.relayout();
    if (this.timeline.arranged === "") this.timeline.arrange();
    if (focused) /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-testid="${focused}"] .te-cells`))?.focus({ preventScroll: true });
    this.ready += 1;
    this.root.dataset.ready = String(this.ready);
    this.writeLink();
    this.options.onScene?.(this, passing);
    /** @type {any} */ (window).__explorerStage = { lastUpdate: performance.now() };
  }

  /** Read the width that there is; it forces a layout, so only when it may have changed. */
  measure() {
    this.around?.measure();
    this.width = this.around?.room ?? this.gridBox.clientWidth;
    this.stripWidth = this.stripBox.clientWidth;
  }

  /** Fit all panels into the width there is, and paint. */
  relayout() {
    const room = this.width || DEFAULT_WIDTH;
    this.glyph = glyphWidth(this.theme);
    if (!this.study) for (const view of this.grids) view.layout(room - 26, this.glyph);
    for (const view of this.strips) view.layout(this.stripWidth || room - 24, this.glyph);
    this.recolour();
  }

  recolour() {
    this.scale = new ColourScale(this.scene, this.colour, this.theme);
    for (const view of [...this.grids, ...this.strips]) view.painted = "";
    this.around?.recolour();
    this.toolbar.show(this.scene, this.colour, legend(this.scale, this.scene));
    this.choice.forget();
    this.showFrame();
  }

  showFrame() {
    const frame = this.scene.frames[this.frame] ?? BLANK;
    if (!this.scale) return;
    if (this.around) this.around.showFrame(this.glyph ?? ((font) => font));
    else for (const view of this.choice.of(this, frame)) view.update(this.frame, frame, this.scale, this.theme);
    this.root.dataset.frame = String(this.frame);
    this.timeline.show(this.frame);
    this.sentences.show(frame);
    this.cards.show(this.scene, frame);
    if (!this.study) this.facts.update(this.scene, this.frame);
    this.spotlight.invalidate();
    this.spotlight.show();
    this.idleTables.make([...this.grids]);
    this.surroundings.paint();
    this.options.onFrame?.();
  }

  /** @param {number} index @param {"step" | "jump" | "play"} by */
  setFrame(index, by) {
    const before = this.frame;
    this.frame = index;
    this.travel.stop();
    this.walk.close();
    const frame = this.scene.frames[index] ?? BLANK;
    setText(this.spotlight.live, `Step ${index + 1} of ${this.scene.frames.length}: ${frame.sentence}`); // with all other words: one layout for a step
    this.showFrame();
    if (by !== "jump" && index === before + 1 && this.scale && !this.around) this.travel.follow(this, frame, this.scale);
    this.writeLink();
  }

  /** @param {ColourMode} mode */
  setColour(mode) {
    this.colour = mode;
    this.recolour();
    this.writeLink();
  }

  writeLink() {
    if (this.linked()) this.links.write(this.scene, this.frame, this.colour);
  }

  /** Back or forward: the address tells the step, now and for the scene that may follow. */
  restore() {
    if (!this.linked()) return;
    this.links.stop();
    this.travelled = performance.now();
    this.timeline.pause();
    this.frame = Math.max(0, Math.min(this.scene.frames.length - 1, linkedFrame(this.scene)));
    this.colour = readLink().colour ?? homeColour(this.scene);
    this.recolour();
  }

  /** @param {number} id Scroll a grid into view and give it the focus. */
  goTo(id) {
    const panel = this.viewOf(id)?.panel;
    panel?.figure.scrollIntoView({ block: "nearest", behavior: "smooth" });
    panel?.box.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  key(event) {
    if (event.key === "Escape") return this.spotlight.unpin() || (this.around?.release() ?? false);
    return (this.around?.key(event) ?? false) || this.timeline.key(event);
  }

  resized() {
    if (this.ready === 0) return;
    const before = this.width;
    this.measure();
    if (this.width && this.width !== before) this.relayout();
    this.timeline.arrange();
  }

  /** @param {boolean} always Also when the colours are the same, as for fonts that have arrived. */
  refreshTheme(always = false) {
    const before = this.theme;
    this.theme = readTheme(this.root);
    if (always || this.theme !== before) this.relayout();
  }

  /** Stop everything and leave the page. */
  destroy() {
    this.timeline.pause();
    this.travel.stop();
    this.walk.close();
    this.links.stop();
    this.unlisten?.();
    this.observer?.disconnect();
    this.bits.destroy();
    this.surroundings.destroy();
    this.code.destroy();
    this.stopper?.abort();
    this.root.remove();
  }
}
