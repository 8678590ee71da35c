// What a frame makes of the nodes and lines of a graph: what is there, what the engine ran, what is going on now.

import { phasesOf } from "./phases.js";

/**
 * `look`: how far the engine got: -1 it has not come here; 1 the first kind of backward, 2 another (see phases.js).
 * `fresh`: in the phase that is shown, and not in an earlier one. `now`: in this very frame.
 * @typedef {{there: boolean, now: boolean, fresh: boolean, look: number, runs: number}} GraphState
 */

/** @type {Float64Array} */
const NO_FRAMES = new Float64Array(0);

/** @param {ArrayLike<number>} rising @param {number} value @returns {number} How many are not above a value. */
function countUpTo(rising, value) {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Iterable<number>} frames @returns {Float64Array} */
function sortFrames(frames) {
  const sorted = Float64Array.from(frames).sort();
  return sorted.length ? sorted : NO_FRAMES;
}

export class GraphMoments {
  /** @param {Scene} scene @param {GraphPicture} picture */
  constructor(scene, picture) {
    const graph = /** @type {GraphData} */ (scene.graph);
    this.graph = graph;
    this.links = picture.links;
    this.frames = scene.frames;
    /** Which phase each frame is in: its first frame, and its look. */
    this.starts = new Int32Array(scene.frames.length);
    this.looks = new Int8Array(scene.frames.length);
    for (const { from, to, look } of phasesOf(scene)) {
      this.starts.fill(from, from, to + 1);
      this.looks.fill(look, from, to + 1);
    }
    /** @type {Map<GraphItem, {first: number, runs: Float64Array}>} */
    this.items = new Map(picture.items.map((item) => [item, this.lifeOf(item)]));
    /** @type {Map<GraphWire, {first: number, runs: Float64Array}>} */
    this.wires = new Map(picture.wires.map((wire) => [wire, this.flowsOf(wire)]));
    /** @type {Map<number, GraphItem>} */
    this.itemOf = new Map(picture.items.flatMap((item) => item.nodes.map((node) => /** @type {[number, GraphItem]} */ ([node, item]))));
    this.runners = this.firstRunners();
    this.index = 0;
  }

  /** @param {GraphItem} item */
  lifeOf(item) {
    if (item.kind === "cut") return { first: this.graph.edges[item.number].first_frame, runs: NO_FRAMES };
    const nodes = item.nodes.map((node) => this.graph.nodes[node]);
    return { first: nodes.reduce((least, node) => Math.min(least, node.first_frame), Infinity), runs: sortFrames(nodes.flatMap((node) => node.runs)) };
  }

  /** @param {GraphWire} wire */
  flowsOf(wire) {
    const edges = wire.links.flatMap((link) => this.links[link].edges).map((edge) => this.graph.edges[edge]);
    return { first: edges.reduce((least, edge) => Math.min(least, edge.first_frame), Infinity), runs: sortFrames(edges.flatMap((edge) => edge.flows.map(([frame]) => frame))) };
  }

  /** @param {number} index Of the frame that is asked about from now on. */
  show(index) {
    this.index = index;
  }

  /** @returns {GraphItem | null} What the frame is about. */
  get current() {
    return this.itemOf.get(this.frames[this.index]?.node ?? -1) ?? this.runners.get(this.index) ?? null;
  }

  /** @returns {Map<number, GraphItem>} For frames that tell of several nodes at once: the first of those that ran. */
  firstRunners() {
    /** @type {Map<number, GraphItem>} */
    const runners = new Map();
    for (const [item, { runs }] of this.items) for (const frame of runs) if (!runners.has(frame)) runners.set(frame, item);
    return runners;
  }

  /** @returns {number} Look of the frame: 0 forward, 1 backward, 2 another backward. */
  get look() {
    return this.looks[this.index] ?? 0;
  }

  /** @param {{first: number, runs: Float64Array}} life @returns {GraphState} */
  stateOf({ first, runs }) {
    const count = countUpTo(runs, this.index);
    const last = count ? runs[count - 1] : -1;
    const start = this.starts[this.index] ?? 0;
    const fresh = last >= start && count > 0;
    return { there: first <= this.index, now: last === this.index, fresh, look: count ? this.looks[last] : -1, runs: count - (fresh ? countUpTo(runs, start - 1) : 0) };
  }

  /** @param {GraphItem} item @returns {GraphState} */
  item(item) {
    const life = this.items.get(item);
    const state = this.stateOf(life ?? { first: 0, runs: NO_FRAMES });
    if (item === this.current) state.now = true;
    return state;
  }

  /** @param {GraphWire} wire @returns {GraphState} */
  wire(wire) {
    const state = this.stateOf(this.wires.get(wire) ?? { first: 0, runs: NO_FRAMES });
    // going forward, what the step reads is marked
    if (this.look === 0 && wire.head && wire.head === this.current && wire.head.kind === "node") state.now = true;
    return state;
  }

  /** @param {GraphWire} wire @returns {string} The gradient that went over a wire last, where it is one edge's; or "". */
  flowText(wire) {
    const edges = wire.links.length === 1 ? this.links[wire.links[0]].edges : [];
    if (edges.length !== 1) return "";
    const { flows } = this.graph.edges[edges[0]];
    const count = countUpTo(flows.map(([frame]) => frame), this.index);
    return count ? flows[count - 1][1] : "";
  }

  /** @param {number} node @returns {number} The frame of its next run, else the one that made it. */
  jumpFrame(node) {
    const { runs, first_frame: first } = this.graph.nodes[node];
    return runs.find((frame) => frame > this.index) ?? (runs.length && first === this.index ? runs[0] : first);
  }
}
