// What panels tell the stage, and the panels of a scene.

import { GridView } from "./grid.js";
import { StripView } from "./strip.js";

/**
 * @param {import("./mount.js").Stage} stage
 * @returns {import("./panel.js").PanelHost}
 */
function hostOf(stage) {
  return {
    hover: (panel, cell, byKeyboard) => stage.spotlight.hover(panel, cell, byKeyboard),
    leave: (panel) => stage.spotlight.leave(panel),
    pick: (panel, cell) => stage.spotlight.pick(panel, cell),
    escape: () => void stage.spotlight.unpin(),
    walk: (panel) => stage.walk.open(panel),
    theme: () => stage.theme,
  };
}

/**
 * Panels for a scene; those of the scene before are used again where they can be.
 * @param {import("./mount.js").Stage} stage @param {Scene} scene
 */
export function makePanels(stage, scene) {
  const host = hostOf(stage);
  stage.grids = scene.grids.map((grid, i) => (stage.grids[i]?.adopt(scene, grid) ? stage.grids[i] : newGrid(stage, host, scene, grid)));
  stage.strips = scene.strips.map((strip, i) => (stage.strips[i]?.adopt(scene, strip) ? stage.strips[i] : new StripView(host, scene, strip)));
}

/**
 * @param {import("./mount.js").Stage} stage @param {import("./panel.js").PanelHost} host
 * @param {Scene} scene @param {GridData} grid
 */
function newGrid(stage, host, scene, grid) {
  const view = new GridView(host, scene, grid);
  view.panel.figure.addEventListener("pointerenter", () => stage.spotlight.activate(grid.id));
  view.panel.figure.addEventListener("pointerleave", () => stage.spotlight.activate(null));
  return view;
}
