// What a cell was made of and what it feeds, for the panels, the arrows and the readout.

import { MOST_ARROWS } from "./arrows.js";
import { cellName } from "./describe.js";
import { bufferPositions, cellIndex } from "./elements.js";
import { countText } from "./format.js";
import { explainerOf } from "./chain-rule.js";
import { NO_LINKS } from "./links.js";
import { LinkedCells, RelationIndex, termsOf } from "./relation.js";

const MOST_VIEWS = 64;
const MOST_NAMED_FED = 4;
/** As many arrows are not drawn: no need to make more of them. */
const TOO_MANY = MOST_ARROWS + 1;

/**
 * @typedef {import("./panel.js").CellPanel} CellPanel
 *
 * @typedef {{links: Map<CellPanel, import("./links.js").PanelLinks>, arrows: import("./arrows.js").Arrow[],
 *   formula: string, lines: string[]}} Linked
 */

/** @type {Linked} */
export const NOTHING_LINKED = { links: new Map(), arrows: [], formula: "", lines: [] };

export class Linker {
  /** @param {import("./spotlight.js").SpotlightStage} stage @param {(grid: GridData) => string} nameOf */
  constructor(stage, nameOf) {
    this.stage = stage;
    this.nameOf = nameOf;
    this.index = new RelationIndex(stage.scene);
  }

  /**
   * @param {Place | null} place
   * @param {Map<CellPanel, number[]> | null} everywhere Where the same element is.
   * @returns {Linked}
   */
  of(place, everywhere) {
    if (!place || !everywhere || this.index.empty) return NOTHING_LINKED;
    const views = this.views(place, everywhere);
    const { frame } = this.stage;
    const made = views.find(({ panel, cell }) => this.termCount(panel, cell) > 0);
    const found = new LinkedCells();
    if (made) this.index.addSources(gridOf(made).id, made.cell, frame, found);
    const arrows = made ? this.arrowsTo(made, found) : [];
    for (const view of views) arrows.push(...this.addFed(view, found));
    const { formula, lines } = this.explain(made ?? null);
    return { links: this.linksOf(place, found), arrows, formula, lines: [...lines, ...this.fedLine(found)] };
  }

  /**
   * The cell and all others that are the same place in memory: views, and the storage itself.
   * @param {Place} place @param {Map<CellPanel, number[]>} everywhere
   * @returns {Place[]} Cells of grids; what is pointed at comes first.
   */
  views(place, everywhere) {
    const { scene, grids } = this.stage;
    const [strip, address] = addressIn(scene, place);
    const own = place.panel.grid ? [place] : [];
    const others = grids.flatMap(({ panel }) => {
      if (panel.grid?.strip !== strip || panel === place.panel) return [];
      const where = bufferPositions(panel.grid);
      return (everywhere.get(panel) ?? []).filter((cell) => where[cell] === address).slice(0, MOST_VIEWS).map((cell) => ({ panel, cell }));
    });
    return [...own, ...others];
  }

  /** @param {number} id @returns {CellPanel | null} The panel of a grid; null when it is not drawn. */
  panelOf(id) {
    return this.stage.viewOf(id)?.panel ?? null;
  }

  /** @param {CellPanel} panel @param {number} cell @returns {number} */
  termCount(panel, cell) {
    const made = panel.grid && this.index.madeBy(panel.grid.id, this.stage.frame);
    if (!made) return 0;
    const [from, to] = termsOf(made.relation, cell);
    return to - from;
  }

  /** @param {Place} to @param {LinkedCells} found @returns {import("./arrows.js").Arrow[]} */
  arrowsTo(to, found) {
    return [...found.grids].flatMap(([id, { used, index }]) => {
      const panel = this.panelOf(id);
      if (!panel) return [];
      const arrows = [...some(used, TOO_MANY).map((cell) => ({ from: { panel, cell }, to, dashed: false })),
        ...some(index, TOO_MANY).map((cell) => ({ from: { panel, cell }, to, dashed: true }))];
      return arrows.filter(({ from }) => panel.visible && (panel !== to.panel || from.cell !== to.cell));
    });
  }

