// Python text as coloured spans, with marks laid over it. Light: a few token classes, no parser.

import { node } from "./dom.js";

const TOKENS = /(#[^\n]*)|((?:[rbfRBF]{1,2})?(?:'''[\s\S]*?(?:'''|$)|"""[\s\S]*?(?:"""|$)|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?))|\b(False|None|True|and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b|\b(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?j?)\b/g;
const CLASSES = ["", "te-comment", "te-string", "te-keyword", "te-number"];

/**
 * @typedef {{from: number, to: number, name: string}} Stretch Of the text; the end is exclusive.
 * @typedef {{from: number, text: string, tokens: Stretch[]}} ProgramLine Its text has no line break.
 */

/** @param {string} source @returns {Stretch[]} */
function tokens(source) {
  return [...source.matchAll(TOKENS)].map((match) => {
    const kind = [1, 2, 3, 4].find((k) => match[k] !== undefined) ?? 0;
    return { from: match.index, to: match.index + match[0].length, name: CLASSES[kind] };
  });
}

/**
 * Character positions of a span. Columns count characters as Python does; JavaScript strings count UTF-16 units.
 * @param {string} source @param {Span} span @param {string} name
 * @returns {Stretch}
 */
export function stretchOf(source, span, name) {
  const lines = source.split("\n");
  /** @param {number} line @param {number} column */
  const at = (line, column) => {
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    return Math.min(source.length, before + [...(lines[line - 1] ?? "")].slice(0, Math.max(0, column)).join("").length);
  };
  const from = at(span.line, span.column);
  return { from, to: Math.max(from, at(span.end_line, span.end_column)), name };
}

/**
 * The lines of a program with their tokens.
 * @param {string} source
 * @returns {ProgramLine[]}
 */
export function programLines(source) {
  const found = tokens(source);
  let from = 0;
  let next = 0;
  return source.split("\n").map((text) => {
    const line = { from, text, tokens: /** @type {Stretch[]} */ ([]) };
    const to = from + text.length;
    while (next < found.length && found[next].to <= from) next += 1;
    for (let k = next; k < found.length && found[k].from < to; k += 1) line.tokens.push(found[k]);
    from = to + 1;
    return line;
  });
}

/** Rows of a wrapped line leave room for words, however deep it is. */
const DEEPEST = 8;

/**
 * @param {string} text Of a line.
 * @returns {{indent: number, hang: number}} Its blanks in the beginning, and how far its further rows are indented.
 */
export function indentOf(text) {
  const indent = text.length - text.trimStart().length;
  return { indent, hang: Math.min(indent, DEEPEST) };
}

/**
 * What of the marks is in a line.
 * @param {ProgramLine} line @param {Stretch[]} marks
 * @returns {Stretch[]}
 */
export function marksIn({ from, text }, marks) {
  return marks.filter((mark) => mark.from < from + text.length && mark.to > from);
}

/**
 * A line as nodes.
 * @param {ProgramLine} line
 * @param {Stretch[]} marks
 * @returns {Node[]}
 */
export function lineParts(line, marks) {
  const end = line.from + line.text.length;
  const stretches = [...line.tokens, ...marks];
  const cuts = new Set([line.from, end]);
  for (const { from, to } of stretches) cuts.add(Math.max(line.from, from)).add(Math.min(end, to));
  const ordered = [...cuts].sort((a, b) => a - b);
  return ordered.slice(1).map((to, k) => {
    const from = ordered[k];
    const text = line.text.slice(from - line.from, to - line.from);
    const names = stretches.filter((stretch) => stretch.from <= from && to <= stretch.to).map(({ name }) => name);
    return names.length ? node("span", { class: names.join(" ") }, text) : document.createTextNode(text);
  });
}
