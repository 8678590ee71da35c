// Lays out one container: rows from top to bottom, in bands of a bounded size, since the cost of a layout grows faster
// than its graph. A line through several bands is one lane in each, however many elements it feeds.

import { GraphClusters } from "./graph-clusters.js";
import { mirrorPiece, placePiece } from "./graph-piece.js";
import { rankElements } from "./graph-ranks.js";
import { PORT_WIDTH } from "./graph-simple.js";

/**
 * A stretch of a net inside a container. `from`, `to`: elements, or -1 where it goes on elsewhere; `links`: which use it.
 * `points`: x, y from the container's upper left corner, without the ends that elements give.
 * @typedef {{key: string, from: number, to: number, links: number[], points: number[]}} LocalWire
 *
 * A net with the rows that it joins; `first` -1 and `last` past the end where it goes through the frame.
 * @typedef {{key: string, net: import("./graph-nets.js").GraphNet, first: number, last: number}} SpannedNet
 */

/**
 * A piece of a net inside a band. `from`, `to`: elements, or -1 for a port or a tap. `ends`: numbers in the band.
 * @typedef {{key: string, from: number, to: number, links: number[], ends: [number, number]}} Stretch
 */

const BAND = 140;
/** A net that goes to this many places in a band is one lane with taps. */
const SHARED_LANE = 3;
const BETWEEN_ROWS = 46;
const PORT_DROP = 16;
const BETWEEN_BANDS = 26;
const LOWER = 8;

/**
 * Give a container's elements places, and itself a size. Yields between bands.
 * @param {import("./graph-nets.js").GraphContainer} container
 * @returns {Generator<void, void>}
 */
export function* arrangeContainer(container) {
  const clusters = new GraphClusters(container);
  const bands = new Bands(clusters.core);
  for (const [first, last] of bands.cut()) {
    bands.place(first, last);
    yield;
  }
  bands.finish();
  clusters.expand();
}

/** What stands in a band: its elements, then the ports and taps of nets, each with its row. */
class BandPorts {
  /** @param {number} last Row of the container. @param {number[]} rows In the band. @param {number[]} inside Elements. */
  constructor(last, rows, inside) {
    this.last = last;
    this.rows = rows;
    this.local = new Map(inside.map((element, at) => [element, at]));
    /** @type {Map<string, number>} */
    this.entries = new Map();
    /** @type {Map<string, number>} */
    this.exits = new Map();
  }

  /** @param {number} row @returns {number} Number of a new port. */
  add(row) {
    return this.rows.push(row) - 1;
  }
}

/**
 * Let the stretches of one net branch off one lane, right above where each ends.
 * @param {Stretch[]} stretches @param {BandPorts} ports @returns {Stretch[]}
 */
function tapLane(stretches, ports) {
  const sorted = [...stretches].sort((a, b) => ports.rows[a.ends[1]] - ports.rows[b.ends[1]]);
  /** @type {Stretch[]} */
  const found = [];
  let { from, ends: [at] } = sorted[0];
  sorted.forEach((stretch, number) => {
    const row = ports.rows[stretch.ends[1]] - 1;
    if (row > ports.rows[at] && stretch.to >= 0) {
      const tap = ports.add(row);
      found.push({ ...stretch, from, to: -1, links: sorted.slice(number).flatMap(({ links }) => links), ends: [at, tap] });
      at = tap;
      from = -1;
    }
    found.push({ ...stretch, from, ends: [at, stretch.ends[1]] });
  });
  return found;
}

class Bands {
  /** @param {import("./graph-nets.js").GraphContainer} container */
  constructor(container) {
    this.container = container;
    this.rows = this.rank();
    this.rowCount = this.rows.reduce((most, row) => Math.max(most, row), -1) + 1;
    /** @type {number[][]} */
    this.inRow = Array.from({ length: this.rowCount }, () => []);
    this.rows.forEach((row, element) => this.inRow[row].push(element));
    this.nets = this.spans();
    /** Where nets left the band above: x. @type {Map<string, number>} */
    this.above = new Map();
    this.y = 0;
    this.left = Infinity;
    this.right = -Infinity;
  }

