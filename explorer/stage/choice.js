// Which panels of a long program are drawn at a step.

import { node } from "./dom.js";
import { breakLines, DEFAULT_WIDTH } from "./rows.js";

export class Choice {
  constructor() {
    /** @type {string | null} Ids of the grids that are drawn, as text. */
    this.drawn = null;
    this.note = node("p", { class: "te-notice", "data-testid": "not-drawn" });
  }

  /** Lay the panels out again when they are next chosen: their sizes have changed. */
  forget() {
    this.drawn = null;
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
      this.say(stage, grids.length > 0);
      breakLines(stage.gridBox, grids.map((view) => view.panel), stage.width || DEFAULT_WIDTH);
      this.drawn = ids;
    }
    return [...grids, ...strips];
  }

  /** @param {import("./mount.js").Stage} stage @param {boolean} some Whether a tensor is drawn: of a long program, the first ones can be. */
  say(stage, some) {
    const { scene, gridBox } = stage;
    this.note.textContent = `No tensor of this step is among the ${scene.grids.length} that are drawn.`;
    if (some || scene.grids.length === 0) this.note.remove();
    else gridBox.before(this.note);
  }
}
