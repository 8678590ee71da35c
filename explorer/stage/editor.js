// The program in CodeMirror: typing, history, and changes that come from elsewhere. What the page shows around it is
// code.js.

import { acceptCompletion, autocompletion, bracketMatching, ChangeSet, closeBrackets, closeBracketsKeymap, closeCompletion, completionStatus, defaultKeymap, EditorState, EditorView, history, historyField, historyKeymap, indentLess, indentMore, indentOnInput, indentUnit, isolateHistory, keymap, lineNumbers, placeholder, Prec, pythonLanguage, selectedCompletion, syntaxHighlighting, tooltips, Transaction } from "./vendor/codemirror.js";
import { completionSource } from "./completion.js";
import { editorColours, editorTheme } from "./editor-theme.js";
import { indentsField } from "./indents.js";
import { marksField, revealPlace, showMarks } from "./editor-marks.js";
import { textChanges } from "./merge.js";
import { NameTable } from "./names.js";
import { namesCame, signatureHelp } from "./signature.js";

const STAY_LEAVING = 8000;
/** @type {import("./editor-marks.js").EditorMarks} */
const NO_MARKS = { current: null, callers: [], pointed: null, origin: null, error: null };

/** @type {Map<string, {json: object, base: string}>} Editors that are gone, by page: one that takes their place goes on with their history. */
const departed = new Map();

/**
 * What the editor needs of the panel around it.
 * @typedef {{page: string, parent: HTMLElement, tooltips: HTMLElement, text: string, describedBy: string, names: string | undefined,
 *   tensors: () => string[], onInput: () => void, onRun: () => void, onFix: (source: string) => void}} EditorHost
 */

export class ProgramEditor {
  /** @param {EditorHost} host */
  constructor(host) {
    this.host = host;
    /** Whether a change that is being made comes from elsewhere. */
    this.foreign = false;
    /** Whether it got the focus by a click. */
    this.clicked = false;
    /** @type {string | null} The text under one that is only shown for a moment. */
    this.covered = null;
    this.marked = "";
    const before = departed.get(host.page);
    const extensions = this.extensions();
    this.view = new EditorView({
      parent: host.parent,
      root: /** @type {ShadowRoot | Document} */ (host.parent.getRootNode()),
      state: before ? EditorState.fromJSON(before.json, { extensions }, { historyField }) : EditorState.create({ doc: host.text, extensions }),
    });
    const base = before?.base ?? host.text;
    /** What was typed since the program was last sent or taken. */
    this.unsaved = ChangeSet.of(textChanges(base, this.text), base.length);
    this.rebase(base, host.text);
  }

  /** @returns {import("./vendor/codemirror.js").Extension[]} */
  extensions() {
    const { host } = this;
    const names = new NameTable(host.names, host.tensors, () => this.view.dispatch({ effects: namesCame.of(null) }));
    return [
      Prec.highest(keymap.of([
        { key: "Mod-Enter", run: (view) => { closeCompletion(view); host.onRun(); return true; } },
        { key: "Enter", run: leaveWholeWord },
        { key: "Mod-.", run: focusFix },
        { key: "Escape", run: letTabLeave },
        { key: "Tab", run: acceptCompletion },
      ])),
      lineNumbers(), history(), indentOnInput(), indentUnit.of("    "), bracketMatching(), closeBrackets(), pythonLanguage,
      syntaxHighlighting(editorColours), editorTheme, placeholder("x = torch.arange(24).view(4, 6)"),
      autocompletion({ override: [completionSource(names)], icons: false, maxRenderedOptions: 60 }),
      signatureHelp(names), marksField(host.onFix), indentsField(), tooltips({ parent: host.tooltips }),
      keymap.of([...closeBracketsKeymap, ...historyKeymap, { key: "Tab", run: indentHere, shift: indentLess }, ...defaultKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "Program", "aria-describedby": host.describedBy, "data-testid": "program", tabindex: "0", spellcheck: "false", autocorrect: "off", autocapitalize: "off", translate: "no" }),
      EditorView.domEventHandlers({
        focus: (event, view) => {
          void names.load();
          // who comes from elsewhere on the page may only pass through: Tab goes on until something is moved or typed
          if (event.relatedTarget && !this.clicked) view.setTabFocusMode(true);
        },
        mousedown: (_, view) => {
          this.clicked = true;
          view.setTabFocusMode(false);
        },
        blur: () => { this.clicked = false; },
      }),
      EditorView.updateListener.of((update) => {
        if (update.transactions.some((made) => made.isUserEvent("select") || made.isUserEvent("input") || made.isUserEvent("delete"))) update.view.setTabFocusMode(false);
        if (update.docChanged) this.changed(update.changes);
      }),
    ];
  }

  /** @param {import("./vendor/codemirror.js").ChangeSet} changes */
  changed(changes) {
    if (this.foreign) return;
    this.unsaved = this.unsaved.compose(changes);
    this.covered = null; // typed over what was only shown: then it is meant
    this.host.onInput();
  }

  /** @returns {string} */
  get text() { return this.view.state.doc.toString(); }

  /** What stands here is what the page has, or was sent to it. */
  settle() { this.unsaved = ChangeSet.empty(this.view.state.doc.length); }

