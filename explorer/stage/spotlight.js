// What is pointed at and pinned, and everything that lights up because of it.

import { node, setText } from "./dom.js";
import { describeCell, NEVER_WRITTEN } from "./describe.js";
import { Lookup } from "./elements.js";
import { gridName } from "./grid.js";
import { Linker, NOTHING_LINKED } from "./linker.js";
import { patchChildren } from "./patch.js";
import { Resting } from "./rest.js";
import { Room } from "./room.js";

const HINT = "Point at a cell: the same element lights up everywhere it lives. Click to pin it.";
const STUDY_HINT = "Point at a cell: the cells that it comes from, and those that it feeds, light up. Click to pin it.";
const STUDY_TOUCH_HINT = "Tap a cell: the cells that it comes from, and those that it feeds, light up.";
const TOUCH_HINT = "Tap a cell: the same element lights up everywhere it lives.";

/**
 * What the spotlight needs of the stage.
 * @typedef {{scene: Scene, frame: number, grids: import("./grid.js").GridView[],
 *   strips: import("./strip.js").StripView[], facts: import("./facts.js").FactsTable,
 *   code: import("./code.js").CodePanel, arrows: import("./arrows.js").Arrows, bits: import("./bits.js").BitsCard,
 *   viewOf: (id: number) => import("./grid.js").GridView | null, study: import("./study.js").Study | null}} SpotlightStage
 */

export class Spotlight {
  /** @param {SpotlightStage} stage */
  constructor(stage) {
    this.stage = stage;
    this.readout = node("div", { class: "te-readout", "data-testid": "readout" });
    this.room = new Room(this.readout);
    /** Whether a walk through a storage is shown: it draws its own arrow. */
    this.walking = false;
    this.live = node("div", { class: "te-hidden", "aria-live": "polite" });
    this.resting = new Resting();
    this.reset();
  }

  /** Forget everything: another scene. */
  reset() {
    /** @type {Place | null} */
    this.hovered = null;
    /** @type {(Place & {element: number}) | null} */
    this.pinned = null;
    /** @type {number | null} Grid under the pointer or whose table row is. */
    this.active = null;
    /** @type {Lookup | null} */
    this.lookup = null;
    /** @type {import("./panel.js").CellPanel[]} The panels that the look-up knows, in its order. */
    this.order = [];
    /** @type {string} */
    this.shown = "";
    /** @type {Linker} */
    this.linker = new Linker(this.stage, (grid) => this.nameOf(grid));
    this.readout.toggleAttribute("data-roomy", !this.linker.index.empty);
    this.room.forget();
  }

  /** Another frame or other values: what is where has changed. It is looked up anew when the steps rest, or before. */
  invalidate() {
    this.lookup = null;
    this.resting.ask(() => this.lookup ?? this.find(-1));
  }

  /** @param {number} element @returns {Map<import("./panel.js").CellPanel, number[]>} */
  find(element) {
    const { grids, strips, scene } = this.stage;
    let { lookup } = this;
    if (!lookup) {
      this.order = [...grids, ...strips].map((view) => view.panel).filter((panel) => panel.visible && panel.geometry);
      const sources = this.order.map((panel) => ({ count: panel.geometry?.count ?? 0, elementOf: panel.elementOf }));
      lookup = new Lookup(sources, scene.element_count);
      this.lookup = lookup;
    }
    const found = lookup.find(element);
    const order = /** @type {import("./panel.js").CellPanel[]} */ (this.order);
    return new Map(order.map((panel, k) => [panel, found[k]]));
  }

  /** @param {import("./panel.js").CellPanel} panel @param {number} cell @param {boolean} byKeyboard */
  hover(panel, cell, byKeyboard) {
    if (this.hovered?.panel === panel && this.hovered.cell === cell) return;
    this.hovered = { panel, cell };
    this.show();
    if (byKeyboard) setText(this.live, this.readout.textContent ?? "");
  }

  /** @param {import("./panel.js").CellPanel} panel */
  leave(panel) {
    if (this.hovered?.panel !== panel) return;
    this.hovered = null;
    this.show();
  }

  /** @param {import("./panel.js").CellPanel} panel @param {number} cell */
  pick(panel, cell) {
    const element = panel.elementOf(cell);
    const again = this.pinned?.panel === panel && this.pinned.cell === cell;
    this.pinned = again ? null : { panel, cell, element };
    this.show();
    setText(this.live, again ? "Unpinned" : `Pinned: ${this.readout.textContent}`);
  }

  /** @returns {boolean} Whether something was pinned. */
  unpin() {
    const had = this.pinned !== null;
    this.pinned = null;
    this.hovered = null;
    this.show();
    return had;
  }

  /** @param {number | null} grid */
  activate(grid) {
    if (this.active === grid) return;
    this.active = grid;
    this.show();
  }

  /** @param {GridData} grid @returns {string} Its name at the current frame. */
  nameOf(grid) {
    const names = (this.stage.scene.frames[this.stage.frame]?.names ?? []).filter(([, id]) => id === grid.id).map(([name]) => name);
    return names.length && !names.includes(grid.label) ? names[0] : gridName(grid);
  }

