// The program's panel: the editor (or lines that can only be read), what state the text is in, and what was printed.

import { copyButton } from "./copy.js";
import { node, setAttribute, setText } from "./dom.js";
import { DraftStore } from "./drafts.js";
import { stretchOf } from "./highlight.js";
import { Listing } from "./listing.js";
import { Submissions } from "./submissions.js";

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
/** @param {string} what @returns {string} The state of the text, and how to run it where there are keys. */
const withKeys = (what) => (matchMedia("(hover: none)").matches ? what : `${what} · ${APPLE ? "⌘" : "Ctrl"} Enter runs`);
const EDITOR_HINT = "Tab goes on until you move the caret or type; then it indents. To leave with Tab then, press Escape first. Control or Command with Enter runs the program; with a full stop it goes to the fix of an error.";

export class CodePanel {
  /** @param {MountOptions} options @param {boolean} linked Whether the address holds the program. */
  constructor(options, linked) {
    this.options = options;
    this.linked = linked;
    /** The program of the page. */
    this.source = "";
    /** The program that the marks belong to: the page's, or one that is shown for a moment. */
    this.shown = "";
    this.submissions = new Submissions();
    /** @type {string[]} */
    this.tensors = [];
    /** @type {Failure | null} */
    this.error = null;
    this.printed = "";
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {Span | null} */
    this.pointed = null;
    /** @type {Span | null} */
    this.origin = null;
    /** @type {import("./editor.js").ProgramEditor | null} */
    this.editor = null;
    /** @type {Promise<void> | null} */
    this.loading = null;
    this.page = location.pathname;
    /** Whether the line of the step may be out of sight. */
    this.unseen = false;
    this.drafts = new DraftStore(this.page);
    this.listing = new Listing();
    this.element = this.build();
  }

  /** @returns {HTMLElement} */
  build() {
    const { options: { editable }, linked } = this;
    this.run = node("button", { type: "button", class: "te-button te-primary", "data-testid": "run", hidden: true, onclick: () => this.submit() }, "Run");
    this.revert = node("button", { type: "button", class: "te-button", hidden: true, onclick: () => this.reset() }, "Revert");
    this.state = node("span", { class: "te-program-state", role: "status", "data-testid": "program-state" });
    this.note = node("div", { class: "te-program-note", role: "status", "data-testid": "program-note", hidden: true });
    // the address holds the program, the step, the colouring and the device
    this.link = linked ? copyButton("Copy link", () => location.href) : null;
    this.box = node("div", { class: "te-code-box", tabindex: "0", role: "region", "aria-label": "Program" }, this.listing.element);
    this.output = node("pre", { class: "te-output", tabindex: "0", role: "region", "aria-label": "Output" });
    this.outputBox = node("div", { class: "te-output-box", hidden: true }, node("h4", {}, "Output"), this.output);
    return node("section", { class: "te-program", "aria-label": "Program and output" },
      node("div", { class: "te-panel-head" }, node("span", { class: "te-program-title" }, node("h3", {}, "Program"), this.state),
        node("span", { class: "te-actions" }, editable && this.revert, editable && this.run, this.link, copyButton("Copy", () => this.draft()))),
      this.note, this.box, this.outputBox);
  }

  /** Put the editor in place of the lines, once they are drawn: it takes a moment to load. */
  load() {
    if (!this.options.editable || this.loading) return;
    this.loading = new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      .then(() => import("./editor.js"))
      .then(({ ProgramEditor }) => this.open(ProgramEditor), () => { this.loading = null; }); // no connection: the next scene tries again
  }

