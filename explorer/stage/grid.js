// One tensor: a heading that says what it is, and its cells.

import { node, setAttribute, setText } from "./dom.js";
import { bufferPositions, elementAt, versionAt } from "./elements.js";
import { bytesText, cellText, product, tupleText } from "./format.js";
import { dimArrows, dimsText, runningAlong } from "./dims.js";
import { envelopeOf, paintGhosts, stretchedShape, stretchText, withGhosts } from "./ghosts.js";
import { fitGrid } from "./layout.js";
import { mentionsOf } from "./mentions.js";
import { paintAxes, paintCells, windowText } from "./paint.js";
import { CellPanel } from "./panel.js";
import { patchChildren } from "./patch.js";
import { cellTable } from "./table.js";

/** Numbers of which the longest is sought; of values that were written over more often, not all versions are looked at. */
const MOST_MEASURED = 20_000;

/** @param {string} kind @returns {string} In words for a badge. */
export function kindWord(kind) {
  return kind === "inplace" ? "in place" : kind;
}

/** @param {GridData} grid @returns {string} What to call it when it has no name. */
export function gridName(grid) {
  return grid.label || grid.expression || `tensor ${grid.id}`;
}

/** @param {GridData} grid @returns {string} What is left out of it. */
function noteOf(grid) {
  return [windowText(grid), grid.complete_links ? "" : "too many elements to follow this copy to its source"].filter(Boolean).join(" · ");
}

/** @type {WeakMap<Scene, boolean>} */
const mixedKnown = new WeakMap();

/** @param {Scene} scene @returns {boolean} Whether its tensors have several dtypes. */
function hasMixedTypes(scene) {
  const mixed = mixedKnown.get(scene) ?? new Set(scene.grids.map(({ dtype }) => dtype)).size > 1;
  mixedKnown.set(scene, mixed);
  return mixed;
}

export class GridView {
  /** @param {import("./panel.js").PanelHost} host @param {Scene} scene @param {GridData} grid */
  constructor(host, scene, grid) {
    this.panel = new CellPanel(host, "tensor grid");
    this.title = node("span", { class: "te-title" });
    this.badge = node("span");
    this.meta = node("span", { class: "te-meta" });
    this.later = node("span", { class: "te-later" }, "not computed yet");
    this.tableSlot = node("div", { class: "te-hidden" });
    this.underWords = node("span");
    this.under = node("div", { class: "te-under" }, this.underWords);
    this.walkButton = node("button", { type: "button", class: "te-link te-walk-start", title: "Walk through it index by index, and see where each is in the storage",
      onclick: () => host.walk(this.panel) }, "walk");
    /** @type {SVGSVGElement | null} */
    this.along = null;
    this.empty = product(grid.window) === 0;
    this.note = noteOf(grid);
    this.laidOut = "";
    this.grid = grid;
    this.scene = scene;
    this.buffer = scene.buffers[grid.buffer];
    const { figure } = this.panel;
    figure.className = "te-grid";
    figure.append(
      node("figcaption", {}, node("div", { class: "te-heading" }, this.title, this.badge),
        node("div", { class: "te-facts-line" }, node("span", {}, this.meta, !this.empty && this.walkButton), this.later), this.note && node("div", { class: "te-note" }, this.note)),
      this.empty ? this.emptyBox() : this.panel.scroll, this.under, this.tableSlot,
    );
    /** @type {string[]} All other names that it ever has: their room is kept, so that nothing moves when stepping. */
    this.aliases = [];
    this.painted = "";
    this.tabled = "";
    this.headed = "";
    /** @type {BufferVersion | null} */
    this.version = null;
    /** @type {(() => void) | null} Paints what the frame shows: after all has been written, since letters make the browser lay that out. */
    this.due = null;
    this.adopt(scene, grid);
  }

  /**
   * Draw another grid in this place from now on.
   * @param {Scene} scene @param {GridData} grid
   * @returns {boolean} False when the grid needs a panel of another build.
   */
  adopt(scene, grid) {
    if (this.empty || product(grid.window) === 0 ? grid !== this.grid : noteOf(grid) !== this.note) return false;
    this.grid = grid;
    this.scene = scene;
    this.buffer = scene.buffers[grid.buffer];
    this.panel.grid = grid;
    this.panel.cursor = -1;
    this.panel.figure.dataset.testid = `grid-${grid.id}`;
    this.walkButton.dataset.testid = `walk-${grid.id}`;
    this.badge.className = `te-badge te-kind-${grid.kind}`;
    this.aliases = [...mentionsOf(scene, grid).names].filter((name) => name !== grid.label);
    this.painted = "";
    this.headed = "";
    this.due = null;
    this.dropTable();
    this.version = null;
    this.envelope = envelopeOf(scene, grid);
    this.walkButton.hidden = product(grid.window) < 2;
    this.keepRoomUnder();
    this.describeMeta();
    return true;
  }

