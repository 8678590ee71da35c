// A scene whose time is the phases of a normalisation: what the program's steps did stands still, at the step of the layer.

import { versionAt } from "./elements.js";
import { NormView } from "./norm-view.js";

/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

/** One phase as a frame; its words are made when they are read. */
class PhaseFrame {
  /** @param {NormPhase} phase @param {(phase: NormPhase) => {sentence: string, why: string}} tell @param {Omit<Frame, "op" | "sentence" | "why">} rest */
  constructor(phase, tell, rest) {
    this.op = phase;
    this.tell = tell;
    Object.assign(this, rest);
  }

  get sentence() { return this.tell(this.op).sentence; }
  get why() { return this.tell(this.op).why; }
}

/** @param {Scene} scene @param {Theme} theme @returns {NormView[]} Of the layers that are open. */
export function viewsOf(scene, theme) {
  const views = (scene.norms?.opened ?? []).map((norm) => new NormView(scene, norm, theme));
  const names = views.map(({ kindName }) => kindName);
  if (new Set(names).size < names.length) nameApart(views);
  return views;
}

/** @param {NormView[]} views Of one kind: by mode, by name, or by the number of the call. */
function nameApart(views) {
  /** @type {((view: NormView) => string)[]} */
  const ways = [({ kindName, norm }) => `${kindName} (${norm.training ? "train" : "eval"})`, ({ norm }) => norm.label, ({ kindName, stop }) => `${kindName} (batch ${(stop?.call ?? 0) + 1})`];
  /** @type {(view: NormView) => string} */
  const way = ways.find((own) => new Set(views.map(own)).size === views.length) ?? (({ kindName, norm }) => `${kindName} (call ${norm.stop})`);
  for (const view of views) view.name = way(view);
}

/**
 * @param {Scene} scene With a layer that is open. @param {(phase: NormPhase) => {sentence: string, why: string}} tell
 * @returns {Scene} The same with a frame for each phase; all tensors as the layer saw them.
 */
export function phaseScene(scene, tell) {
  const norms = /** @type {NormsData} */ (scene.norms);
  const [norm] = norms.opened;
  const last = scene.frames[scene.frames.length - 1];
  const ran = scene.grids[norm.output]?.first_frame ?? scene.frames.length - 1;
  const rest = {
    kind: "compute", span: norms.stops[norm.stop]?.span ?? last?.span ?? null, results: [], inputs: [], names: last?.names ?? [], callers: last?.callers ?? [],
    printed: /** @type {[number, number]} */ ([0, scene.output.length]), tables: norms.opened.flatMap(({ tables }) => tables),
  };
  const phases = phasesIn(scene);
  return {
    ...scene, relations: [], opens_on: phases.length - 1, graph: null,
    grids: scene.grids.map((grid) => ({ ...grid, first_frame: 0 })),
    buffers: scene.buffers.map((buffer) => {
      const version = versionAt(buffer, Math.max(ran, buffer.versions[0]?.frame ?? 0));
      return { ...buffer, versions: version ? [{ ...version, frame: 0 }] : [] };
    }),
    frames: phases.map((phase) => /** @type {Frame} */ (/** @type {unknown} */ (new PhaseFrame(phase, tell, rest)))),
  };
}

/** @param {Scene} scene @returns {NormPhase[]} Of the layer that is open first. */
export function phasesIn(scene) {
  const [norm] = scene.norms?.opened ?? [];
  return norm ? new NormView(scene, norm, /** @type {Theme} */ ({})).phases : [];
}

/** @param {Scene} scene A program that failed. @param {Scene} before With a layer that is open. @returns {Scene} It keeps that picture. */
export function withNormOf(scene, before) {
  const { buffers, strips, grids, frames, norms, tables, element_count: count } = before;
  return { ...scene, buffers, strips, grids, frames, norms, tables, element_count: count, relations: [], opens_on: frames.length - 1, error: scene.error && { ...scene.error, operands: [], dimensions: [] } };
}