  /** @param {typeof import("./editor.js").ProgramEditor} Editor */
  open(Editor) {
    if (!this.element.isConnected) {
      this.loading = null;
      return;
    }
    const focused = /** @type {ShadowRoot | Document} */ (this.element.getRootNode()).activeElement === this.box;
    const hint = node("span", { class: "te-hidden", id: "te-editor-hint" }, EDITOR_HINT);
    const parent = node("div", { class: "te-editor" }, hint);
    const tooltips = node("div", { class: "te-tooltips" });
    this.element.closest(".te-stage")?.append(tooltips);
    this.box.before(parent);
    this.editor = new Editor({
      page: this.page, parent, tooltips, text: this.submissions.base, describedBy: hint.id, names: this.options.names, tensors: () => this.tensors,
      onInput: () => this.typed(), onRun: () => this.submit(), onFix: (source) => this.fix(source),
    });
    // Streamlit's own shortcuts (r, c) do not see into the shadow root
    parent.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.stopPropagation());
    this.box.remove();
    if (focused) this.editor.focus();
    this.offerDraft();
    this.refresh(true);
  }

  /** A draft of this program that an earlier visit left comes back; one of another program is offered. */
  offerDraft() {
    const kept = this.drafts.read();
    if (!kept || kept.text === this.draft()) return;
    if (kept.base === this.source) {
      this.editor?.put(kept.text);
      this.say("Your unsaved draft is back.", ["Discard", () => this.reset()]);
    } else this.say("There is an unsaved draft of another program.", ["Show it", () => this.editor?.put(kept.text)], ["Discard", () => this.drafts.keep(null)]);
  }

  /**
   * A quiet note above the text; what is chosen in it, or closing it, ends it.
   * @param {string} text @param {...[string, () => void]} actions
   */
  say(text, ...actions) {
    const buttons = actions.map(([label, act]) => node("button", { type: "button", class: "te-link", onclick: () => { this.hush(); act(); } }, label));
    this.note.replaceChildren(node("span", {}, text), ...buttons, node("button", { type: "button", class: "te-link te-close", "aria-label": "Close", onclick: () => this.hush() }, "×"));
    this.note.hidden = false;
  }

  hush() { this.note.hidden = true; }

  /** @returns {string} What is written now. */
  draft() { return this.editor ? this.editor.text : this.submissions.base; }

  /** @returns {boolean} Whether something is written that the page does not have. */
  get dirty() { return this.editor !== null && this.editor.covered === null && this.editor.text !== this.source; }

  typed() {
    this.keep();
    this.refresh();
  }

  /** @param {boolean} [ran] Whether the page has a program now that was sent to it. */
  keep(ran = false) {
    if (!this.editor) return; // what an earlier visit left is not read yet
    if (this.dirty) this.drafts.keep({ base: this.source, text: this.draft() });
    else if (this.note.hidden && ran) this.drafts.settle();
    else if (this.note.hidden) this.drafts.keep(null);
  }

  submit() {
    const text = this.draft();
    this.hush();
    this.submissions.send(text, this.source);
    this.editor?.settle();
    this.refresh();
    this.options.onRun?.(text);
  }

  focus() {
    if (this.editor) this.editor.focus();
    else this.box.focus();
  }

  reset() {
    this.editor?.put(this.source);
    this.editor?.focus();
  }

  /** @param {string} source The program, mended; what was typed since it failed stays if it can. */
  fix(source) {
    this.takeProgram(source);
    this.editor?.focus();
    this.submit();
  }

  /** @param {string} source Changed elsewhere: by a chip, a fix, the browser's history. */
  takeProgram(source) {
    const before = this.submissions.base;
    const draft = this.draft();
    this.submissions.base = source;
    if (this.editor && source !== before && !this.editor.rebase(before, source))
      this.say("The program changed where you had unsaved edits.", ["Bring them back", () => this.editor?.put(draft)]);
  }

  /**
   * Take a new scene's program. What is typed and not run stays.
   * @param {Scene} scene
   * @param {boolean} [passing] It is shown for a moment: a form's field is being typed in, and not left yet.
   */
  setScene(scene, passing = false) {
    const source = scene.source.replace(/\r\n?/g, "\n");
    if (!passing) {
      this.editor?.uncover();
      if (this.submissions.isNews(source)) this.takeProgram(source);
      this.source = source;
    } else if (!this.dirty) this.editor?.cover(source);
    this.shown = source;
    this.error = scene.error;
    this.frame = null;
    this.pointed = null;
    this.origin = null;
    this.tensors = [...new Set(scene.frames.flatMap((frame) => frame.names.map(([name]) => name)))];
    this.outputBox.hidden = scene.output === "";
    this.printed = scene.output;
    setText(this.output, scene.output);
    if (!passing) this.keep(true);
    if (this.editor) this.editor.marked = "";
    this.sayState(); // the marks of the new program come with its step
    this.load();
  }

  /**
   * @param {Frame | null} frame @param {Span | null} pointed Of the hovered grid.
   * @param {Span | null} origin Of the expression that made what the backward engine runs.
   */
  mark(frame, pointed, origin) {
    const moved = frame !== this.frame;
    if (moved) this.showPrinted(frame?.printed ?? [0, 0]);
    this.frame = frame;
    this.pointed = pointed;
    this.origin = origin;
    this.showMarks(moved);
  }

  /** Light what was printed at the step. @param {[number, number]} place In characters, as Python counts them. */
  showPrinted([from, to]) {
    if (!this.printed) return;
    const characters = [...this.printed];
    const parts = [characters.slice(0, from), characters.slice(from, to), characters.slice(to)].map((part) => part.join(""));
    this.output.replaceChildren(parts[0], parts[1] && node("mark", { class: "te-span" }, parts[1]), parts[2]);
  }

  /** @param {boolean} [anew] Whether the marks are of another scene. */
  refresh(anew = false) {
    this.sayState();
    if (anew && this.editor) this.editor.marked = "";
    this.showMarks(anew);
  }

  /** Whether something is typed that was not run. */
  sayState() {
    if (!this.options.editable) return;
    const { dirty } = this;
    const running = this.submissions.waiting && this.draft() === this.submissions.base;
    this.run.hidden = !dirty;
    this.revert.hidden = !dirty || running;
    if (this.link) this.link.hidden = dirty; // it would leave out what is typed
    setAttribute(this.element, "data-dirty", dirty ? "true" : null);
    setText(this.state, running ? "running…" : withKeys(dirty ? "edited" : "edit it here"));
  }

  /** @param {boolean} follow Whether the step's expression shall come in sight. */
  showMarks(follow) {
    const { shown, error, frame, pointed, origin } = this;
    /** @param {Span} span @param {string} name */
    const at = (span, name) => stretchOf(shown, span, name);
    const current = frame?.span ? at(frame.span, "te-span") : null;
    const callers = (frame?.callers ?? []).map((span) => at(span, "te-caller"));
    const under = pointed ? at(pointed, "te-pointed") : null;
    const made = origin ? at(origin, "te-origin") : null;
    const wrong = error ? { ...at(error.span, "te-wavy"), failure: error } : null;
    if (this.editor) this.editor.mark({ current, callers, pointed: under, origin: made, error: wrong }, shown, this.submissions.base, follow);
    else this.unseen ||= follow;
    if (!this.editor) this.listing.show(shown, [...callers, current, made, under, wrong].filter((stretch) => stretch !== null), frame?.span ?? null, error, origin);
  }

  /** Bring the line of the step in sight: asked for when all is written, since places are read. */
  reveal() {
    if (this.unseen && !this.editor) this.listing.reveal(this.box);
    this.unseen = false;
  }

  destroy() {
    this.drafts.destroy();
    this.editor?.destroy(this.submissions.base);
  }
}
