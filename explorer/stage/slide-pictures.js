// The pictures of the open layer: for each input channel the padded input, the kernel and the products, and the result.

import { product, unravel } from "./format.js";
import { SlideArea } from "./slide-area.js";
import { longestOf, matrixArea, partText, timesText } from "./slide-data.js";
import { numbersFrom } from "./slide-model.js";
import { fitSlide } from "./slide-fit.js";
import { plainText } from "./slide-values.js";
import { EXTREMES } from "./slide-words.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */
/** @typedef {import("./slide-panel.js").SlidePicture} SlidePicture */
/** @typedef {import("./slide-values.js").TensorReader} TensorReader */

/**
 * A row of the picture: its panels, and the sign before each but the first.
 * @typedef {{pictures: SlidePicture[], signs: string[]}} SlideBand
 */

/** @typedef {"forward" | "backward"} SlideWay */

const SIGNS = 74;
/** Pixels of an input whose cells have no numbers, and of one whose cells have some. */
const [LEAST_INPUT, LEAST_NUMBERS] = [230, 180];
/** As in slide.css: a narrower panel has room for its words; of those of input and kernel, which stay in one line, also the font. */
const [LEAST_PANEL, FACTS_FONT] = [96, 12];
/** Rows of a series that may stand in two rows of pictures so that all have numbers: more would make the page long. */
const LOW_ROWS = 4;
/** Of a row, for the kernel and for the products: smaller ones are tried before a row becomes two. */
const KERNEL_SHARES = [0.29, 0.24, 0.2];

export class SlidePictures {
  /** @param {SlideData} data @param {SlideWay} way @param {number} room Pixels for a row. @param {number} resultRoom @param {(font: number) => number} glyph */
  constructor(data, way, room, resultRoom, glyph) {
    this.data = data;
    this.way = way;
    this.room = room;
    this.resultRoom = resultRoom;
    this.glyph = glyph;
    this.back = way === "backward";
    /** Whether channels are the rows of one picture: series. */
    this.stacked = data.model.dims.length === 1;
    this.part = data.paddedPart;
    this.axes = data.model.dims.map(({ name }) => name);
    /** @type {Map<string, import("./slide-fit.js").CellFit>} */
    this.fits = new Map();
    this.share = KERNEL_SHARES[0];
    /** @type {number | null} Pixels for the input beside kernel and products, 0 where it stands above them: the same for all channels. */
    this.left = null;
    /** @type {Map<string, SlidePicture>} Those that are the same at all positions. */
    this.still = new Map();
    /** @type {SlidePicture[] | null} */
    this.found = null;
  }

  /** @param {string} key @param {() => SlidePicture} make @returns {SlidePicture} Made once. */
  once(key, make) {
    const known = this.still.get(key) ?? make();
    this.still.set(key, known);
    return known;
  }

  /** @param {string} name @param {readonly number[]} sizes @param {(digits: number) => number} longest @param {number} room @returns {import("./slide-fit.js").CellFit} */
  fit(name, sizes, longest, room) {
    const key = `${name} ${sizes} ${Math.round(room)}`;
    const known = this.fits.get(key) ?? fitSlide(sizes, longest, room, this.glyph);
    this.fits.set(key, known);
    return known;
  }

  /** @param {readonly number[]} leads @param {readonly number[]} low @param {readonly number[]} sizes @returns {SlideArea} */
  area(leads, low, sizes) { return new SlideArea(leads, this.stacked, low, sizes); }

  /** @param {readonly number[]} leads @returns {string} `0`, or `0:4` for rows of channels. */
  leadText(leads) {
    return this.stacked && leads.length > 1 ? `${leads[0]}:${leads[leads.length - 1] + 1}` : String(leads[0]);
  }

  /** @param {string} name @param {string} lead @returns {string} `x[0, 1]` */
  channelName(name, lead) {
    const { item } = this.data.windows;
    return `${name}[${[...(item < 0 ? [] : [item]), lead].join(", ")}]`;
  }

