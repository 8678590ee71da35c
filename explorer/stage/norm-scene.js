// A scene whose time is the phases of a normalisation: what the program's steps did stands still, at the step of the layer.

import { NormView } from "./norm-view.js";
import { stillRest, stillScene, toldFrame } from "./still.js";

/** @typedef {import("./norm-view.js").NormPhase} NormPhase */

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
  const rest = stillRest(scene, norms.stops[norm.stop]?.span, norms.opened.flatMap(({ tables }) => tables));
  const phases = phasesIn(scene);
  const frames = phases.map((phase) => toldFrame(phase, () => tell(phase), rest));
  return { ...stillScene(scene, norm.output, frames), opens_on: (scene.opens_on ?? -1) >= 0 ? scene.opens_on : phases.length - 1 };
}

/** @param {Scene} scene @returns {NormPhase[]} Of the layer that is open first. */
export function phasesIn(scene) {
  const [norm] = scene.norms?.opened ?? [];
  return norm ? new NormView(scene, norm, /** @type {Theme} */ ({})).phases : [];
}
