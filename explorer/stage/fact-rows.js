// A list of facts whose rows stay from step to step: only what changes is written.

import { node, setText } from "./dom.js";
import { inlineCode } from "./messages.js";

export class FactRows {
  /** @param {HTMLElement} list A `dl`. */
  constructor(list) {
    this.list = list;
    /** @type {{name: HTMLElement, value: HTMLElement, said: string}[]} */
    this.rows = [];
  }

  /** @param {readonly [string, string][]} facts Names and values; `code` stands in backticks. */
  show(facts) {
    for (const { name, value } of this.rows.splice(facts.length)) {
      name.remove();
      value.remove();
    }
    facts.forEach(([name, value], k) => this.write(this.rows[k] ?? this.add(), name, value));
  }

  /** @returns {FactRows["rows"][number]} A new row, at the end. */
  add() {
    const row = { name: node("dt"), value: node("dd"), said: "" };
    this.rows.push(row);
    this.list.append(row.name, row.value);
    return row;
  }

  /** @param {FactRows["rows"][number]} row @param {string} name @param {string} value */
  write(row, name, value) {
    setText(row.name, name);
    if (value === row.said) return;
    row.said = value;
    row.value.replaceChildren(...inlineCode(value));
  }
}