  /** @returns {number[]} The row of each element; links against the flow are set aside. */
  rank() {
    const { elements, nets } = this.container;
    const pairs = [...nets.values()].flatMap((net) => (net.from < 0 ? [] : [...net.to.keys()].map((to) => ({ net, to }))));
    const { rows, back } = rankElements(elements.map((element) => element.order), pairs.map(({ net, to }) => [net.from, to]));
    for (const number of back) {
      const { net, to } = pairs[number];
      this.container.back.push(...(net.to.get(to) ?? []));
      net.to.delete(to);
    }
    return rows;
  }

  /** @returns {SpannedNet[]} */
  spans() {
    return [...this.container.nets].map(([key, net]) => {
      const first = net.from < 0 ? -1 : this.rows[net.from];
      let last = net.out.length ? this.rowCount : first;
      for (const element of net.to.keys()) last = Math.max(last, this.rows[element]);
      return { key, net, first, last };
    });
  }

  /** @returns {[number, number][]} First and last row of each band. */
  cut() {
    const change = new Int32Array(this.rowCount + 2);
    for (const { first, last } of this.nets) {
      change[Math.max(0, first + 1)] += 1;
      change[Math.max(first + 1, Math.min(this.rowCount, last))] -= 1;
    }
    /** @type {[number, number][]} */
    const bands = [];
    let start = 0;
    let weight = 0;
    let lanes = 0;
    for (let row = 0; row < this.rowCount; row += 1) {
      lanes += change[row];
      weight += this.inRow[row].length + lanes;
      if (weight < BAND && row < this.rowCount - 1) continue;
      bands.push([start, row]);
      start = row + 1;
      weight = 0;
    }
    return bands;
  }

  /** Lay out a band below those that are there. @param {number} first Row. @param {number} last Row. */
  place(first, last) {
    const inside = this.inRow.slice(first, last + 1).flat();
    const through = this.nets.filter((net) => net.first <= last && net.last >= first && net.last > net.first);
    const entering = through.filter((net) => net.first < first).sort((a, b) => (this.above.get(a.key) ?? 0) - (this.above.get(b.key) ?? 0));
    const leaving = through.filter((net) => net.last > last);
    const ports = new BandPorts(last, inside.map((element) => this.rows[element] - first + 1), inside);
    for (const { key } of entering) ports.entries.set(key, ports.add(0));
    for (const { key } of leaving) ports.exits.set(key, ports.add(last - first + 2));
    const stretches = through.flatMap((net) => this.stretches(net, ports));
    const widths = ports.rows.map((_, at) => (at < inside.length ? this.container.elements[inside[at]].w : PORT_WIDTH));
    const leftToRight = first ? [...ports.entries.values()] : [];
    const placed = placePiece({ widths, rows: ports.rows, edges: stretches.map(({ ends }) => ends), leftToRight });
    const { xs, bends } = entering.length < 2 && this.runsLeft(inside, placed.xs) ? mirrorPiece(placed) : placed;
    const shift = this.shift([...ports.entries].map(([key, at]) => [this.above.get(key), xs[at]]));
    const moved = xs.map((x) => x + shift);
    const ys = this.rowEdges(first, last, entering.length > 0);
    this.joinAbove(entering, (key) => moved[ports.entries.get(key) ?? 0], ys[0][0], first);
    inside.forEach((element, at) => this.put(element, moved[at], ys[ports.rows[at]]));
    stretches.forEach((stretch, number) => this.wire(stretch, bends[number].map((x) => x + shift), { xs: moved, rows: ports.rows, ys }));
    this.above = new Map([...ports.exits].map(([key, at]) => [key, moved[at]]));
    this.y = ys[ys.length - 1][1];
  }

  /** @param {SpannedNet} net @param {BandPorts} ports @returns {Stretch[]} A net inside a band: to elements, and to where it goes out. */
  stretches({ key, net }, ports) {
    const entry = ports.entries.get(key);
    const exit = ports.exits.get(key);
    const begin = entry ?? ports.local.get(net.from) ?? 0;
    /** @type {Stretch} What each begins with. */
    const start = { key, from: entry === undefined ? net.from : -1, to: -1, links: [], ends: [begin, 0] };
    /** @type {Stretch[]} */
    const found = [];
    const beyond = [...net.out];
    for (const [element, links] of net.to) {
      const end = ports.local.get(element);
      if (end !== undefined) found.push({ ...start, to: element, links, ends: [begin, end] });
      else if (this.rows[element] > ports.last) beyond.push(...links);
    }
    if (exit !== undefined) found.push({ ...start, links: beyond, ends: [begin, exit] });
    return found.length < SHARED_LANE ? found : tapLane(found, ports);
  }

