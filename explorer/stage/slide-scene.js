// A scene whose time is the positions of a window: what the program's steps did stands still, at the step of the layer.

import { versionAt } from "./elements.js";
import { SlideModel } from "./slide-model.js";
import { backwardSentence, positionRemark, positionSentence } from "./slide-words.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

/** One position as a frame; its words are made when they are read. */
class PositionFrame {
  /** @param {() => SlideData} data @param {() => boolean} back @param {number} position @param {string} op @param {Omit<Frame, "op" | "sentence" | "why">} rest */
  constructor(data, back, position, op, rest) {
    this.data = data;
    this.back = back;
    this.position = position;
    this.op = op;
    /** @type {string | undefined} */
    this.said = undefined;
    /** @type {string | undefined} */
    this.remarked = undefined;
    Object.assign(this, rest);
  }

  get sentence() { return this.back() ? backwardSentence(this.data(), this.position) : (this.said ??= positionSentence(this.data(), this.position)); }
  get why() { return (this.remarked ??= positionRemark(this.data(), this.position)); }
}

/**
 * @param {Scene} scene With a layer that is open. @param {(scene: Scene) => SlideData} dataOf @param {() => boolean} back Whether gradients are looked at.
 * @returns {Scene} The same with a frame for each position; all tensors as the layer saw them.
 */
export function positionScene(scene, dataOf, back) {
  const windows = /** @type {WindowsData} */ (scene.layers?.windows);
  const stop = scene.layers?.stops[scene.layers.opened];
  const last = scene.frames[scene.frames.length - 1];
  const ran = scene.grids[windows.output]?.first_frame ?? scene.frames.length - 1;
  const model = new SlideModel(windows);
  const rest = {
    kind: "compute", span: stop?.span ?? last?.span ?? null, results: [], inputs: [], names: last?.names ?? [], callers: last?.callers ?? [],
    printed: /** @type {[number, number]} */ ([0, scene.output.length]), tables: windows.tables,
  };
  /** @type {Scene} */
  const made = {
    ...scene, relations: [], opens_on: 0, graph: null,
    grids: scene.grids.map((grid) => ({ ...grid, first_frame: 0 })),
    buffers: scene.buffers.map((buffer) => {
      const version = versionAt(buffer, Math.max(ran, buffer.versions[0]?.frame ?? 0));
      return { ...buffer, versions: version ? [{ ...version, frame: 0 }] : [] };
    }),
    frames: Array.from({ length: model.count }, (_, p) =>
      /** @type {Frame} */ (/** @type {unknown} */ (new PositionFrame(() => dataOf(made), back, p, `[${model.outputAt(p).join(", ")}]`, rest)))),
  };
  return made;
}

/**
 * A program that failed keeps the picture of the one before it.
 * @param {Scene} scene That came. @param {Scene} before With a layer that is open. @returns {Scene}
 */
export function withPictureOf(scene, before) {
  const { buffers, strips, grids, frames, layers, tables, element_count: count } = before;
  return { ...scene, buffers, strips, grids, frames, layers, tables, element_count: count, relations: [], opens_on: 0, error: scene.error && { ...scene.error, operands: [], dimensions: [] } };
}
