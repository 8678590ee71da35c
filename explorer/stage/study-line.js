// The line of the program that a step is about, above the graph where the code itself stands far below it.

import { node, setAttribute, setText } from "./dom.js";
import { originAt } from "./insight.js";

export class StudyLine {
  constructor() {
    this.number = node("span", { class: "te-study-line-number" });
    this.before = node("span");
    this.marked = node("mark");
    this.after = node("span");
    this.element = node("code", { class: "te-study-line", "data-testid": "study-line" }, this.number, this.before, this.marked, this.after);
  }

  /** Show where a step is in the program: in backward where the node that runs was made. @param {Scene} scene @param {number} index */
  show(scene, index) {
    const origin = originAt(scene, index)?.span;
    const span = origin ?? scene.frames[index]?.span;
    setAttribute(this.element, "data-origin", origin ? "" : null);
    const text = span ? scene.source.split("\n")[span.line - 1] ?? "" : "";
    const indent = text.length - text.trimStart().length;
    const start = Math.max(indent, span?.column ?? 0);
    const end = span && span.end_line === span.line ? span.end_column : text.length;
    setText(this.number, span ? String(span.line) : "");
    setText(this.before, text.slice(indent, start));
    setText(this.marked, text.slice(start, end));
    setText(this.after, text.slice(end));
  }
}
