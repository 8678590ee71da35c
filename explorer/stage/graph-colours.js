// Colours of the graph, read from the page's style sheet, so that canvases and panels agree.

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

/**
 * @param {HTMLElement} element Inside the stage. @param {Theme} theme
 * @returns {GraphColours}
 * @typedef {{[name: string]: string} & {mono: string, sans: string}} GraphColours
 */
export function readGraphColours(element, theme) {
  const sample = document.createElement("i");
  element.append(sample);
  const style = getComputedStyle(sample);
  /** @type {GraphColours} */
  const colours = { mono: theme.mono, sans: theme.sans };
  for (const [name, css] of Object.entries(MIXES)) {
    sample.style.color = css;
    colours[name] = style.color;
  }
  sample.remove();
  return colours;
}

/** @param {GraphColours} colours @param {number} look Of a phase. @returns {[string, string]} Line and fill. */
export function lookColours(colours, look) {
  const name = ["forward", "gradient", "second"][look] ?? "second";
  return [colours[name], colours[`${name}Soft`]];
}
