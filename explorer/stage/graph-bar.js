// The row above a graph: search by name, zoom, folding, following the steps, and what the forms mean.

import { node, setAttribute, setText } from "./dom.js";

/** @type {[GraphNodeData["kind"], string][]} */
const KINDS = [
  ["operation", "operation"], ["leaf", "leaf: collects its gradient"], ["parameter", "parameter"], ["buffer", "buffer: no gradient"], ["constant", "constant: no gradient"],
  ["view", "view: shares memory"], ["inplace", "in-place"], ["custom", "your own Function"],
];

/**
 * @typedef {{search: (text: string) => number[], goTo: (node: number) => void, zoom: (direction: 1 | -1) => void,
 *   fit: () => void, foldAll: (open: boolean) => void, follow: () => void, leave: () => void}} BarHost
 * `search`: nodes whose names contain a text. `leave`: the person is done searching.
 */

export class GraphBar {
  /** @param {BarHost} host */
  constructor(host) {
    this.host = host;
    /** @type {number[]} */
    this.found = [];
    this.at = -1;
    this.field = node("input", { type: "search", class: "te-graph-search", placeholder: "Find a node", "aria-label": "Find a node by name", autocomplete: "off", spellcheck: "false", "data-testid": "graph-search",
      oninput: () => this.search(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) });
    this.count = node("output", { class: "te-graph-count", "data-testid": "graph-count" });
    /** @param {string} glyph @param {string} label @param {string} id @param {() => void} go */
    const button = (glyph, label, id, go) => node("button", { type: "button", class: "te-graph-button", "aria-label": label, title: label, "data-testid": `graph-${id}`, onclick: go }, glyph);
    this.fold = button("Open all", "Open all groups", "fold", () => this.host.foldAll(this.fold.dataset.opens === "true"));
    this.follow = button("Follow", "Keep the current node in view", "follow", () => this.host.follow());
    this.out = button("−", "Smaller (−)", "out", () => host.zoom(-1));
    this.in = button("+", "Larger (+)", "in", () => host.zoom(1));
    this.fit = button("Fit", "Show the whole graph (0)", "fit", () => host.fit());
    this.legend = node("details", { class: "te-graph-legend", "data-testid": "graph-legend" }, node("summary", { title: "What the forms mean" }, "Key"), node("ul"));
    this.element = node("div", { class: "te-graph-bar", role: "group", "aria-label": "Graph" },
      node("span", { class: "te-graph-find" }, this.field, this.count), this.fold, this.follow, node("span", { class: "te-graph-zoom" }, this.out, this.fit, this.in), this.legend);
  }

  /** @param {GraphData} graph Another one. */
  setGraph(graph) {
    this.field.value = "";
    this.forget();
    this.fold.hidden = graph.groups.length === 0;
    const kinds = new Set(graph.nodes.map(({ kind }) => kind));
    const cut = graph.edges.some(({ kind }) => kind === "cut");
    const rows = [...KINDS.filter(([kind]) => kinds.has(kind)).map(([kind, text]) => keyRow(`te-key-${kind}`, text)),
      ...(cut ? [keyRow("te-key-cut", "cut: no gradient passes")] : []), keyRow("te-key-forward", "forward: a result goes down"), keyRow("te-key-gradient", "backward: its gradient comes back up")];
    this.legend.lastElementChild.replaceChildren(...rows);
  }

  /** @param {{folded: boolean, following: boolean, fits: boolean}} state */
  show({ folded, following, fits }) {
    setText(this.fold, folded ? "Open all" : "Fold all");
    setAttribute(this.fold, "aria-label", folded ? "Open all groups" : "Fold all groups");
    setAttribute(this.fold, "title", folded ? "Open all groups" : "Fold all groups");
    setAttribute(this.fold, "data-opens", String(folded));
    setAttribute(this.follow, "aria-pressed", String(following));
    this.follow.hidden = fits;
  }

  focusSearch() {
    this.field.focus();
    this.field.select();
  }

  forget() {
    this.found = [];
    this.at = -1;
    setText(this.count, "");
  }

  search() {
    const text = this.field.value.trim();
    this.forget();
    if (!text) return;
    this.found = this.host.search(text);
    if (this.found.length) this.go(1);
    else setText(this.count, "none");
  }

  /** @param {1 | -1} direction To the next match, or the one before. */
  go(direction) {
    if (!this.found.length) return;
    this.at = (this.at + direction + this.found.length) % this.found.length;
    setText(this.count, `${this.at + 1} of ${this.found.length}`);
    this.host.goTo(this.found[this.at]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") this.go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.field.value = "";
      this.forget();
      this.host.leave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @param {string} look @param {string} text */
function keyRow(look, text) {
  return node("li", {}, node("span", { class: `te-key ${look}`, "aria-hidden": "true" }), text);
}
