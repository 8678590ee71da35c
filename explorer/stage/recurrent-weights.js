// The weights as torch stacks them: a block for each gate, in it the rows of all units; those of one unit stand out.

import { node, setAttribute, setText } from "./dom.js";
import { setFont } from "./fonts.js";
import { numberAt } from "./format.js";
import { movedIn } from "./recurrent-axis.js";
import { metWords, rowsText } from "./recurrent-words.js";
import { WeightPanel } from "./weight-panel.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */

/** Columns of a block that belong to one parameter. `first`: number of its first column. @typedef {{which: "ih" | "hh" | "bih" | "bhh", name: string, short: string, first: number, columns: number}} WeightPart */
/** @typedef {Geometry & {cw: number, ch: number, across: number, parts: WeightPart[], rows: number, columns: number, blocks: number, xOf: (block: number, column: number) => number, yOf: (block: number) => number}} WeightGeometry */

const [PART_GAP, BLOCK_GAP, BLOCK_HEAD, UNITS_WIDE, LINE_GAP] = [5, 18, 34, 26, 12];
const [LARGEST_WEIGHT, LEAST_WEIGHT] = [18, 3];
const TALLEST_WEIGHTS = 420;
/** Smaller cells stand without a gap. */
const APART_WEIGHT = 8;

/** @param {RecurrentView} view @returns {WeightPart[]} Side by side in each block. */
function partsIn({ weights, opened }) {
  let first = 0;
  /** @type {[WeightPart["which"], number, string][]} */
  const wanted = [["ih", 0, "· x"], ["hh", 1, "· h"], ["bih", 2, "b"], ["bhh", 3, "b"]];
  return wanted.flatMap(([which, k, short]) => {
    const { grid } = weights[which];
    if (!grid) return [];
    const part = { which, name: opened.names[k], short, first, columns: which === "ih" || which === "hh" ? grid.shape[1] ?? 1 : 1 };
    first += part.columns;
    return [part];
  });
}

/** @param {RecurrentView} view @param {number} room @returns {WeightGeometry} */
function layoutWeights(view, room) {
  const parts = partsIn(view);
  const { hidden_size: rows, gates: { length: blocks } } = view.opened;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const gaps = Math.max(0, parts.length - 1) * PART_GAP;
  const sideFor = (/** @type {number} */ across) => ((room - UNITS_WIDE - 4 - (across - 1) * BLOCK_GAP) / across - gaps) / Math.max(1, columns);
  const across = [blocks, Math.ceil(blocks / 2), 1].find((count) => sideFor(count) >= 6) ?? (sideFor(blocks) >= LEAST_WEIGHT ? blocks : 1);
  const cw = Math.max(1, Math.min(LARGEST_WEIGHT, sideFor(across) >= 4 ? Math.floor(sideFor(across)) : sideFor(across)));
  const ch = Math.max(1, Math.min(LARGEST_WEIGHT, Math.floor(TALLEST_WEIGHTS / Math.max(1, rows * Math.ceil(blocks / across)))));
  const wide = columns * cw + gaps;
  const partAt = (/** @type {number} */ column) => parts.findIndex(({ first, columns: count }) => column < first + count);
  const xOf = (/** @type {number} */ block, /** @type {number} */ column) => UNITS_WIDE + (block % across) * (wide + BLOCK_GAP) + column * cw + Math.max(0, partAt(column)) * PART_GAP;
  const yOf = (/** @type {number} */ block) => BLOCK_HEAD + Math.floor(block / across) * (rows * ch + BLOCK_HEAD + LINE_GAP);
  const lines = Math.ceil(blocks / across);
  return {
    parts, rows, columns, blocks, across, cw, ch, xOf, yOf, font: 0, count: blocks * rows * columns, line: columns,
    width: UNITS_WIDE + across * wide + (across - 1) * BLOCK_GAP + 4, height: lines * (rows * ch + BLOCK_HEAD + LINE_GAP) - LINE_GAP + 4,
    rect: (cell, out) => {
      const [block, row] = [Math.floor(cell / (rows * columns)), Math.floor(cell / columns) % rows];
      return Object.assign(out, { x: xOf(block, cell % columns), y: yOf(block) + row * ch, w: cw, h: ch });
    },
    hit: (x, y) => {
      for (let block = 0; block < blocks; block += 1) {
        const row = Math.floor((y - yOf(block)) / ch);
        if (row < 0 || row >= rows || x < xOf(block, 0) || x >= xOf(block, 0) + wide) continue;
        const part = parts.find(({ first, columns: count }) => x >= xOf(block, first) && x < xOf(block, first) + count * cw);
        if (part) return (block * rows + row) * columns + part.first + Math.floor((x - xOf(block, part.first)) / cw);
      }
      return -1;
    },
    move: (cell, key) => movedIn(cell, key, blocks * rows, columns),
  };
}

