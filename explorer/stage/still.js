// A scene whose time is that inside of one layer: what the program's steps did stands still, at the step of the layer.

import { versionAt } from "./elements.js";

/** A frame whose words are made when they are read. */
class ToldFrame {
  /** @param {string} op @param {() => {sentence: string, why: string}} tell @param {Omit<Frame, "op" | "sentence" | "why">} rest */
  constructor(op, tell, rest) {
    this.op = op;
    this.tell = tell;
    Object.assign(this, rest);
  }

  get sentence() { return this.tell().sentence; }
  get why() { return this.tell().why; }
}

/** @param {string} op @param {() => {sentence: string, why: string}} tell @param {Omit<Frame, "op" | "sentence" | "why">} rest @returns {Frame} */
export function toldFrame(op, tell, rest) {
  return /** @type {Frame} */ (/** @type {unknown} */ (new ToldFrame(op, tell, rest)));
}

/** @param {Scene} scene @param {Span | null | undefined} span Of the layer's call. @param {number[]} tables @returns {Omit<Frame, "op" | "sentence" | "why">} What is the same in all its frames. */
export function stillRest(scene, span, tables) {
  const last = scene.frames[scene.frames.length - 1];
  return {
    kind: "compute", span: span ?? last?.span ?? null, results: [], inputs: [], names: last?.names ?? [], callers: last?.callers ?? [],
    printed: [0, scene.output.length], tables,
  };
}

/** @param {Scene} scene @param {number} grid Made by the layer, or given to it. @param {Frame[]} frames Its own. @returns {Scene} With all tensors as they were then. */
export function stillScene(scene, grid, frames) {
  const ran = scene.grids[grid]?.first_frame ?? scene.frames.length - 1;
  return {
    ...scene, relations: [], graph: null, frames,
    grids: scene.grids.map((one) => ({ ...one, first_frame: 0 })),
    buffers: scene.buffers.map((buffer) => {
      const version = versionAt(buffer, Math.max(ran, buffer.versions[0]?.frame ?? 0));
      return { ...buffer, versions: version ? [{ ...version, frame: 0 }] : [] };
    }),
  };
}

/**
 * A program that failed keeps the picture of the one before it.
 * @param {Scene} scene That came. @param {Scene} before With a layer that is open. @returns {Scene}
 */
export function withPictureOf(scene, before) {
  const { buffers, strips, grids, frames, layers, norms, recurrent, tables, element_count: count, opens_on: opens } = before;
  return {
    ...scene, buffers, strips, grids, frames, layers, norms, recurrent, tables, element_count: count, relations: [], opens_on: opens,
    error: scene.error && { ...scene.error, operands: [], dimensions: [] },
  };
}
