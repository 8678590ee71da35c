// The walk through a tensor in the order of its indices, and where each step lands in the storage.

import { addressOf } from "./describe.js";
import { node, prefersStillness, setAttribute, setText } from "./dom.js";
import { bufferPositions, cellIndex } from "./elements.js";

const BEAT_MS = 700;

/**
 * What the walk needs of the stage.
 * @typedef {{spotlight: import("./spotlight.js").Spotlight, arrows: import("./arrows.js").Arrows,
 *   strips: import("./strip.js").StripView[]}} WalkStage
 */

export class Walk {
  /** @param {WalkStage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {import("./panel.js").CellPanel | null} */
    this.panel = null;
    this.cell = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.text = node("span", { class: "te-walk-text", role: "status" });
    this.playButton = this.button("Pause", () => this.toggle());
    this.element = node("div", { class: "te-walk", role: "group", "aria-label": "Walk through the storage", "data-testid": "walk", hidden: true },
      node("span", { class: "te-walk-buttons" }, this.button("Back", () => this.step(-1)), this.playButton, this.button("On", () => this.step(1)), this.button("End", () => this.close())),
      this.text);
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  /** @param {string} label @param {() => void} act */
  button(label, act) {
    return node("button", { type: "button", class: "te-button", onclick: act }, label);
  }

  /** @param {import("./panel.js").CellPanel} panel Of a grid. */
  open(panel) {
    if (!panel.grid || !panel.visible) return;
    this.close();
    this.panel = panel;
    this.switch(true);
    this.show(0);
    this.strip()?.figure.scrollIntoView({ block: "nearest", behavior: prefersStillness() ? "auto" : "smooth" });
    if (!prefersStillness()) this.toggle();
    this.playButton.focus({ preventScroll: true });
  }

  close() {
    this.pause();
    const { panel } = this;
    if (!panel) return;
    const focused = this.element.contains(/** @type {Document | ShadowRoot} */ (this.element.getRootNode()).activeElement);
    this.panel = null;
    this.switch(false);
    this.stage.spotlight.leave(panel);
    if (focused) /** @type {HTMLElement | null} */ (panel.figure.querySelector(".te-walk-start"))?.focus({ preventScroll: true });
  }

  /** @param {boolean} on The walk takes the place of the readout, and its arrow that of all others. */
  switch(on) {
    const { spotlight, arrows } = this.stage;
    this.element.hidden = !on;
    spotlight.readout.hidden = on;
    spotlight.walking = on;
    arrows.show([]);
  }

  /** @returns {import("./panel.js").CellPanel | null} The storage that the tensor looks at, if it is drawn. */
  strip() {
    return this.stage.strips.find(({ strip }) => strip.buffer === this.panel?.grid?.buffer)?.panel ?? null;
  }

  /** @param {number} cell */
  show(cell) {
    const { panel } = this;
    if (!panel?.grid || !panel.geometry) return;
    this.cell = Math.max(0, Math.min(panel.geometry.count - 1, cell));
    this.stage.spotlight.hover(panel, this.cell, false);
    const strip = this.strip();
    const to = strip && { panel: strip, cell: bufferPositions(panel.grid)[this.cell] };
    this.stage.arrows.show(to ? [{ from: { panel, cell: this.cell }, to, dashed: false }] : []);
    const index = cellIndex(panel.grid, this.cell);
    setText(this.text, `[${index.join(", ")}] → ${stepSum(panel.grid, index)} = element ${addressOf(panel.grid, index).address} of storage ${panel.grid.strip}`);
  }

  /** @param {number} by */
  step(by) {
    this.pause();
    this.show(this.cell + by);
  }

  toggle() {
    if (this.timer !== undefined) {
      this.pause();
      return;
    }
    if (this.atEnd()) this.show(0);
    this.beat();
    setText(this.playButton, "Pause");
    setAttribute(this.text, "aria-live", "off"); // too fast to be read out
  }

  beat() {
    this.timer = setTimeout(() => {
      this.show(this.cell + 1);
      if (this.atEnd()) this.pause();
      else this.beat();
    }, BEAT_MS);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    setText(this.playButton, "Play");
    setAttribute(this.text, "aria-live", null);
  }

  /** @returns {boolean} */
  atEnd() {
    return this.cell >= (this.panel?.geometry?.count ?? 0) - 1;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "ArrowRight") this.step(1);
    else if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @param {GridData} grid @param {readonly number[]} index @returns {string} `0 + 1·4 + 2·1`: offset and strides in elements. */
export function stepSum(grid, index) {
  return [grid.storage_offset, ...index.map((i, d) => `${i}·${grid.stride[d]}`)].join(" + ");
}