  /** @param {SlideArea} area @returns {{first: number[], axes: string[]}} */
  axesOf(area, origin = area.low.map(() => 0)) {
    const first = area.low.map((from, d) => from + origin[d]);
    const axes = this.axes.map((name, d) => (d === first.length - 1 && first[d] < 0 ? "" : name)); // no room beside -1
    return { first: this.stacked ? [area.leads[0] ?? 0, ...first] : first, axes: this.stacked ? ["C", ...axes] : axes };
  }

  /** @param {readonly number[]} leads Input channels. @param {number} p Position. @returns {SlideBand[]} A row for its panels, or two where they have no room side by side. */
  bands(leads, p) {
    const { data, back } = this;
    if (data.windows.operation === "fold") return [{ pictures: [this.columns(back && data.inputGradient.grid ? data.inputGradient : data.input, this.room), ...this.terms(leads, p)], signs: ["→", ""] }];
    this.left ??= this.arrange(leads, p);
    const [small, terms] = [this.small(leads), this.terms(leads, p)];
    const signs = terms.map((_, k) => (back ? (k || !small.length ? "" : "←") : small.length ? "=" : "→"));
    const room = this.left || this.room;
    const input = this.once(`input ${leads} ${room}`, () => this.input(leads, room));
    if (this.left) return [{ pictures: [input, ...small, ...terms], signs: [...small.map(() => (back ? "" : "·")), ...signs] }];
    const rest = [...small, ...terms]; // the sign before the first of a row would stand alone
    return [{ pictures: [input], signs: [] }, ...(rest.length ? [{ pictures: rest, signs: signs.slice(small.length ? 0 : 1) }] : [])];
  }

  /** @param {readonly number[]} leads @returns {SlidePicture[]} The kernel, where there is one. */
  small(leads) { return this.data.weight.grid ? [this.kernel(leads)] : []; }

  /** Let kernel and products be as wide as leaves room for the input beside them, if any width with their numbers does. @param {readonly number[]} leads @param {number} p @returns {number} As `left`. */
  arrange(leads, p) {
    const panels = () => [...this.small(leads), ...this.terms(leads, p)];
    const numbers = () => panels().filter(({ fit }) => fit.geometry.numbers).length;
    const count = panels().length;
    const own = Math.max(KERNEL_SHARES[0], (1 - ((count - 1) * SIGNS) / 2 / this.room) / Math.max(2, count)); // in a row of their own
    const wanted = numbers();
    this.share = own;
    if (this.stacked && leads.length <= LOW_ROWS && numbers() > wanted) return 0;
    for (const share of KERNEL_SHARES) {
      this.share = share;
      const left = numbers() === wanted ? this.roomBeside(leads, p) : 0;
      if (left) return left;
    }
    this.share = own;
    return 0;
  }

  /** @param {readonly number[]} leads @param {number} p @returns {number} Pixels for the input beside kernel and products; 0 where it could not be read there as it is below. */
  roomBeside(leads, p) {
    const panels = [...this.small(leads), ...this.terms(leads, p)];
    const words = (/** @type {SlidePicture} */ { part, facts }) => (part === "kernel" || part === "input" ? this.glyph(FACTS_FONT) * facts.length : LEAST_PANEL);
    const left = this.room - SIGNS / 2 - panels.reduce((sum, one) => sum + Math.max(LEAST_PANEL, words(one), one.fit.geometry.width) + SIGNS / 2, 0);
    const input = this.input(leads, this.room);
    const below = input.fit.geometry;
    if (left < Math.max(words(input), Math.min(below.numbers ? LEAST_NUMBERS : LEAST_INPUT, below.width))) return 0;
    return this.input(leads, left).fit.geometry.numbers || !below.numbers ? left : 0;
  }

