// What is said around the panels: errors, notes, an empty stage, the sentence of the step, the colour legend.

import { node, setChildren, setText } from "./dom.js";
import { floatText, isFloating } from "./format.js";
import { patchChildren } from "./patch.js";

/** @type {Record<string, string>} What to call the kinds that are no exception of torch or Python. */
const KIND_WORDS = { policy: "Not available here", syntax: "Not Python", limit: "Too much asked", stopped: "Stopped", interrupted: "Stopped", internal: "Explorer's own fault" };

/** @param {string} kind @returns {string} What people read for the kind of an error. */
export function kindWords(kind) {
  return KIND_WORDS[kind] ?? kind;
}

/**
 * @param {Failure} error
 * @param {((source: string) => void) | undefined} onRun Runs a mended program; without it no fixes are offered.
 * @param {boolean} tabled Whether a table beside the step shows the shapes lined up.
 * @returns {HTMLElement}
 */
export function errorBox(error, onRun, tabled) {
  const fixes = onRun ? error.fixes : [];
  return node("div", { class: "te-error", role: "alert", "data-testid": "error" },
    node("div", { class: "te-error-kind" }, node("span", { class: "te-error-icon", "aria-hidden": "true" }, "!"), node("b", {}, kindWords(error.kind)),
      error.kind !== "internal" && node("span", { class: "te-error-line" }, `line ${error.span.line}`)),
    node("p", { class: "te-error-message" }, ...inlineCode(error.message)),
    error.alignment && !tabled && node("pre", { class: "te-alignment" }, error.alignment),
    error.hint && node("p", { class: "te-error-hint" }, node("b", {}, "Try: "), ...inlineCode(error.hint)),
    fixes.length > 0 && node("div", { class: "te-fixes", role: "group", "aria-label": "Fixes" },
      ...fixes.map(([label, source], i) => node("button", { type: "button", class: "te-button", "data-testid": `fix-${i}`, onclick: () => onRun?.(source) }, node("code", {}, label)))));
}

/** @param {string} note @returns {HTMLElement} */
export function noteBox(note) {
  return node("p", { class: "te-notice" }, note);
}

/** @type {Record<string, string>} A line that a lens has something to show of. */
const SHOWN_LINES = {
  convolution: "y = nn.Conv2d(1, 2, 3)(torch.rand(1, 1, 6, 6))",
  normalization: "y = nn.BatchNorm1d(4)(torch.randn(8, 4))",
  recurrent: "output, h_n = nn.GRU(3, 4)(torch.randn(6, 1, 3))",
};

/** @param {boolean} editable @param {boolean} printed @param {boolean} failed Whether the program did not come to its end. @param {string} lens @returns {HTMLElement} */
export function emptyStage(editable, printed, failed, lens) {
  if (failed) return node("div", { class: "te-empty" }, node("p", { class: "te-empty-title" }, "There is no picture: the program stopped before there was one."));
  const where = editable ? "Type one in the program below, for example" : "A program like this has some:";
  return node("div", { class: "te-empty" },
    node("p", { class: "te-empty-title" }, printed ? "This program prints, but keeps no tensors to draw." : "No tensors yet."),
    node("p", {}, `${where} `, node("code", {}, SHOWN_LINES[lens] ?? "x = torch.arange(24).view(4, 6)")));
}

/**
 * Text with `code` in backticks.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function inlineCode(text) {
  return text.split("`").map((part, i) => (i % 2 ? node("code", {}, part) : part));
}

/** Sentences of all steps in one place: as high as the longest, so that nothing jumps when stepping. */
export class Sentences {
  constructor() {
    this.sized = node("div", { class: "te-sentences-sized" });
    this.inside = node("ol", {});
    this.summary = node("summary", {});
    this.details = node("details", { class: "te-inside", "data-testid": "inside" }, this.summary, this.inside);
    this.element = node("div", { class: "te-sentences" }, this.sized, this.details);
  }

  /** @param {Frame[]} frames */
  setFrames(frames) {
    const sized = [...frames].sort((a, b) => textLength(b) - textLength(a)).slice(0, 3);
    this.current = new Sentence();
    this.sized.replaceChildren(...sized.map((frame) => shadowOf(frame)), this.current.element);
  }

  /** @param {Frame} frame */
  show(frame) {
    this.current?.show(frame);
    const lines = frame.details ?? [];
    this.details.hidden = lines.length === 0;
    setText(this.summary, `Inside: ${lines.length} ${lines.length === 1 ? "call" : "calls"} of torch`);
    this.inside.replaceChildren(...lines.map((line) => node("li", {}, node("code", {}, line))));
  }
}

/** @param {Frame} frame @returns {number} */
function textLength(frame) {
  return (frame.where ?? "").length + frame.sentence.length + frame.why.length;
}

/** What is said of a step; what the next one says too stays. */
class Sentence {
  constructor() {
    this.element = node("div", { class: "te-sentence" });
    /** Paragraphs, and what each says. @type {[HTMLElement, string][]} */
    this.parts = [[node("p", { class: "te-where", "data-testid": "where" }), ""], [node("p", { class: "te-what" }), ""], [node("p", { class: "te-why" }), ""]];
  }

  /** @param {Frame} frame */
  show({ where, sentence, why }) {
    [where ?? "", sentence, why].forEach((text, k) => {
      const [paragraph, said] = this.parts[k];
      if (text !== said) patchChildren(paragraph, inlineCode(text));
      this.parts[k][1] = text;
    });
    setChildren(this.element, this.parts.filter(([, said], k) => k === 1 || said !== "").map(([paragraph]) => paragraph));
  }
}

/** @param {Frame} frame @returns {HTMLElement} Its sentence, unseen: it keeps the room. */
function shadowOf(frame) {
  const sentence = new Sentence();
  sentence.show(frame);
  for (const [paragraph] of sentence.parts) paragraph.removeAttribute("data-testid");
  sentence.element.classList.add("te-shadow");
  sentence.element.setAttribute("aria-hidden", "true");
  return sentence.element;
}

/**
 * A bar from the smallest to the largest value; nothing unless colouring by value.
 * @param {import("./scales.js").ColourScale} scale @param {Scene} scene
 * @returns {HTMLElement | null}
 */
export function legend(scale, scene) {
  if (scale.mode !== "value" || scale.range.empty) return null;
  const floating = scene.grids.some((grid) => isFloating(grid.dtype));
  /** @param {number} value */
  const text = (value) => (floating ? floatText(value, 3) : String(value));
  const { low, high, signed } = scale.range;
  const bar = node("span", { class: "te-legend-bar", "aria-hidden": "true" });
  bar.style.background = scale.gradient();
  if (signed && high > 0) {
    const zero = node("i", { class: "te-legend-zero" });
    zero.style.left = `${(100 * -low) / (high - low)}%`;
    bar.append(zero);
  }
  const complex = scene.grids.some((grid) => grid.dtype.startsWith("complex"));
  return node("span", { class: "te-legend", title: "One scale for all tensors" }, text(low), bar, text(high),
    complex && node("span", { "data-testid": "legend-complex" }, "complex: colour is the magnitude, the hand points to the phase"));
}
