// A scene whose time is the positions of a window: what the program's steps did stands still, at the step of the layer.

import { SlideModel } from "./slide-model.js";
import { backwardSentence, positionRemark, positionSentence } from "./slide-words.js";
import { stillRest, stillScene } from "./still.js";

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
  const model = new SlideModel(windows);
  const rest = stillRest(scene, stop?.span, windows.tables);
  const frames = Array.from({ length: model.count }, (_, p) =>
    /** @type {Frame} */ (/** @type {unknown} */ (new PositionFrame(() => dataOf(made), back, p, `[${model.outputAt(p).join(", ")}]`, rest))));
  /** @type {Scene} */
  const made = { ...stillScene(scene, windows.output, frames), opens_on: Math.max(0, scene.opens_on ?? 0) };
  return made;
}
