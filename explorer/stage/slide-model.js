// Which cells a window holds, and which windows hold a cell: index arithmetic over the reaches of a layer, no values.

import { product, unravel } from "./format.js";

/**
 * A cell of a window: where it reads the padded input, and where the kernel.
 * @typedef {{at: number[], k: number[]}} WindowCell
 *
 * An output that reads a cell, and the cell of the kernel that takes it there.
 * @typedef {{o: number[], k: number[]}} FedOutput
 *
 * For each position of one dimension, the outputs that read it, with the index in the kernel.
 * @typedef {[number, number][][]} Readers
 */

/** What stands at a position of the padded input: the numbers of explorer/scene/windows.py. */
export const PADDED = { input: 0, zero: 1, copy: 2, inserted: 3, extra: 4, outside: 5 };

/** The stronger one decides what a cell of several dimensions is. */
const STRENGTH = [0, 3, 1, 2, 4, 5];

/** @param {number} one Of `PADDED`. @param {number} other @returns {number} What a cell is that is the one in some dimensions, the other in others. */
export function strongerKind(one, other) {
  return STRENGTH[other] > STRENGTH[one] ? other : one;
}

const POOLING = new Set(["max", "mean", "power"]);

/** @template T @param {T[][]} lists @returns {T[][]} Every choice of one from each, row-major. */
export function choicesOf(lists) {
  return lists.reduce((/** @type {T[][]} */ made, list) => made.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}

/** @param {number} count @param {number} [from] @returns {number[]} `from`, `from` + 1, … */
export function numbersFrom(count, from = 0) {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** @type {WeakMap<Reach, Readers>} */
const readersKnown = new WeakMap();

/** @param {Reach} reach @returns {Readers} */
function readersOf(reach) {
  let readers = readersKnown.get(reach);
  if (readers) return readers;
  readers = /** @type {Readers} */ (Array.from({ length: reach.source.length }, () => []));
  for (let o = 0; o < reach.output; o += 1) {
    for (let t = reach.starts[o]; t < reach.starts[o + 1]; t += 1) readers[reach.positions[t]].push([o, reach.kernel_index[t]]);
  }
  readersKnown.set(reach, readers);
  return readers;
}

export class SlideModel {
  /** @param {WindowsData} windows */
  constructor(windows) {
    this.windows = windows;
    this.dims = windows.dims;
    this.kernel = this.dims.map(({ kernel }) => kernel);
    this.padded = this.dims.map(({ source }) => source.length);
    this.outputs = this.dims.map(({ output }) => output);
    this.isPadded = this.dims.some(({ source, size }) => source.length !== size);
    this.pooling = POOLING.has(windows.operation);
    /** Positions that the timeline walks. */
    this.count = product(windows.products.count);
    const [inputs, outputs] = windows.channels;
    this.inGroup = this.pooling ? 1 : Math.max(1, inputs / windows.groups);
    this.outGroup = this.pooling ? 1 : Math.max(1, outputs / windows.groups);
  }

  /** @param {number} p @returns {number[]} Index of the output, in each spatial dimension. */
  outputAt(p) {
    return unravel(p, this.windows.products.count).map((i, d) => i + this.windows.products.first[d]);
  }

  /** @param {readonly number[]} o @returns {number} Its position on the timeline, or -1. */
  positionOf(o) {
    const { first, count } = this.windows.products;
    let p = 0;
    for (let d = 0; d < o.length; d += 1) {
      const i = o[d] - first[d];
      if (i < 0 || i >= count[d]) return -1;
      p = p * count[d] + i;
    }
    return p;
  }

  /** @param {readonly number[]} o @returns {WindowCell[]} The cells of an output's window, row-major, without those beyond the padding. */
  windowOf(o) {
    return this.reachOf(o).filter(({ at }) => this.kindAt(at) !== PADDED.outside);
  }

  /** @param {readonly number[]} o @returns {WindowCell[]} All that the window reaches. */
  reachOf(o) {
    const taps = this.dims.map(({ starts, positions, kernel_index: index }, d) =>
      numbersFrom(starts[o[d] + 1] - starts[o[d]], starts[o[d]]).map((t) => [positions[t], index[t]]));
    return choicesOf(taps).map((cell) => ({ at: cell.map(([at]) => at), k: cell.map(([, k]) => k) }));
  }

  /** @param {readonly number[]} at @returns {number[]} The input cell that stands at a position of the padded input; [] for none. */
  sourceOf(at) {
    const source = at.map((i, d) => this.dims[d].source[i]);
    return source.includes(-1) ? [] : source;
  }

  /** @param {readonly number[]} at @returns {number} One of `PADDED`. */
  kindAt(at) {
    let found = PADDED.input;
    for (let d = 0; d < at.length; d += 1) found = strongerKind(found, this.dims[d].kinds[at[d]]);
    return found;
  }

  /** @param {readonly number[]} at @returns {boolean} Whether some window reads it. */
  isRead(at) {
    return at.every((i, d) => this.dims[d].reads[i] > 0);
  }

  /** @param {readonly number[]} at @returns {number[][]} All positions at which the same input cell stands; without one, the position itself. */
  sameAs(at) {
    const source = this.sourceOf(at);
    if (!source.length && at.length) return [[...at]];
    return choicesOf(source.map((cell, d) => numbersFrom(this.padded[d]).filter((i) => this.dims[d].source[i] === cell)));
  }

  /** @param {readonly number[]} at @returns {FedOutput[]} The outputs that read a position of the padded input. */
  readersAt(at) {
    if (this.kindAt(at) === PADDED.outside) return [];
    return choicesOf(at.map((i, d) => readersOf(this.dims[d])[i])).map((pair) => ({ o: pair.map(([o]) => o), k: pair.map(([, k]) => k) }));
  }

  /** @param {readonly number[]} at @returns {FedOutput[]} The outputs that an input cell feeds, through its copies too. */
  fedBy(at) {
    return this.sameAs(at).flatMap((same) => this.readersAt(same));
  }

  /** @param {readonly number[]} k @returns {{at: number[][], o: number[][]}} What a cell of the kernel reads, over all windows, and which those are. */
  usesOf(k) {
    const pairs = this.dims.map(({ starts, positions, kernel_index: index, output }, d) => numbersFrom(output).flatMap((o) =>
      numbersFrom(starts[o + 1] - starts[o], starts[o]).filter((t) => index[t] === k[d]).map((t) => [positions[t], o])));
    return { at: choicesOf(pairs.map((list) => list.map(([at]) => at))), o: choicesOf(pairs.map((list) => list.map(([, o]) => o))) };
  }

  /** @param {number} c Output channel. @returns {number[]} The input channels that it reads. */
  channelsOf(c) {
    if (this.pooling) return [c];
    return numbersFrom(this.inGroup, Math.floor(c / this.outGroup) * this.inGroup);
  }

  /** @param {number} ch Input channel. @returns {number[]} The output channels that read it. */
  readersOfChannel(ch) {
    if (this.pooling) return [ch];
    return numbersFrom(this.outGroup, Math.floor(ch / this.inGroup) * this.outGroup);
  }

  /** @param {number} c @param {number} ch Input channel. @param {readonly number[]} k @returns {number[]} Index in the weight as torch has it. */
  weightIndex(c, ch, k) {
    return this.windows.operation === "transposed" ? [ch, c % this.outGroup, ...k] : [c, ch % this.inGroup, ...k];
  }

  /** @param {number} p @param {number} ch Input channel. @returns {number} Where the terms of a window and a channel begin. */
  termsAt(p, ch) {
    return (p * this.inGroup + (ch % this.inGroup)) * product(this.kernel);
  }
}
