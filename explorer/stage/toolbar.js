// The choices above the panels: how cells are coloured, and which tensors of a long program are drawn.

import { node, setAttribute, setText } from "./dom.js";

const COLOURINGS = /** @type {ColourMode[]} */ (["element", "value", "none"]);

/** Scenes with more tensors than this begin with those of the step alone. */
const MANY_TENSORS = 12;

/**
 * A row of buttons of which one is pressed.
 * @param {string} label @param {HTMLButtonElement[]} buttons
 * @returns {HTMLElement}
 */
function segments(label, buttons) {
  return node("div", { class: "te-colours", role: "group", "aria-label": label },
    node("span", { class: "te-label", "aria-hidden": "true" }, label), node("span", { class: "te-segments" }, ...buttons));
}

export class Toolbar {
  /** @param {(mode: ColourMode) => void} onColour @param {() => void} onTensors When other tensors shall be drawn. */
  constructor(onColour, onTensors) {
    this.everything = false;
    this.onTensors = onTensors;
    this.colours = COLOURINGS.map((mode) =>
      /** @type {HTMLButtonElement} */ (node("button", { type: "button", "data-testid": `color-${mode}`, onclick: () => onColour(mode) }, mode)));
    this.few = this.tensorButton("of this step", false);
    this.all = this.tensorButton("all", true);
    this.tensors = segments("Tensors", [this.few, this.all]);
    this.legend = node("span", { class: "te-legend-slot" });
    this.element = node("div", { class: "te-toolbar" }, this.legend, this.tensors, segments("Colour by", this.colours));
  }

  /** @param {string} text @param {boolean} everything @returns {HTMLButtonElement} */
  tensorButton(text, everything) {
    return /** @type {HTMLButtonElement} */ (node("button", { type: "button", "data-testid": everything ? "tensors-all" : "tensors-step", onclick: () => this.choose(everything) }, text));
  }

  /** @param {boolean} everything */
  choose(everything) {
    this.everything = everything;
    this.onTensors();
  }

  /** @param {Scene} scene @param {ColourMode} colour @param {HTMLElement | null} legend */
  show(scene, colour, legend) {
    this.colours.forEach((button, k) => setAttribute(button, "aria-pressed", String(COLOURINGS[k] === colour)));
    this.tensors.hidden = scene.grids.length <= MANY_TENSORS || Boolean(scene.graph);
    setText(this.all, `all ${scene.grids.length}`);
    setAttribute(this.few, "aria-pressed", String(!this.everything));
    setAttribute(this.all, "aria-pressed", String(this.everything));
    this.legend.replaceChildren(...(legend ? [legend] : []));
  }

  /**
   * @param {Scene} scene @param {Frame} frame
   * @returns {(id: number) => boolean} Whether a grid is drawn: what the step took and made, and all that has a name.
   */
  choice(scene, frame) {
    if (this.everything || scene.grids.length <= MANY_TENSORS) return () => true;
    const drawn = new Set([...frame.results, ...frame.inputs, ...frame.names.map(([, id]) => id)]);
    return (id) => drawn.has(id);
  }
}
