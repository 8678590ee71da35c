// The page around a graph: the code, the graph, the inspector, and one timeline below them.

import { Arrows } from "./arrows.js";
import { ChartTables } from "./chart-tables.js";
import { node, setAttribute, setText } from "./dom.js";
import { floatText } from "./format.js";
import { GraphView } from "./graph.js";
import { PanelPool } from "./host.js";
import { insightAt, originAt, whereabouts } from "./insight.js";
import { Inspector } from "./inspector.js";
import { engineFrames } from "./phases.js";
import { ColourScale, roleScales } from "./scales.js";
import { StudyLine } from "./study-line.js";

/** Sides of the inspector's scroller, and room for its scroll bar. */
const SIDES = 34;
const NARROWEST = 180;

export class Study {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {number | null} A node that was chosen; null: the inspector follows the steps. */
    this.chosen = null;
    /** @type {number | null} A node under the pointer, in the graph. */
    this.pointed = null;
    this.pool = new PanelPool(stage);
    this.inspector = new Inspector({ onJump: (frame) => stage.timeline.go(frame), onFollow: () => this.choose(null) });
    this.arrows = new Arrows(this.inspector.body);
    this.graph = new GraphView({
      onSelect: (/** @type {number | null} */ number) => this.choose(number, true),
      onJump: (/** @type {number} */ frame) => stage.timeline.go(frame),
      onHover: (/** @type {number | null} */ number) => this.point(number),
    });
    this.where = node("div", { class: "te-whereabouts", "data-testid": "whereabouts" }, node("span"), node("span"));
    this.line = new StudyLine();
    this.codeColumn = node("div", { class: "te-study-code" });
    this.graphBox = node("div", { class: "te-graph-box" }, this.graph.element);
    this.footer = node("div", { class: "te-study-footer" });
    this.panes = node("div", { class: "te-study-panes" }, this.codeColumn, this.graphBox, this.inspector.element);
    this.card = node("div", { class: "te-card te-study" }, this.line.element, this.panes, this.footer);
    this.charts = stage.options.charts ? new ChartTables() : null;
    /** @type {Map<number, number>} Nodes by the grids of their tensors. */
    this.nodeOf = new Map();
    this.room = 0;
    /** @type {ReturnType<typeof roleScales> | null} */
    this.scales = null;
    /** @type {WeakMap<GridData, ColourScale>} */
    this.crowds = new WeakMap();
  }

  /** Put the parts of the stage where they belong beside a graph. */
  enter() {
    const { stage } = this;
    stage.root.dataset.mode = "graph";
    stage.arrows = this.arrows;
    this.codeColumn.append(stage.code.element, this.where);
    this.inspector.plates.element.before(stage.cards.element); // what was found comes before what it was found in
    this.inspector.foot.append(stage.spotlight.readout, stage.bits.element);
    this.footer.append(stage.timeline.element);
    stage.messages.after(this.card, stage.head, ...(this.charts ? [this.charts.element] : []));
    stage.head.append(stage.sentences.element, stage.toolbar.element);
  }

  leave() {
    this.card.remove();
    this.charts?.element.remove();
  }

  /** @param {Scene} scene */
  take(scene) {
    this.chosen = null;
    this.pointed = null;
    this.nodeOf = nodesByGrid(scene);
    this.charts?.show(scene.charts ?? []);
    this.graph.setTheme(this.stage.theme);
    this.graph.setScene(scene);
  }

  /** Read the room that there is, and give it to the panels. */
  measure() {
    this.room = Math.max(NARROWEST, this.inspector.scroller.clientWidth - SIDES);
    this.graph.relayout();
  }

  /** Other colours. */
  recolour() {
    this.scales = roleScales(this.stage.scene, this.stage.colour, this.stage.theme);
    this.graph.setTheme(this.stage.theme);
    this.crowds = new WeakMap();
    for (const view of this.pool.views) view.painted = "";
  }

  /** @param {(font: number) => number} glyph Width of a digit. */
  showFrame(glyph) {
    const { stage } = this;
    const { scene, frame: index } = stage;
    this.graph.showFrame(index);
    const insight = insightAt(scene, index, this.chosen);
    const drawn = insight.plates.filter(({ grid }) => grid >= 0);
    const there = insight.plates.flatMap(({ grid }, k) => (grid >= 0 ? [this.inspector.plates.drawnAt(k)] : []));
    const views = this.pool.take(drawn.map(({ grid }) => grid), there);
    drawn.forEach((plate, k) => this.draw(views[k], plate.role, glyph));
    stage.grids = views;
    const left = [...views];
    const shown = insight.plates.map(({ grid }) => (grid >= 0 ? left.shift() ?? null : null));
    const plates = insight.plates.map((plate, k) => ({ ...plate, text: [plate.text, this.rangeText(shown[k])].filter(Boolean).join(" · ") }));
    // gradients stay in their places from node to node; what a call did, and what was found, comes first
    const listed = engineFrames(scene).has(index) && (scene.frames[index].tables ?? []).every((number) => scene.tables?.[number].tone === "plain");
    setAttribute(this.inspector.body, "data-listed", listed ? "below" : null);
    this.inspector.show({ ...insight, plates }, shown, index);
    this.showPlace(index);
  }

  /** @param {import("./grid.js").GridView} view @param {PlateData["role"]} role @param {(font: number) => number} glyph */
  draw(view, role, glyph) {
    const { scene, frame, theme } = this.stage;
    const { figure } = view.panel;
    if (!this.scales) return;
    view.layout(this.room, glyph);
    if (figure.dataset.tint !== role) view.painted = "";
    figure.dataset.tint = role;
    figure.hidden = false;
    view.update(frame, scene.frames[frame], this.crowdScale(view) ?? this.scales[role], theme);
  }

  /** @param {import("./grid.js").GridView} view @returns {ColourScale | null} Cells without room for numbers tell them by colour, on a scale of their own. */
  crowdScale({ grid, panel: { geometry } }) {
    const { scene, colour, theme } = this.stage;
    if (colour !== "none" || (/** @type {import("./layout.js").GridGeometry | null} */ (geometry)?.numbers ?? true)) return null;
    const known = this.crowds.get(grid) ?? new ColourScale({ ...scene, grids: [grid] }, "value", theme);
    this.crowds.set(grid, known);
    return known;
  }

  /** @param {import("./grid.js").GridView | null} view @returns {string} What the colours of a crowd of cells stand for. */
  rangeText(view) {
    const range = view && this.crowdScale(view)?.range;
    if (!range || range.empty) return "";
    if (range.low === range.high) return `all ${range.partial ? "finite " : ""}cells are ${floatText(range.low, 3)}`;
    return `colours from ${floatText(range.low, 3)} to ${floatText(range.high, 3)}`;
  }

  /** @param {number} index Say below the code, and above the graph, where the step stands. */
  showPlace(index) {
    this.line.show(this.stage.scene, index);
    const lines = whereabouts(this.stage.scene, index, this.stage.timeline.stretches);
    [...this.where.children].forEach((line, k) => setText(line, lines[k] ?? ""));
  }

  /** @param {number | null} number A node to inspect; null to follow the steps. @param {boolean} [inGraph] Whether the graph knows. */
  choose(number, inGraph = false) {
    if (number === this.chosen) return;
    this.chosen = number;
    if (!inGraph) this.graph.select(number);
    this.inspector.scroller.scrollTop = 0;
    this.stage.showFrame();
    setText(this.stage.spotlight.live, `${number === null ? "Following the steps" : "Inspecting"}: ${this.inspector.title}`);
  }

  /** @returns {boolean} Whether there was a node to let go. */
  release() {
    const had = this.chosen !== null;
    this.choose(null);
    return had;
  }

  /** @param {KeyboardEvent} event @returns {boolean} Whether the key meant something. */
  key(event) {
    if (event.key === "/") this.graph.bar.focusSearch();
    return event.key === "/";
  }

  /** @param {number | null} number Under the pointer, in the graph: its expression lights up. */
  point(number) {
    this.pointed = number;
    this.stage.spotlight.show();
  }

  /** @param {GridData | null} grid Under the pointer: its node lights up. @returns {Span | null} The expression to mark. */
  spanOf(grid) {
    const { scene, frame } = this.stage;
    const own = grid ? this.nodeOf.get(grid.id) ?? scene.frames[frame]?.node ?? null : null;
    this.graph.highlight(own);
    const number = own ?? this.pointed ?? this.chosen;
    return number === null ? null : scene.graph?.nodes[number]?.span ?? null;
  }

  /** @returns {Span | null} The expression that made the node which the engine runs in this frame. */
  originSpan() {
    return originAt(this.stage.scene, this.stage.frame)?.span ?? null;
  }

  destroy() {
    this.graph.destroy();
    this.card.remove();
  }
}

/** @param {Scene} scene @returns {Map<number, number>} */
function nodesByGrid(scene) {
  const found = new Map();
  scene.graph?.nodes.forEach(({ states }, number) => {
    for (const { value, grad } of states) for (const grid of [value, grad]) if (grid >= 0 && !found.has(grid)) found.set(grid, number);
  });
  return found;
}
