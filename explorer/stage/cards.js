// Tables beside a step: shapes aligned, arithmetic, who shares memory with whom.

import { node } from "./dom.js";
import { inlineCode } from "./messages.js";
import { patchChildren } from "./patch.js";

/** Columns that have room side by side also beside a graph. */
const NARROW = 4;
const TONE_WORDS = { plain: "", warning: "Check this", error: "Why it stopped" };

export class TableCards {
  /** @param {((source: string) => void) | undefined} onRun Runs a changed program; without it no fixes are offered. */
  constructor(onRun) {
    this.onRun = onRun;
    this.element = node("div", { class: "te-cards", hidden: true });
    this.key = "";
  }

  /** @param {Scene} scene @param {Frame} frame */
  show(scene, frame) {
    const tables = (frame.tables ?? []).map((number) => /** @type {TableData[]} */ (scene.tables)[number]);
    const key = JSON.stringify(tables);
    if (key === this.key) return;
    this.key = key;
    this.element.hidden = tables.length === 0;
    patchChildren(this.element, tables.map((table, number) => this.card(table, number)));
  }

  /** @param {TableData} table @param {number} number @returns {HTMLElement} */
  card(table, number) {
    const marked = new Set(table.marks.map(([row, column]) => `${row} ${column}`));
    const word = TONE_WORDS[table.tone];
    const title = node("span", { class: "te-card-title", id: `te-card-${number}` },
      word && node("span", { class: "te-card-tone" }, node("span", { class: "te-error-icon", "aria-hidden": "true" }, "!"), `${word}: `), ...inlineCode(table.title));
    const head = node("tr", { role: "row" }, ...table.header.map((text) => node("th", { scope: "col", role: "columnheader" }, ...inlineCode(text))));
    const body = table.rows.map((row, r) => node("tr", { role: "row" }, ...row.map((text, c) => cardCell(text, table.header[c], c === 0, marked.has(`${r} ${c}`)))));
    // roles are said: rows that are drawn as blocks lose those that they have by nature
    const grid = node("table", { role: "table", "data-wide": table.header.length > NARROW ? "true" : null, "aria-labelledby": `te-card-${number}` },
      node("thead", { role: "rowgroup" }, head), node("tbody", { role: "rowgroup" }, ...body));
    return node("section", { class: `te-table-card te-tone-${table.tone}`, "data-testid": `table-${number}`, "aria-labelledby": `te-card-${number}` },
      title, node("div", { class: "te-card-body" },
        node("div", { class: "te-card-scroll", tabindex: "0", role: "region", "aria-label": `Table: ${table.title.replaceAll("`", "")}` }, grid),
        node("div", { class: "te-card-words" }, table.note && node("p", {}, ...inlineCode(table.note)), this.fixes(table))));
  }

  /** @param {TableData} table @returns {HTMLElement | null} */
  fixes({ fixes }) {
    if (!this.onRun || fixes.length === 0) return null;
    return node("div", { class: "te-fixes", role: "group", "aria-label": "Changes" }, ...fixes.map(([label, source]) =>
      node("button", { type: "button", class: "te-button", onclick: () => this.onRun?.(source) }, node("code", {}, label))));
  }
}

/** @param {string} text @param {string} column Its header. @param {boolean} heads Whether it names its row. @param {boolean} marked @returns {HTMLElement} */
function cardCell(text, column, heads, marked) {
  const content = marked ? [node("mark", { class: "te-marked" }, ...inlineCode(text), node("span", { class: "te-hidden" }, " (marked)"))] : inlineCode(text);
  return heads ? node("th", { scope: "row", role: "rowheader" }, ...content) : node("td", { role: "cell", "data-column": column.replaceAll("`", "") }, ...content);
}
