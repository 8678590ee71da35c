// The formula of a result with the numbers of one cell: `out[0, 1] = Σₖ a[0, k] · b[k, 1] = 1·2 + 3·4 = 14`.

import { NEVER_WRITTEN, valueText } from "./describe.js";
import { bufferPositions, cellIndex, versionAt } from "./elements.js";
import { isFloating, numberAt } from "./format.js";
import { termsOf } from "./relation.js";

const MOST_WRITTEN = 8;
const MOST_NAMED = 3;
const LONG = 8;
const COMBINED = new Set(["sum", "product", "max", "min"]);

/**
 * What a cell holds, short enough for a sum: `rounded` when digits were left out.
 * @typedef {{text: string, value: number, rounded: boolean}} Factor
 *
 * `formula` for all cells, "" without; `lines`: the same with the numbers of one cell.
 * @typedef {{formula: string, lines: string[]}} Explanation
 */

/**
 * Put a cell's index in place of the index letters: only inside brackets, where a letter is no tensor's name.
 * @param {string} formula @param {readonly string[]} letters @param {readonly number[]} index
 * @returns {string}
 */
export function fillFormula(formula, letters, index) {
  let depth = 0;
  return formula.replace(/[\p{L}_][\p{L}\p{M}\p{N}_]*(?=(\s*[[(.])?)|[[\]]/gu, (token, call) => {
    if (token === "[") depth += 1;
    else if (token === "]") depth -= 1;
    else if (depth > 0 && !call && letters.includes(token)) return String(index[letters.indexOf(token)]);
    return token;
  });
}

export class Explainer {
  /**
   * @param {Scene} scene @param {import("./relation.js").Made} made
   * @param {(grid: GridData, cell: number) => string} nameOf `x[1, 2]`, as the current frame calls it.
   */
  constructor(scene, { relation, frame }, nameOf) {
    this.scene = scene;
    this.relation = relation;
    this.frame = frame;
    this.nameOf = nameOf;
    this.result = scene.grids[relation.result];
  }

  /** @param {number} cell Of the result's window. @returns {Explanation} */
  explain(cell) {
    const { relation } = this;
    const [from, to] = termsOf(relation, cell);
    const fits = relation.formula !== "" && relation.letters.length === this.result.shape.length;
    const filled = fits ? fillFormula(relation.formula, relation.letters, cellIndex(this.result, cell)) : "";
    const result = this.exact(this.result, cell, this.frame);
    const told = to > from && (filled !== "" || relation.operands.some((operand) => operand.cells[from] >= 0));
    const lines = !told ? [] : this.hasValues() ? this.lines(from, to, filled, result, cell) : [this.blank(from, to, filled, result, cell)];
    return { formula: relation.formula === filled ? "" : relation.formula, lines };
  }

  /** @returns {boolean} Whether there are numbers: on meta, and inside of a transform of torch.func, there are none. */
  hasValues() {
    return versionAt(this.scene.buffers[this.result.buffer], this.frame).values !== null;
  }

  /** @param {number} from @param {number} to @param {string} filled @param {string} result @param {number} cell @returns {string} Which cells it is made of, without their numbers. */
  blank(from, to, filled, result, cell) {
    if (filled) return `${filled}: ${result}`;
    const names = range(from, to).flatMap((term) => this.relation.operands.filter((operand) => operand.cells[term] >= 0).map((operand) => this.cellName(operand, term)));
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
    return `${this.nameOf(this.result, cell)}, from ${names.slice(0, MOST_NAMED).join(", ")}${more}: ${result}`;
  }

  /** @param {number} from @param {number} to @param {string} filled @param {string} result @param {number} cell @returns {string[]} */
  lines(from, to, filled, result, cell) {
    const { combination } = this.relation;
    const head = filled || this.nameOf(this.result, cell);
    const choices = this.choices(from, to);
    const sent = filled ? [] : this.sent(from, to);
    if (COMBINED.has(combination)) return [`${head} ${this.combined(from, to, result)}`, ...sent, choices && `since ${choices}`].filter(Boolean);
    if (combination === "depends") return [`${head}: ${this.dependence(from, to)}`];
    const single = this.single(from, result, filled);
    return choices ? [sent[0] ?? head, `${choices}, so${single.replace(/^ =/, "")}`] : [`${head}${single}`];
  }

  /**
   * What is written through an index: its formula counts what is sent, not the cells of the result.
   * @param {number} from @param {number} to @returns {string[]} `out[index[0][2]][2] += src[0][2]` for the first terms that are sent.
   */
  sent(from, to) {
    const { formula, operands } = this.relation;
    if (!formula) return [];
    const texts = range(from, to).map((term) => {
      const senders = operands.filter((operand) => operand.axes.length > 0 && operand.cells[term] >= 0);
      const places = senders.flatMap((operand) => cellIndex(this.scene.grids[operand.grid], operand.cells[term]));
      return senders.length > 0 ? fillFormula(formula, senders.flatMap((operand) => operand.axes), places) : "";
    });
    return texts.filter(Boolean).slice(0, MOST_NAMED);
  }

  /**
   * One term: its factors with their sign, or each with its name.
   * @param {number} term @param {string} result @param {string} filled The formula, or "". @returns {string}
   */
  single(term, result, filled) {
    const { relation } = this;
    const factors = this.factors(term);
    if (factors.length === 0) return ` = ${result}`;
    if (factors.length > 1 && relation.sign) return ` ${this.equation(factors.map((factor) => signed(factor.text)).join(spaced(relation.sign)), result, factors)}`;
    const taken = relation.operands.filter((operand) => operand.role === "value" && operand.cells[term] >= 0);
    const named = taken.map((operand) => this.named(operand, term)).join(", ");
    return factors.length === 1 && isPlain(filled) && this.copies(factors[0], result) ? ` = ${named}` : ` = ${result}, from ${named}`;
  }

  /** @param {Factor} factor @param {string} result @returns {boolean} Whether the result is what was read. */
  copies(factor, result) {
    return Object.is(factor.value, Number(result)) || factor.text === result;
  }

  /** @param {number} from @param {number} to @param {string} result @returns {string} `= 1·2 + 3·4 = 14`, long ones cut in the middle. */
  combined(from, to, result) {
    const { combination } = this.relation;
    const terms = writtenTerms(from, to);
    const factors = terms.map((term) => (term < 0 ? [] : this.termFactors(term)));
    const texts = terms.map((term, k) => (term < 0 ? `… ${-term} more …` : factors[k].map((factor) => signed(factor.text)).join(this.relation.sign || "·") || "?"));
    if (combination === "max" || combination === "min") return this.extreme(texts, factors.flat(), from, to, result);
    const text = texts.join(combination === "product" ? " · " : " + ");
    return this.agrees(from, to, Number(result)) ? this.equation(text, result, factors.flat()) : `= ${result}, from ${text.replaceAll(" + ", ", ")}`;
  }

  /**
   * Whether the terms alone, combined, are the result: those of a mean, or of a part that is not drawn, are not.
   * @param {number} from @param {number} to @param {number} result
   */
  agrees(from, to, result) {
    const sum = this.relation.combination === "sum";
    const valueOf = this.termValues();
    let [total, size] = [sum ? 0 : 1, 0];
    for (let term = from; term < to; term += 1) {
      const value = valueOf(term);
      total = sum ? total + value : total * value;
      size += Math.abs(value);
    }
    const room = isFloating(this.result.dtype) ? 2e-2 * (sum ? size : Math.abs(total)) : 0;
    return Number.isNaN(result) || Object.is(total, result) || Math.abs(total - result) <= room;
  }

  /** @returns {(term: number) => number} The value of a term: as torch computed it, or the product of its factors. */
  termValues() {
    const { terms, operands } = this.relation;
    if (terms) return (term) => terms[term];
    const factors = operands.filter((operand) => operand.role === "value").map(({ grid: id, cells }) => {
      const grid = this.scene.grids[id];
      const { values } = versionAt(this.scene.buffers[grid.buffer], this.frame - 1);
      return { cells, values, where: bufferPositions(grid) };
    });
    return (term) => factors.reduce((value, { cells, values, where }) => (cells[term] < 0 ? value : value * numberAt(values, where[cells[term]])), 1);
  }

  /**
   * @param {string[]} texts @param {Factor[]} factors @param {number} from @param {number} to @param {string} result
   * @returns {string} `= max(3, 7) = 7`; a result that is none of the values (where the largest is) is only said.
   */
  extreme(texts, factors, from, to, result) {
    const valueOf = this.termValues();
    const isPlace = /\barg(max|min|sort)\b/.test(this.relation.formula);
    const isOne = !isPlace && range(from, to).some((term) => Object.is(valueOf(term), Number(result)) || valueOf(term) === Number(result));
    if (!isOne) return `= ${result}, of ${texts.join(", ")}`;
    return `${this.equation(`${this.relation.combination}(${texts.join(", ")})`, result, factors)}${this.picked(from, to)}`;
  }

  /** @param {string} text @param {string} result @param {Factor[]} factors @returns {string} `= text = result`; `≈` where digits were left out. */
  equation(text, result, factors) {
    return factors.some((factor) => factor.rounded) ? `≈ ${text}; exactly ${result}` : `= ${text} = ${result}`;
  }

  /** @param {number} from @param {number} to @returns {string} Which of the cells a maximum or minimum took. */
  picked(from, to) {
    const { derivatives, operands } = this.relation;
    if (!derivatives) return "";
    const taken = range(from, to).filter((term) => derivatives[term] !== 0 && operands[0].cells[term] >= 0);
    if (taken.length === 0 || taken.length === to - from) return "";
    const names = taken.slice(0, MOST_NAMED).map((term) => this.cellName(operands[0], term));
    return `, taken from ${names.join(", ")}${taken.length > MOST_NAMED ? ` and ${taken.length - MOST_NAMED} more` : ""}`;
  }

  /** @param {number} from @param {number} to @returns {string} How many cells it depends on, and on which most. */
  dependence(from, to) {
    const { derivatives, operands } = this.relation;
    const count = range(from, to).reduce((sum, term) => sum + operands.filter((operand) => operand.cells[term] >= 0).length, 0);
    const known = derivatives ? range(from, to).filter((term) => derivatives[term] !== 0 && operands[0].cells[term] >= 0) : [];
    if (!derivatives || known.length === 0) return `depends on ${count} ${count === 1 ? "cell" : "cells"}`;
    const steepest = known.sort((a, b) => Math.abs(derivatives[b]) - Math.abs(derivatives[a])).slice(0, MOST_NAMED);
    const slopes = steepest.map((term) => `${this.cellName(operands[0], term)} (slope ${short(derivatives[term], true).text})`);
    return `depends on ${count} ${count === 1 ? "cell" : "cells"}, most on ${slopes.join(", ")}`;
  }

  /** @param {number} from @param {number} to @returns {string} What the index and mask cells of the terms say. */
  choices(from, to) {
    const choosing = this.relation.operands.filter((operand) => operand.role !== "value");
    if (choosing.length === 0) return "";
    const parts = range(from, to).flatMap((term) => choosing.filter((operand) => operand.cells[term] >= 0).map((operand) => this.named(operand, term)));
    const shown = parts.slice(0, MOST_NAMED);
    return shown.join(", ") + (parts.length > shown.length ? ` and ${parts.length - shown.length} more` : "");
  }

  /** @param {number} term @returns {Factor[]} The value that torch computed for it where there is only one factor, else its factors. */
  termFactors(term) {
    const factors = this.factors(term);
    const { terms, sign } = this.relation;
    if (!terms || (factors.length > 1 && sign)) return factors;
    return this.result.dtype.startsWith("complex") ? [] : [short(terms[term], isFloating(this.result.dtype))];
  }

  /** @param {number} term @returns {Factor[]} The values of its cells, as they were before the step. */
  factors(term) {
    return this.relation.operands.filter((operand) => operand.role === "value" && operand.cells[term] >= 0)
      .map((operand) => this.factor(this.scene.grids[operand.grid], operand.cells[term]));
  }

  /** @param {GridData} grid @param {number} cell @returns {Factor} */
  factor(grid, cell) {
    const text = this.exact(grid, cell, this.frame - 1);
    const { values } = versionAt(this.scene.buffers[grid.buffer], this.frame - 1);
    const value = numberAt(values, bufferPositions(grid)[cell]);
    if (!isFloating(grid.dtype) || text === NEVER_WRITTEN) return { text, value, rounded: false };
    return text.length > LONG ? short(value, true) : { text: text.replace(/\.0$/, ""), value, rounded: false };
  }

  /** @param {GridData} grid @param {number} cell @param {number} frame @returns {string} */
  exact(grid, cell, frame) {
    return valueText(this.scene, grid, cell, frame);
  }

  /** @param {RelationOperand} operand @param {number} term @returns {string} `x[1, 2]` */
  cellName(operand, term) {
    return this.nameOf(this.scene.grids[operand.grid], operand.cells[term]);
  }

  /** @param {RelationOperand} operand @param {number} term @returns {string} `x[1, 2] = 6`; of what was written over, that it was so before. */
  named(operand, term) {
    const value = this.exact(this.scene.grids[operand.grid], operand.cells[term], this.frame - 1);
    return `${this.cellName(operand, term)} = ${value}${operand.grid === this.relation.result ? " before" : ""}`;
  }

  /** @param {number} now Frame that is shown. @returns {boolean} Whether something that it read or wrote was written since. */
  outdated(now) {
    const ids = [this.relation.result, ...this.relation.operands.map((operand) => operand.grid)];
    return ids.some((id) => {
      const buffer = this.scene.buffers[this.scene.grids[id].buffer];
      const before = id === this.relation.result ? this.frame : this.frame - 1;
      return versionAt(buffer, Math.max(before, buffer.versions[0].frame)) !== versionAt(buffer, now);
    });
  }
}

/** @param {number} value @param {boolean} floating @returns {Factor} Four significant digits. */
export function short(value, floating) {
  if (!Number.isFinite(value)) return { text: String(value).toLowerCase().replace("infinity", "inf"), value, rounded: false };
  const exact = floating ? String(Number(value.toPrecision(7))) : String(value);
  const text = exact.length > LONG ? String(Number(value.toPrecision(4))) : exact;
  return { text, value, rounded: text !== exact };
}

/** @param {string} filled A formula, or "". @returns {boolean} Whether it only names a cell: √1 is 1, too, and no copy of it. */
function isPlain(filled) {
  return /^[^()^·+*−√-]*$/.test(filled.split(" = ").at(-1) ?? "");
}

/** @param {string} text @returns {string} With parentheses where a sign would follow a sign. */
export function signed(text) {
  return text.startsWith("-") ? `(${text})` : text;
}

/** @param {string} sign @returns {string} */
function spaced(sign) {
  return sign === "·" ? sign : ` ${sign} `;
}

/** @param {number} from @param {number} to @returns {number[]} */
function range(from, to) {
  return Array.from({ length: to - from }, (_, k) => from + k);
}

/** @param {number} from @param {number} to @returns {number[]} Terms to write; a negative number says how many are left out there. */
export function writtenTerms(from, to) {
  const count = to - from;
  if (count <= MOST_WRITTEN) return range(from, to);
  return [...range(from, from + MOST_WRITTEN - 3), -(count - MOST_WRITTEN + 1), ...range(to - 2, to)];
}
