// What the pictures of a recurrent layer's weights share: colours, the rows or the column of a unit, and a field to change a number in.

import { divergingRamp, pickSwatch, swatchOf } from "./colour.js";
import { node } from "./dom.js";
import { CellPanel } from "./panel.js";
import { WeightEditor } from "./weight-edit.js";

/** @typedef {import("./recurrent-view.js").RecurrentView} RecurrentView */
/** @typedef {import("./recurrent-view.js").RecurrentFact} RecurrentFact */
/** @typedef {{point: (fact: RecurrentFact | null, aloud: boolean) => void, pin: (fact: RecurrentFact) => void, escape: () => void, theme: () => Theme, change?: (change: Record<string, unknown>) => void}} WeightHost `change`: of the program. */

export class WeightPanel extends CellPanel {
  /** @param {WeightHost} host @param {string} testid @param {string} heading */
  constructor(host, testid, heading) {
    super({
      hover: (_, cell, byKeyboard) => host.point(this.factAt(cell), byKeyboard), leave: () => host.point(null, false),
      pick: (_, cell) => host.pin(this.factAt(cell)), escape: host.escape, walk: () => {}, theme: host.theme,
    }, "weights");
    /** @type {RecurrentView | null} */
    this.view = null;
    this.lit = "";
    /** The time whose numbers the weights meet. */
    this.t = 0;
    const { change } = host;
    this.editor = change ? new WeightEditor(change) : null;
    this.box.addEventListener("dblclick", (event) => this.edit(this.cellAt(event)));
    this.box.addEventListener("keydown", (event) => event.key === "Enter" && this.edit(this.cursor));
    this.title = node("h3", {}, heading);
    this.told = node("p", { class: "te-muted" });
    this.figure.className = "te-rec-weights";
    this.figure.dataset.testid = testid;
    this.figure.append(node("figcaption", {}, this.title, this.told), this.scroll);
  }

  /** @param {number} _cell @returns {RecurrentFact} What is said of a number. */
  factAt(_cell) { throw new Error("A panel says what its numbers are"); }

  /** @param {RecurrentView} _view @param {number} _cell @returns {{name: string, index: number[], value: string}} Where in its parameter a number stands. */
  numberOf(_view, _cell) { throw new Error("A panel says where its numbers stand"); }

  /** @param {number} cell A field opens on it. */
  edit(cell) {
    const { view } = this;
    if (!view?.stop || !this.geometry || cell < 0) return;
    const { name, index, value } = this.numberOf(view, cell);
    this.editor?.open(this, cell, { name: `${view.stop.label}.${name}`, index, value });
  }

  /** @param {Float64Array} values NaN where the scene does not hold it. @param {Theme} theme @returns {(cell: number) => Swatch} */
  swatches(values, { dark }) {
    const limit = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0) || 1;
    const [ramp, plain] = [divergingRamp(dark), swatchOf(dark ? [38, 42, 52] : [240, 242, 246])];
    return (cell) => (Number.isFinite(values[cell]) ? pickSwatch(ramp, 0.5 + values[cell] / (2 * limit)) : plain);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {boolean} pointed */
  outline(ctx, x, y, w, h, pointed) {
    const theme = this.host.theme();
    for (const [colour, width] of /** @type {[string, number][]} */ ([[theme.background, 4], [pointed ? theme.text : theme.accent, 2]])) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.strokeRect(x - 1.5, y - 1.5, w + 2, h + 2);
    }
  }
}
