// What a layer that slides a window shows: its tensors by role, their colours, and how cells of panels read them.

import { numberAt } from "./format.js";
import { SlideArea } from "./slide-area.js";
import { choicesOf, SlideModel, numbersFrom, PADDED, strongerKind } from "./slide-model.js";
import { colourOf, fillColours, fillEach } from "./slide-colours.js";
import { CELL_PATTERNS } from "./slide-paint.js";
import { listScale, slideText, TensorReader, writtenForm } from "./slide-values.js";

/** @typedef {import("./scales.js").ColourScale} ColourScale */
/** @typedef {import("./slide-paint.js").SlideLook} SlideLook */

/** Cells that are nothing besides their value. @type {Pick<SlideLook, "pattern" | "unread" | "odd">} */
const PLAIN = { pattern: () => "", unread: () => false, odd: () => [] };
const MOST_SAMPLED = 4000;
const MOST_KERNELS = 40;

/** @type {WeakMap<ArrayLike<number>, Map<number, number>>} Found already, by digits. */
const longestKnown = new WeakMap();

/** @param {ArrayLike<number> | null} data @param {number} digits @returns {number} Characters of the longest of a sample. */
export function longestOf(data, digits) {
  if (!data) return 0;
  const known = longestKnown.get(data) ?? new Map();
  longestKnown.set(data, known);
  const longest = known.get(digits) ?? longestWritten(data, digits);
  known.set(digits, longest);
  return longest;
}

/** @param {ArrayLike<number>} data @param {number} digits @returns {number} Characters; of numbers that are equally long, one is written. */
function longestWritten(data, digits) {
  const every = Math.max(1, Math.floor(data.length / MOST_SAMPLED));
  const seen = new Set();
  let longest = 1;
  for (let i = 0; i < data.length; i += every) {
    const value = Number(data[i]);
    const form = writtenForm(value, digits);
    if (!Number.isFinite(value) || seen.has(form)) continue;
    seen.add(form);
    longest = Math.max(longest, slideText(value, digits).length);
  }
  return longest;
}

export class SlideData {
  /** @param {Scene} scene With a layer that is open. @param {Theme} theme */
  constructor(scene, theme) {
    this.scene = scene;
    this.theme = theme;
    this.windows = /** @type {WindowsData} */ (scene.layers?.windows);
    this.model = new SlideModel(this.windows);
    const { windows } = this;
    const read = (/** @type {number} */ id) => new TensorReader(scene, id);
    this.input = read(windows.input);
    this.weight = read(windows.weight);
    this.bias = read(windows.bias);
    this.output = read(windows.output);
    this.indices = read(windows.indices);
    this.flipped = read(windows.flipped);
    this.columns = read(windows.columns);
    this.inputGradient = read(windows.input_gradient);
    this.weightGradient = read(windows.weight_gradient);
    this.biasGradient = read(windows.bias_gradient);
    this.outputGradient = read(windows.output_gradient);
    /** @type {Map<string, ColourScale>} */
    this.scales = new Map();
    /** What to add to a position of the padded input to get the index that people count with. */
    this.paddedOrigin = this.originOfPadded();
  }

  /** @returns {number[]} Windows that are folded, in each spatial dimension. */
  get foldSizes() { return this.model.dims.map(({ size }) => size); }

  /** @param {readonly number[]} o @returns {import("./slide-model.js").WindowCell[]} Cells of the columns that are added up there. */
  foldedAt(o) { return this.model.windowOf(o).filter(({ at }) => this.model.sourceOf(at).length > 0); }

  /** @returns {boolean} Whether a backward pass ran through the layer. */
  get hasGradients() { return this.outputGradient.grid !== null || this.inputGradient.grid !== null; }

  /** @param {TensorReader} reader @returns {ColourScale} */
  scaleOf(reader) {
    const key = `grid ${reader.grid?.id}`;
    const known = this.scales.get(key) ?? reader.scale(this.scene, this.theme);
    this.scales.set(key, known);
    return known;
  }

  /** @param {"terms" | "to_input" | "to_weight"} name @returns {ColourScale} */
  termScale(name) {
    const known = this.scales.get(name) ?? listScale(this.windows.products[name], this.scene, this.theme);
    this.scales.set(name, known);
    return known;
  }

  /** @param {readonly number[]} rest @returns {number[]} With the index in the batch, where there is one. */
  inBatch(rest) {
    return this.windows.item < 0 ? [...rest] : [this.windows.item, ...rest];
  }

  /** @param {readonly number[]} source @param {number} ch @returns {number[]} Index in the input. */
  inputIndex(ch, source) { return this.inBatch([ch, ...source]); }

  /** @param {number} c @param {readonly number[]} o @returns {number[]} Index in the result. */
  outputIndex(c, o) { return this.inBatch([c, ...o]); }

