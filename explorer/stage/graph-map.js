// The whole graph in a corner, when not all of it is seen: where the window is, to be dragged.

import { node } from "./dom.js";

const WIDEST = 100;
const HIGHEST = 124;
/** Room around it. */
const BORDER = 20;
/** In a narrower window it would cover too much. */
const LEAST_WIDTH = 440;

export class GraphMap {
  /** @param {(x: number, y: number) => void} onMove Called with the place in the graph that shall be in the middle. */
  constructor(onMove) {
    this.onMove = onMove;
    this.canvas = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-graph-map", "aria-hidden": "true", "data-testid": "graph-map" }));
    this.window = node("div", { class: "te-graph-map-window" });
    this.element = node("div", { class: "te-graph-map-box", hidden: true }, this.canvas, this.window);
    this.scale = 1;
    this.size = { width: 0, height: 0 };
    this.element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      event.stopPropagation();
      this.element.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    this.element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      event.stopPropagation();
      if (this.element.hasPointerCapture(event.pointerId)) this.drag(event);
    });
    this.element.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => event.stopPropagation());
    this.element.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => event.stopPropagation());
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    this.onMove((event.clientX - left) / this.scale, (event.clientY - top) / this.scale);
  }

  /** Draw another graph. @param {GraphPicture} picture @param {import("./graph-colours.js").GraphColours} colours */
  draw({ width, height, items, boxes }, colours) {
    this.scale = Math.min(WIDEST / Math.max(1, width), HIGHEST / Math.max(1, height));
    const density = window.devicePixelRatio || 1;
    const [w, h] = [Math.max(16, width * this.scale), Math.max(16, height * this.scale)];
    Object.assign(this.canvas, { width: Math.round(w * density), height: Math.round(h * density) });
    this.size = { width: w, height: h };
    Object.assign(this.canvas.style, { width: `${w}px`, height: `${h}px` });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    ctx.scale(density, density);
    ctx.fillStyle = colours.frame;
    for (const box of boxes) ctx.fillRect(box.x * this.scale, box.y * this.scale, box.w * this.scale, box.h * this.scale);
    ctx.fillStyle = colours.muted;
    for (const item of items) ctx.fillRect(item.x * this.scale, item.y * this.scale, Math.max(1, item.w * this.scale), Math.max(1, item.h * this.scale - 0.5));
  }

  /** @param {import("./graph-camera.js").GraphCamera} camera */
  show(camera) {
    this.element.hidden = camera.fits || camera.width < LEAST_WIDTH;
    camera.corner = this.element.hidden ? { width: 0, height: 0 } : { width: this.size.width + BORDER, height: this.size.height + BORDER };
    if (this.element.hidden) return;
    const { width, height } = camera.picture;
    const left = Math.max(0, camera.x) * this.scale;
    const top = Math.max(0, camera.y) * this.scale;
    const right = Math.min(width, camera.x + camera.width / camera.scale) * this.scale;
    const bottom = Math.min(height, camera.y + camera.height / camera.scale) * this.scale;
    Object.assign(this.window.style, { transform: `translate(${left}px, ${top}px)`, width: `${Math.max(4, right - left)}px`, height: `${Math.max(4, bottom - top)}px` });
  }
}
