// A box of cells that can be pointed at, walked through with the keyboard and lit: what grids and strips share.

import { node, setAttribute } from "./dom.js";
import { countLinks, NO_LINKS, paintLinks } from "./links.js";
import { paintMarks, paintReads } from "./overlay.js";

/**
 * What a panel tells the stage.
 * @typedef {{hover: (panel: CellPanel, cell: number, byKeyboard: boolean) => void, leave: (panel: CellPanel) => void,
 *   pick: (panel: CellPanel, cell: number) => void, escape: () => void,
 *   walk: (panel: CellPanel) => void, theme: () => Theme}} PanelHost
 */

const CURSOR_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);
const NO_CELLS = /** @type {readonly number[]} */ ([]);
const MOST_PATCHES = 300;
const MOST_TOLD = 500;

/** @type {WeakMap<Element, CellPanel>} By what of it has a size. */
const SIZED_PANELS = new WeakMap();
/** Called once the layout is known, for all panels at once: reading it then costs nothing. */
const SIZED = new ResizeObserver((entries) => fadeEdges(new Set(entries.flatMap(({ target }) => SIZED_PANELS.get(target)?.scroll ?? []))));

/** @param {HTMLElement} scroll @returns {string | null} The sides on which there is more to scroll to. */
function moreOf({ scrollLeft, scrollWidth, clientWidth }) {
  return [scrollLeft > 1 && "left", scrollLeft + clientWidth < scrollWidth - 1 && "right"].filter(Boolean).join(" ") || null;
}

/** Fade the sides on which there is more to scroll to; all are looked at before one is told. @param {Iterable<HTMLElement>} scrolls */
function fadeEdges(scrolls) {
  const found = [...scrolls].map((scroll) => ({ scroll, more: moreOf(scroll) }));
  for (const { scroll, more } of found) setAttribute(scroll, "data-more", more);
}

export class CellPanel {
  /** @param {PanelHost} host @param {string} role What a screen reader calls it: "tensor grid". */
  constructor(host, role) {
    this.host = host;
    /** @type {Geometry | null} */
    this.geometry = null;
    this.visible = false;
    this.cursor = -1;
    /** @type {(cell: number) => number} */
    this.elementOf = () => -1;
    /** @type {GridData | null} The grid that this panel draws; null for strips. */
    this.grid = null;
    /** @type {StripData | null} */
    this.strip = null;
    /** @type {HTMLElement} Carries `data-lit`. */
    this.figure = node("figure");
    this.base = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-base", "aria-hidden": "true" }));
    /** What lights up. It is there once something does: each canvas is a layer of its own. */
    this.overlay = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-overlay", "aria-hidden": "true", hidden: true }));
    this.box = /** @type {HTMLElement} */ (
      node("div", { class: "te-cells", role: "application", "aria-roledescription": role, tabindex: "0" }, this.base, this.overlay)
    );
    this.scroll = /** @type {HTMLElement} */ (node("div", { class: "te-scroll" }, this.box));
    /** @type {readonly number[]} Cells whose outlines are on the overlay. */
    this.outlined = NO_CELLS;
    /** Its canvases have room for multiples of so many pixels, and the box cuts them: where sizes change with each step, their memory stays. */
    this.grain = { width: 1, height: 1 };
    /** Pixels of the canvases for one of the page. */
    this.density = 1;
    /** @type {HTMLCanvasElement | null} Between the two, made when a tensor's reads are first shown. */
    this.readLayer = null;
    /** @type {Int32Array | null} */
    this.reads = null;
    this.listen();
  }

