// The panels around the maps of a recurrent layer, and where each stands.

import { RecurrentChoices } from "./recurrent-choices.js";
import { GradientPanel } from "./recurrent-gradient.js";
import { UnitLines } from "./recurrent-lines.js";
import { RecurrentNotes } from "./recurrent-notes.js";
import { RetentionMap } from "./recurrent-retention.js";
import { ShapesTable } from "./recurrent-shapes.js";

/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */
/** @typedef {import("./recurrent-view.js").RecurrentMoment} RecurrentMoment */

/**
 * Where the columns of the maps stand, in pixels: the left edge of t = 0, the width of a step, of the whole strip.
 * @typedef {{left: number, cell: number, steps: number, width: number}} TimeAxis
 *
 * What a panel is told: another scene or theme; where time stands; the moment, and the unit in focus; what is pointed at.
 * @typedef {{element: HTMLElement, update: (scene: Scene, recurrent: RecurrentData, theme: Theme) => void,
 *   place?: (axis: TimeAxis) => void, show?: (moment: RecurrentMoment, unit: number) => void,
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
  return [
    { place: "bar", panel: new RecurrentChoices(host) },
    { place: "shapes", panel: new ShapesTable() },
    { place: "strip", panel: new UnitLines(host) },
    { place: "strip", panel: new GradientPanel(host) },
    { place: "below", panel: new RetentionMap(host) },
    { place: "notes", panel: new RecurrentNotes() },
  ];
}
