// Real tables behind the canvases, for screen readers.

import { factText } from "./describe.js";
import { node, whenIdle } from "./dom.js";
import { countText, product, unravel } from "./format.js";
import { Resting } from "./rest.js";

const MOST_TABLE_CELLS = 1024;

/**
 * A table of a grid's window: one row for each index of all dimensions but the last.
 * @param {string} caption
 * @param {GridData} grid
 * @param {BufferVersion} version
 * @param {ArrayLike<number>} where Position of each cell in the values.
 * @returns {HTMLTableElement}
 */
export function cellTable(caption, grid, version, where) {
  const columns = grid.window.length ? grid.window[grid.window.length - 1] : 1;
  const rows = product(grid.window) / columns;
  const shownColumns = Math.min(columns, MOST_TABLE_CELLS);
  const shownRows = Math.max(1, Math.min(rows, Math.floor(MOST_TABLE_CELLS / shownColumns)));
  const shown = shownRows * shownColumns;
  const total = product(grid.shape);
  const note = shown < total ? `; the first ${countText(shown)} cells of ${countText(total)}` : "";
  const first = grid.first?.length ? grid.first : grid.window.map(() => 0);
  const head = node("tr", {}, node("th", { scope: "col" }, "index"));
  for (let c = 0; c < shownColumns; c += 1) head.append(node("th", { scope: "col" }, String(c + (first[first.length - 1] ?? 0))));
  const body = node("tbody");
  for (let r = 0; r < shownRows; r += 1) {
    const index = unravel(r, grid.window.slice(0, -1)).map((i, d) => i + first[d]);
    const row = node("tr", {}, node("th", { scope: "row" }, grid.window.length < 2 ? "values" : `[${index.join(", ")}]`));
    for (let c = 0; c < shownColumns; c += 1) {
      row.append(node("td", {}, factText(version, where[r * columns + c], grid)));
    }
    body.append(row);
  }
  return node("table", {}, node("caption", {}, caption + note), node("thead", {}, head), body);
}

/** Makes the tables one at a time, once the steps rest and nothing else is to be done. */
export class IdleTables {
  constructor() {
    this.resting = new Resting();
    /** @type {readonly import("./grid.js").GridView[]} */
    this.views = [];
  }

  /** @param {readonly import("./grid.js").GridView[]} views Those that are asked for later take the place of these. */
  make(views) {
    this.views = views;
    for (const view of views) view.dropOldTable();
    this.resting.ask(() => this.next(views, 0));
  }

  /** @param {readonly import("./grid.js").GridView[]} views @param {number} at */
  next(views, at) {
    if (this.views !== views || at >= views.length) return;
    views[at].tabulate();
    whenIdle(() => this.next(views, at + 1));
  }
}
