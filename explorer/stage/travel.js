// Cells that fly from where they were to where a step put them.

import { prefersStillness } from "./dom.js";

const DURATION = 340;
const MOST_FLIGHTS = 2000;
const MOVING = new Set(["view", "copy", "create"]);

/**
 * @typedef {{fromX: number, fromY: number, fromW: number, fromH: number, toX: number, toY: number, w: number,
 *   h: number, cell: number, view: import("./grid.js").GridView}} Flight
 */

export class Travel {
  /** @param {HTMLElement} ground Positioned element around all panels. */
  constructor(ground) {
    this.ground = ground;
    this.request = 0;
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    /** @type {HTMLElement[]} */
    this.waiting = [];
  }

  /**
   * Let the cells of what a step made come from what it took, or from the storages.
   * @param {import("./mount.js").Stage} stage @param {Frame} frame @param {import("./scales.js").ColourScale} scale
   */
  follow(stage, frame, scale) {
    const inputs = frame.inputs.map((id) => stage.grids[id].panel);
    const memory = stage.strips.map((view) => view.panel).filter((panel) => !panel.figure.hidden);
    const results = frame.results.map((id) => stage.grids[id]).filter((view) => view.grid.first_frame === stage.frame);
    this.start(results, [...inputs, ...memory], scale, stage.theme.mono);
  }

  /**
   * @param {import("./grid.js").GridView[]} results Grids that the step made.
   * @param {import("./panel.js").CellPanel[]} sources Where their elements were, the likeliest first.
   * @param {import("./scales.js").ColourScale} scale @param {string} mono
   */
  start(results, sources, scale, mono) {
    this.stop();
    const moving = results.filter((view) => MOVING.has(view.grid.kind) && view.panel.visible && (view.panel.geometry?.count ?? 0) <= MOST_FLIGHTS);
    if (prefersStillness() || moving.length === 0) return;
    const flights = moving.flatMap((view) => this.flights(view, sources.filter((panel) => panel !== view.panel)));
    if (flights.length === 0 || flights.length > MOST_FLIGHTS) return;
    this.waiting = [...new Set(flights.map(({ view }) => view.panel.base))];
    for (const base of this.waiting) base.style.opacity = "0";
    this.fly(flights, scale, mono);
  }

  /**
   * @param {import("./grid.js").GridView} view @param {import("./panel.js").CellPanel[]} sources
   * @returns {Flight[]}
   */
  flights(view, sources) {
    const ground = this.ground.getBoundingClientRect();
    /** @type {Map<number, {x: number, y: number, w: number, h: number}>} */
    const found = new Map();
    for (const panel of sources) {
      if (!panel.visible || !panel.geometry || panel.geometry.count > 20000) continue;
      const bounds = panel.base.getBoundingClientRect();
      for (let cell = 0; cell < panel.geometry.count; cell += 1) {
        const element = panel.elementOf(cell);
        if (found.has(element)) continue;
        const rect = panel.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
        found.set(element, { ...rect, x: rect.x + bounds.left - ground.left, y: rect.y + bounds.top - ground.top });
      }
    }
    const { panel } = view;
    if (!panel.geometry) return [];
    const bounds = panel.base.getBoundingClientRect();
    const out = [];
    for (let cell = 0; cell < panel.geometry.count; cell += 1) {
      const from = found.get(panel.elementOf(cell));
      if (!from) continue;
      const to = panel.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
      out.push({ fromX: from.x, fromY: from.y, fromW: from.w, fromH: from.h, toX: to.x + bounds.left - ground.left, toY: to.y + bounds.top - ground.top, w: to.w, h: to.h, cell, view });
    }
    return out;
  }

  /** @param {Flight[]} flights @param {import("./scales.js").ColourScale} scale @param {string} mono */
  fly(flights, scale, mono) {
    const left = Math.min(...flights.map((f) => Math.min(f.fromX, f.toX))) - 2;
    const top = Math.min(...flights.map((f) => Math.min(f.fromY, f.toY))) - 2;
    const width = Math.max(...flights.map((f) => Math.max(f.fromX + f.fromW, f.toX + f.w))) - left + 4;
    const height = Math.max(...flights.map((f) => Math.max(f.fromY + f.fromH, f.toY + f.h))) - top + 4;
    const ratio = width * height > 1.5e6 ? 1 : window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.className = "te-travel";
    canvas.setAttribute("aria-hidden", "true");
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.ground.append(canvas);
    this.canvas = canvas;
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const begin = performance.now();
    /** @param {number} now */
    const draw = (now) => {
      const t = Math.min(1, Math.max(0, (now - begin) / DURATION));
      const eased = t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
      ctx.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
      ctx.clearRect(left, top, width, height);
      for (const flight of flights) drawFlight(ctx, flight, eased, scale, mono);
      if (t < 1) this.request = requestAnimationFrame(draw);
      else this.stop();
    };
    draw(begin);
  }

  /** End at once; everything is where it belongs. */
  stop() {
    cancelAnimationFrame(this.request);
    this.canvas?.remove();
    this.canvas = null;
    for (const base of this.waiting) base.style.opacity = "";
    this.waiting = [];
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {Flight} flight @param {number} t 0 … 1
 * @param {import("./scales.js").ColourScale} scale @param {string} mono
 */
function drawFlight(ctx, flight, t, scale, mono) {
  const { view, cell } = flight;
  const look = view.lookOf(cell, scale);
  const x = flight.fromX + (flight.toX - flight.fromX) * t;
  const y = flight.fromY + (flight.toY - flight.fromY) * t;
  const w = flight.fromW + (flight.w - flight.fromW) * t - 1;
  const h = flight.fromH + (flight.h - flight.fromH) * t - 1;
  ctx.fillStyle = look.swatch.fill;
  ctx.fillRect(x, y, w, h);
  const font = view.panel.geometry?.font ?? 0;
  if (font > 0) {
    ctx.font = `${font}px ${mono}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = look.swatch.ink;
    ctx.fillText(look.text, x + w / 2, y + h / 2 + 0.5);
  }
}
