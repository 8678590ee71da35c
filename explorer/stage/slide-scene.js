// A scene whose time is the positions of a window: what the program's steps did stands still, at the step of the layer.

import { SlideModel } from "./slide-model.js";
import { backwardSentence, positionRemark, positionSentence } from "./slide-words.js";
import { stillRest, stillScene } from "./still.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

/** One position as a frame; its words are made when they are read. What is the same in all frames stands in the prototype. */
class PositionFrame {
  /** @param {number} position @param {string} op */
  constructor(position, op) {
    this.position = position;
    this.op = op;
    /** @type {string | undefined} */
    this.said = undefined;
    /** @type {string | undefined} */
    this.remarked = undefined;
  }

  /** @returns {SlideData} Given by `positionFrames`. */
  data() { throw new Error("a frame without a scene"); }
  /** @returns {boolean} Given by `positionFrames`. */
  back() { return false; }

  get sentence() { return this.back() ? backwardSentence(this.data(), this.position) : (this.said ??= positionSentence(this.data(), this.position)); }
  get why() { return (this.remarked ??= positionRemark(this.data(), this.position)); }
}

/** @param {SlideModel} model @param {{data: () => SlideData, back: () => boolean}} source @param {Omit<Frame, "op" | "sentence" | "why">} rest @returns {Frame[]} */
function positionFrames(model, source, rest) {
  class OwnFrame extends PositionFrame {}
  Object.assign(OwnFrame.prototype, rest, source);
  const frames = Array.from({ length: model.count }, (_, p) => new OwnFrame(p, `[${model.outputAt(p).join(", ")}]`));
  return /** @type {Frame[]} */ (/** @type {unknown} */ (frames));
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
  const frames = positionFrames(model, { data: () => dataOf(made), back }, rest);
  /** @type {Scene} */
  const made = { ...stillScene(scene, windows.output, frames), opens_on: Math.max(0, scene.opens_on ?? 0) };
  return made;
}
