// A scene whose time is that of a recurrent layer: t by t, and inside of t gate by gate.

import { RecurrentView } from "./recurrent-view.js";
import { stillRest, stillScene, toldFrame } from "./still.js";

/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/**
 * @param {Scene} scene With a recurrent layer that is listed. @param {(moment: RecurrentMoment) => {sentence: string, why: string}} tell
 * @returns {Scene} The same with a frame for each moment; all tensors as the layer saw them.
 */
export function timeScene(scene, tell) {
  const recurrent = /** @type {RecurrentData} */ (scene.recurrent);
  const { unrolled } = recurrent;
  const view = unrolled ? new RecurrentView(scene, /** @type {Theme} */ ({})) : null;
  const rest = stillRest(scene, recurrent.stops[recurrent.opened]?.span, recurrent.tables);
  const moments = view ? Array.from({ length: view.count }, (_, frame) => view.momentAt(frame)) : [{ t: 0, phase: "", step: 0 }];
  const frames = moments.map((moment) => toldFrame(`t = ${moment.t} · ${moment.phase}`, () => tell(moment), { ...rest, mark: moment.phase === view?.phases[0] ? String(moment.t) : "" }));
  return { ...stillScene(scene, unrolled?.input ?? -1, frames), opens_on: (scene.opens_on ?? -1) >= 0 ? scene.opens_on : moments.length - 1 };
}