  /** The text under the cells has the room of its longest, so that nothing moves when stepping. */
  keepRoomUnder() {
    const texts = [...mentionsOf(this.scene, this.grid).frames].map((frame) => this.underText(frame));
    const longest = texts.reduce((most, text) => (text.length > most.length ? text : most), "");
    setAttribute(this.under, "data-longest", longest);
    this.under.hidden = longest === "";
  }

  /** @param {Frame} frame @returns {string} How its dimensions take part in the step. */
  underText(frame) {
    const shape = stretchedShape(frame, this.grid);
    const relation = runningAlong(this.scene, frame, this.grid);
    return [relation ? dimsText(this.scene, relation) : "", shape ? stretchText(shape, this.grid) : ""].filter(Boolean).join(" · ");
  }

  /** @param {Frame} frame Draw the arrows along the dimensions that its step runs along. */
  showAlong(frame) {
    const { panel, grid } = this;
    const relation = panel.visible && panel.geometry ? runningAlong(this.scene, frame, grid) : null;
    this.along?.remove();
    this.along = relation && dimArrows(/** @type {import("./layout.js").GridGeometry} */ (panel.geometry), relation.dims, grid.shape.length);
    if (this.along) panel.box.append(this.along);
    setText(this.underWords, panel.visible ? this.underText(frame) : "");
  }

  emptyBox() {
    return node("div", { class: "te-empty-box" }, `no elements: shape ${tupleText(this.grid.shape)}`);
  }

  describeMeta() {
    const { grid, scene } = this;
    const wrong = new Set((scene.error?.dimensions ?? []).filter(([id]) => id === grid.id).map(([, d]) => d));
    const sizes = grid.shape.flatMap((size, d) => [
      `${d > 0 ? ", " : ""}${grid.axes?.[d] ? `${grid.axes[d]}=` : ""}`,
      wrong.has(d) ? node("strong", { class: "te-wrong", title: `dimension ${d} disagrees` }, String(size)) : String(size),
    ]);
    const parts = [node("span", {}, "(", ...sizes, grid.shape.length === 1 ? ",)" : ")")];
    if (grid.shape.length) parts.push(node("span", {}, `stride ${tupleText(grid.stride)}`));
    if (grid.storage_offset) parts.push(node("span", {}, `offset ${grid.storage_offset}`));
    if (hasMixedTypes(scene) || !["int64", "float32"].includes(grid.dtype)) parts.push(node("span", {}, grid.dtype));
    if (grid.device !== "cpu") parts.push(node("span", {}, grid.device === "meta" ? "meta: no values" : grid.device));
    if (grid.requires_grad) parts.push(node("span", {}, "requires grad"));
    for (const d of wrong) parts.push(node("span", { class: "te-wrong-word" }, `dim ${d} disagrees`));
    patchChildren(this.meta, parts.flatMap((part, k) => (k ? [" · ", part] : [part])));
    setAttribute(this.panel.figure, "data-operand", scene.error?.operands.includes(grid.id) ? "true" : null);
  }

  /** @param {number} room @param {(font: number) => number} glyph */
  layout(room, glyph) {
    if (this.empty) return;
    const { grid, panel } = this;
    const cut = grid.shape.map((size, d) => size - grid.window[d]);
    const longest = this.longestText();
    const key = [grid.window, cut, longest, room, glyph(100), devicePixelRatio, this.envelope].join("|");
    if (key === this.laidOut) return;
    this.laidOut = key;
    this.painted = "";
    const plain = fitGrid(grid.window, cut, longest, room, glyph);
    panel.resize(this.envelope ? withGhosts(plain, this.envelope, room) : plain);
    panel.figure.style.setProperty("--te-cells", `${panel.geometry?.width ?? 0}px`);
  }

  longestText() {
    const where = bufferPositions(this.grid);
    let longest = 0;
    if (where.length > 2500) return 0;
    const { versions } = this.buffer;
    const every = Math.ceil((versions.length * where.length) / MOST_MEASURED);
    for (const { values } of versions.filter((_, v) => v % every === 0 || v === versions.length - 1)) {
      for (let i = 0; values && i < where.length; i += 1) {
        longest = Math.max(longest, cellText(values, where[i], this.grid.dtype).length);
      }
    }
    return longest;
  }

  /**
   * Show the state at a frame.
   * @param {number} index @param {Frame} frame
   * @param {import("./scales.js").ColourScale} scale @param {Theme} theme
   */
  update(index, frame, scale, theme) {
    const { grid, panel } = this;
    const version = versionAt(this.buffer, index);
    const visible = grid.first_frame <= index;
    panel.visible = visible && !this.empty;
    const where = this.empty ? [] : bufferPositions(grid);
    panel.elementOf = (cell) => elementAt(version.elements, where[cell]);
    this.version = version;
    this.heading(frame, visible);
    const shape = stretchedShape(frame, grid);
    const key = `${visible}|${this.buffer.versions.indexOf(version)}|${shape}`;
    if (this.painted !== key && panel.geometry) this.due = () => this.paint(version, where, scale, theme, visible, shape);
    this.painted = key;
    this.showAlong(frame);
    const { figure } = panel;
    setAttribute(figure, "data-pending", visible ? null : "true");
    setAttribute(figure, "data-role", !visible ? null : frame.results.includes(grid.id) ? "result"
      : frame.inputs.includes(grid.id) ? "input" : null);
  }

