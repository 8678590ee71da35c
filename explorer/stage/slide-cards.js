// Cards beside the result: the sum with its numbers, the arithmetic of the sizes, and the check against the module.

import { node } from "./dom.js";
import { countText, noValueText, plural, product } from "./format.js";
import { plainText, addendText } from "./slide-values.js";
import { flatOf } from "./slide-data.js";
import { EXTREMES, indexed, rangeWords } from "./slide-words.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

const MOST_TERMS = 8;

/** @param {SlideData} data @returns {string} What made the result: `nn.Conv2d`. */
export function makerName({ scene }) {
  const text = scene.layers?.stops[scene.layers.opened]?.layer ?? "";
  const name = text.split("(")[0].trim();
  return /^[A-Z]\w+$/.test(name) ? `nn.${name}` : name || "the module";
}

/** @param {SlideData} data @param {number} p @returns {(Node | string)[][]} Lines of the sum that makes a cell of the result. */
export function formulaLines(data, p) {
  const { windows, model, output, bias } = data;
  const { products } = windows;
  const index = data.outputIndex(windows.channel, model.outputAt(p));
  const result = node("b", { "data-testid": "slide-result" }, output.has(index) ? resultText(data, index) : noValueText(output.grid?.device));
  if (windows.operation === "unfold") return [[`column ${p} of ${output.name}: ${plural(model.inGroup * product(model.kernel), "cell")} of the window, of channel ${windows.channel}`]];
  const name = indexed(output.name, index);
  if (!products.partial) return [[`${name} = `, result]];
  const own = Array.prototype.slice.call(products.partial, p * model.inGroup, (p + 1) * model.inGroup);
  if (windows.operation === "max") return [[`${name} = max = `, result], ...chosenLines(data, p)];
  const hidden = own.length > MOST_TERMS ? ` … (${own.length} channels)` : "";
  const sum = own.length > 1 || windows.operation === "convolution" || windows.operation === "transposed" ? own.slice(0, MOST_TERMS).map((term, i) => (i ? addendText(term) : plainText(term))).join(" ") + hidden : plainText(own[0]);
  const added = bias.grid ? ` ${addendText(bias.at([windows.channel]))} (bias)` : "";
  const lines = [[`${name} = ${wrapped(data, sum, p)}${added}`], ["= ", result, ` from ${makerName(data)}`]];
  if (own.length > 1 && products.total) lines.splice(1, 0, [`sum over ${plural(own.length, "channel")}: ${plainText(products.total[p])}${bias.grid ? ", before the bias" : ""}`]);
  return lines;
}

/** @param {SlideData} data @param {number} p @returns {string[][]} Where the largest cell of the window is. */
function chosenLines(data, p) {
  const { model, windows, indices } = data;
  const { chosen } = windows.products;
  if (!chosen || chosen[p] < 0) return [];
  const o = model.outputAt(p);
  const cell = model.windowOf(o).find(({ k }) => flatOf(k, model.kernel) === chosen[p]);
  const source = cell ? model.sourceOf(cell.at) : [];
  if (!source.length) return [];
  const place = source.map((i, d) => rangeWords(model.dims[d].name, i, i)).join(", ");
  const index = data.outputIndex(windows.channel, o);
  const told = indices.has(index) ? `: ${indexed(indices.name, index)} = ${indices.exact(index)}` : `: index ${flatOf(source, model.dims.map(({ size }) => size))}`;
  return [[`at ${place}${told}`]];
}

/** @param {SlideData} data @param {readonly number[]} index @returns {string} A cell of the result, of complex numbers both parts. */
function resultText({ output }, index) {
  return output.grid?.dtype.startsWith("complex") ? output.exact(index) : plainText(output.at(index));
}

/** @param {SlideData} data @param {string} sum @param {number} p @returns {string} */
function wrapped({ windows: { operation, products, norm }, model, output }, sum, p) {
  const counted = products.divisors?.[p];
  const cut = output.grid?.dtype.includes("int") ? ", cut off to a whole number" : "";
  if (operation === "mean" && counted !== undefined) return `${sum} / ${plainText(counted)}${cut}`;
  if (operation !== "power") return sum;
  if (EXTREMES[norm]) return `the ${EXTREMES[norm]} |cell|`;
  const cells = product(model.kernel);
  return counted === undefined || counted === cells ? `(${sum})^(1/${norm})` : `(${sum} · ${cells} / ${plainText(counted)})^(1/${norm})`;
}

