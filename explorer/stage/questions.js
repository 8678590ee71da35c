// Questions about tensors that are larger than their picture, asked of the run that the server keeps.

import { decodeLayout } from "./decode.js";

/**
 * A window at another place (explorer/scene/parts.py); `values` is null where it is refused.
 * @typedef {{first: number[], window: number[], frames: [number, number], values: Values | null, refused: string}} Part
 *
 * Statistics of all elements; `moments` are minimum, maximum, mean and standard deviation.
 * @typedef {{frames: [number, number], count: number, nan_count: number, inf_count: number, moments: number[],
 *   histogram: number[], refused: string}} Summary
 */

const UNREACHABLE = "The server cannot be reached. Try again.";

export class Questions {
  /** @param {string} address @param {() => string} run Token of the run; "" while there is none. */
  constructor(address, run) {
    this.address = address;
    this.run = run;
  }

  /** @returns {boolean} Whether there is a run to ask. */
  get possible() { return this.run() !== ""; }

  /** @param {number} grid @param {number} frame @param {number[]} first @returns {Promise<Part>} */
  async part(grid, frame, first) {
    const { header, arrays } = decodeLayout(await this.ask({ what: "part", grid, frame, first }), "TXP1");
    return { ...header, values: header.values === null ? null : arrays[header.values] };
  }

  /** @param {number} grid @param {number} frame @returns {Promise<Summary>} */
  async statistics(grid, frame) {
    const { header, arrays } = decodeLayout(await this.ask({ what: "statistics", grid, frame }), "TXN1");
    return { ...header, moments: Array.from(arrays[header.moments].data, Number) };
  }

  /** @param {Record<string, unknown>} question @returns {Promise<Uint8Array>} @throws {Error} For people to read. */
  async ask(question) {
    const body = JSON.stringify({ ...question, run: this.run() });
    const answer = await fetch(this.address, { method: "POST", body }).catch(() => null);
    if (!answer) throw new Error(UNREACHABLE);
    if (!answer.ok) throw new Error(answer.headers.get("content-type")?.startsWith("text/plain") ? await answer.text() : UNREACHABLE);
    return new Uint8Array(await answer.arrayBuffer());
  }
}
