// Colours and fonts of the page, resolved for canvases: Streamlit's variables, or the system's choice without them.

import { luminance } from "./colour.js";

/** @type {CanvasRenderingContext2D | null} */
let probe = null;

/**
 * Any CSS colour (also color-mix) as red, green, blue.
 * @param {string} css
 * @returns {number[]}
 */
function rgbOf(css) {
  probe ??= /** @type {CanvasRenderingContext2D} */ (
    Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true })
  );
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = "#fff";
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  return Array.from(probe.getImageData(0, 0, 1, 1).data.slice(0, 3));
}

const GIVEN = ["background-color", "secondary-background-color", "text-color", "primary-color", "border-color", "font", "code-font"];

/** @type {WeakMap<HTMLElement, {key: string, theme: Theme}>} Reading a theme forces style and layout: 8 ms each time. */
const known = new WeakMap();

/**
 * The theme of an element: the same object as before while the page's own colours and fonts stay the same.
 * @param {HTMLElement} root
 * @returns {Theme}
 */
export function readTheme(root) {
  const style = getComputedStyle(root);
  const system = matchMedia("(prefers-color-scheme: dark)").matches;
  const key = [system, ...GIVEN.map((name) => style.getPropertyValue(`--st-${name}`))].join("|");
  const before = known.get(root);
  if (before?.key === key && root.isConnected) return before.theme;
  const theme = resolveTheme(root);
  known.set(root, { key, theme });
  return theme;
}

/**
 * Decide light or dark, tell the stylesheet, and read what it makes of it.
 * @param {HTMLElement} root
 * @returns {Theme}
 */
function resolveTheme(root) {
  const given = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  const dark = given ? luminance(rgbOf(given)) < 0.2 : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  const style = getComputedStyle(root);
  /** @param {string} name */
  const colour = (name) => {
    const sample = document.createElement("i");
    sample.style.color = `var(${name})`;
    root.append(sample);
    const css = `rgb(${rgbOf(getComputedStyle(sample).color).join(",")})`;
    sample.remove();
    return css;
  };
  const accent = colour("--te-accent");
  root.style.setProperty("--te-on-accent", luminance((accent.match(/\d+/g) ?? []).map(Number)) > 0.179 ? "#000" : "#fff");
  return {
    dark,
    background: colour("--te-background"),
    surface: colour("--te-surface"),
    text: colour("--te-text"),
    muted: colour("--te-muted"),
    border: colour("--te-border"),
    accent,
    link: colour("--te-term"),
    danger: colour("--te-danger"),
    mono: style.getPropertyValue("--te-mono").trim() || "monospace",
    sans: style.fontFamily || "sans-serif",
  };
}

/** @param {Theme} theme @returns {(font: number) => number} Width of a digit in the code's font, by its size. */
export function glyphWidth({ mono }) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  ctx.font = `100px ${mono}`;
  const { width } = ctx.measureText("0");
  return (font) => (width * font) / 100;
}
