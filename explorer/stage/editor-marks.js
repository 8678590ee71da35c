// What is marked in the editor's text: the expression of the step, the places that called it, what is pointed at, and an
// error with its fixes. Marks move with the text while it is edited.

import { Decoration, EditorView, StateEffect, StateField, WidgetType } from "./vendor/codemirror.js";
import { node } from "./dom.js";
import { inlineCode, kindWords } from "./messages.js";

/**
 * Positions in the text of the editor; the end is exclusive.
 * @typedef {{from: number, to: number}} TextRange
 * @typedef {{current: TextRange | null, callers: TextRange[], pointed: TextRange | null, origin: TextRange | null,
 *   error: (TextRange & {failure: Failure}) | null}} EditorMarks
 */

class ErrorNote extends WidgetType {
  /** @param {Failure} failure @param {(source: string) => void} onFix */
  constructor(failure, onFix) {
    super();
    this.failure = failure;
    this.onFix = onFix;
  }

  /** @param {ErrorNote} other */
  eq(other) { return other.failure === this.failure; }

  toDOM() {
    const { kind, message, fixes, alignment } = this.failure;
    const buttons = fixes.map(([label, source], i) =>
      node("button", { type: "button", class: "te-button te-fix", "data-testid": `mark-fix-${i}`, "aria-label": `Fix: ${label}`, onclick: () => this.onFix(source) }, node("code", {}, label)));
    return node("div", { class: "te-note-below", "data-testid": "mark-error" }, node("div", { class: "te-note-box" },
      node("p", {}, node("b", {}, `${kindWords(kind)}: `), ...inlineCode(message)), alignment && node("pre", { class: "te-alignment" }, alignment),
      buttons.length > 0 && node("div", { class: "te-fixes", role: "group", "aria-label": "Fixes" }, node("span", { class: "te-muted", "aria-hidden": "true" }, "Fix:"), ...buttons)));
  }

  /** Its buttons act by themselves. */
  ignoreEvent() { return true; }
}

/** @type {import("./vendor/codemirror.js").StateEffectType<EditorMarks>} */
const placeMarks = StateEffect.define();

/**
 * @param {EditorMarks} marks @param {import("./vendor/codemirror.js").EditorState} state @param {(source: string) => void} onFix
 * @returns {import("./vendor/codemirror.js").DecorationSet}
 */
function decorate({ current, callers, pointed, origin, error }, state, onFix) {
  const { doc } = state;
  const parts = [];
  /** @param {TextRange} range @param {string} name */
  const stretch = ({ from, to }, name) => {
    if (from < to) parts.push(Decoration.mark({ class: name }).range(from, to));
  };
  /** @param {TextRange} range @param {string} name */
  const lines = ({ from, to }, name) => {
    for (let at = doc.lineAt(from); ; at = doc.line(at.number + 1)) {
      parts.push(Decoration.line({ class: name }).range(at.from));
      if (at.to >= to || at.number === doc.lines) break;
    }
  };
  if (origin) {
    lines(origin, "te-made");
    stretch(origin, "te-origin");
  }
  if (current) {
    lines(current, "te-now");
    stretch(current, "te-span");
  }
  for (const caller of callers) stretch(caller, "te-caller");
  if (pointed) stretch(pointed, "te-pointed");
  if (error) {
    const last = doc.lineAt(Math.max(error.from, error.to));
    stretch(error.from < error.to ? error : { from: last.from, to: last.to }, "te-wavy");
    parts.push(Decoration.widget({ widget: new ErrorNote(error.failure, onFix), block: true, side: 1 }).range(last.to));
  }
  return Decoration.set(parts, true);
}

/**
 * @param {(source: string) => void} onFix Takes the mended program.
 * @returns {import("./vendor/codemirror.js").Extension}
 */
export function marksField(onFix) {
  return StateField.define({
    create: () => Decoration.none,
    update: (/** @type {import("./vendor/codemirror.js").DecorationSet} */ set, transaction) => {
      let marks = transaction.docChanged ? set.map(transaction.changes) : set;
      for (const effect of transaction.effects) if (effect.is(placeMarks)) marks = decorate(effect.value, transaction.state, onFix);
      return marks;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** @param {EditorView} view @param {EditorMarks} marks */
export function showMarks(view, marks) {
  view.dispatch({ effects: placeMarks.of(marks) });
}

/**
 * Scroll the editor, and nothing around it, so far that a place is in sight: once the lines are measured, since wrapped
 * ones are higher.
 * @param {EditorView} view @param {number} position
 */
export function revealPlace(view, position) {
  view.requestMeasure({ key: revealPlace, read: () => scrollFor(view, position), write: (/** @type {number} */ top) => { view.scrollDOM.scrollTop = top; } });
}

/** @param {EditorView} view @param {number} position @returns {number} How far to be scrolled so that it is in sight. */
function scrollFor(view, position) {
  const { top, bottom } = view.lineBlockAt(Math.min(position, view.state.doc.length));
  const { scrollTop, clientHeight } = view.scrollDOM;
  const margin = view.documentPadding.top + 22;
  if (top < scrollTop) return Math.max(0, top - margin);
  return bottom + margin > scrollTop + clientHeight ? bottom + 2 * margin - clientHeight : scrollTop;
}
