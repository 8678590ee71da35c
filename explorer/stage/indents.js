// How far lines of a program are indented: where they are wrapped, their rest keeps that.

import { Decoration, EditorView, StateField } from "./vendor/codemirror.js";
import { indentOf } from "./highlight.js";

/** @param {import("./vendor/codemirror.js").EditorState} state @returns {import("./vendor/codemirror.js").DecorationSet} */
function decorateIndents({ doc }) {
  const parts = [];
  for (let number = 1; number <= doc.lines; number += 1) {
    const { from, text } = doc.line(number);
    const { indent, hang } = indentOf(text);
    if (indent === 0) continue;
    parts.push(Decoration.line({ attributes: { style: `--te-indent: ${hang}` } }).range(from), Decoration.mark({ class: "te-indent" }).range(from, from + indent));
  }
  return Decoration.set(parts, true);
}

/** @returns {import("./vendor/codemirror.js").Extension} */
export function indentsField() {
  return StateField.define({
    create: decorateIndents,
    update: (/** @type {import("./vendor/codemirror.js").DecorationSet} */ set, transaction) => (transaction.docChanged ? decorateIndents(transaction.state) : set),
    provide: (field) => EditorView.decorations.from(field),
  });
}