/** @param {RecurrentView} view @param {WeightGeometry} geometry @param {number} cell @returns {{part: WeightPart, index: number[], block: number, row: number}} Where in its parameter a cell stands. */
function placeOf(view, { parts, rows, columns }, cell) {
  const [block, row, column] = [Math.floor(cell / (rows * columns)), Math.floor(cell / columns) % rows, cell % columns];
  const part = /** @type {WeightPart} */ (parts.find(({ first, columns: count }) => column < first + count));
  const stacked = block * view.opened.hidden_size + row;
  return { part, block, row, index: part.which === "ih" || part.which === "hh" ? [stacked, column - part.first] : [stacked] };
}

/** @param {CanvasRenderingContext2D} ctx @param {WeightGeometry} geometry @param {(cell: number) => Swatch} swatch Cells that stand apart. */
function paintWeights(ctx, geometry, swatch) {
  const rect = { x: 0, y: 0, w: 0, h: 0 };
  for (let cell = 0; cell < geometry.count; cell += 1) {
    const { x, y, w, h } = geometry.rect(cell, rect);
    ctx.fillStyle = swatch(cell).fill;
    ctx.fillRect(x, y, w - 1, h - 1);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {WeightGeometry} geometry @param {(cell: number) => Swatch} swatch Thousands of them: each a pixel of an image that is stretched. */
function paintWeightImages(ctx, { parts, rows, columns, blocks, cw, ch, xOf, yOf }, swatch) {
  if (!rows || !columns) return;
  const image = new ImageData(columns, blocks * rows);
  const pixels = new Int32Array(image.data.buffer);
  for (let cell = 0; cell < pixels.length; cell += 1) pixels[cell] = swatch(cell).pixel;
  const small = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  small.getContext("2d")?.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = false;
  for (let block = 0; block < blocks; block += 1) {
    for (const { first, columns: own } of parts) ctx.drawImage(small, first, block * rows, own, rows, xOf(block, first), yOf(block), own * cw, rows * ch);
  }
}

export class WeightsPanel extends WeightPanel {
  /** @param {import("./weight-panel.js").WeightHost} host */
  constructor(host) {
    super(host, "recurrent-weights", "");
    this.part = node("p", { class: "te-muted" });
    this.figure.append(this.part);
  }

  /** @param {RecurrentView} view @param {number} room */
  place(view, room) {
    this.view = view;
    this.figure.hidden = view.weights.ih.values === null;
    if (this.figure.hidden) return;
    const geometry = layoutWeights(view, room);
    this.visible = true;
    setText(this.title, geometry.blocks > 1 ? "Weights: torch stacks a block for each gate" : "Weights");
    this.lit = "";
    this.resize(geometry);
    setAttribute(this.box, "aria-label", `Weights: a block for each gate, in it a row for each unit. Arrow keys move between cells, Enter chooses the unit${this.editor ? " and changes the number" : ""}.`);
    this.paint(view, geometry);
    const cut = geometry.parts.some(({ which }) => view.weights[which].grid && view.weights[which].grid.window.join() !== view.weights[which].grid.shape.join());
    const notes = [cut ? "The weights are large: cells without colour are not in the picture." : "", this.editor ? "Double click a number to change it, or press Enter on it." : ""].filter(Boolean);
    setText(this.part, notes.join(" "));
    this.part.hidden = notes.length === 0;
  }

  /** @param {RecurrentView} view @param {WeightGeometry} geometry */
  paint(view, geometry) {
    const { theme, opened } = view;
    const values = this.valuesIn(view, geometry);
    const swatch = this.swatches(values, theme);
    const ctx = this.clear(this.base);
    if (Math.min(geometry.cw, geometry.ch) >= APART_WEIGHT) paintWeights(ctx, geometry, swatch);
    else paintWeightImages(ctx, geometry, swatch);
    ctx.textBaseline = "middle";
    opened.gates.forEach(({ name }, block) => this.label(ctx, geometry, block, name, theme));
  }

  /** @param {CanvasRenderingContext2D} ctx @param {WeightGeometry} geometry @param {number} block @param {string} name @param {Theme} theme */
  label(ctx, { rows, parts, cw, ch, across, xOf, yOf }, block, name, theme) {
    const [x, y] = [xOf(block, 0), yOf(block)];
    ctx.textAlign = "left";
    ctx.fillStyle = theme.text;
    setFont(ctx, `700 13px ${theme.mono}`);
    ctx.fillText(name, x, y - 25);
    ctx.fillStyle = theme.muted;
    setFont(ctx, `10.5px ${theme.mono}`);
    const range = rows > 1 ? `rows ${block * rows}–${(block + 1) * rows - 1}` : `row ${block}`;
    if (ctx.measureText(range).width < xOf(block, parts[parts.length - 1].first) + cw - x - 14) ctx.fillText(range, x + 14, y - 25);
    for (const { short, first, columns } of parts) if (columns * cw >= ctx.measureText(short).width - 2) ctx.fillText(short, xOf(block, first), y - 9);
    if (block % across) return;
    ctx.textAlign = "right";
    const every = [1, 2, 4, 8, 16, 32, 64, 128, 256].find((step) => step * ch >= 14) ?? rows;
    for (let row = 0; row < rows; row += every) ctx.fillText(String(row), UNITS_WIDE - 6, y + (row + 0.5) * ch);
  }

  /** @param {RecurrentView} view @param {WeightGeometry} geometry @returns {Float64Array} NaN where the scene does not hold it. */
  valuesIn(view, { parts, rows, columns, blocks, count }) {
    const found = new Float64Array(count).fill(NaN);
    for (const { which, first, columns: own } of parts) {
      const reader = view.weights[which];
      const single = reader.grid?.shape.length === 1;
      for (let stacked = 0; stacked < blocks * rows; stacked += 1) {
        const positionOf = reader.lineAt(single ? [] : [stacked]);
        for (let c = 0; c < own; c += 1) {
          const position = positionOf(single ? stacked : c);
          if (position >= 0) found[stacked * columns + first + c] = numberAt(reader.values, position);
        }
      }
    }
    return found;
  }

  /** @param {RecurrentView} view @param {number} cell */
  numberOf(view, cell) {
    const { part: { which, name }, index } = placeOf(view, /** @type {WeightGeometry} */ (this.geometry), cell);
    return { name, index, value: view.weights[which].exact(index) };
  }

  /** @param {number} cell @returns {RecurrentFact} */
  factAt(cell) {
    const view = /** @type {RecurrentView} */ (this.view);
    const { part, index, block, row } = placeOf(view, /** @type {WeightGeometry} */ (this.geometry), cell);
    const value = `${part.name}[${index.join(", ")}] = ${view.weights[part.which].exact(index)}`;
    return { t: -1, unit: row, told: `${value} · ${metWords(view, { which: part.which, block, row, column: index[1] ?? 0, t: this.t })}` };
  }

  /** @param {number} unit Whose rows are lit. @param {boolean} pointed */
  lightUnit(unit, pointed) {
    const { view } = this;
    const geometry = /** @type {WeightGeometry | null} */ (this.geometry);
    if (!view || !geometry || this.figure.hidden || `${unit} ${pointed}` === this.lit) return;
    this.lit = `${unit} ${pointed}`;
    setText(this.told, `Unit ${unit}: ${rowsText(view, unit)}`);
    setAttribute(this.figure, "data-row", String(unit));
    const ctx = this.clear(this.overlay);
    const { ch, cw, blocks, columns, xOf, yOf } = geometry;
    for (let block = 0; block < blocks; block += 1) {
      const x = xOf(block, 0);
      this.outline(ctx, x, yOf(block) + unit * ch, xOf(block, columns - 1) + cw - x, ch, pointed);
    }
  }
}
