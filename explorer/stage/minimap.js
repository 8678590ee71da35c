// Where a window lies in the last two dimensions of its tensor: a small rectangle in a larger one, to be dragged.

import { node, svgNode } from "./dom.js";

const LONGEST = 88;
const SHORTEST = 20;
const LEAST_MARK = 7;

/** @param {number} size @param {number} most @returns {number} Pixels of a side, so that thin ones can be hit. */
function mapSide(size, most) {
  return Math.max(SHORTEST, Math.round((LONGEST * size) / most));
}

export class Minimap {
  /**
   * @param {GridData} grid
   * @param {(first: number[]) => void} move Called with the index at which the window shall begin.
   */
  constructor(grid, move) {
    this.grid = grid;
    this.move = move;
    this.first = grid.shape.map(() => 0);
    const [rows, columns] = [1, ...grid.shape].slice(-2);
    this.height = grid.shape.length === 1 ? SHORTEST : mapSide(rows, Math.max(rows, columns));
    this.width = mapSide(columns, Math.max(rows, columns));
    this.mark = svgNode("rect", { class: "te-map-window", rx: 1.5 });
    this.element = svgNode("svg", {
      class: "te-map", width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, tabindex: 0, role: "slider",
      "aria-label": "Place of the window. Arrow keys move it by one, with Shift and Page Up or Page Down by a window",
      "aria-valuemin": 0, "data-testid": `minimap-${grid.id}`,
    });
    this.element.append(svgNode("rect", { class: "te-map-tensor", x: 0.5, y: 0.5, width: this.width - 1, height: this.height - 1, rx: 2 }), this.mark);
    this.element.append(node("title", {}, "Drag to move the window"));
    this.listen();
  }

  listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      element.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (element.hasPointerCapture(event.pointerId)) this.drag(event);
    });
    element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  /** @param {PointerEvent} event Put the middle of the window under the pointer. */
  drag(event) {
    const bounds = this.element.getBoundingClientRect();
    const at = [(event.clientY - bounds.top) / bounds.height, (event.clientX - bounds.left) / bounds.width];
    this.moveTo(this.first.map((index, d) => {
      const fraction = at[d - this.first.length + 2];
      return fraction === undefined ? index : Math.round(fraction * this.grid.shape[d] - this.grid.window[d] / 2);
    }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.first.length - 1;
    const { window: sizes, shape: full } = this.grid;
    const across = event.shiftKey ? sizes[last] : 1;
    const down = event.shiftKey ? sizes[last - 1] : 1;
    /** @type {Record<string, [number, number]>} Dimension from the end, and by how much. */
    const ways = {
      ArrowLeft: [last, -across], ArrowRight: [last, across], ArrowUp: [last - 1, -down], ArrowDown: [last - 1, down],
      PageUp: last ? [last - 1, -sizes[last - 1]] : [last, -sizes[last]], PageDown: last ? [last - 1, sizes[last - 1]] : [last, sizes[last]],
      Home: [last, -full[last]], End: [last, full[last]],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    if (way[0] >= 0) this.moveTo(this.first.map((index, d) => (d === way[0] ? index + way[1] : index)));
  }

  /** @param {number[]} wanted */
  moveTo(wanted) {
    const { shape: full, window: sizes } = this.grid;
    const first = wanted.map((index, d) => Math.max(0, Math.min(full[d] - sizes[d], index)));
    if (`${first}` !== `${this.first}`) this.move(first);
  }

  /** @param {number[]} first Draw the window there. */
  show(first) {
    this.first = first;
    const { shape: full, window: sizes } = this.grid;
    const last = first.length - 1;
    /** @param {number} d @param {number} room @returns {[number, number]} Begin and length in pixels. */
    const stretch = (d, room) => {
      if (d < 0) return [1, room - 2];
      const length = Math.max(LEAST_MARK, ((room - 2) * sizes[d]) / full[d]);
      return [1 + ((room - 2 - length) * first[d]) / Math.max(1, full[d] - sizes[d]), length];
    };
    const [x, width] = stretch(last, this.width);
    const [y, height] = stretch(last - 1, this.height);
    for (const [name, value] of Object.entries({ x, y, width, height })) this.mark.setAttribute(name, value.toFixed(2));
    this.element.setAttribute("aria-valuemax", String(full[last] - sizes[last]));
    this.element.setAttribute("aria-valuenow", String(first[last]));
    this.element.setAttribute("aria-valuetext", `begins at index ${first.join(", ")}`);
  }
}
