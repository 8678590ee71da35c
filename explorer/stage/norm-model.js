// Which cells share statistics: groups are boxes of the index space, so a group is two corners and never a list.

import { product, unravel } from "./format.js";

/** @typedef {{low: number[], high: number[]}} Box Of indices: from `low` to `high`, exclusive. */

/** @param {Box} box @param {readonly number[]} index @returns {boolean} */
export function isInBox({ low, high }, index) {
  return index.every((i, d) => i >= low[d] && i < high[d]);
}

/** @param {Box} box @returns {number} Cells in it. */
export function boxCount({ low, high }) {
  return product(low.map((from, d) => Math.max(0, high[d] - from)));
}

export class NormModel {
  /** @param {NormData} norm @param {readonly number[]} shape Of its input. */
  constructor(norm, shape) {
    this.norm = norm;
    this.shape = [...shape];
    this.grouped = norm.kind !== "response";
    this.blocks = shape.map((size, d) => Math.max(1, norm.blocks[d] ?? size));
    /** How many blocks each dimension has. */
    this.numbers = shape.map((size, d) => Math.ceil(size / this.blocks[d]));
    this.count = this.grouped ? product(this.numbers) : 0;
  }

  /** @returns {number} The dimension of the channels, or -1. */
  get channelDim() {
    const [first] = this.norm.affine;
    return this.norm.affine.length === 1 ? first : this.shape.length > 1 ? 1 : this.shape.length - 1;
  }

  /** @param {readonly number[]} index @returns {number} Number of its group; -1 where there are none. */
  groupAt(index) {
    if (!this.grouped) return -1;
    return index.reduce((flat, i, d) => flat * this.numbers[d] + Math.floor(i / this.blocks[d]), 0);
  }

  /** @param {number} group @returns {Box} */
  boxOf(group) {
    const block = unravel(group, this.numbers);
    const low = block.map((b, d) => b * this.blocks[d]);
    return { low, high: low.map((from, d) => Math.min(this.shape[d], from + this.blocks[d])) };
  }

  /** @param {readonly number[]} index @returns {Box} The cells whose statistics it has: its group, or its neighbours. */
  boxAt(index) {
    if (this.grouped) return this.boxOf(this.groupAt(index));
    const [before, after] = this.norm.neighbours;
    const c = this.channelDim;
    const reach = (/** @type {number} */ i, /** @type {number} */ d, /** @type {number} */ by) => (d === c ? i + by : i);
    return {
      low: index.map((i, d) => Math.max(0, reach(i, d, -before))),
      high: index.map((i, d) => Math.min(this.shape[d], reach(i, d, after) + 1)),
    };
  }

  /** @param {readonly number[]} index @param {readonly number[]} sizes Of γ or β. @returns {number[]} Where in γ or β its own stand. */
  affineAt(index, sizes) {
    if (sizes.length === index.length) return index.map((i, d) => (sizes[d] === 1 ? 0 : i)); // weight_norm keeps dimensions of size 1
    return this.norm.affine.map((d) => index[d]);
  }

  /** @param {number} group @returns {number} Where in the running statistics its own stand. */
  channelOf(group) {
    return this.boxOf(group).low[this.channelDim] ?? 0;
  }

  /** @returns {number[]} Dimensions over which it averages: those whose blocks hold more than one index. */
  get averaged() {
    return this.shape.flatMap((_, d) => (this.blocks[d] > 1 ? [d] : []));
  }

  /** @returns {[number, number]} Dimensions of samples and positions in a batch of text. */
  get textDims() {
    const last = ["batch", "instance", "group"].includes(this.norm.kind) && this.shape.length === 3;
    return last ? [0, 2] : [0, 1];
  }

  /** @param {readonly number[]} index @returns {boolean} Whether it is padding of a text. */
  isHidden(index) {
    const { hidden } = this.norm;
    if (!hidden || this.shape.length < 2) return false;
    const [n, t] = this.textDims;
    return Boolean(hidden[index[n] * this.shape[t] + index[t]]);
  }
}
