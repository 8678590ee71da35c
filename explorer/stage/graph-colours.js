// Colours of the graph, read from the page's style sheet, so that canvases and panels agree.

import { node } from "./dom.js";

/** @type {Record<string, string>} */
const MIXES = {
  background: "var(--te-background)", surface: "var(--te-surface)", text: "var(--te-text)", muted: "var(--te-muted)",
  faint: "color-mix(in srgb, var(--te-text) 30%, var(--te-background))", line: "color-mix(in srgb, var(--te-text) 58%, var(--te-background))",
  border: "var(--te-border-strong)", accent: "var(--te-accent)", danger: "var(--te-danger)", dangerSoft: "var(--te-danger-soft)",
  forward: "var(--te-forward)", gradient: "var(--te-gradient)", second: "var(--te-second)",
  forwardSoft: "var(--te-forward-soft)", gradientSoft: "var(--te-gradient-soft)", secondSoft: "var(--te-second-soft)",
  operationSoft: "color-mix(in srgb, var(--te-forward) 9%, var(--te-background))",
  leaf: "var(--te-view)", leafSoft: "color-mix(in srgb, var(--te-view) 14%, var(--te-background))",
  warning: "var(--te-inplace)", warningSoft: "color-mix(in srgb, var(--te-inplace) 12%, var(--te-background))",
  custom: "var(--te-reduce)", customSoft: "color-mix(in srgb, var(--te-reduce) 9%, var(--te-background))",
  frame: "color-mix(in srgb, var(--te-text) 3.5%, var(--te-background))",
};

/** @type {WeakMap<Theme, GraphColours>} Reading them works out styles. */
const coloursOf = new WeakMap();

/**
 * @param {HTMLElement} element Inside the stage. @param {Theme} theme
 * @returns {GraphColours}
 * @typedef {{[name: string]: string} & {mono: string, sans: string}} GraphColours
 */
export function readGraphColours(element, theme) {
  const known = coloursOf.get(theme);
  if (known) return known;
  /** @type {[string, HTMLElement][]} All of them are there before the first is asked for: so styles are worked out once. */
  const samples = Object.entries(MIXES).map(([name, css]) => [name, node("i", { style: `color: ${css}` })]);
  const box = node("span", {}, ...samples.map(([, sample]) => sample));
  element.append(box);
  /** @type {GraphColours} */
  const colours = { mono: theme.mono, sans: theme.sans };
  for (const [name, sample] of samples) colours[name] = getComputedStyle(sample).color;
  box.remove();
  if (element.isConnected) coloursOf.set(theme, colours);
  return colours;
}

/** @param {GraphColours} colours @param {number} look Of a phase. @returns {[string, string]} Line and fill. */
export function lookColours(colours, look) {
  const name = ["forward", "gradient", "second"][look] ?? "second";
  return [colours[name], colours[`${name}Soft`]];
}
