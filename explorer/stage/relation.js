// Which cells a cell was made of, and which it feeds: the relations of a scene, looked up both ways.

import { product } from "./format.js";

/**
 * A relation and the frame whose step made its result.
 * @typedef {{relation: Relation, frame: number}} Made
 *
 * How a cell is linked with the one that is pointed at: a factor of a term, what says which cell is taken, or fed by it.
 * @typedef {"used" | "index" | "fed"} Link
 *
 * For each cell of an operand, the cells of the result that it feeds: `cells[starts[c]]` to `cells[starts[c + 1]]`.
 * @typedef {{starts: Int32Array, cells: Int32Array}} Feeds
 */

/** Cells by the id of their grid and their link, each once. */
export class LinkedCells {
  constructor() {
    /** @type {Map<number, Record<Link, Set<number>>>} */
    this.grids = new Map();
  }

  /** @param {number} grid @param {Link} link @returns {Set<number>} To be added to. */
  of(grid, link) {
    const known = this.grids.get(grid) ?? { used: new Set(), index: new Set(), fed: new Set() };
    this.grids.set(grid, known);
    return known[link];
  }
}

export class RelationIndex {
  /** @param {Scene} scene */
  constructor(scene) {
    this.scene = scene;
    /** @type {Map<number, Made[]>} By the id of the result, in the order of the frames. */
    this.makers = new Map();
    /** @type {Map<number, {made: Made, operand: number}[]>} By the id of an operand. */
    this.readers = new Map();
    /** @type {Map<RelationOperand, Feeds>} */
    this.feeds = new Map();
    scene.frames.forEach((frame, index) => {
      for (const number of frame.relations ?? []) this.add({ relation: /** @type {Relation[]} */ (scene.relations)[number], frame: index });
    });
  }

  /** @returns {boolean} */
  get empty() { return this.makers.size === 0; }

  /** @param {Made} made */
  add(made) {
    const { result, operands } = made.relation;
    this.makers.set(result, [...(this.makers.get(result) ?? []), made]);
    operands.forEach((operand, k) => {
      this.readers.set(operand.grid, [...(this.readers.get(operand.grid) ?? []), { made, operand: k }]);
    });
  }

  /** @param {number} grid @param {number} frame @returns {Made | null} What made, or last wrote, a grid by this frame. */
  madeBy(grid, frame) {
    return this.makers.get(grid)?.filter((made) => made.frame <= frame).pop() ?? null;
  }

  /**
   * Add the cells of all terms of a cell.
   * @param {number} grid @param {number} cell @param {number} frame @param {LinkedCells} found
   */
  addSources(grid, cell, frame, found) {
    const made = this.madeBy(grid, frame);
    if (!made) return;
    const [from, to] = termsOf(made.relation, cell);
    for (const operand of made.relation.operands) {
      const cells = found.of(operand.grid, operand.role === "value" ? "used" : "index");
      for (let t = from; t < to; t += 1) if (operand.cells[t] >= 0) cells.add(operand.cells[t]);
    }
  }

  /**
   * Add the cells of results that a cell feeds.
   * @param {number} grid @param {number} cell @param {number} frame @param {LinkedCells} found
   */
  addFed(grid, cell, frame, found) {
    for (const { made, operand } of this.readers.get(grid) ?? []) {
      const { relation } = made;
      if (made.frame > frame || this.madeBy(relation.result, frame) !== made) continue;
      const { starts, cells } = this.feedsOf(relation, operand);
      const fed = found.of(relation.result, "fed");
      for (let i = starts[cell]; i < starts[cell + 1]; i += 1) fed.add(cells[i]);
    }
  }

  /** @param {Relation} relation @param {number} number Of the operand. @returns {Feeds} Made when it is first asked for. */
  feedsOf(relation, number) {
    const operand = relation.operands[number];
    let feeds = this.feeds.get(operand);
    if (!feeds) this.feeds.set(operand, (feeds = sortedFeeds(relation, operand, product(this.scene.grids[operand.grid].window))));
    return feeds;
  }
}

/** @param {Relation} relation @param {number} cell Of the result. @returns {[number, number]} Its terms: from, to (exclusive). */
export function termsOf({ starts }, cell) {
  return cell + 1 < starts.length ? [starts[cell], starts[cell + 1]] : [0, 0];
}

/**
 * A counting sort of all terms by the cell that they read.
 * @param {Relation} relation @param {RelationOperand} operand @param {number} count Cells of the operand's grid.
 * @returns {Feeds}
 */
function sortedFeeds(relation, operand, count) {
  const starts = new Int32Array(count + 2);
  const read = operand.cells;
  for (let t = 0; t < read.length; t += 1) if (read[t] >= 0) starts[read[t] + 2] += 1;
  for (let c = 2; c < starts.length; c += 1) starts[c] += starts[c - 1];
  const cells = new Int32Array(starts[count + 1]);
  for (let result = 0; result + 1 < relation.starts.length; result += 1) {
    for (let t = relation.starts[result]; t < relation.starts[result + 1]; t += 1) {
      if (read[t] >= 0) cells[starts[read[t] + 1]++] = result;
    }
  }
  return { starts, cells };
}
