// Beside the picture: what to see in this case, and the picture beside torch's own numbers.

import { node, setChildren } from "./dom.js";
import { shortNumber } from "./format.js";
import { inlineCode } from "./messages.js";

export class RecurrentNotes {
  constructor() {
    this.element = node("div", { class: "te-rcp-notes" });
  }

  /** @param {Scene} _scene @param {RecurrentData} recurrent */
  update(_scene, { remarks, checks }) {
    setChildren(this.element, [...remarksBox(remarks), ...checksBox(checks)]);
    this.element.hidden = this.element.childElementCount === 0;
  }
}

/** @param {readonly string[]} remarks @returns {HTMLElement[]} */
function remarksBox(remarks) {
  return remarks.length ? [node("section", { class: "te-rcp-remarks", "aria-label": "Remarks", "data-testid": "rec-remarks" }, ...remarks.map((remark) => node("p", {}, ...inlineCode(remark))))] : [];
}

/** @param {readonly CheckData[]} checks @returns {HTMLElement[]} */
function checksBox(checks) {
  const lines = checks.map(({ what, difference, largest, note }) => node("p", {}, node("b", {}, what), `: difference ${shortNumber(difference, 3)}`,
    node("span", { class: "te-muted" }, `, where the largest value is ${shortNumber(largest)}${note ? `. ${note}` : ""}`)));
  return lines.length ? [node("section", { class: "te-rcp-checks", "aria-label": "Checked against torch", "data-testid": "rec-checks" },
    node("h3", {}, "Checked against torch, over all steps, layers, directions and items"), ...lines)] : [];
}