/** @param {SlideData} data @param {number} p @returns {(Node | string)[][]} What a cell of the result sends back. */
export function backwardLines(data, p) {
  const { windows, model, outputGradient, biasGradient, output } = data;
  const index = data.outputIndex(windows.channel, model.outputAt(p));
  const gradient = node("b", { "data-testid": "slide-gradient" }, outputGradient.has(index) ? plainText(outputGradient.at(index)) : "none");
  const words = windows.operation === "max" ? "all of it goes to the cell that was the largest"
    : windows.operation === "fold" || windows.operation === "unfold" ? "it goes back to each cell that it was made of"
      : data.weight.grid ? "each cell of the window gets gradient · weight, each weight gradient · cell" : "each cell of the window gets its share";
  const lines = [[`∂L/∂${indexed(output.name, index)} = `, gradient], [words]];
  if (biasGradient.grid) lines.push([`${biasGradient.name}[${windows.channel}]: `, node("b", {}, plainText(biasGradient.at([windows.channel])))]);
  return lines;
}

/** @param {SlideData} data @returns {(Node | string)[][]} A line for dimensions with the same numbers, and what the floor leaves out. */
export function sizeLines({ model }) {
  /** @type {Map<string, {names: string[], formula: string, remark: string}>} */
  const found = new Map();
  for (const { name, formula, remark } of model.dims) {
    const same = found.get(`${formula} ${remark}`) ?? { names: [], formula, remark };
    found.set(`${formula} ${remark}`, { ...same, names: [...same.names, name] });
  }
  return [...found.values()].flatMap(({ names, formula, remark }) => [[node("b", {}, `${names.join(", ")}: `), formula], ...(remark ? [[node("span", { class: "te-muted" }, remark)]] : [])]);
}

/** @param {SlideData} data @param {boolean} back @returns {(Node | string)[][]} */
export function checkLines(data, back) {
  const checks = data.windows.checks.filter(({ what }) => what.endsWith("gradient") === back);
  const every = `, the largest over all ${countText(product(data.output.grid?.shape ?? []))} cells, whose largest value is `;
  return checks.map(({ what, difference, largest, note }) => [
    node("b", {}, what), `: difference ${plainText(difference)}`,
    node("span", { class: "te-muted" }, `${what === "output" && !note.includes("Compared: ") ? every : ", where the largest value is "}${plainText(largest)}`, note ? `. ${note}` : ""),
  ]);
}

/** Cards in a column; each is written again only when its text changes. */
export class SlideCards {
  constructor() {
    this.formula = this.card("Formula", "slide-formula", "te-slide-formula");
    this.sizes = this.card("Size", "slide-sizes", "");
    this.checks = this.card("Checked against torch", "slide-checks", "");
    this.notes = this.card("Notes", "slide-notes", "");
    /** @type {SlideData | null} What the cards other than the formula tell of. */
    this.data = null;
    this.back = false;
    this.element = node("div", { class: "te-slide-cards" }, ...[this.formula, this.sizes, this.checks, this.notes].map(({ box }) => box));
  }

  /** @param {string} title @param {string} testid @param {string} name */
  card(title, testid, name) {
    const lines = node("div", { class: "te-slide-lines" });
    return { box: node("section", { class: `te-slide-card ${name}`, "aria-label": title, "data-testid": testid }, node("h4", {}, title), lines), lines };
  }

  /** @param {SlideData} data @param {number} p @param {boolean} back */
  show(data, p, back) {
    fillCard(this.formula, back ? backwardLines(data, p) : formulaLines(data, p));
    if (data === this.data && back === this.back) return;
    this.data = data;
    this.back = back;
    fillCard(this.sizes, sizeLines(data));
    fillCard(this.checks, checkLines(data, back));
    fillCard(this.notes, data.windows.notes.map((note) => [note]));
  }
}

/** @param {{box: HTMLElement, lines: HTMLElement}} card @param {(Node | string)[][]} lines */
function fillCard({ box, lines: place }, lines) {
  box.hidden = lines.length === 0;
  const made = lines.map((parts) => node("p", {}, ...parts));
  const text = made.map((line) => line.textContent).join("\n");
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.replaceChildren(...made);
}
