// Where everything of a graph lies: containers are laid out from the inside out, then put into one picture.

import { arrangeContainer } from "./graph-bands.js";
import { nestContainers } from "./graph-nets.js";
import { headingWidth, sizeItem } from "./graph-words.js";

/** Room inside the frame of an open group. */
export const GRAPH_FRAME = { side: 16, head: 34, foot: 14 };
const PORT_ROOM = 16;
const AROUND = 22;

/**
 * Lay out a graph. Yields between pieces, so that a large one need not stop the page; returns the picture.
 * @param {GraphVisible} visible
 * @returns {Generator<void, GraphPicture>}
 */
export function* layOutGraph(visible) {
  const ports = outputCounts(visible.links);
  for (const item of visible.items) sizeItem(item, ports.get(item) ?? 0);
  const containers = nestContainers(visible);
  for (const container of containers) {
    for (const element of container.elements) {
      if (!element.inner) continue;
      element.w = element.inner.w;
      element.h = element.inner.h;
    }
    yield* arrangeContainer(container);
    if (container.box) enframe(container, container.box);
  }
  return new Composition(visible, containers).picture();
}

/** @param {GraphLink[]} links @returns {Map<GraphItem, number>} How many results of an item are told apart. */
function outputCounts(links) {
  /** @type {Map<GraphItem, number>} */
  const counts = new Map();
  for (const { source, output } of links) counts.set(source, Math.max(counts.get(source) ?? 0, output + 1));
  return counts;
}

/** Make room for a frame and its heading. @param {import("./graph-nets.js").GraphContainer} container @param {GraphBox} box */
function enframe(container, box) {
  const { side, head, foot } = GRAPH_FRAME;
  container.w = Math.max(container.w, headingWidth(box) - 2 * side) + 2 * side;
  container.h += head + foot;
}

class Composition {
  /** @param {GraphVisible} visible @param {import("./graph-nets.js").GraphContainer[]} containers */
  constructor(visible, containers) {
    this.visible = visible;
    this.containers = containers;
    /** @type {GraphWire[]} */
    this.wires = [];
  }

  /** @returns {GraphPicture} */
  picture() {
    const outermostFirst = [...this.containers].reverse();
    for (const container of outermostFirst) this.place(container);
    for (const container of outermostFirst) {
      for (const wire of container.wires) this.wire(container, wire);
      for (const link of container.back) this.around(container, link);
    }
    spreadPorts(this.wires, this.visible.links);
    const root = this.containers[this.containers.length - 1];
    const right = this.wires.reduce((most, { around, points }) => (around ? Math.max(most, points[2]) : most), root.w);
    return { ...this.visible, wires: this.wires, width: right, height: root.h };
  }

  /** @param {import("./graph-nets.js").GraphContainer} container @returns {{x: number, y: number}} Where its content begins. */
  inside({ box, x, y }) {
    return box ? { x: x + GRAPH_FRAME.side, y: y + GRAPH_FRAME.head } : { x, y };
  }

  /** @param {import("./graph-nets.js").GraphContainer} container */
  place(container) {
    const { x, y } = this.inside(container);
    for (const element of container.elements) Object.assign(element.item ?? element.inner ?? {}, { x: x + element.x, y: y + element.y });
    if (container.box) Object.assign(container.box, { x: container.x, y: container.y, w: container.w, h: container.h });
  }

  /** @param {import("./graph-nets.js").GraphContainer} container @param {import("./graph-bands.js").LocalWire} local */
  wire(container, { key, from, to, links, points: relative }) {
    const origin = this.inside(container);
    const points = relative.map((value, at) => value + (at % 2 ? origin.y : origin.x));
    const [source, target] = [container.elements[from], container.elements[to]];
    if (source) points.unshift(...this.leave(source, key));
    else if (this.entersFrame(container, key, relative)) points.unshift(points[0], container.y);
    if (target) points.push(...this.reach(target, key));
    else if (container.box && points[points.length - 1] >= origin.y + container.h - GRAPH_FRAME.head - GRAPH_FRAME.foot) points.push(points[points.length - 2], container.y + container.h);
    this.wires.push({ links, points, head: target?.item ?? null, tail: source?.item ?? null, around: false });
  }

  /** @param {import("./graph-nets.js").GraphContainer} container @param {string} key @param {number[]} relative @returns {boolean} Whether a wire comes through the frame here. */
  entersFrame(container, key, relative) {
    return container.box !== null && container.entries.has(key) && relative[1] === 0;
  }

  /** @param {import("./graph-nets.js").GraphElement} element @param {string} key @returns {[number, number]} */
  leave({ item, inner }, key) {
    if (item) return [item.x + item.w / 2, item.y + item.h];
    if (!inner) return [0, 0];
    return [this.inside(inner).x + (inner.exits.get(key) ?? inner.w / 2), inner.y + inner.h];
  }

  /** @param {import("./graph-nets.js").GraphElement} element @param {string} key @returns {[number, number]} */
  reach({ item, inner }, key) {
    if (item) return [item.x + item.w / 2, item.y];
    if (!inner) return [0, 0];
    return [this.inside(inner).x + (inner.entries.get(key) ?? inner.w / 2), inner.y];
  }

  /** A link against the flow goes around on the right. @param {import("./graph-nets.js").GraphContainer} container @param {number} link */
  around(container, link) {
    const { source, target } = this.visible.links[link];
    const right = this.inside(container).x + container.w + AROUND;
    const points = [source.x + source.w / 2, source.y + source.h, right, (source.y + target.y) / 2, target.x + target.w / 2, target.y];
    this.wires.push({ links: [link], points, head: target, tail: source, around: true });
  }
}

/**
 * Let the wires of an item end side by side, in the order in which they come; results leave by ports of their own.
 * @param {GraphWire[]} wires @param {GraphLink[]} links
 */
function spreadPorts(wires, links) {
  /** @type {Map<GraphItem, GraphWire[]>} */
  const heads = new Map();
  const outputs = outputCounts(links);
  for (const wire of wires) {
    if (wire.head) heads.set(wire.head, [...(heads.get(wire.head) ?? []), wire]);
    const { output } = links[wire.links[0]];
    if (wire.tail && output >= 0) wire.points[0] = portPlace(wire.tail, output, outputs.get(wire.tail) ?? 1);
  }
  for (const [item, ending] of heads) {
    const sorted = [...ending].sort((a, b) => a.points[a.points.length - 4] - b.points[b.points.length - 4]);
    sorted.forEach(({ points }, at) => (points[points.length - 2] = portPlace(item, at, sorted.length)));
  }
}

/** @param {GraphItem} item @param {number} number @param {number} count @returns {number} x of one of several ports. */
export function portPlace({ x, w }, number, count) {
  const step = Math.min(PORT_ROOM, (w - 24) / Math.max(1, count - 1));
  return x + w / 2 + (number - (count - 1) / 2) * step;
}