  /** @param {number[]} inside Elements of a band. @param {number[]} xs @returns {boolean} Whether what the program made later stands rather to the left. */
  runsLeft(inside, xs) {
    const { elements } = this.container;
    const sorted = [...inside.keys()].sort((a, b) => this.rows[inside[a]] - this.rows[inside[b]] || elements[inside[a]].order - elements[inside[b]].order);
    const sides = sorted.slice(1).map((at, number) => (this.rows[inside[at]] === this.rows[inside[sorted[number]]] ? Math.sign(xs[at] - xs[sorted[number]]) : 0));
    return sides.reduce((sum, side) => sum + side, 0) < 0;
  }

  /** How far to move a band so that its lines go on straight. @param {[number | undefined, number][]} pairs @returns {number} */
  shift(pairs) {
    const moves = pairs.flatMap(([above, here]) => (above === undefined ? [] : [above - here])).sort((a, b) => a - b);
    return moves.length ? moves[moves.length >> 1] : 0;
  }

  /** @param {number} first @param {number} last @param {boolean} entered @returns {[number, number][]} Top and bottom of each row of a band, ports included. */
  rowEdges(first, last, entered) {
    let y = this.y + (first ? BETWEEN_BANDS : 0);
    /** @type {[number, number][]} */
    const edges = [[y, y]];
    y += entered ? PORT_DROP : 0;
    for (let row = first; row <= last; row += 1) {
      if (row > first) y += BETWEEN_ROWS;
      const height = this.inRow[row].reduce((most, element) => Math.max(most, this.container.elements[element].h), 0);
      edges.push([y, y + height]);
      y += height;
    }
    const leaves = this.nets.some((net) => net.first <= last && net.last > last);
    y += leaves ? PORT_DROP : 0;
    edges.push([y, y]);
    return edges;
  }

  /** Lines from the band above, or from the frame. @param {SpannedNet[]} entering @param {(key: string) => number} xOf @param {number} y @param {number} first */
  joinAbove(entering, xOf, y, first) {
    for (const { key, net } of entering) {
      const x = xOf(key);
      const above = this.above.get(key);
      if (above === undefined) this.container.entries.set(key, x);
      else {
        const links = [...net.out, ...[...net.to].flatMap(([element, some]) => (this.rows[element] >= first ? some : []))];
        this.container.wires.push({ key, from: -1, to: -1, links, points: [above, this.y, x, y] });
      }
    }
  }

  /** @param {number} element @param {number} middle @param {[number, number]} edges Of its row. */
  put(element, middle, [, bottom]) {
    const { elements } = this.container;
    elements[element].x = middle - elements[element].w / 2;
    elements[element].y = bottom - elements[element].h;
    this.left = Math.min(this.left, elements[element].x);
    this.right = Math.max(this.right, elements[element].x + elements[element].w);
  }

  /** @param {Stretch} stretch @param {number[]} bends @param {{xs: number[], rows: number[], ys: [number, number][]}} at */
  wire({ key, from, to, links, ends: [begin, end] }, bends, { xs, rows, ys }) {
    const points = from < 0 ? [xs[begin], ys[rows[begin]][1]] : [];
    const lanes = to < 0 ? [...bends, xs[end]] : bends;
    lanes.forEach((x, number) => {
      const [top, bottom] = ys[rows[begin] + 1 + number];
      this.left = Math.min(this.left, x);
      this.right = Math.max(this.right, x);
      points.push(x, top, x, bottom);
    });
    const target = this.container.elements[to];
    // above an element that is lower than its neighbours a line goes straight down
    if (target?.item && target.y > ys[rows[end]][0] + LOWER) points.push(xs[end], ys[rows[end]][0]);
    this.container.wires.push({ key, from, to, links, points });
  }

  /** Move all to the upper left corner, and say how large it has become. */
  finish() {
    const { container } = this;
    const dx = Number.isFinite(this.left) ? -this.left : 0;
    for (const element of container.elements) element.x += dx;
    for (const wire of container.wires) wire.points = wire.points.map((value, at) => (at % 2 ? value : value + dx));
    container.entries = new Map([...container.entries].map(([key, x]) => [key, x + dx]));
    container.exits = new Map([...this.above].map(([key, x]) => [key, x + dx]));
    container.w = Math.max(0, this.right + dx);
    container.h = this.y;
  }
}
