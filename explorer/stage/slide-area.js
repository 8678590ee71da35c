// Which part of a tensor a panel shows: one channel, or for series a stack of channels as rows.

import { product } from "./format.js";

export class SlideArea {
  /**
   * @param {readonly number[]} leads Channels. @param {boolean} stacked Whether each is a row; else there is one.
   * @param {readonly number[]} low First index that is shown, in each spatial dimension. @param {readonly number[]} spatial Sizes.
   */
  constructor(leads, stacked, low, spatial) {
    this.leads = leads;
    this.stacked = stacked;
    this.low = low;
    this.spatial = spatial;
    this.sizes = stacked ? [leads.length, ...spatial] : [...spatial];
    this.count = product(this.sizes);
    this.inner = product(spatial);
    /** Cells of a line along the last dimension. */
    this.line = spatial[spatial.length - 1];
  }

  /** @returns {number[]} First index along each axis of the picture. */
  get first() { return this.stacked ? [this.leads[0] ?? 0, ...this.low] : [...this.low]; }

  /** @param {number} cell @returns {number} Its channel. */
  leadAt(cell) {
    return this.leads[this.stacked ? Math.floor(cell / this.inner) : 0];
  }

  /** @param {number} cell @returns {number[]} Its index in the spatial dimensions. */
  indexAt(cell) {
    const index = new Array(this.spatial.length);
    let rest = cell % this.inner;
    for (let d = this.spatial.length - 1; d >= 0; d -= 1) {
      index[d] = (rest % this.spatial[d]) + this.low[d];
      rest = Math.floor(rest / this.spatial[d]);
    }
    return index;
  }

  /** @param {number} lead @param {readonly number[]} index @returns {number} The cell, or -1 when it is not shown. */
  cellOf(lead, index) {
    const row = this.leads.indexOf(lead);
    if (row < 0) return -1;
    let cell = 0;
    for (let d = 0; d < this.spatial.length; d += 1) {
      const i = index[d] - this.low[d];
      if (i < 0 || i >= this.spatial[d]) return -1;
      cell = cell * this.spatial[d] + i;
    }
    return this.stacked ? row * this.inner + cell : cell;
  }

  /** @param {number | null} lead null: all channels. @param {readonly number[]} index @returns {number[]} */
  cellsOf(lead, index) {
    const cells = lead === null ? this.leads.map((one) => this.cellOf(one, index)) : [this.cellOf(lead, index)];
    return cells.filter((cell) => cell >= 0);
  }
}
