// What lights up when a cell is pointed at: the same fact in the input, the kernels, the products, the results and the matrices.

import { product, unravel } from "./format.js";
import { flatOf } from "./slide-data.js";
import { laterCells } from "./slide-later.js";
import { numbersFrom } from "./slide-model.js";
import { UNMARKED } from "./slide-paint.js";
import { fedWords, indexed, inputWords, minusText, reachWords, weightWords } from "./slide-words.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */
/** @typedef {import("./slide-panel.js").SlidePanel} SlidePanel */
/** @typedef {"lit" | "used" | "fed"} LightTone */

/**
 * One thing that lights up: of a channel (null: of all), at an index; `k`: the cell of the kernel that reads it there.
 * @typedef {{lead: number | null, at: readonly number[], tone: LightTone, k?: readonly number[]}} Lamp
 *
 * What is lit of each kind of panel, and what is said about it.
 * @typedef {{inputs: Lamp[], kernels: Lamp[], products: Lamp[], outputs: Lamp[], words: string}} SlideLight
 */

/** @type {SlideLight} */
export const DARK = { inputs: [], kernels: [], products: [], outputs: [], words: "" };

/** @param {SlideData} data @param {number} p Position. @param {number} ch @param {readonly number[]} at @returns {SlideLight} */
function inputLight(data, p, ch, at) {
  const { model } = data;
  const fed = model.fedBy(at);
  const kernels = new Map(fed.map(({ k }) => [k.join(" "), k]));
  const here = model.outputAt(p).join();
  return {
    inputs: model.sameAs(at).map((one) => ({ lead: ch, at: one, tone: "lit" })),
    kernels: [...kernels.values()].map((k) => ({ lead: ch, at: k, tone: "used" })),
    products: fed.filter(({ o }) => o.join() === here).map(({ k }) => ({ lead: ch, at: k, tone: "used" })),
    outputs: model.readersOfChannel(ch).flatMap((c) => fed.map(({ o }) => ({ lead: c, at: o, tone: /** @type {LightTone} */ ("fed") }))),
    words: [inputWords(data, ch, at), fedWords(data, ch, at)].filter(Boolean).join(" · "),
  };
}

/** @param {SlideData} data @param {number} p Position. @param {number} c @param {readonly number[]} o @returns {SlideLight} */
function outputLight(data, p, c, o) {
  const { model, windows, output } = data;
  const cells = model.windowOf(o);
  const leads = model.channelsOf(c);
  const own = model.channelsOf(windows.channel).join() === leads.join();
  const index = data.outputIndex(c, o);
  const name = windows.operation === "unfold" ? `column ${flatOf(o, model.outputs)}` : `${indexed(output.name, index)} = ${minusText(output.exact(index))}`;
  const chosen = data.indices.grid ? ` · index ${data.indices.exact(index)} of the input's ${data.model.dims.length === 1 ? "row" : "plane"}` : "";
  return {
    inputs: leads.flatMap((lead) => cells.map(({ at, k }) => ({ lead, at, k, tone: /** @type {LightTone} */ ("used") }))),
    kernels: own ? cells.map(({ k }) => ({ lead: null, at: k, tone: "used" })) : [],
    products: own && model.positionOf(o) === p ? cells.map(({ k }) => ({ lead: null, at: k, tone: "used" })) : [],
    outputs: [{ lead: c, at: o, tone: "lit" }],
    words: `${name} · reads ${reachWords(data, o)}${leads.length > 1 ? ` of ${leads.length} channels` : ""}${chosen} · click to go there`,
  };
}

/** @param {SlideData} data @param {number} ch @param {readonly number[]} k @returns {SlideLight} A cell of the kernel of the channel in focus. */
function kernelLight(data, ch, k) {
  const { model, windows } = data;
  const { at, o } = model.usesOf(k);
  const read = at.filter((one) => model.kindAt(one) === 0).length;
  return {
    inputs: at.map((one) => ({ lead: ch, at: one, tone: "used" })),
    kernels: [{ lead: ch, at: k, tone: "lit" }],
    products: [{ lead: ch, at: k, tone: "used" }],
    outputs: o.map((one) => ({ lead: windows.channel, at: one, tone: "fed" })),
    words: `${weightWords(data, windows.channel, ch, k)} · takes part in ${o.length} of ${model.outputs.join(" × ")} outputs, with ${read} cells of the input`,
  };
}