  /** @param {readonly number[]} leads @param {number} room @returns {SlidePicture} */
  input(leads, room) {
    const { data, part, back } = this;
    const area = this.area(leads, part.low, part.sizes);
    const reader = back && data.inputGradient.grid ? data.inputGradient : data.input;
    const stretched = data.windows.operation === "transposed" ? "stretched" : data.model.isPadded ? "padded" : "";
    return {
      part: "input", area, title: this.channelName(reader.name, this.leadText(leads)), facts: [`${stretched} ${partText(part.sizes, data.model.padded)}`.trim(), back ? "gradient of the input" : this.leadFacts(leads)].join(" · "),
      look: data.paddedLook(area, reader), fit: this.fit(`input ${this.way}`, area.sizes, (digits) => data.longest(reader, digits), room),
      ...this.axesOf(area, data.paddedOrigin), testid: `slide-input-${leads[0]}`,
    };
  }

  /** @param {readonly number[]} leads @returns {string} */
  leadFacts(leads) {
    const count = this.data.windows.channels[0];
    return this.stacked && count > 1 ? `${leads.length} of ${count} channels as rows` : `in channel ${leads[0]}`;
  }

  /** @param {readonly number[]} leads @returns {SlidePicture} */
  kernel(leads) {
    const { data, back } = this;
    const { model, windows } = data;
    const area = this.area(leads, model.kernel.map(() => 0), model.kernel);
    const reader = back && data.weightGradient.grid ? data.weightGradient : data.weight;
    const index = model.weightIndex(windows.channel, leads[0], []);
    const title = `${reader.name}[${this.stacked ? windows.channel : index.join(", ")}]`;
    const backwards = windows.operation === "transposed" ? " · read backwards" : "";
    return {
      part: "kernel", area, title, facts: `${timesText(model.kernel)}${back ? " · gradient" : ""}${backwards}`,
      look: data.tensorLook(area, reader, (ch, k) => model.weightIndex(windows.channel, ch, k)),
      fit: this.fit(`kernel ${this.way}`, area.sizes, (digits) => data.longestKernel(reader, digits), this.room * this.share),
      ...this.axesOf(area), testid: `slide-kernel-${leads[0]}`,
    };
  }

  /** @param {readonly number[]} leads @param {number} p @returns {SlidePicture[]} What the window of a position is made of, or what it sends back. */
  terms(leads, p) {
    const { products, operation } = this.data.windows;
    if (this.back) {
      return [
        ...(products.to_input ? [this.term(leads, p, "to_input", "sent to the input", this.data.weight.grid ? "gradient · weight" : "gradient, shared out")] : []),
        ...(products.to_weight ? [this.term(leads, p, "to_weight", "sent to the weight", "gradient · input")] : []),
      ];
    }
    const words = { convolution: "products", transposed: "products", power: EXTREMES[this.data.windows.norm] ? "|cells|" : `cells ^ ${this.data.windows.norm}`, fold: "cells", unfold: "window", max: "window", mean: "window" };
    return products.terms ? [this.term(leads, p, "terms", words[operation], this.partialText(leads, p))] : [];
  }

  /** @param {readonly number[]} leads @param {number} p @returns {string} What the terms of a channel give. */
  partialText(leads, p) {
    const { data } = this;
    const { products, operation } = data.windows;
    if (!products.partial || operation === "unfold") return timesText(data.model.kernel);
    if (this.stacked && leads.length > 1) return timesText(data.model.kernel);
    const text = plainText(products.partial[p * data.model.inGroup + (leads[0] % data.model.inGroup)]);
    return `${operation === "max" ? "largest" : EXTREMES[data.windows.norm] ?? "sum"} ${text}`;
  }

  /**
   * @param {readonly number[]} leads @param {number} p @param {"terms" | "to_input" | "to_weight"} name
   * @param {string} title @param {string} facts @returns {SlidePicture}
   */
  term(leads, p, name, title, facts) {
    const { data } = this;
    const area = this.area(leads, data.model.kernel.map(() => 0), data.model.kernel);
    return {
      part: "product", area, title, facts, look: data.termLook(area, name, p),
      fit: this.fit(name, area.sizes, (digits) => longestOf(data.windows.products[name], digits), this.room * this.share),
      ...this.axesOf(area), testid: `slide-${name.replace("_", "-")}-${leads[0]}`,
    };
  }

