// The values of a tensor of the table of shapes, opened below it.

import { cellName, valueText } from "./describe.js";
import { node, setText } from "./dom.js";
import { cellIndex } from "./elements.js";
import { GridView } from "./grid.js";
import { ColourScale } from "./scales.js";
import { glyphWidth } from "./theme.js";

const VALUES_SIDES = 60;
const POINT_AT_CELL = "Point at a cell.";

export class OpenedValues {
  /** @param {() => void} close */
  constructor(close) {
    this.told = node("span", { class: "te-rcp-values-told", "data-testid": "rec-values-told" }, POINT_AT_CELL);
    this.place = node("div", { class: "te-rcp-values-grid" });
    this.close = node("button", { type: "button", class: "te-button", "data-testid": "rec-values-close", onclick: close }, "Close");
    this.element = node("div", { class: "te-rcp-values", hidden: true, "data-testid": "rec-values" }, this.place, node("div", { class: "te-rcp-values-foot" }, this.told, this.close));
  }

  /** @param {Scene} scene @param {NamedShapeData | null} row Whose values; null: none. @param {Theme} theme @param {number} room Pixels. */
  show(scene, row, theme, room) {
    const grid = row && row.grid >= 0 ? scene.grids[row.grid] : undefined;
    this.element.hidden = !grid;
    if (!grid || !row) return;
    const tell = (/** @type {number} */ cell) => {
      view.panel.light(cell < 0 ? [] : [cell], []);
      setText(this.told, cell < 0 ? POINT_AT_CELL : valueWords(scene, row, grid, cell));
    };
    const view = new GridView({ hover: (_, cell) => tell(cell), leave: () => tell(-1), pick: (_, cell) => tell(cell), escape: () => this.close.click(), walk: () => {}, theme: () => theme }, scene, grid);
    const last = Math.max(0, scene.frames.length - 1);
    view.layout(Math.max(200, room - VALUES_SIDES), glyphWidth(theme));
    view.update(last, scene.frames[last], new ColourScale({ ...scene, grids: [grid] }, "value", theme), theme);
    view.paintDue();
    view.tabulate();
    view.panel.figure.dataset.testid = "rec-values-grid";
    setText(view.title, row.name);
    this.place.replaceChildren(view.panel.figure);
    setText(this.told, POINT_AT_CELL);
  }
}

/** @param {Scene} scene @param {NamedShapeData} row @param {GridData} grid @param {number} cell @returns {string} `weight_ih_l0[20, 3] = 0.12 · gate f, unit 4` */
function valueWords(scene, { name, blocks, shape }, grid, cell) {
  const index = cellIndex(grid, cell);
  const size = blocks.length ? shape[0] / blocks.length : 0;
  const gate = size ? ` · gate ${blocks[Math.floor(index[0] / size)]}, unit ${index[0] % size}` : "";
  return `${cellName(name, index)} = ${valueText(scene, grid, cell, Math.max(0, scene.frames.length - 1))}${gate}`;
}
