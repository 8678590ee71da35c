// Python text as coloured spans, with marks laid over it. Light: a few token classes, no parser.

import { node } from "./dom.js";

const TOKENS = /(#[^\n]*)|((?:[rbfRBF]{1,2})?(?:'''[\s\S]*?(?:'''|$)|"""[\s\S]*?(?:"""|$)|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?))|\b(False|None|True|and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b|\b(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?j?)\b/g;
const CLASSES = ["", "te-comment", "te-string", "te-keyword", "te-number"];

/**
 * @typedef {{from: number, to: number, name: string}} Stretch Of the text; the end is exclusive.
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
 * The lines of a program, each a list of nodes.
 * @param {string} source
 * @param {Stretch[]} marks
 * @returns {Node[][]}
 */
export function codeLines(source, marks) {
  const stretches = [...tokens(source), ...marks];
  const cuts = new Set([0, source.length]);
  for (const { from, to } of stretches) cuts.add(from).add(to);
  for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) cuts.add(i).add(i + 1);
  const ordered = [...cuts].sort((a, b) => a - b);
  /** @type {Node[][]} */
  const lines = [[]];
  for (let k = 0; k + 1 < ordered.length; k += 1) {
    const [from, to] = [ordered[k], ordered[k + 1]];
    const text = source.slice(from, to);
    if (text === "\n") {
      lines.push([]);
      continue;
    }
    const names = stretches.filter((s) => s.from <= from && to <= s.to).map((s) => s.name);
    lines[lines.length - 1].push(names.length ? node("span", { class: names.join(" ") }, text) : document.createTextNode(text));
  }
  return lines;
}
