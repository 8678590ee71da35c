// The program as coloured lines that can only be read: in exported pages, and in the app until the editor is there.

import { node } from "./dom.js";
import { indentOf, lineParts, marksIn, programLines } from "./highlight.js";
import { inlineCode, kindWords } from "./messages.js";

/** @typedef {import("./highlight.js").Stretch} Stretch */

/** One line; it is drawn again only when its marks change: a program of hundreds keeps still while one steps. */
class ListedLine {
  /** @param {import("./highlight.js").ProgramLine} line @param {number} number From 1. */
  constructor(line, number) {
    this.line = line;
    this.number = number;
    this.key = "";
    this.text = node("code", {}, ...lineParts(line, []), "\n");
    this.element = node("div", { class: "te-line" }, node("span", { class: "te-number-column", "data-line": number }), this.text);
    this.element.style.setProperty("--te-indent", String(indentOf(line.text).hang));
  }

  /** @param {Span | null} span @returns {boolean} Whether it goes over this line. */
  within(span) {
    return span !== null && this.number >= span.line && this.number <= span.end_line;
  }

  /** @param {Stretch[]} marks @param {Span | null} current @param {Span | null} origin */
  show(marks, current, origin) {
    /** @param {Span | null} span */
    const covers = (span) => this.within(span);
    const look = [["te-line", true], ["te-now", covers(current)], ["te-made", covers(origin)]].filter(([, holds]) => holds).map(([name]) => name).join(" ");
    if (this.element.className !== look) this.element.className = look;
    const own = marksIn(this.line, marks);
    const key = own.map(({ from, to, name }) => `${from} ${to} ${name}`).join();
    if (key === this.key) return;
    this.key = key;
    this.text.replaceChildren(...lineParts(this.line, own), "\n");
  }
}

/** Lines of a long program are drawn together: blocks out of sight cost nothing, neither places nor paint. */
const BLOCK = 20;

/** @param {ListedLine[]} lines @returns {HTMLElement} */
function blockOf(lines) {
  const block = node("div", { class: "te-line-block" }, ...lines.map(({ element }) => element));
  block.style.setProperty("--te-lines", String(lines.length));
  return block;
}

export class Listing {
  constructor() {
    this.lines = node("pre", { class: "te-lines" });
    this.element = node("div", { class: "te-code-sheet" }, this.lines);
    /** @type {string | null} */
    this.source = null;
    /** @type {Failure | null} */
    this.error = null;
    /** @type {ListedLine[]} */
    this.drawn = [];
    /** @type {ListedLine[]} Those that have marks. */
    this.marked = [];
    /** @type {Element | null} The line that was brought in sight last: to look where it is makes the browser lay out. */
    this.revealed = null;
  }

  /**
   * @param {string} text @param {Stretch[]} marks @param {Span | null} current Of the step.
   * @param {Failure | null} error @param {Span | null} origin Of what the backward engine runs.
   */
  show(text, marks, current, error, origin) {
    if (text !== this.source || error !== this.error) this.build(text, error);
    const marked = this.drawn.filter((line) => line.within(current) || line.within(origin) || marksIn(line.line, marks).length > 0);
    for (const line of new Set([...this.marked, ...marked])) line.show(marks, current, origin);
    this.marked = marked;
  }

  /** Scroll the box, and nothing around it, so far that the line of the step is in sight. @param {HTMLElement} box */
  reveal(box) {
    const line = this.lines.querySelector(".te-made") ?? this.lines.querySelector(".te-now");
    if (!line || line === this.revealed) return;
    this.revealed = line;
    const [own, seen] = [line.getBoundingClientRect(), box.getBoundingClientRect()];
    if (own.top < seen.top || own.bottom > seen.bottom) box.scrollTop += (own.top + own.bottom - seen.top - seen.bottom) / 2;
  }

  /** @param {string} text @param {Failure | null} error Said beneath its line. */
  build(text, error) {
    this.source = text;
    this.error = error;
    this.revealed = null;
    this.marked = [];
    this.drawn = programLines(text).map((line, k) => new ListedLine(line, k + 1));
    this.lines.style.setProperty("--te-digits", `${String(this.drawn.length).length}ch`);
    const blocks = Array.from({ length: Math.ceil(this.drawn.length / BLOCK) }, (_, k) => blockOf(this.drawn.slice(k * BLOCK, (k + 1) * BLOCK)));
    this.lines.replaceChildren(...blocks);
    if (!error) return;
    const last = Math.min(Math.max(1, error.span.end_line), this.drawn.length);
    this.drawn[last - 1].element.after(
      node("div", { class: "te-line-message" }, node("b", {}, `${kindWords(error.kind)}: `), ...inlineCode(error.message)));
  }
}
