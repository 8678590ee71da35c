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

/**
 * Decide light or dark, tell the stylesheet, and read what it makes of it.
 * @param {HTMLElement} root
 * @returns {Theme}
 */
export function readTheme(root) {
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
    danger: colour("--te-danger"),
    mono: style.getPropertyValue("--te-mono").trim() || "monospace",
    sans: style.fontFamily || "sans-serif",
  };
}