  /** @param {TensorReader} reader @returns {{low: number[], high: number[]}} Which indices of its spatial dimensions the scene holds. */
  heldOf(reader) {
    const rank = this.model.dims.length;
    const grid = reader.grid;
    if (!grid) return { low: numbersFrom(rank).map(() => 0), high: this.model.outputs };
    const first = grid.first?.length ? grid.first : grid.shape.map(() => 0);
    const low = first.slice(-rank);
    return { low, high: low.map((from, d) => from + grid.window[grid.window.length - rank + d]) };
  }

  /** @returns {{low: number[], sizes: number[]}} The part of the padded input that can be shown. */
  get paddedPart() {
    const { low, high } = this.heldOf(this.input);
    const ranges = this.model.dims.map(({ source, kinds, size }, d) => {
      const held = numbersFrom(source.length).filter((i) => kinds[i] === PADDED.input && source[i] >= low[d] && source[i] < high[d]);
      const from = low[d] <= 0 ? 0 : held[0] ?? 0;
      return [from, high[d] >= size ? source.length : (held[held.length - 1] ?? source.length - 1) + 1];
    });
    return { low: ranges.map(([from]) => from), sizes: ranges.map(([from, to]) => to - from) };
  }

  /** @returns {number[]} Minus the place of the first cell of the input in the padded one; 0 where that is stretched. */
  originOfPadded() {
    if (this.windows.operation === "transposed" || this.windows.operation === "fold") return this.model.dims.map(() => 0);
    return this.model.dims.map(({ source, kinds }) => {
      const first = numbersFrom(source.length).findIndex((i) => kinds[i] === PADDED.input && source[i] === 0);
      return first > 0 ? -first : 0;
    });
  }

  /** @param {SlideArea} area @param {TensorReader} reader Of the shape of the input. @returns {SlideLook} */
  paddedLook(area, reader) {
    const scale = this.scaleOf(reader);
    const nothing = reader === this.input ? (this.windows.operation === "max" ? "-∞" : "0") : "";
    /** @type {ReturnType<SlideData["paddedCells"]> | null} */
    let made = null;
    const cells = () => (made ??= this.paddedCells(area, reader));
    return {
      swatch: (cell) => colourOf(scale, cells().values[cell]),
      text: (cell, digits) => {
        const { values, held, kinds } = cells();
        if (kinds[cell] === PADDED.outside) return "";
        if (kinds[cell] !== PADDED.input && kinds[cell] !== PADDED.copy) return nothing;
        return held[cell] ? slideText(values[cell], digits) : "";
      },
      pattern: (cell) => CELL_PATTERNS[cells().kinds[cell]],
      unread: (cell) => cells().unread[cell] === 1,
      odd: () => cells().odd,
      fill: (pixels) => fillColours(pixels, scale, cells().values),
    };
  }

  /** @param {SlideArea} area @param {TensorReader} reader What stands in each cell, looked up once, line by line. */
  paddedCells(area, reader) {
    const { model } = this;
    const made = { values: new Float64Array(area.count).fill(NaN), held: new Uint8Array(area.count), kinds: new Uint8Array(area.count), unread: new Uint8Array(area.count), odd: /** @type {number[]} */ ([]) };
    const { source, kinds, reads } = model.dims[model.dims.length - 1];
    const copies = reader === this.input;
    for (let line = 0; line < area.count; line += area.line) {
      const at = area.indexAt(line);
      const from = /** @type {number} */ (at.pop());
      const [kind, read, outer] = [model.kindAt(at), model.isRead(at), model.sourceOf(at)];
      const positionAt = outer.length === at.length ? reader.lineAt(this.inputIndex(area.leadAt(line), outer)) : () => -1;
      for (let c = 0; c < area.line; c += 1) {
        const cell = line + c;
        made.kinds[cell] = strongerKind(kind, kinds[from + c]);
        made.unread[cell] = read && reads[from + c] > 0 ? 0 : 1;
        if (made.kinds[cell] !== PADDED.input || made.unread[cell]) made.odd.push(cell);
        const position = copies || made.kinds[cell] === PADDED.input ? positionAt(source[from + c]) : -1;
        if (position < 0) continue;
        made.held[cell] = 1;
        made.values[cell] = numberAt(reader.values, position);
      }
    }
    return made;
  }

  /**
   * @param {SlideArea} area @param {TensorReader} reader @param {(lead: number, index: number[]) => number[]} indexOf In the
   * tensor; its last index is that of the cell. @returns {SlideLook} Cells without padding, of large pictures: line by line.
   */
  linesLook(area, reader, indexOf) {
    const scale = this.scaleOf(reader);
    /** @type {Int32Array | null} Positions in the buffer, or -1. */
    let made = null;
    const positions = () => (made ??= this.linePositions(area, reader, indexOf));
    const value = (/** @type {number} */ cell) => (positions()[cell] < 0 ? NaN : numberAt(reader.values, positions()[cell]));
    return {
      swatch: (cell) => colourOf(scale, value(cell)),
      text: (cell, digits) => (positions()[cell] < 0 ? "" : slideText(value(cell), digits)),
      fill: (pixels) => fillColours(pixels, scale, reader.valuesAt(positions())),
      ...PLAIN,
    };
  }