/** @param {SlideData} data @param {number} p @param {number} ch @param {readonly number[]} k @returns {SlideLight} A product of the window at a position. */
function productLight(data, p, ch, k) {
  const { model, windows } = data;
  const o = model.outputAt(p);
  const cell = model.windowOf(o).find((one) => flatOf(one.k, model.kernel) === flatOf(k, model.kernel));
  if (!cell) return { ...DARK, words: "the window has no such cell" };
  const term = windows.products.terms?.[model.termsAt(p, ch) + flatOf(k, model.kernel)];
  const factors = [inputWords(data, ch, cell.at), ...(data.weight.grid ? [weightWords(data, windows.channel, ch, k)] : [])].join(" times ");
  return {
    inputs: model.sameAs(cell.at).map((at) => ({ lead: ch, at, k, tone: "used" })),
    kernels: [{ lead: ch, at: k, tone: "used" }],
    products: [{ lead: ch, at: k, tone: "lit" }],
    outputs: [{ lead: windows.channel, at: o, tone: "fed" }],
    words: data.weight.grid && term !== undefined ? `${factors} is ${minusText(term)}` : factors,
  };
}

/**
 * @param {SlideData} data @param {number} p Position of the timeline. @param {SlidePanel} panel @param {number} cell
 * @returns {SlideLight}
 */
export function lightOf(data, p, { picture }, cell) {
  if (!picture || cell < 0 || cell >= picture.area.count) return DARK;
  const { part, area } = picture;
  const { model } = data;
  const [lead, index] = [area.leadAt(cell), area.indexAt(cell)];
  const size = product(model.kernel);
  const kernelAt = (/** @type {number} */ flat) => unravel(flat % size, model.kernel);
  const first = model.channelsOf(data.windows.channel)[0];
  if (part === "input") return inputLight(data, p, lead, index);
  if (part === "kernel") return kernelLight(data, lead, index);
  if (part === "product" || part === "patch") return productLight(data, p, lead, index);
  if (part === "output") return outputLight(data, p, lead, index);
  if (part === "results") return outputLight(data, p, index[0], unravel(index[1], model.outputs));
  if (part === "weights") return { ...kernelLight(data, first + Math.floor(index[1] / size), kernelAt(index[1])),
    outputs: model.usesOf(kernelAt(index[1])).o.map((at) => ({ lead: index[0], at, tone: "fed" })) };
  if (data.windows.operation === "fold") return foldLight(data, Math.floor(index[0] / size), kernelAt(index[0]), index[1]);
  return columnLight(data, Math.floor(index[0] / size), kernelAt(index[0]), unravel(index[1], model.outputs));
}

/** @param {SlideData} data @param {number} ch @param {readonly number[]} k @param {readonly number[]} o @returns {SlideLight} A cell of the unfolded input. */
function columnLight(data, ch, k, o) {
  const { model } = data;
  const tap = model.windowOf(o).find((one) => flatOf(one.k, model.kernel) === flatOf(k, model.kernel));
  if (!tap) return DARK;
  return {
    inputs: model.sameAs(tap.at).map((at) => ({ lead: ch, at, tone: "lit" })),
    kernels: [{ lead: ch, at: k, tone: "used" }],
    products: [],
    outputs: [{ lead: null, at: o, tone: "fed" }],
    words: `column ${flatOf(o, model.outputs)}, row ${ch * product(model.kernel) + flatOf(k, model.kernel)}: ${inputWords(data, ch, tap.at)}`,
  };
}

/** @param {SlideData} data @param {number} ch @param {readonly number[]} k @param {number} column @returns {SlideLight} A cell of the columns that are folded: the one output that it is added to. */
function foldLight(data, ch, k, column) {
  const { model, input } = data;
  const row = ch * product(model.kernel) + flatOf(k, model.kernel);
  const index = data.inBatch([row, column]);
  const at = unravel(column, data.foldSizes).map((cell, d) => Array.from(model.dims[d].source).indexOf(cell));
  const fed = model.readersAt(at).filter((one) => flatOf(one.k, model.kernel) === flatOf(k, model.kernel));
  const to = fed.length ? `is added to ${indexed(data.output.name, data.outputIndex(ch, fed[0].o))}` : "falls on the padding: it is left out";
  return {
    inputs: [{ lead: ch, at, k, tone: "lit" }], kernels: [], products: [],
    outputs: fed.map(({ o }) => ({ lead: ch, at: o, tone: "fed" })), words: `${indexed(input.name, index)} = ${minusText(input.exact(index))} · ${to}`,
  };
}

