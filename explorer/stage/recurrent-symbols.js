// Letters of shapes (L, N, H_in …): what they are worth, and marks that light up together wherever one stands.

import { node, setAttribute } from "./dom.js";
import { countText } from "./format.js";

/** What torch's letters mean. @type {Record<string, string>} */
const SYMBOL_WORDS = {
  L: "time steps", steps: "steps of all items together", N: "sequences in the batch", H_in: "input_size", H_out: "hidden_size, or proj_size",
  H_cell: "hidden_size", H: "hidden_size", D: "directions", num_layers: "stacked layers",
};
const SYMBOL_ORDER = ["L", "N", "H_in", "H", "H_cell", "H_out", "D", "num_layers"];
const IDENTIFIER = /[A-Za-z_]\w*/g;
const OPERAND = /[A-Za-z_]\w*|\d[\d,]*/g;

/** @param {string} axis @returns {string[]} Its letters: `D·num_layers` has two. */
export function symbolsOf(axis) { return axis.match(IDENTIFIER) ?? []; }

/** @param {string} axis @param {Map<string, number>} known @returns {{rest: string[], worth: number}} Letters whose worth is not known, and the product of the rest. */
function factored(axis, known) {
  const rest = [];
  let worth = 1;
  for (const factor of axis.split("·").map((part) => part.trim())) {
    const value = /^\d+$/.test(factor) ? Number(factor) : known.get(factor);
    if (value === undefined) rest.push(factor);
    else worth *= value;
  }
  return { rest, worth };
}

/** @param {readonly NamedShapeData[]} shapes @param {RecurrentStopData | undefined} stop @returns {Map<string, number>} What each letter is worth, in their usual order. */
export function symbolValues(shapes, stop) {
  /** @type {Map<string, number>} */
  const known = new Map();
  const used = new Set(shapes.flatMap(({ axes }) => axes.flatMap(symbolsOf)));
  if (stop && used.has("D")) known.set("D", stop.directions);
  if (stop && used.has("num_layers")) known.set("num_layers", stop.layers);
  for (let more = true; more;) {
    more = false;
    for (const { axes, shape } of shapes) {
      axes.forEach((axis, d) => {
        const { rest, worth } = factored(axis, known);
        if (rest.length !== 1 || worth === 0) return;
        known.set(rest[0], shape[d] / worth);
        more = true;
      });
    }
  }
  const rank = (/** @type {string} */ name) => (SYMBOL_ORDER.includes(name) ? SYMBOL_ORDER.indexOf(name) : SYMBOL_ORDER.length);
  return new Map([...known].sort(([one], [other]) => rank(one) - rank(other)));
}

/** @param {string} symbol @returns {string} */
export function symbolWords(symbol) { return SYMBOL_WORDS[symbol] ?? ""; }

/** A text with the places of its letters and numbers. @param {string} text @returns {{text: string, operand: boolean}[]} */
function piecesOf(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(OPERAND)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index), operand: false });
    found.push({ text: match[0], operand: true });
    at = match.index + match[0].length;
  }
  return at < text.length ? [...found, { text: text.slice(at), operand: false }] : found;
}

/** Marks of letters: those of one letter light together. */
export class SymbolLights {
  constructor() {
    /** @type {Map<string, Set<Element>>} */
    this.marks = new Map();
    this.pinned = "";
    this.hovered = "";
  }

  clear() {
    this.marks.clear();
  }

  /** @param {string} text @param {readonly string[]} symbols Whose lights it has. @returns {HTMLElement} */
  mark(text, symbols) {
    const mark = node("span", { class: "te-rcp-symbol", "data-symbols": symbols.join(" ") }, text);
    this.join(mark, symbols);
    return mark;
  }

  /** @param {Element} element @param {readonly string[]} symbols */
  join(element, symbols) {
    for (const symbol of symbols) this.marks.set(symbol, (this.marks.get(symbol) ?? new Set()).add(element));
  }

  /** @param {string} axis @returns {(Node | string)[]} `D·num_layers`, each letter a mark. */
  axis(axis) {
    return piecesOf(axis).map(({ text, operand }) => (operand && symbolsOf(text).length ? this.mark(text, [text]) : text));
  }

  /** @param {string} formula In symbols, in numbers, and what comes out. @returns {(Node | string)[]} */
  formula(formula) {
    const [letters, numbers, ...result] = formula.split(" = ");
    const pieces = piecesOf(letters);
    if (numbers === undefined || result.length === 0) return [formula];
    const operands = pieces.filter(({ operand }) => operand);
    const values = piecesOf(numbers);
    const paired = values.filter(({ operand }) => operand).length === operands.length;
    let k = 0;
    const worths = values.map(({ text, operand }) => {
      const symbol = operand && paired ? operands[k++].text : "";
      return symbolsOf(symbol).length ? this.mark(text, [symbol]) : text;
    });
    return [...this.axis(letters), " = ", ...worths, " = ", node("b", {}, result.join(" = "))];
  }

  /** @param {Element} root In which letters are pointed at. */
  listen(root) {
    root.addEventListener("pointerover", (event) => this.hover(symbolAt(event.target)));
    root.addEventListener("pointerleave", () => this.hover(""));
    root.addEventListener("focusin", (event) => this.hover(symbolAt(event.target)));
    root.addEventListener("focusout", () => this.hover(""));
  }

  /** @param {string} symbols */
  hover(symbols) {
    if (symbols === this.hovered) return;
    this.hovered = symbols;
    this.show();
  }

  /** @param {string} symbol The same again lets it go. */
  pin(symbol) {
    this.pinned = this.pinned === symbol ? "" : symbol;
    this.show();
  }

  show() {
    const lit = new Set((this.hovered || this.pinned).split(" ").filter(Boolean));
    const on = new Set([...this.marks].flatMap(([symbol, elements]) => (lit.has(symbol) ? [...elements] : [])));
    for (const elements of this.marks.values()) for (const element of elements) setAttribute(element, "data-lit", on.has(element) ? "true" : null);
  }

  /** @param {Map<string, number>} values @returns {HTMLElement[]} A button for each letter. */
  chips(values) {
    return [...values].map(([symbol, value]) => {
      const chip = node("button", { type: "button", class: "te-rcp-chip", "data-symbols": symbol, "data-testid": `rec-symbol-${symbol}`, onclick: () => this.pin(symbol) },
        node("b", {}, symbol), ` = ${countText(value)} `, node("span", { class: "te-muted" }, symbolWords(symbol)));
      this.join(chip, [symbol]);
      return chip;
    });
  }
}

/** @param {EventTarget | null} target @returns {string} */
function symbolAt(target) {
  return target instanceof Element ? target.closest("[data-symbols]")?.getAttribute("data-symbols") ?? "" : "";
}