  /** @param {SlideArea} area @param {TensorReader} reader @param {(lead: number, index: number[]) => number[]} indexOf @returns {Int32Array} */
  linePositions(area, reader, indexOf) {
    const positions = new Int32Array(area.count);
    for (let line = 0; line < area.count; line += area.line) {
      const index = indexOf(area.leadAt(line), area.indexAt(line));
      const from = /** @type {number} */ (index.pop());
      const positionAt = reader.lineAt(index);
      for (let c = 0; c < area.line; c += 1) positions[line + c] = positionAt(from + c);
    }
    return positions;
  }

  /**
   * @param {SlideArea} area @param {TensorReader} reader @param {(lead: number, index: number[]) => number[]} indexOf In the tensor.
   * @returns {SlideLook} Cells without padding.
   */
  tensorLook(area, reader, indexOf) {
    const scale = this.scaleOf(reader);
    const at = (/** @type {number} */ cell) => indexOf(area.leadAt(cell), area.indexAt(cell));
    const swatch = (/** @type {number} */ cell) => colourOf(scale, reader.at(at(cell)));
    return {
      swatch,
      text: (cell, digits) => (reader.has(at(cell)) ? slideText(reader.at(at(cell)), digits) : ""),
      fill: (pixels) => fillEach(pixels, area.count, swatch),
      ...PLAIN,
    };
  }

  /**
   * @param {SlideArea} area @param {"terms" | "to_input" | "to_weight"} name @param {number} p Position.
   * @returns {SlideLook} What the window of a position is made of; cells of the kernel that it has not are dashed.
   */
  termLook(area, name, p) {
    const data = this.windows.products[name];
    const scale = this.termScale(name);
    const { kernel } = this.model;
    const has = new Set(this.model.windowOf(this.model.outputAt(p)).map(({ k }) => flatOf(k, kernel)));
    const flat = (/** @type {number} */ cell) => flatOf(area.indexAt(cell), kernel);
    const value = (/** @type {number} */ cell) => data?.[this.model.termsAt(p, area.leadAt(cell)) + flat(cell)] ?? NaN;
    const swatch = (/** @type {number} */ cell) => colourOf(scale, value(cell));
    return {
      swatch,
      text: (cell, digits) => (data && has.has(flat(cell)) ? slideText(value(cell), digits) : ""),
      pattern: (cell) => (has.has(flat(cell)) ? "" : "outside"), unread: () => false,
      odd: () => numbersFrom(area.count).filter((cell) => !has.has(flat(cell))),
      fill: (pixels) => fillEach(pixels, area.count, swatch),
    };
  }

  /** @param {TensorReader} reader @param {number} digits @returns {number} Characters of the longest number of the kernels in focus. */
  longestKernel(reader, digits) {
    const { model, windows } = this;
    const leads = model.channelsOf(windows.channel).slice(0, MOST_KERNELS);
    const every = choicesOf(model.kernel.map((size) => numbersFrom(size)));
    return longestOf(leads.flatMap((ch) => every.map((k) => reader.at(model.weightIndex(windows.channel, ch, k)))), digits);
  }

  /** @param {TensorReader} reader @param {number} digits @returns {number} Characters of the longest number of a tensor. */
  longest(reader, digits) {
    const values = reader.values;
    return values && values.kind === "real" ? longestOf(/** @type {ArrayLike<number>} */ (values.data), digits) : values ? 5 : 0;
  }
}

/** @param {readonly number[]} index @param {readonly number[]} sizes @returns {number} Row-major. */
export function flatOf(index, sizes) {
  return index.reduce((flat, i, d) => flat * sizes[d] + i, 0);
}

/** @param {readonly number[]} sizes @param {string} [sign] @returns {string} `3 × 3` */
export function timesText(sizes, sign = " × ") {
  return sizes.length ? sizes.join(sign) : "1";
}

/** @param {readonly number[]} sizes That are shown. @param {readonly number[]} whole @returns {string} `3 × 3`, `147 × 147 of 512 × 512` */
export function partText(sizes, whole) {
  const same = sizes.every((size, d) => size === whole[d]);
  return same ? timesText(sizes) : `${timesText(sizes)} of ${timesText(whole)}`;
}

/** @param {readonly number[]} sizes @returns {SlideArea} A matrix that has no channels. */
export function matrixArea(sizes) {
  return new SlideArea([0], false, sizes.map(() => 0), sizes);
}
