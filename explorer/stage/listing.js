// The program as coloured lines that can only be read: in exported pages, and in the app until the editor is there.

import { node } from "./dom.js";
import { codeLines } from "./highlight.js";
import { inlineCode, kindWords } from "./messages.js";

/** @typedef {import("./highlight.js").Stretch} Stretch */

export class Listing {
  constructor() {
    this.lines = node("pre", { class: "te-lines" });
    this.element = node("div", { class: "te-code-sheet" }, this.lines);
    this.key = "";
  }

  /**
   * @param {string} text @param {Stretch[]} marks @param {Span | null} current Of the step.
   * @param {Failure | null} error @param {Span | null} origin Of what the backward engine runs.
   */
  show(text, marks, current, error, origin) {
    const key = JSON.stringify([text, marks, error]);
    if (key === this.key) return;
    this.key = key;
    const lines = codeLines(text, marks);
    this.lines.style.setProperty("--te-digits", `${String(lines.length).length}ch`);
    this.lines.replaceChildren(...lines.map((parts, i) => {
      /** @param {Span | null} span */
      const covers = (span) => span !== null && i + 1 >= span.line && i + 1 <= span.end_line;
      const look = [["te-line", true], ["te-now", covers(current)], ["te-made", covers(origin)]].filter(([, holds]) => holds).map(([name]) => name);
      return node("div", { class: look.join(" ") }, node("span", { class: "te-number-column", "data-line": i + 1 }), node("code", {}, ...parts, "\n"));
    }));
    if (error) this.showMessage(error);
  }

  /** The message beneath its line. @param {Failure} error */
  showMessage(error) {
    const last = Math.max(1, error.span.end_line);
    this.lines.children[Math.min(last, this.lines.children.length) - 1]?.after(
      node("div", { class: "te-line-message" }, node("b", {}, `${kindWords(error.kind)}: `), ...inlineCode(error.message)));
  }
}
