// Parameters and constants that only one operation uses stand right above it, to the left and right of the line that
// comes from above: so that line, which a reader follows, stays straight. An operation with them is one element of the
// layout.

import { GraphContainer } from "./graph-nets.js";

/** @typedef {import("./graph-nets.js").GraphElement} GraphElement */

const LONGEST_CHAIN = 3;
const MOST = 8;
const BESIDE = 18;
const BELOW = 30;
const ABOVE_ANCHOR = 40;
/** Half of the room for lines from above: for the first, and for each more. */
const LANE = 16;
const LANE_MORE = 8;

/** @param {number} count Of columns. @param {number} lines From above. @returns {number} Half of the gap between the columns. */
function halfGap(count, lines) {
  return count ? LANE + LANE_MORE * Math.max(0, lines - 1) : 0;
}

export class GraphClusters {
  /** @param {GraphContainer} container */
  constructor(container) {
    this.container = container;
    const { elements } = container;
    /** Sources of each element; -1: from outside. @type {number[][]} */
    this.sources = elements.map(() => []);
    /** Elements that each one feeds; -1: outside. @type {number[][]} */
    this.targets = elements.map(() => []);
    for (const { from, to, out } of container.nets.values()) {
      for (const target of to.keys()) this.sources[target].push(from);
      if (from >= 0) this.targets[from].push(...to.keys(), ...(out.length ? [-1] : []));
    }
    /** For each anchor its columns, each from above to below. @type {Map<number, number[][]>} */
    this.columns = this.gather();
    const within = new Set([...this.columns.values()].flat(2));
    /** Elements that stay elements. @type {number[]} */
    this.kept = [...elements.keys()].filter((element) => !within.has(element));
    this.core = this.reduce(within);
  }

  /** @returns {Map<number, number[][]>} */
  gather() {
    const { elements } = this.container;
    /** @type {Map<number, number[][]>} */
    const found = new Map();
    elements.forEach((_, start) => {
      const chain = this.chain(start);
      const anchor = chain ? this.targets[chain[chain.length - 1]][0] : -1;
      if (chain && anchor >= 0 && elements[anchor].item) found.set(anchor, [...(found.get(anchor) ?? []), chain]);
    });
    for (const [anchor, chains] of found)
      if (chains.length >= this.sources[anchor].length || chains.length > MOST) found.delete(anchor);
    return found;
  }

  /** @param {number} start @returns {number[] | null} It and what only it feeds, down to what has other sources too. */
  chain(start) {
    if (this.sources[start].length || !this.container.elements[start].item) return null;
    const chain = [start];
    for (;;) {
      const last = chain[chain.length - 1];
      if (this.targets[last].length !== 1) return null;
      const [next] = this.targets[last];
      if (next < 0) return null;
      if (this.sources[next].length !== 1 || this.targets[next].length !== 1) return chain;
      if (chain.length >= LONGEST_CHAIN || !this.container.elements[next].item) return null;
      chain.push(next);
    }
  }

  /** @param {Set<number>} within Elements of columns. @returns {GraphContainer} The container with an element for each cluster. */
  reduce(within) {
    const { elements, nets } = this.container;
    const core = new GraphContainer(null);
    const number = new Map(this.kept.map((element, at) => [element, at]));
    core.elements = this.kept.map((element) => ({ ...elements[element], ...this.size(element) }));
    for (const [key, net] of nets) {
      if (within.has(net.from)) continue;
      const to = new Map([...net.to].map(([target, links]) => [number.get(target) ?? -1, links]));
      core.nets.set(key, { from: number.get(net.from) ?? -1, to, out: net.out });
    }
    return core;
  }

  /** @param {number} anchor @returns {{w: number, h: number, left: number[][], right: number[][], gap: number, above: number}} */
  size(anchor) {
    const { w, h } = this.container.elements[anchor];
    const columns = this.columns.get(anchor) ?? [];
    const half = columns.length >> 1;
    const [left, right] = [columns.slice(0, half), columns.slice(half)];
    const gap = halfGap(columns.length, this.sources[anchor].length - columns.length);
    const reach = Math.max(w / 2, ...[left, right].map((side) => gap + side.reduce((sum, chain) => sum + this.chainWidth(chain) + BESIDE, 0)));
    const above = columns.length ? Math.max(...columns.map((chain) => this.chainHeight(chain))) + ABOVE_ANCHOR : 0;
    return { w: Math.ceil(2 * reach), h: h + above, left, right, gap, above };
  }

  /** @param {number[]} chain */
  chainWidth(chain) {
    return Math.max(...chain.map((element) => this.container.elements[element].w));
  }

  /** @param {number[]} chain */
  chainHeight(chain) {
    return chain.reduce((sum, element) => sum + this.container.elements[element].h, (chain.length - 1) * BELOW);
  }

  /** Give the container the places that its core has got. */
  expand() {
    const { container, core } = this;
    core.elements.forEach((place, at) => this.put(this.kept[at], place));
    container.wires = core.wires.map((wire) => {
      const target = core.elements[wire.to];
      const led = target !== undefined && this.columns.has(this.kept[wire.to]);
      const points = led ? [...wire.points, target.x + target.w / 2, target.y] : wire.points;
      return { ...wire, points, from: wire.from < 0 ? -1 : this.kept[wire.from], to: wire.to < 0 ? -1 : this.kept[wire.to] };
    });
    this.join(new Set([...this.columns.values()].flat(2)));
    Object.assign(container, { w: core.w, h: core.h, entries: core.entries, exits: core.exits, back: core.back });
  }

  /** @param {number} anchor @param {GraphElement} place Of its cluster. */
  put(anchor, place) {
    const { elements } = this.container;
    const { left, right, gap, above } = this.size(anchor);
    const middle = place.x + place.w / 2;
    Object.assign(elements[anchor], { x: middle - elements[anchor].w / 2, y: place.y + above });
    for (const [side, columns] of /** @type {[number, number[][]][]} */ ([[-1, [...left].reverse()], [1, right]])) {
      let away = gap;
      for (const chain of columns) {
        const width = this.chainWidth(chain);
        this.stack(chain, middle + side * (away + width / 2), place.y + above - ABOVE_ANCHOR);
        away += width + BESIDE;
      }
    }
  }

  /** @param {number[]} chain @param {number} middle @param {number} bottom */
  stack(chain, middle, bottom) {
    let y = bottom;
    for (const number of [...chain].reverse()) {
      const element = this.container.elements[number];
      y -= element.h;
      element.x = middle - element.w / 2;
      element.y = y;
      y -= BELOW;
    }
  }

  /** The lines of the columns. @param {Set<number>} within */
  join(within) {
    for (const [key, { from, to }] of this.container.nets) {
      if (!within.has(from)) continue;
      for (const [target, links] of to) this.container.wires.push({ key, from, to: target, links, points: [] });
    }
  }
}
