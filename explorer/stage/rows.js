// How grids share lines.

import { node } from "./dom.js";

/** In CSS pixels, before anything could be measured. */
export const DEFAULT_WIDTH = 760;

/** @param {HTMLElement} box Take the line breaks out again. */
export function unbreakLines(box) {
  for (const line of box.querySelectorAll(".te-break")) line.remove();
}

/**
 * Give long single rows a line of their own: beside taller grids they would leave holes.
 * @param {HTMLElement} box @param {import("./panel.js").CellPanel[]} panels @param {number} room
 */
export function breakLines(box, panels, room) {
  unbreakLines(box);
  const line = () => node("div", { class: "te-break" });
  for (const { geometry, figure } of panels) {
    if (!geometry || geometry.height > 60 || geometry.width < 0.42 * room) continue;
    const before = figure.previousElementSibling;
    if (before && !before.classList.contains("te-break")) figure.before(line());
    figure.after(line());
  }
}