  /** Paint what is not painted yet. */
  paintDue() {
    this.due?.();
    this.due = null;
  }

  /** @param {Frame} frame @param {boolean} visible */
  heading(frame, visible) {
    const { grid } = this;
    const names = frame.names.filter(([, id]) => id === grid.id).map(([name]) => name);
    const name = names.length && !names.includes(grid.label) ? names[0] : grid.label;
    const key = `${visible}|${names.join("|")}`;
    if (key === this.headed) return;
    this.headed = key;
    const others = names.filter((other) => other !== name);
    const isName = grid.label !== "" && !/[.[]/.test(grid.label); // `lstm.weight_ih_l0` is held by a module, not by a name
    const lost = visible && isName && names.length === 0;
    const parts = [
      name ? node("b", lost ? { class: "te-lost", title: `${name} no longer names this tensor` } : {}, name) : "",
      lost ? node("span", { class: "te-hidden" }, " (no longer named)") : "",
      grid.expression && grid.expression !== name ? `${name ? " = " : ""}${grid.expression}` : "",
      this.aliases.length ? node("span", { class: "te-aside", ...(others.length ? {} : { style: "visibility: hidden" }) }, ` also ${(others.length ? others : this.aliases).join(", ")}`) : "",
    ].filter(Boolean);
    patchChildren(this.title, parts.length ? parts : [gridName(grid)]);
    const state = visible ? "" : ", not computed yet";
    const label = `${name || gridName(grid)}: ${tupleText(grid.shape)} ${grid.dtype}, ${kindWord(grid.kind)}${state}`;
    setAttribute(this.panel.box, "aria-label", `${label}. Arrow keys move between cells.`);
    setAttribute(this.panel.figure, "title", null);
    setText(this.badge, kindWord(grid.kind));
    this.badge.title = grid.bytes_new ? `${bytesText(grid.bytes_new)} newly allocated` : "no memory allocated";
  }

  /**
   * @param {BufferVersion} version @param {ArrayLike<number>} where
   * @param {import("./scales.js").ColourScale} scale @param {Theme} theme @param {boolean} visible
   * @param {number[] | null} shape That it is read as, by broadcasting.
   */
  paint(version, where, scale, theme, visible, shape) {
    const { panel, grid } = this;
    const ctx = panel.clear(panel.base);
    const geometry = /** @type {import("./layout.js").GridGeometry} */ (panel.geometry);
    if (!visible) return;
    /** @param {number} cell */
    const swatch = (cell) => (version.unwritten.has(where[cell]) ? scale.plain : scale.of(panel.elementOf(cell), version.values, where[cell]));
    paintCells(ctx, geometry, {
      swatch,
      text: (cell) => (version.unwritten.has(where[cell]) ? "" : cellText(version.values, where[cell], grid.dtype)),
      mark: (cell) => (version.unwritten.has(where[cell]) ? "unwritten" : scale.mark(version.values, where[cell], grid.dtype)),
    }, theme);
    if (shape) paintGhosts(ctx, geometry, shape, swatch, theme);
    paintAxes(ctx, geometry, theme, grid);
  }

  /** @param {number} cell @param {import("./scales.js").ColourScale} scale @returns {{swatch: Swatch, text: string}} */
  lookOf(cell, scale) {
    const at = bufferPositions(this.grid)[cell];
    const values = this.version?.values ?? null;
    if (this.version?.unwritten.has(at)) return { swatch: scale.plain, text: "" };
    return { swatch: scale.of(this.panel.elementOf(cell), values, at), text: cellText(values, at, this.grid.dtype) };
  }

  /** A table says what the cells say, or there is none. */
  dropOldTable() {
    if (this.tabled !== this.painted) this.dropTable();
  }

  dropTable() {
    if (this.tabled === "") return;
    this.tabled = "";
    this.tableSlot.replaceChildren();
  }

  /** The table behind the canvas; made when the steps rest. */
  tabulate() {
    const key = this.painted;
    if (this.tabled === key || this.empty) return;
    this.tabled = key;
    const caption = `${this.title.textContent}, shape ${tupleText(this.grid.shape)}`;
    if (!this.panel.visible || !this.version) this.tableSlot.replaceChildren();
    else this.tableSlot.replaceChildren(cellTable(caption, this.grid, this.version, bufferPositions(this.grid)));
  }

}
