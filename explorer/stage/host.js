// What panels tell the stage, and the panels of a scene.

import { product } from "./format.js";
import { GridView } from "./grid.js";
import { StripView } from "./strip.js";
import { hasNorm, hasRecurrent } from "./surroundings.js";

/** Panels that a pool keeps for later. */
const MOST_PANELS_KEPT = 40;
/** So many cells are drawn in no time. */
const FEW_CELLS = 400;
/** Numbers of a step are longer or shorter than those of the one before: so many pixels more are no other canvas. */
const GRAIN = { width: 128, height: 16 };

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
 * Panels for a scene; those of the scene before are used again where they can be. Beside a graph they are made when a
 * frame shows them; open layers have panels of their own.
 * @param {import("./mount.js").Stage} stage @param {Scene} scene
 */
export function makePanels(stage, scene) {
  const host = hostOf(stage);
  if (scene.graph || scene.layers?.windows || hasNorm(scene) || hasRecurrent(scene)) {
    stage.grids = [];
    stage.strips = [];
    return;
  }
  stage.grids = scene.grids.map((grid, i) => (stage.grids[i]?.adopt(scene, grid) ? stage.grids[i] : newGrid(stage, host, scene, grid)));
  stage.strips = scene.strips.map((strip, i) => (stage.strips[i]?.adopt(scene, strip) ? stage.strips[i] : new StripView(host, scene, strip)));
}

/** Panels that are made when they are first needed, and draw one grid after another. */
export class PanelPool {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.host = hostOf(stage);
    /** @type {import("./grid.js").GridView[]} */
    this.views = [];
  }

  /**
   * @param {readonly number[]} ids Of grids. @param {readonly (import("./grid.js").GridView | null)[]} there The panel
   * that stands in the place of each now.
   * @returns {import("./grid.js").GridView[]} A panel for each: the one that is there, where it can draw the grid, since
   * taking panels out and in costs more than drawing a few cells; one that draws a large grid already goes on with it.
   */
  take(ids, there) {
    const { scene } = this.stage;
    const free = new Set(this.views);
    const taken = ids.map((id, k) => {
      const grid = scene.grids[id];
      const known = this.views.find((view) => free.has(view) && view.grid === grid && (view === there[k] || product(grid.window) > FEW_CELLS)) ?? null;
      if (known) free.delete(known);
      return known;
    });
    const views = taken.map((known, k) => known ?? this.other(free, scene.grids[ids[k]], there[k] ?? null));
    if (this.views.length > MOST_PANELS_KEPT) this.views = views;
    return views;
  }

  /**
   * @param {Set<import("./grid.js").GridView>} free @param {GridData} grid @param {import("./grid.js").GridView | null} first To be tried first.
   * @returns {import("./grid.js").GridView}
   */
  other(free, grid, first) {
    const inOrder = first && free.has(first) ? [first, ...free] : free;
    for (const view of inOrder) {
      free.delete(view);
      if (view.adopt(this.stage.scene, grid)) return view;
    }
    const made = newGrid(this.stage, this.host, this.stage.scene, grid);
    made.panel.grain = GRAIN;
    this.views.push(made);
    return made;
  }
}

/**
 * @param {import("./mount.js").Stage} stage @param {import("./panel.js").PanelHost} host
 * @param {Scene} scene @param {GridData} grid
 * @returns {GridView}
 */
function newGrid(stage, host, scene, grid) {
  const view = new GridView(host, scene, grid);
  view.panel.figure.addEventListener("pointerenter", () => stage.spotlight.activate(view.grid.id));
  view.panel.figure.addEventListener("pointerleave", () => stage.spotlight.activate(null));
  return view;
}