  /**
   * @param {import("./vendor/codemirror.js").TransactionSpec["changes"]} changes @param {boolean} undoable
   */
  apply(changes, undoable) {
    this.foreign = true;
    const annotations = undoable ? [isolateHistory.of("full")] : [Transaction.addToHistory.of(false)];
    this.view.dispatch({ changes, annotations });
    this.foreign = false;
  }

  /** Type a text as a whole; undo takes it back. @param {string} text */
  put(text) {
    this.view.dispatch({ changes: textChanges(this.text, text), annotations: isolateHistory.of("full"), userEvent: "input.paste" });
  }

  /**
   * Take a program that was changed elsewhere. What is typed and not run stays, where the change does not touch it.
   * @param {string} before The program that was typed over. @param {string} after
   * @returns {boolean} False when what was typed had to go (undo brings it back).
   */
  rebase(before, after) {
    const changes = ChangeSet.of(textChanges(before, after), before.length);
    if (this.text === before) this.settle();
    else if (this.clashes(changes)) {
      this.apply(textChanges(this.text, after), true);
      this.settle();
      return false;
    }
    const mapped = changes.map(this.unsaved);
    this.unsaved = this.unsaved.map(changes, true);
    this.apply(mapped, true);
    if (this.text === after) this.settle();
    return true;
  }

  /** @param {import("./vendor/codemirror.js").ChangeSet} changes @returns {boolean} Whether they touch what was typed. */
  clashes(changes) {
    let touched = false;
    this.unsaved.iterChangedRanges((from, to) => { touched ||= Boolean(changes.touchesRange(from, to)); });
    return touched;
  }

  /** Show a program for a moment, without a trace in the history. @param {string} text */
  cover(text) {
    const under = this.covered ?? this.text;
    this.apply(textChanges(this.text, text), false);
    this.covered = under;
  }

  /** Show again what is under a program that was shown for a moment. */
  uncover() {
    if (this.covered === null) return;
    this.apply(textChanges(this.text, this.covered), false);
    this.covered = null;
  }

  /**
   * @param {import("./editor-marks.js").EditorMarks} marks @param {string} source The program that they are places in.
   * @param {string} base The program that was typed over.
   * @param {boolean} follow Whether to scroll to the expression of the step.
   */
  mark(marks, source, base, follow) {
    const direct = this.text === source;
    const placed = direct || source === base ? marks : NO_MARKS;
    const key = JSON.stringify(placed);
    if (key === this.marked) return;
    this.marked = key;
    const moved = {
      current: this.moved(placed.current, direct), pointed: this.moved(placed.pointed, direct), origin: this.moved(placed.origin, direct), error: this.moved(placed.error, direct),
      callers: placed.callers.map((caller) => this.moved(caller, direct)).filter((caller) => caller !== null),
    };
    showMarks(this.view, moved);
    const place = moved.origin ?? moved.current;
    if (follow && place && !this.view.hasFocus) revealPlace(this.view, place.from);
  }

  /**
   * Where a place of the program is in what is typed over it; null when it was overwritten.
   * @template {import("./editor-marks.js").TextRange} R
   * @param {R | null} range @param {boolean} direct Whether nothing is typed over.
   * @returns {R | null}
   */
  moved(range, direct) {
    if (!range || direct) return range;
    const [from, to] = [this.unsaved.mapPos(range.from, 1), this.unsaved.mapPos(range.to, -1)];
    return from < to || range.from === range.to ? { ...range, from, to: Math.max(from, to) } : null;
  }

  focus() { this.view.focus(); }

  /** @param {string} base The program that was typed over. */
  destroy(base) {
    this.uncover();
    departed.set(this.host.page, { json: this.view.state.toJSON({ historyField }), base });
    this.view.destroy();
  }
}

/** Enter after a word that is complete ends the line. @param {EditorView} view @returns {boolean} */
function leaveWholeWord(view) {
  if (completionStatus(view.state) !== "active") return false;
  const { head } = view.state.selection.main;
  const word = /\w*$/.exec(view.state.sliceDoc(Math.max(0, head - 80), head))?.[0];
  if (selectedCompletion(view.state)?.label === word) closeCompletion(view);
  return false;
}

/** @param {EditorView} view @returns {boolean} */
function focusFix(view) {
  const fix = /** @type {HTMLElement | null} */ (view.dom.querySelector(".te-fix"));
  fix?.focus();
  return fix !== null;
}

/** After Escape, Tab leaves the editor instead of indenting. @param {EditorView} view @returns {boolean} */
function letTabLeave(view) {
  if (completionStatus(view.state) !== null) return false;
  view.setTabFocusMode(STAY_LEAVING);
  return true;
}

/** Up to the next column of four; of selected lines, or at the start of a line, all. @param {EditorView} view @returns {boolean} */
function indentHere(view) {
  const { main } = view.state.selection;
  const line = view.state.doc.lineAt(main.head);
  const before = line.text.slice(0, main.head - line.from);
  if (!main.empty || before.trim() === "") return indentMore(view);
  view.dispatch(view.state.replaceSelection(" ".repeat(4 - (before.length % 4))), { userEvent: "input" });
  return true;
}
