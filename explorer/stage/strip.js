// One storage: memory as torch has it, cell after cell.

import { node, setAttribute, setText } from "./dom.js";
import { elementAt, readCounts, versionAt } from "./elements.js";
import { cellText, countText, plural, tupleText } from "./format.js";
import { gridName } from "./grid.js";
import { fitStrip } from "./layout.js";
import { paintAddresses, paintCells } from "./paint.js";
import { CellPanel } from "./panel.js";

export class StripView {
  /** @param {import("./panel.js").PanelHost} host @param {Scene} scene @param {StripData} strip */
  constructor(host, scene, strip) {
    this.panel = new CellPanel(host, "storage strip");
    this.seen = node("span", {});
    this.reads = node("span", { class: "te-reads" });
    this.later = node("span", { class: "te-later" }, " · not allocated yet");
    this.facts = node("span", {});
    this.words = node("span", { class: "te-strip-words" }, node("span", { class: "te-strip-facts" }, this.facts, this.seen), this.later, this.reads);
    this.empty = scene.buffers[strip.buffer].length === 0;
    const { figure } = this.panel;
    figure.className = "te-strip";
    figure.dataset.testid = `strip-${strip.id}`;
    figure.append(node("figcaption", { class: "te-strip-line" }, node("b", {}, `storage ${strip.id}`), this.words),
      this.empty ? node("div", { class: "te-empty-box" }, "no bytes: nothing is stored") : this.panel.scroll);
    this.painted = "";
    /** @type {(() => void) | null} As a grid's. */
    this.due = null;
    this.laidOut = "";
    this.scene = scene;
    this.strip = strip;
    this.buffer = scene.buffers[strip.buffer];
    /** @type {Map<number, Int32Array | null>} */
    this.readCache = new Map();
    this.adopt(scene, strip);
  }

  /**
   * Draw another storage in this place from now on.
   * @param {Scene} scene @param {StripData} strip
   * @returns {boolean} False when it needs a panel of another build.
   */
  adopt(scene, strip) {
    const buffer = scene.buffers[strip.buffer];
    if ((buffer.length === 0) !== this.empty) return false;
    this.scene = scene;
    this.strip = strip;
    this.buffer = buffer;
    this.panel.strip = strip;
    this.panel.cursor = -1;
    this.painted = "";
    this.due = null;
    this.readCache.clear();
    const facts = [`${countText(strip.length)} × ${strip.dtype}`, plural(strip.nbytes, "byte")];
    if (strip.device !== "cpu") facts.push(strip.device);
    if (buffer.length < strip.length) facts.push(`first ${countText(buffer.length)} of ${countText(strip.length)} elements`);
    const text = ` · ${facts.join(" · ")}`;
    setText(this.facts, text);
    setText(this.reads, "");
    setAttribute(this.words, "data-longest", `${text}${this.longestSeen()}`);
    return true;
  }

  /** @param {Frame} frame @returns {string} */
  seenThrough(frame) {
    const names = frame.names.filter(([, id]) => this.scene.grids[id]?.strip === this.strip.id).map(([name]) => name);
    return ` · seen through ${names.length ? names.join(", ") : "(no name)"}`;
  }

  /** @returns {string} Its room is kept, so that nothing moves when stepping. */
  longestSeen() {
    const texts = this.scene.frames.slice(this.strip.first_frame).map((frame) => this.seenThrough(frame));
    return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
  }

  /** @param {number} room @param {(font: number) => number} glyph */
  layout(room, glyph) {
    this.painted = "";
    const { buffer, strip, panel } = this;
    if (buffer.length === 0) return;
    let longest = 0;
    for (const { values } of buffer.versions) {
      for (let i = 0; values && i < Math.min(512, buffer.length); i += 1) {
        longest = Math.max(longest, cellText(values, i, strip.dtype).length);
      }
    }
    const last = (buffer.length - 1) * strip.itemsize;
    const key = [buffer.length, strip.length, longest, last, room, glyph(100), devicePixelRatio].join("|");
    if (key === this.laidOut) return;
    this.laidOut = key;
    const geometry = fitStrip(buffer.length, buffer.length < strip.length, longest, last, room, glyph);
    panel.resize(geometry);
    panel.figure.style.setProperty("--te-cells", `${geometry.width}px`);
  }

  /**
   * @param {number} index @param {Frame} frame
   * @param {import("./scales.js").ColourScale} scale @param {Theme} theme
   */
  update(index, frame, scale, theme) {
    const { panel, strip, buffer } = this;
    const visible = strip.first_frame <= index;
    const version = versionAt(buffer, index);
    panel.visible = visible && buffer.length > 0;
    panel.elementOf = (cell) => elementAt(version.elements, cell);
    this.version = version;
    setText(this.seen, visible ? this.seenThrough(frame) : "");
    setAttribute(panel.figure, "data-pending", visible ? null : "true");
    const written = visible && frame.results.some((id) => this.scene.grids[id]?.strip === strip.id);
    setAttribute(panel.figure, "data-role", written ? "result" : null);
    setAttribute(panel.box, "aria-label", `storage ${strip.id}: ${plural(strip.length, "element")} of ${strip.dtype}${visible ? "" : ", not allocated yet"}. Arrow keys move between cells.`);
    const key = `${visible}|${buffer.versions.indexOf(version)}`;
    if (this.painted !== key && panel.geometry) this.due = () => this.paint(version, scale, theme, visible);
    this.painted = key;
  }

  /** Paint what is not painted yet. */
  paintDue() {
    this.due?.();
    this.due = null;
  }

  /**
   * @param {BufferVersion} version @param {import("./scales.js").ColourScale} scale
   * @param {Theme} theme @param {boolean} visible
   */
  paint(version, scale, theme, visible) {
    const { panel, strip } = this;
    const ctx = panel.clear(panel.base);
    if (!visible) return;
    const geometry = /** @type {import("./layout.js").StripGeometry} */ (panel.geometry);
    paintCells(ctx, geometry, {
      swatch: (cell) => (version.unwritten.has(cell) ? scale.plain : scale.of(panel.elementOf(cell), version.values, cell)),
      text: (cell) => (version.unwritten.has(cell) ? "" : cellText(version.values, cell, strip.dtype)),
      mark: (cell) => (version.unwritten.has(cell) ? "unwritten" : scale.mark(version.values, cell, strip.dtype)),
    }, theme);
    paintAddresses(ctx, geometry, strip.itemsize, theme);
  }

  /**
   * How often each cell is read through a grid; null when not at all. Says so beside the title.
   * @param {GridData | null} grid The grid under the pointer.
   * @param {string} name
   * @returns {Int32Array | null}
   */
  readThrough(grid, name) {
    const mine = grid !== null && grid.strip === this.strip.id && this.panel.visible;
    setAttribute(this.panel.figure, "data-reading", mine ? "true" : null);
    if (!mine || !grid) {
      setText(this.reads, "");
      return null;
    }
    if (!this.readCache.has(grid.id)) this.readCache.set(grid.id, readCounts(grid, this.strip, this.buffer.length));
    const counts = this.readCache.get(grid.id) ?? null;
    const most = counts ? counts.reduce((a, b) => Math.max(a, b), 0) : 0;
    const often = most > 1 ? `, a cell up to ${countText(most)} times` : "";
    setText(this.reads, ` · ${name || gridName(grid)} reads from offset ${grid.storage_offset}, strides ${tupleText(grid.stride)}${often}`);
    return counts;
  }
}