/**
 * The cells of a panel that are marked.
 * @param {SlideData} data @param {number} p Position of the timeline. @param {SlidePanel} panel @param {SlideLight} light
 * @returns {import("./slide-paint.js").SlideMarks}
 */
export function marksFor(data, p, panel, light) {
  /** @type {{window: number[], lit: number[], used: number[], fed: number[], later: Int32Array}} */
  const marks = { window: [], lit: [], used: [], fed: [], later: UNMARKED.later };
  const { picture } = panel;
  if (!picture) return marks;
  markPosition(data, p, picture, marks);
  for (const lamp of lampsOf(data, picture.part, light)) for (const cell of placesOf(data, picture, lamp)) marks[lamp.tone].push(cell);
  return { ...marks, lit: [...new Set(marks.lit)], used: [...new Set(marks.used)], fed: [...new Set(marks.fed)] };
}

/** @param {SlideData} data @param {import("./slide-panel.js").PanelPart} part @param {SlideLight} light @returns {Lamp[]} */
function lampsOf({ windows }, part, { inputs, kernels, products, outputs }) {
  if (part === "input" || (part === "columns" && windows.operation === "fold")) return inputs;
  if (part === "kernel" || part === "weights") return kernels;
  if (part === "product" || part === "patch") return products;
  return outputs;
}

/** @param {SlideData} data @param {import("./slide-panel.js").SlidePicture} picture @param {Lamp} lamp @returns {number[]} */
function placesOf(data, { part, area }, { lead, at, k }) {
  const { model, windows } = data;
  if (part === "results") return area.cellsOf(0, [lead ?? windows.channel, flatOf(at, model.outputs)]);
  if (part === "columns") {
    if (windows.operation === "fold") return foldPlaces(data, area, lead ?? windows.channel, at, k ?? []);
    const column = flatOf(at, model.outputs);
    return numbersFrom(area.spatial[0]).flatMap((row) => area.cellsOf(0, [row, column]));
  }
  if (part !== "weights") return area.cellsOf(lead, at);
  const size = product(model.kernel);
  const leads = lead === null ? numbersFrom(model.inGroup) : [lead % model.inGroup];
  return leads.flatMap((row) => area.cellsOf(0, [windows.channel, row * size + flatOf(at, model.kernel)]));
}

/**
 * @param {SlideData} data @param {import("./slide-area.js").SlideArea} area Of the columns that are folded. @param {number} ch
 * @param {readonly number[]} at @param {readonly number[]} k @returns {number[]}
 */
function foldPlaces({ model, foldSizes }, area, ch, at, k) {
  const source = model.sourceOf(at);
  return source.length ? area.cellsOf(0, [ch * product(model.kernel) + flatOf(k, model.kernel), flatOf(source, foldSizes)]) : [];
}

/**
 * @param {SlideData} data @param {number} p @param {import("./slide-panel.js").SlidePicture} picture
 * @param {{window: number[], later: Int32Array}} marks Those of the position itself.
 */
function markPosition(data, p, { part, area }, marks) {
  const { model, windows } = data;
  const o = model.outputAt(p);
  if (part === "input") marks.window = model.reachOf(o).flatMap(({ at }) => area.cellsOf(null, at));
  else if (part === "output") {
    marks.window = area.cellsOf(windows.channel, o);
    marks.later = laterCells(model, area, p);
  } else if (part === "columns" && windows.operation === "fold") {
    marks.window = model.windowOf(o).flatMap(({ at, k }) => foldPlaces(data, area, windows.channel, at, k));
  } else if (part === "columns" || part === "results") {
    const column = flatOf(o, model.outputs);
    const size = product(model.kernel);
    const rows = part === "results" ? [windows.channel] : numbersFrom(model.inGroup * size, model.channelsOf(windows.channel)[0] * size);
    marks.window = rows.flatMap((row) => area.cellsOf(0, [row, column]));
  } else if (part === "weights") marks.window = numbersFrom(area.spatial[1]).flatMap((column) => area.cellsOf(0, [windows.channel, column]));
  else if ((part === "product" || part === "patch") && windows.products.chosen) {
    const chosen = unravel(windows.products.chosen[p], model.kernel);
    marks.window = area.cellsOf(null, chosen);
  }
}