  /** @returns {SlidePicture[]} The result's channel in focus; beside it the one with the kernel flipped. Made once. */
  results() { return (this.found ??= this.makeResults()); }

  /** @returns {SlidePicture[]} */
  makeResults() {
    const { data, back } = this;
    const { windows, output, flipped, indices, outputGradient } = data;
    if (windows.operation === "unfold") return [this.columns(output, this.resultRoom)];
    const reader = back && outputGradient.grid ? outputGradient : output;
    return [
      this.result(reader, back ? "gradient of the result" : "", "slide-output"),
      ...(flipped.grid && !back ? [this.result(flipped, "kernel flipped: convolution in mathematics", "slide-flipped")] : []),
      ...(indices.grid && !back ? [this.result(indices, "indices of the largest cells", "slide-indices")] : []),
    ];
  }

  /** @param {TensorReader} reader @param {string} words @param {string} testid @returns {SlidePicture} */
  result(reader, words, testid) {
    const { data } = this;
    const { channel, channels } = data.windows;
    const { low, high } = data.heldOf(data.output);
    const area = new SlideArea([channel], false, low, high.map((to, d) => to - low[d]));
    return {
      part: "output", area, title: this.channelName(reader.name, String(channel)),
      facts: [partText(area.sizes, data.model.outputs), words || `out channel ${channel} of ${channels[1]}`].join(" · "),
      look: data.linesLook(area, reader, (c, o) => data.outputIndex(c, o)),
      fit: this.fit(testid + this.way, area.sizes, (digits) => data.longest(reader, digits), this.resultRoom),
      first: low, axes: this.axes, testid,
    };
  }

  /** @param {TensorReader} reader @param {number} room @returns {SlidePicture} The windows as columns. */
  columns(reader, room) {
    const { data } = this;
    const sizes = reader.grid ? reader.grid.window.slice(-2) : [0, 0];
    const shape = reader.grid ? reader.grid.shape.slice(-2) : sizes;
    const area = matrixArea(sizes);
    return {
      part: "columns", area, title: reader.name || "columns", facts: `${partText(sizes, shape)} · a column for each window`,
      look: data.linesLook(area, reader, (_lead, index) => data.inBatch(index)),
      fit: this.fit("columns", sizes, (digits) => data.longest(reader, digits), room), first: [0, 0], axes: ["", "P"], testid: "slide-columns",
    };
  }

  /** @returns {{weights: SlidePicture, columns: SlidePicture, results: SlidePicture}} The same as one product of matrices. */
  matrices() {
    const { data } = this;
    const { model, windows, weight, output } = data;
    const [cells, outputs] = [product(model.kernel), product(model.outputs)];
    const start = Math.floor(windows.channel / model.outGroup) * model.outGroup;
    const leads = numbersFrom(model.outGroup, start);
    const rows = new SlideArea([0], false, [start, 0], [leads.length, model.inGroup * cells]);
    const results = new SlideArea([0], false, [start, 0], [leads.length, outputs]);
    const first = model.channelsOf(windows.channel)[0];
    const half = this.room * 0.42;
    return {
      weights: {
        part: "weights", area: rows, title: weight.name, facts: `${leads.length} × ${model.inGroup * cells} · a row for each kernel`,
        look: data.tensorLook(rows, weight, (_lead, [c, column]) => model.weightIndex(c, first + Math.floor(column / cells), unravel(column % cells, model.kernel))),
        fit: this.fit("weights", rows.sizes, (digits) => data.longest(weight, digits), half), first: [start, 0], axes: ["", ""], testid: "slide-weights",
      },
      columns: this.columns(data.columns, this.room * 0.56),
      results: {
        part: "results", area: results, title: output.name, facts: `${leads.length} × ${outputs} · a row for each channel${data.bias.grid ? " · bias added" : ""}`,
        look: data.tensorLook(results, output, (_lead, [c, column]) => data.outputIndex(c, unravel(column, model.outputs))),
        fit: this.fit("results", results.sizes, (digits) => data.longest(output, digits), this.room * 0.56), first: [start, 0], axes: ["", "P"], testid: "slide-results",
      },
    };
  }
}
