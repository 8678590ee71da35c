// A scene whose time is that of a recurrent layer: t by t, and inside of t gate by gate.

import { versionAt } from "./elements.js";
import { RecurrentView } from "./recurrent-view.js";

/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/** One moment as a frame; its words are made when they are read. */
class MomentFrame {
  /** @param {RecurrentMoment} moment @param {boolean} first Of its step. @param {(moment: RecurrentMoment) => {sentence: string, why: string}} tell @param {Omit<Frame, "op" | "sentence" | "why">} rest */
  constructor(moment, first, tell, rest) {
    this.moment = moment;
    this.op = `t = ${moment.t} · ${moment.phase}`;
    this.mark = first ? String(moment.t) : "";
    this.tell = tell;
    Object.assign(this, rest);
  }

  get sentence() { return this.tell(this.moment).sentence; }
  get why() { return this.tell(this.moment).why; }
}

/**
 * @param {Scene} scene With a recurrent layer that is listed. @param {(moment: RecurrentMoment) => {sentence: string, why: string}} tell
 * @returns {Scene} The same with a frame for each moment; all tensors as the layer saw them.
 */
export function timeScene(scene, tell) {
  const recurrent = /** @type {RecurrentData} */ (scene.recurrent);
  const { unrolled } = recurrent;
  const view = unrolled ? new RecurrentView(scene, /** @type {Theme} */ ({})) : null;
  const last = scene.frames[scene.frames.length - 1];
  const ran = (unrolled && scene.grids[unrolled.input]?.first_frame) ?? scene.frames.length - 1;
  const rest = {
    kind: "compute", span: recurrent.stops[recurrent.opened]?.span ?? last?.span ?? null, results: [], inputs: [], names: last?.names ?? [], callers: last?.callers ?? [],
    printed: /** @type {[number, number]} */ ([0, scene.output.length]), tables: recurrent.tables,
  };
  const moments = view ? Array.from({ length: view.count }, (_, frame) => view.momentAt(frame)) : [{ t: 0, phase: "", step: 0 }];
  return {
    ...scene, relations: [], opens_on: (scene.opens_on ?? -1) >= 0 ? scene.opens_on : moments.length - 1, graph: null,
    grids: scene.grids.map((grid) => ({ ...grid, first_frame: 0 })),
    buffers: scene.buffers.map((buffer) => {
      const version = versionAt(buffer, Math.max(ran, buffer.versions[0]?.frame ?? 0));
      return { ...buffer, versions: version ? [{ ...version, frame: 0 }] : [] };
    }),
    frames: moments.map((moment) => /** @type {Frame} */ (/** @type {unknown} */ (new MomentFrame(moment, moment.phase === view?.phases[0], tell, rest)))),
  };
}

/** @param {Scene} scene A program that failed. @param {Scene} before With a layer that is open. @returns {Scene} It keeps that picture. */
export function withRecurrentOf(scene, before) {
  const { buffers, strips, grids, frames, recurrent, tables, element_count: count, opens_on: opens } = before;
  return { ...scene, buffers, strips, grids, frames, recurrent, tables, element_count: count, relations: [], opens_on: opens, error: scene.error && { ...scene.error, operands: [], dimensions: [] } };
}
