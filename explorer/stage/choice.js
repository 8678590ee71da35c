// Which panels of a long program are drawn at a step.

import { breakLines, DEFAULT_WIDTH } from "./rows.js";

export class Choice {
  constructor() {
    /** Ids of the grids that are drawn, as text. */
    this.drawn = "";
  }

  /** Lay the panels out again when they are next chosen: their sizes have changed. */
  forget() {
    this.drawn = "";
  }

  /**
   * Hide the panels that a step has nothing to do with, where there are many, and return the others.
   * @param {import("./mount.js").Stage} stage @param {Frame} frame
   */
  of(stage, frame) {
    const chosen = stage.toolbar.choice(stage.scene, frame);
    const grids = stage.grids.filter((view) => chosen(view.grid.id));
    const used = new Set(grids.map((view) => view.grid.strip));
    const strips = stage.strips.filter((view) => used.has(view.strip.id));
    const ids = `${grids.map((view) => view.grid.id)}`;
    if (ids !== this.drawn) {
      for (const view of stage.grids) view.panel.figure.hidden = !chosen(view.grid.id);
      for (const view of stage.strips) view.panel.figure.hidden = !used.has(view.strip.id);
      breakLines(stage.gridBox, grids.map((view) => view.panel), stage.width || DEFAULT_WIDTH);
      this.drawn = ids;
    }
    return [...grids, ...strips];
  }
}