  /** Light every cell, caption, row and expression that belongs to what is pointed at. */
  show() {
    const { grids, strips, scene, facts, code, frame, study } = this.stage;
    const hovered = this.hovered?.panel.visible ? this.hovered : null;
    const lit = hovered ? this.find(hovered.panel.elementOf(hovered.cell)) : null;
    const held = this.pinned ? this.find(this.pinned.element) : null;
    const id = this.active ?? hovered?.panel.grid?.id ?? null;
    const grid = id === null ? null : scene.grids[id] ?? null;
    const place = hovered ?? this.pinnedPlace(held);
    const linked = this.walking ? NOTHING_LINKED : this.linker.of(place, hovered ? lit : held);
    for (const { panel } of grids) panel.light(lit?.get(panel) ?? [], held?.get(panel) ?? [], linked.links.get(panel));
    if (!this.walking) this.stage.arrows.show(linked.arrows);
    for (const view of strips) {
      const reads = view.readThrough(grid && grid.first_frame <= frame ? grid : null, grid ? this.nameOf(grid) : "");
      view.panel.light(lit?.get(view.panel) ?? [], held?.get(view.panel) ?? []);
      view.panel.showReads(reads);
    }
    facts.highlight(id);
    const made = grid ? scene.frames[grid.first_frame] : null;
    const span = made && grid && made.results.includes(grid.id) ? made.span : null;
    this.say(place, hovered ? lit : held, linked);
    code.mark(scene.frames[frame] ?? null, study ? study.spanOf(grid) ?? span : span, study?.originSpan() ?? null);
    // last: letters on a canvas make the browser lay out all that was written before
    for (const view of [...grids, ...strips]) view.paintDue();
    study?.graph.field.paintDue();
    code.reveal();
  }

  /**
   * @param {Place | null} place Pointed at, or pinned.
   * @param {Map<import("./panel.js").CellPanel, number[]> | null} everywhere
   * @param {import("./linker.js").Linked} linked
   */
  say(place, everywhere, linked) {
    if (!place || !everywhere) {
      this.stage.bits.follow(this.stage.scene, this.stage.frame);
      this.sayNothing();
      return;
    }
    const others = [...everywhere].flatMap(([panel, cells]) => cells.slice(0, 50).map((cell) => ({ panel, cell })))
      .filter((other) => other.panel !== place.panel || other.cell !== place.cell);
    const { cell, value, rest: all } = describeCell(this.stage.scene, this.stage.frame, place, (grid) => this.nameOf(grid), others);
    const rest = this.stage.study ? [] : all; // where it lies in memory is not what a graph is about
    this.stage.bits.show(this.stage.scene, this.stage.frame, place, cell);
    const pinned = place !== this.hovered;
    const key = `${pinned}${cell} = ${value}${rest.join()}${linked.lines.join()}`;
    if (this.shown === key) return;
    this.shown = key;
    patchChildren(this.readout, [
      ...(pinned ? [node("span", { class: "te-pin-mark" }, "pinned"), " "] : []),
      ...(this.stage.study && linked.lines.length ? [] : [node("b", {}, `${cell}${value === NEVER_WRITTEN ? ": " : " = "}${value}`)]), ...rest.flatMap((part) => [" · ", node("span", {}, part)]),
      ...linked.lines.map(howLine),
      ...(linked.formula ? [formulaLine(linked.formula)] : [])]);
  }

  /** Nothing is pointed at: how the step computes; beside a graph, with the numbers of its first cell. */
  sayNothing() {
    const { study } = this.stage;
    const touch = matchMedia("(hover: none)").matches;
    const hint = study ? (touch ? STUDY_TOUCH_HINT : STUDY_HINT) : touch ? TOUCH_HINT : HINT;
    const gone = this.pinned ? "The pinned element is not here at this step." : hint;
    const first = study ? this.linker.explain(this.linker.firstMade()) : { formula: "", lines: [] };
    const formulas = study ? [first.formula].filter(Boolean) : this.linker.formulas();
    const key = `${gone}${first.lines.join()}${formulas.join()}`;
    if (this.shown === key) return;
    this.shown = key;
    patchChildren(this.readout, [...first.lines.map(howLine), ...(first.lines.length ? [] : [node("span", { class: "te-muted" }, gone)]), ...formulas.map(formulaLine)]);
  }

  /** @param {Map<import("./panel.js").CellPanel, number[]> | null} held @returns {Place | null} */
  pinnedPlace(held) {
    if (!this.pinned || !held) return null;
    if (held.get(this.pinned.panel)?.includes(this.pinned.cell)) return this.pinned;
    for (const [panel, cells] of held) if (cells.length) return { panel, cell: cells[0] };
    return null;
  }
}

/** @param {string} line @returns {HTMLElement} */
function howLine(line) {
  return node("div", { class: "te-how", "data-testid": "how" }, line);
}

/** @param {string} formula @returns {HTMLElement} */
function formulaLine(formula) {
  return node("div", { class: "te-formula", "data-testid": "formula" }, `every cell: ${formula}`);
}