  listen() {
    let waiting = -2;
    /** @param {PointerEvent} event */
    const follow = (event) => {
      if (event.pointerType === "touch") return;
      if (waiting === -2) requestAnimationFrame(() => {
        const cell = waiting;
        waiting = -2;
        if (cell >= 0) this.host.hover(this, cell, false);
        else if (cell === -1) this.host.leave(this);
      });
      waiting = this.cellAt(event);
    };
    this.box.addEventListener("pointermove", follow);
    this.box.addEventListener("pointerleave", () => {
      if (waiting !== -2) waiting = -1;
      else this.host.leave(this);
    });
    this.box.addEventListener("click", (event) => {
      const cell = this.cellAt(event);
      if (cell < 0) return;
      this.cursor = cell;
      this.host.pick(this, cell);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("focus", () => {
      if (this.box.matches(":focus-visible")) this.walk(Math.max(0, this.cursor));
    });
    this.scroll.addEventListener("scroll", () => fadeEdges([this.scroll]), { passive: true });
    this.box.addEventListener("blur", () => this.host.leave(this));
    for (const element of [this.scroll, this.box]) {
      SIZED_PANELS.set(element, this);
      SIZED.observe(element);
    }
  }

  /** @param {MouseEvent} event @returns {number} */
  cellAt(event) {
    if (!this.visible || !this.geometry) return -1;
    const bounds = this.base.getBoundingClientRect();
    return this.geometry.hit(event.clientX - bounds.left, event.clientY - bounds.top);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.geometry) return;
    if (CURSOR_KEYS.has(event.key)) {
      if (this.geometry.count === 0 || !this.visible) return;
      this.walk(this.cursor < 0 ? 0 : this.geometry.move(this.cursor, event.key));
    } else if (event.key === "Enter" && this.cursor >= 0 && this.visible) this.host.pick(this, this.cursor);
    else if (event.key === "Escape") {
      this.host.escape();
      this.box.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} cell */
  walk(cell) {
    if (!this.visible || !this.geometry || cell >= this.geometry.count) return;
    this.cursor = cell;
    const { x, w } = this.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
    if (x < this.scroll.scrollLeft) this.scroll.scrollLeft = x - 30;
    else if (x + w > this.scroll.scrollLeft + this.scroll.clientWidth) this.scroll.scrollLeft = x + w + 30 - this.scroll.clientWidth;
    this.host.hover(this, cell, true);
  }

  /**
   * Take a size and clear what was painted.
   * @param {Geometry} geometry
   */
  resize(geometry) {
    this.geometry = geometry;
    if (this.cursor >= geometry.count) this.cursor = -1;
    this.density = Math.min(window.devicePixelRatio || 1, Math.sqrt(6e7 / (geometry.width * geometry.height + 1)));
    this.readLayer?.remove();
    this.readLayer = null;
    this.reads = null;
    this.outlined = NO_CELLS;
    // a new size, even an equal one, costs new memory and a layout
    for (const canvas of this.overlay.hidden ? [this.base] : [this.base, this.overlay]) if (!this.fit(canvas, geometry)) this.clear(canvas);
    if (this.box.style.width === `${geometry.width}px` && this.box.style.height === `${geometry.height}px`) return;
    this.box.style.width = `${geometry.width}px`;
    this.box.style.height = `${geometry.height}px`;
  }

  /** @param {HTMLCanvasElement} canvas @param {Geometry} geometry @returns {boolean} Whether it has another size now, and is empty. */
  fit(canvas, geometry) {
    const { density, grain } = this;
    const width = roomFor(Math.round(geometry.width * density), canvas.width, grain.width);
    const height = roomFor(Math.round(geometry.height * density), canvas.height, grain.height);
    canvas.style.width = `${grain.width > 1 ? width / density : geometry.width}px`;
    canvas.style.height = `${grain.height > 1 ? height / density : geometry.height}px`;
    if (canvas.width === width && canvas.height === height) return false;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return true;
  }

  /** @param {HTMLCanvasElement} canvas @returns {number} Its pixels for one of the page. */
  pixels(canvas) {
    return this.grain.width > 1 ? this.density : canvas.width / (this.geometry?.width ?? 1);
  }

  /**
   * An empty canvas, scaled to CSS pixels.
   * @param {HTMLCanvasElement} canvas
   * @returns {CanvasRenderingContext2D}
   */
  clear(canvas) {
    if (canvas === this.overlay) this.raise();
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const ratio = this.pixels(canvas);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, canvas.width / ratio, canvas.height / ratio);
    return ctx;
  }

  /** Lay the overlay over the cells. */
  raise() {
    if (!this.overlay.hidden || !this.geometry) return;
    this.overlay.hidden = false;
    if (!this.fit(this.overlay, this.geometry)) this.clear(this.overlay);
  }

  /**
   * Outline cells and tell tests and assistive tools which.
   * @param {readonly number[]} lit @param {readonly number[]} pinned
   * @param {import("./links.js").PanelLinks} [links] What the cell was made of, and what it feeds.
   */
  light(lit, pinned, links = NO_LINKS) {
    const both = pinned.length === 0 ? lit : lit.length === 0 ? pinned : [...new Set([...pinned, ...lit])].sort((a, b) => a - b);
    const linked = countLinks(links) > 0;
    setAttribute(this.figure, "data-lit", both.join(" "));
    for (const [kind, cells] of Object.entries(links)) setAttribute(this.figure, `data-${kind}`, cells.length ? cells.slice(0, MOST_TOLD).join(" ") : null);
    if (!this.geometry || (both.length === 0 && !linked && this.outlined.length === 0)) return;
    const ctx = this.wipe(this.geometry);
    this.outlined = !this.visible ? NO_CELLS : linked ? [...both, ...links.used, ...links.index, ...links.fed] : both;
    if (both.length === 0 && !linked) this.overlay.hidden = true;
    if (!this.visible) return;
    if (linked) paintLinks(ctx, this.geometry, links, this.host.theme());
    paintMarks(ctx, this.geometry, lit, pinned, this.host.theme());
  }

  /**
   * Remove the outlines: only where they are, unless they are many.
   * @param {Geometry} geometry
   * @returns {CanvasRenderingContext2D}
   */
  wipe(geometry) {
    this.raise();
    if (this.outlined.length > MOST_PATCHES) return this.clear(this.overlay);
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.overlay.getContext("2d"));
    const ratio = this.pixels(this.overlay);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const rect = { x: 0, y: 0, w: 0, h: 0 };
    for (const cell of this.outlined) {
      const { x, y, w, h } = geometry.rect(cell, rect);
      ctx.clearRect(x - 7, y - 7, w + 14, h + 14);
    }
    return ctx;
  }

  /** Show which cells a tensor reads. @param {Int32Array | null} reads */
  showReads(reads) {
    if (reads === this.reads || !this.geometry) return;
    this.reads = reads;
    if (!this.readLayer) {
      this.readLayer = /** @type {HTMLCanvasElement} */ (this.base.cloneNode());
      this.readLayer.className = "te-overlay";
      this.base.after(this.readLayer);
    }
    const ctx = this.clear(this.readLayer);
    if (reads) paintReads(ctx, this.geometry, reads, this.host.theme());
  }
}

/** @param {number} size Of a side, in pixels. @param {number} before What there is. @param {number} grain @returns {number} What there is, where that is neither too little nor much too much. */
function roomFor(size, before, grain) {
  return grain > 1 && before >= size && before < 2 * size ? before : Math.ceil(size / grain) * grain;
}
