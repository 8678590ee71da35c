// weight_hr of a projected LSTM: a row for each number of h, a column for each hidden unit that it is made of.

import { setAttribute, setText } from "./dom.js";
import { setFont } from "./fonts.js";
import { numberAt, shortNumber } from "./format.js";
import { movedIn } from "./recurrent-axis.js";
import { WeightPanel } from "./weight-panel.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** @typedef {Geometry & {side: number, rows: number, columns: number}} ProjectionGeometry */

const [PROJECTION_LEFT, PROJECTION_TOP] = [30, 18];
const [LARGEST_PROJECTED, LEAST_PROJECTED] = [18, 1];
const TALLEST_PROJECTION = 320;
/** Smaller cells stand without a gap. */
const APART_PROJECTED = 6;
const PROJECTION_MARK = 18;

/** @param {RecurrentView} view @param {number} room @returns {ProjectionGeometry} */
function layoutProjection(view, room) {
  const [rows, columns] = view.weights.hr.grid?.shape ?? [0, 0];
  const fitting = Math.min(LARGEST_PROJECTED, (room - PROJECTION_LEFT) / Math.max(1, columns), TALLEST_PROJECTION / Math.max(1, rows));
  const side = Math.max(LEAST_PROJECTED, Math.floor(fitting));
  return {
    side, rows, columns, font: 0, count: rows * columns, line: columns,
    width: PROJECTION_LEFT + columns * side + 4, height: PROJECTION_TOP + rows * side + 4,
    rect: (cell, out) => Object.assign(out, { x: PROJECTION_LEFT + (cell % columns) * side, y: PROJECTION_TOP + Math.floor(cell / columns) * side, w: side, h: side }),
    hit: (x, y) => {
      const [column, row] = [Math.floor((x - PROJECTION_LEFT) / side), Math.floor((y - PROJECTION_TOP) / side)];
      return column >= 0 && column < columns && row >= 0 && row < rows ? row * columns + column : -1;
    },
    move: (cell, key) => movedIn(cell, key, rows, columns),
  };
}

export class ProjectionPanel extends WeightPanel {
  /** @param {import("./weight-panel.js").WeightHost} host */
  constructor(host) {
    super(host, "recurrent-projection", "Projection: h is made of all units");
  }

  /** @param {RecurrentView} view @param {number} room */
  place(view, room) {
    this.view = view;
    this.figure.hidden = !view.isProjected || view.weights.hr.values === null;
    if (this.figure.hidden) return;
    const geometry = layoutProjection(view, room);
    this.visible = true;
    this.lit = "";
    this.resize(geometry);
    setAttribute(this.box, "aria-label", `${view.opened.names[4]}: a row for each number of h, a column for each unit. Arrow keys move between cells, Enter chooses the unit${this.editor ? " and changes the number" : ""}.`);
    this.paint(view, geometry);
  }

  /** @param {RecurrentView} view @param {ProjectionGeometry} geometry */
  paint(view, { side, rows, columns, count }) {
    const { theme } = view;
    const values = this.valuesIn(view, rows, columns);
    const swatch = this.swatches(values, theme);
    const ctx = this.clear(this.base);
    const drawn = side - (side >= APART_PROJECTED ? 1 : 0);
    for (let cell = 0; cell < count; cell += 1) {
      ctx.fillStyle = swatch(cell).fill;
      ctx.fillRect(PROJECTION_LEFT + (cell % columns) * side, PROJECTION_TOP + Math.floor(cell / columns) * side, drawn, drawn);
    }
    this.label(ctx, side, rows, columns, theme);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} side @param {number} rows @param {number} columns @param {Theme} theme */
  label(ctx, side, rows, columns, theme) {
    ctx.fillStyle = theme.muted;
    ctx.textBaseline = "middle";
    setFont(ctx, `10.5px ${theme.mono}`);
    const every = [1, 2, 4, 8, 16, 32, 64, 128].find((step) => step * side >= PROJECTION_MARK) ?? 256;
    ctx.textAlign = "right";
    for (let row = 0; row < rows; row += every) ctx.fillText(String(row), PROJECTION_LEFT - 6, PROJECTION_TOP + (row + 0.5) * side);
    ctx.textAlign = "center";
    for (let column = 0; column < columns; column += every) ctx.fillText(String(column), PROJECTION_LEFT + (column + 0.5) * side, PROJECTION_TOP - 8);
  }

  /** @param {RecurrentView} view @param {number} rows @param {number} columns @returns {Float64Array} NaN where the scene does not hold it. */
  valuesIn(view, rows, columns) {
    const reader = view.weights.hr;
    const found = new Float64Array(rows * columns).fill(NaN);
    for (let row = 0; row < rows; row += 1) {
      const positionOf = reader.lineAt([row]);
      for (let column = 0; column < columns; column += 1) {
        const position = positionOf(column);
        if (position >= 0) found[row * columns + column] = numberAt(reader.values, position);
      }
    }
    return found;
  }

  /** @param {number} cell @returns {number[]} [row of h, unit] */
  indexOf(cell) {
    const { columns } = /** @type {ProjectionGeometry} */ (this.geometry);
    return [Math.floor(cell / columns), cell % columns];
  }

  /** @param {RecurrentView} view @param {number} cell */
  numberOf(view, cell) {
    const index = this.indexOf(cell);
    return { name: view.opened.names[4], index, value: view.weights.hr.exact(index) };
  }

  /** @param {number} cell @returns {RecurrentFact} */
  factAt(cell) {
    const view = /** @type {RecurrentView} */ (this.view);
    const index = this.indexOf(cell);
    const [h, unit] = index;
    const met = view.value("o·tanh c", this.t, unit);
    const gives = `gives ${shortNumber(view.weights.hr.at(index) * met, 6)}, one of the ${view.opened.hidden_size} products in h[${h}] = ${shortNumber(view.value("h", this.t, h), 6)}`;
    return { t: -1, unit, told: `${view.opened.names[4]}[${index.join(", ")}] = ${view.weights.hr.exact(index)} · for h[${h}], times o·tanh(c) of unit ${unit} at t = ${this.t} = ${shortNumber(met, 6)} ${gives}` };
  }

  /** @param {number} unit Whose column is lit. @param {number} t @param {boolean} pointed */
  lightUnit(unit, t, pointed) {
    const { view } = this;
    const geometry = /** @type {ProjectionGeometry | null} */ (this.geometry);
    this.t = t;
    if (!view || !geometry || this.figure.hidden || `${unit} ${pointed}` === this.lit) return;
    this.lit = `${unit} ${pointed}`;
    setText(this.told, `h[k] = row k of ${view.opened.names[4]} · (o · tanh c). Unit ${unit}: column ${unit}`);
    setAttribute(this.figure, "data-column", String(unit));
    const ctx = this.clear(this.overlay);
    const { side, rows } = geometry;
    this.outline(ctx, PROJECTION_LEFT + unit * side, PROJECTION_TOP, side, rows * side, pointed);
  }
}
