// Stands in for the drawing of the graph.

import { node } from "./dom.js";

export class GraphView {
  /** @param {{onSelect: (node: number | null) => void, onJump: (frame: number) => void, onHover: (node: number | null) => void}} host */
  constructor(host) {
    this.host = host;
    this.element = node("div", { class: "te-graph", "data-testid": "graph" });
  }

  /** @param {Scene} scene */
  setScene(scene) {
    this.element.replaceChildren(...(scene.graph?.nodes ?? []).map((it, k) => node("button", { type: "button", onclick: () => this.host.onSelect(k), onpointerenter: () => this.host.onHover(k), onpointerleave: () => this.host.onHover(null) }, `${it.name} ${it.label}`)));
  }

  /** @param {number} frame */
  showFrame(frame) { this.element.dataset.frame = String(frame); }
  /** @param {number | null} number */
  select(number) { this.element.dataset.selected = String(number); }
  /** @param {number | null} number */
  highlight(number) { this.element.dataset.highlighted = String(number); }
  /** @param {Theme} theme */
  setTheme(theme) { this.element.dataset.dark = String(theme.dark); }
  relayout() {}
  destroy() { this.element.remove(); }
}
