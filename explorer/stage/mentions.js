// Which frames speak of a grid: found once a scene, since a scene may have thousands of both.

/**
 * `names`: all that a grid is ever bound to. `frames`: those that stretch it, or run along its dimensions.
 * @typedef {{names: Set<string>, frames: Set<Frame>}} Mention
 */

/** @type {WeakMap<Scene, Map<number, Mention>>} */
const mentionsKnown = new WeakMap();

/** @type {Readonly<Mention>} */
const NEVER_MENTIONED = { names: new Set(), frames: new Set() };

/** @param {Scene} scene @param {GridData} grid @returns {Readonly<Mention>} */
export function mentionsOf(scene, grid) {
  let known = mentionsKnown.get(scene);
  if (!known) mentionsKnown.set(scene, (known = findMentions(scene)));
  return known.get(grid.id) ?? NEVER_MENTIONED;
}

/** @param {Scene} scene @returns {Map<number, Mention>} */
function findMentions(scene) {
  /** @type {Map<number, Mention>} */
  const found = new Map();
  /** @param {number} id @returns {Mention} */
  const of = (id) => {
    const known = found.get(id) ?? { names: new Set(), frames: new Set() };
    found.set(id, known);
    return known;
  };
  for (const frame of scene.frames) {
    for (const [name, id] of frame.names) of(id).names.add(name);
    for (const [id] of frame.stretched ?? []) of(id).frames.add(frame);
    for (const number of frame.relations ?? []) {
      const { dims, operands } = /** @type {Relation[]} */ (scene.relations)[number];
      if (dims.length > 0 && operands.length > 0) of(operands[0].grid).frames.add(frame);
    }
  }
  return found;
}