  /** @param {Place} from @param {LinkedCells} found Added to. @returns {import("./arrows.js").Arrow[]} */
  addFed(from, found) {
    const fed = new LinkedCells();
    const { id } = gridOf(from);
    this.index.addFed(id, from.cell, this.stage.frame, fed);
    return [...fed.grids].flatMap(([result, { fed: cells }]) => {
      const panel = this.panelOf(result);
      if (!panel) return [];
      if (result === id) cells.delete(from.cell);
      for (const cell of cells) found.of(result, "fed").add(cell);
      return some(cells, TOO_MANY).map((cell) => ({ from, to: { panel, cell }, dashed: false }));
    });
  }

  /** @param {LinkedCells} found @returns {string[]} `feeds c[0, 0], c[0, 1] and 2 more` */
  fedLine(found) {
    const fed = [...found.grids].map(([id, links]) => ({ grid: this.stage.scene.grids[id], cells: links.fed }));
    const count = fed.reduce((sum, { cells }) => sum + cells.size, 0);
    const named = fed.flatMap(({ grid, cells }) => some(cells, MOST_NAMED_FED).map((cell) => cellName(this.nameOf(grid), cellIndex(grid, cell)))).slice(0, MOST_NAMED_FED);
    if (count === 0) return [];
    return [`feeds ${named.join(", ")}${count > named.length ? ` and ${countText(count - named.length)} more` : ""}`];
  }

  /** @param {Place} place @param {LinkedCells} found @returns {Linked["links"]} */
  linksOf(place, found) {
    return new Map([...found.grids].flatMap(([id, { used, index, fed }]) => {
      const panel = this.panelOf(id);
      if (!panel) return [];
      if (panel === place.panel) used.delete(place.cell);
      return [[panel, panel.visible ? { used: [...used], index: [...index], fed: [...fed] } : NO_LINKS]];
    }));
  }

  /** @returns {Place | null} The first cell that the step which is shown made, where its panel is drawn. */
  firstMade() {
    const { scene, frame } = this.stage;
    for (const number of scene.frames[frame]?.relations ?? []) {
      const { result, starts } = /** @type {Relation[]} */ (scene.relations)[number];
      const panel = this.panelOf(result);
      if (panel?.visible && starts.length > 1 && starts[1] > starts[0]) return { panel, cell: 0 };
    }
    return null;
  }

  /** @returns {string[]} The formulas of the step that is shown. */
  formulas() {
    const { scene, frame } = this.stage;
    const relations = (scene.frames[frame]?.relations ?? []).map((number) => /** @type {Relation[]} */ (scene.relations)[number]);
    return [...new Set(relations.map(({ formula }) => formula).filter((formula) => formula !== ""))].slice(0, 2);
  }

  /** @param {Place | null} made A cell that a relation made. @returns {{formula: string, lines: string[]}} */
  explain(made) {
    const relation = made && this.index.madeBy(gridOf(made).id, this.stage.frame);
    if (!made || !relation) return { formula: "", lines: [] };
    const nameOf = (/** @type {GridData} */ grid, /** @type {number} */ cell) => cellName(this.nameOf(grid), cellIndex(grid, cell));
    const explainer = explainerOf(this.stage.scene, relation, nameOf);
    const { formula, lines } = explainer.explain(made.cell);
    const when = explainer.outdated(this.stage.frame) ? `at step ${relation.frame + 1}: ` : "";
    return { formula, lines: lines.map((line, k) => (k === 0 ? when + line : line)) };
  }
}

/** @param {Set<number>} cells @param {number} most @returns {number[]} The first of them. */
function some(cells, most) {
  const found = [];
  for (const cell of cells) {
    if (found.length === most) break;
    found.push(cell);
  }
  return found;
}

/** @param {Place} place Of a grid. @returns {GridData} */
function gridOf({ panel }) {
  return /** @type {GridData} */ (panel.grid);
}

/** @param {Scene} scene @param {Place} place @returns {[string, number]} Its storage, and its position in the buffer. */
function addressIn(scene, { panel, cell }) {
  if (panel.grid) return [panel.grid.strip, bufferPositions(panel.grid)[cell]];
  return [panel.strip?.id ?? "", cell];
}
