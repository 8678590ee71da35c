// The canvas of a graph: what part of it is seen, moved by wheel, finger, mouse; painted at most once a frame.

import { node, prefersStillness } from "./dom.js";
import { GraphCamera } from "./graph-camera.js";

const DRAG_FROM = 4;
const GLIDE = 180;
const STEP = 1.25;

/**
 * @typedef {{paint: (ctx: CanvasRenderingContext2D) => void, point: (x: number, y: number) => void, leave: () => void,
 *   press: (x: number, y: number, twice: boolean) => void, moved: (byHand: boolean) => void}} FieldHost
 * Places are in the graph's pixels. `moved`: another part is seen.
 */

export class GraphField {
  /** @param {FieldHost} host */
  constructor(host) {
    this.host = host;
    this.camera = new GraphCamera();
    this.canvas = /** @type {HTMLCanvasElement} */ (node("canvas", { class: "te-graph-canvas", "aria-hidden": "true" }));
    this.element = node("div", { class: "te-graph-field", tabindex: "0", "data-testid": "graph-field" }, this.canvas);
    this.pending = 0;
    /** @type {CSSNumberish | null} The frame of the screen that it was last painted in. */
    this.paintedAt = null;
    this.gliding = 0;
    /** @type {Map<number, {x: number, y: number}>} Fingers, or the mouse, that are down. */
    this.down = new Map();
    this.dragged = false;
    this.listen();
  }

  listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.pointerDown(event));
    element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.pointerMove(event));
    element.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.pointerUp(event));
    element.addEventListener("pointercancel", (/** @type {PointerEvent} */ event) => this.down.delete(event.pointerId));
    element.addEventListener("pointerleave", () => this.host.leave());
    element.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => this.host.press(...this.placeOf(event), true));
    element.addEventListener("wheel", (/** @type {WheelEvent} */ event) => this.wheel(event), { passive: false });
  }

  /** @param {MouseEvent} event @returns {[number, number]} On the canvas. */
  spotOf(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {MouseEvent} event @returns {[number, number]} In the graph. */
  placeOf(event) {
    return this.camera.toGraph(...this.spotOf(event));
  }

  /** @param {PointerEvent} event */
  pointerDown(event) {
    if (event.button !== 0) return;
    const [x, y] = this.spotOf(event);
    if (!this.down.size) this.dragged = false;
    this.down.set(event.pointerId, { x, y });
  }

  /** @param {PointerEvent} event */
  pointerMove(event) {
    const [x, y] = this.spotOf(event);
    const before = this.down.get(event.pointerId);
    if (!before) return this.host.point(...this.placeOf(event));
    const far = Math.hypot(x - before.x, y - before.y) > DRAG_FROM;
    if (!this.dragged && !far) return undefined;
    // only now: a click shall reach what is below
    if (!this.dragged) this.element.setPointerCapture(event.pointerId);
    this.dragged = true;
    if (this.down.size === 2) this.pinch(event.pointerId, x, y);
    else if (this.camera.pan(before.x - x, before.y - y)) this.host.moved(true);
    this.down.set(event.pointerId, { x, y });
    this.request();
    return undefined;
  }

  /** Two fingers. @param {number} id Of the one that moved. @param {number} x @param {number} y */
  pinch(id, x, y) {
    const before = this.down.get(id);
    const other = [...this.down].find(([key]) => key !== id)?.[1];
    if (!before || !other) return;
    const factor = Math.hypot(x - other.x, y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    this.camera.zoom(factor, (x + other.x) / 2, (y + other.y) / 2);
    this.camera.pan((before.x - x) / 2, (before.y - y) / 2);
    this.host.moved(true);
  }

  /** @param {PointerEvent} event */
  pointerUp(event) {
    const was = this.down.delete(event.pointerId);
    if (was && !this.dragged) this.host.press(...this.placeOf(event), false);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.camera.height : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp((-event.deltaY * unit) / 300), ...this.spotOf(event));
      return;
    }
    const [dx, dy] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    // at the end of the graph the page scrolls on
    if (!this.camera.pan(dx * unit, dy * unit)) return;
    event.preventDefault();
    this.host.moved(true);
    this.request();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] The place on the canvas that stays. */
  zoom(factor, x, y) {
    this.stopGlide();
    this.camera.zoom(factor, x, y);
    this.host.moved(true);
    this.request();
  }

  /** @param {1 | -1} direction Larger or smaller by a step. */
  zoomStep(direction) {
    this.zoom(direction > 0 ? STEP : 1 / STEP);
  }

  fit() {
    this.stopGlide();
    this.camera.fit();
    this.host.moved(true);
    this.request();
  }

  /** @param {number} x @param {number} y In the graph: it shall be in the middle. */
  centre(x, y) {
    const { camera } = this;
    camera.x = x - camera.width / camera.scale / 2;
    camera.y = y - camera.height / camera.scale / 2;
    camera.clamp();
    this.host.moved(true);
    this.request();
  }

  /** Bring a rectangle into view. @param {Rect} rect @param {boolean} [glide] */
  reveal(rect, glide = true) {
    const [x, y] = this.camera.reach(rect);
    const hurried = this.gliding !== 0; // who does not wait for the end of a glide wants to be there
    this.stopGlide();
    if (Math.abs(x - this.camera.x) + Math.abs(y - this.camera.y) < 0.5) return;
    const far = Math.hypot(x - this.camera.x, y - this.camera.y) * this.camera.scale > 3 * this.camera.height;
    if (glide && !hurried && !far && !prefersStillness()) this.glide(x, y);
    else this.jump(x, y);
  }

  /** @param {number} x @param {number} y */
  jump(x, y) {
    this.camera.x = x;
    this.camera.y = y;
    this.host.moved(false);
    this.request();
  }

  /** @param {number} x @param {number} y */
  glide(x, y) {
    const from = { x: this.camera.x, y: this.camera.y };
    const start = performance.now();
    const step = () => {
      const part = Math.min(1, (performance.now() - start) / GLIDE);
      const eased = 1 - (1 - part) ** 3;
      this.camera.x = from.x + (x - from.x) * eased;
      this.camera.y = from.y + (y - from.y) * eased;
      this.host.moved(false);
      if (part === 1 || this.paintedAt !== document.timeline.currentTime) this.paint();
      this.gliding = part < 1 ? requestAnimationFrame(step) : 0;
    };
    this.gliding = requestAnimationFrame(step);
  }

  stopGlide() {
    cancelAnimationFrame(this.gliding);
    this.gliding = 0;
  }

  /** Fit the canvas to its box. @returns {boolean} Whether its size changed: then it is empty. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const density = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * density), Math.round(height * density)];
    if (!width || !height || (this.canvas.width === w && this.canvas.height === h)) return false;
    Object.assign(this.canvas, { width: w, height: h });
    this.camera.width = width;
    this.camera.height = height;
    this.camera.clamp();
    return true;
  }

  /** Paint now what was asked for; once in a frame of the screen, the rest before the next one. */
  paintDue() {
    if ((this.pending || this.gliding) && this.paintedAt !== document.timeline.currentTime) this.paint();
  }

  /** Paint before the next frame of the screen. */
  request() {
    if (!this.gliding) this.pending ||= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    this.paintedAt = document.timeline.currentTime;
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const { x, y, scale } = this.camera;
    const density = window.devicePixelRatio || 1;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.setTransform(density * scale, 0, 0, density * scale, -x * density * scale, -y * density * scale);
    this.host.paint(ctx);
    // a finger scrolls the page where there is nothing to pan
    this.element.style.touchAction = this.camera.fits ? "pan-x pan-y" : "none";
  }

  destroy() {
    this.stopGlide();
    cancelAnimationFrame(this.pending);
  }
}
