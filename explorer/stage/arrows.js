// Arrows from the cells that a cell was made of to it, and from it to those that it feeds.

export const MOST_ARROWS = 24;
const SVG = "http://www.w3.org/2000/svg";

/**
 * From a cell to a cell; dashed where the first says only which is taken.
 * @typedef {{from: Place, to: Place, dashed: boolean}} Arrow
 *
 * @typedef {{x: number, y: number}} Point
 */

export class Arrows {
  /** @param {HTMLElement} ground Positioned element around all panels. */
  constructor(ground) {
    this.ground = ground;
    /** @type {Arrow[]} */
    this.arrows = [];
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "te-arrows");
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.toggleAttribute("hidden", true);
    ground.append(this.svg);
    // a box of cells that is scrolled does not tell the ground, except on the way down
    ground.addEventListener("scroll", () => this.arrows.length > 0 && this.place(), { capture: true, passive: true });
  }

  /** @param {Arrow[]} arrows None are drawn where they would be too many to follow. */
  show(arrows) {
    if (arrows.length === 0 && this.arrows.length === 0) return;
    this.arrows = arrows.length <= MOST_ARROWS ? arrows : [];
    this.svg.dataset.count = String(this.arrows.length);
    this.place();
  }

  /** Draw them where the cells are now. */
  place() {
    const ground = this.ground.getBoundingClientRect();
    /** @type {Map<import("./panel.js").CellPanel, {cells: DOMRect, seen: DOMRect}>} */
    const bounds = new Map();
    for (const { panel } of this.arrows.flatMap(({ from, to }) => [from, to])) {
      if (!bounds.has(panel)) bounds.set(panel, { cells: panel.base.getBoundingClientRect(), seen: panel.scroll.getBoundingClientRect() });
    }
    const paths = this.arrows.flatMap((arrow) => {
      const [from, to] = [arrow.from, arrow.to].map((place) => boxInGround(place, bounds.get(place.panel), ground));
      return from && to ? [arrowPath(from, to, arrow.dashed)] : [];
    });
    this.svg.toggleAttribute("hidden", paths.length === 0); // as large as the ground, it would be laid out anew with each step
    this.svg.replaceChildren(...paths);
  }
}

/**
 * @param {Place} place @param {{cells: DOMRect, seen: DOMRect} | undefined} bounds @param {DOMRect} ground
 * @returns {Rect | null} Null when the cell is scrolled out of sight.
 */
function boxInGround({ panel, cell }, bounds, ground) {
  if (!panel.geometry || !bounds) return null;
  const { x, y, w, h } = panel.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
  const left = bounds.cells.left + x;
  if (left + w / 2 < bounds.seen.left || left + w / 2 > bounds.seen.right) return null;
  return { x: left - ground.left, y: bounds.cells.top + y - ground.top, w: w - 1, h: h - 1 };
}

/** @param {Rect} from @param {Rect} to @param {boolean} dashed @returns {SVGGElement} */
function arrowPath(from, to, dashed) {
  const end = edgeToward(to, { x: from.x + from.w / 2, y: from.y + from.h / 2 });
  const start = edgeToward(from, end);
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const far = Math.hypot(dx, dy) || 1;
  const bend = Math.min(34, 0.16 * far);
  const middle = { x: (start.x + end.x) / 2 + (bend * dy) / far, y: (start.y + end.y) / 2 - (bend * dx) / far };
  const line = `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", dashed ? "te-arrow te-arrow-index" : "te-arrow");
  group.append(part(line, "te-arrow-halo"), part(line, "te-arrow-line"), part(headOf(middle, end), "te-arrow-head"));
  return group;
}

/** @param {string} d @param {string} name @returns {SVGPathElement} */
function part(d, name) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  path.setAttribute("class", name);
  return path;
}

/** @param {Rect} box @param {Point} point @returns {Point} Where the way from its centre to a point leaves it. */
function edgeToward({ x, y, w, h }, point) {
  const centre = { x: x + w / 2, y: y + h / 2 };
  const [dx, dy] = [point.x - centre.x, point.y - centre.y];
  const scale = Math.min(1, w / 2 / (Math.abs(dx) || 1e-9), h / 2 / (Math.abs(dy) || 1e-9));
  return { x: centre.x + dx * scale, y: centre.y + dy * scale };
}

/** @param {Point} from @param {Point} tip @returns {string} A triangle at the tip. */
function headOf(from, tip) {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const corners = [-0.42, 0.42].map((turn) => `${tip.x - 9 * Math.cos(angle + turn)} ${tip.y - 9 * Math.sin(angle + turn)}`);
  return `M${tip.x} ${tip.y}L${corners.join("L")}Z`;
}
