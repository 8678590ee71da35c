// The panels around the maps of a recurrent layer, and where each stands.

/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/**
 * Where the columns of the maps stand, in pixels: the left edge of t = 0, the width of a step, of the whole strip.
 * @typedef {{left: number, cell: number, steps: number, width: number}} TimeAxis
 *
 * What a panel is told: another scene or theme; where time stands; the moment; what is pointed at.
 * @typedef {{element: HTMLElement, update: (scene: Scene, recurrent: RecurrentData, theme: Theme) => void,
 *   place?: (axis: TimeAxis) => void, show?: (moment: RecurrentMoment) => void,
 *   light?: (fact: RecurrentFact | null) => void}} RecurrentPart
 *
 * What a panel may tell. `goTo`: show time t. `ask`: options of the lens; `served`: whether there is a server to ask.
 * @typedef {{point: (fact: RecurrentFact | null, aloud?: boolean) => void, pin: (fact: RecurrentFact) => void,
 *   goTo: (t: number) => void, ask: (options: Record<string, number>) => void, served: boolean}} RecurrentHost
 *
 * In the card under the sentence; above the maps; below them, in the strip that scrolls with them; below the card; beside that.
 * @typedef {"bar" | "shapes" | "strip" | "below" | "notes"} PartPlace
 */

/** @param {RecurrentHost} host @returns {{place: PartPlace, panel: RecurrentPart}[]} In the order in which they stand. */
export function partsOf(host) {
  return host ? [] : [];
}
