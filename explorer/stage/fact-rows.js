// A list of facts whose rows stay from step to step: only what changes is written.

import { node, setChildren, setText } from "./dom.js";
import { inlineCode } from "./messages.js";
import { patchChildren } from "./patch.js";

/** @typedef {{name: HTMLElement, value: HTMLElement, said: string}} FactRow */

export class FactRows {
  /** @param {HTMLElement} list A `dl`. */
  constructor(list) {
    this.list = list;
    /** @type {FactRow[]} */
    this.rows = [];
  }

  /** @param {readonly [string, string][]} facts Names and values; `code` stands in backticks. A fact that comes between others moves them, and they stay as they are. */
  show(facts) {
    const left = [...this.rows];
    this.rows = facts.map(([name, value]) => {
      const known = left.findIndex((row) => row.name.textContent === name);
      const row = left.splice(known, known < 0 ? 0 : 1)[0] ?? { name: node("dt", {}, name), value: node("dd"), said: "" };
      return writeFact(row, value);
    });
    setChildren(this.list, this.rows.flatMap(({ name, value }) => [name, value]));
  }
}

/** @param {FactRow} row @param {string} value @returns {FactRow} The same. */
function writeFact(row, value) {
  if (value === row.said) return row;
  row.said = value;
  if (value.includes("`")) patchChildren(row.value, inlineCode(value));
  else setText(row.value, value);
  return row;
}
