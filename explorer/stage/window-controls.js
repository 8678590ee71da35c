// What moves the window of one grid: a field for an index, a map, and a button for statistics of the whole tensor.

import { node, setText } from "./dom.js";
import { Minimap } from "./minimap.js";
import { statisticsTable } from "./statistics.js";

/** @typedef {{move: (first: number[]) => void, statistics: () => void}} WindowActions */

const WAITING_SHOWN_AFTER = 150;

export class WindowControls {
  /** @param {GridData} grid @param {WindowActions} actions */
  constructor(grid, actions) {
    this.grid = grid;
    this.actions = actions;
    this.first = grid.shape.map(() => 0);
    this.map = new Minimap(grid, actions.move);
    this.field = node("input", { class: "te-index", type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", size: Math.max(7, `${grid.shape.join(", ")}`.length),
      "aria-label": "Index at which the window begins", "data-testid": `go-to-${grid.id}` });
    this.field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.go();
      else if (event.key === "Escape") this.place(this.first);
    });
    this.field.addEventListener("change", () => this.go());
    this.button = node("button", { type: "button", class: "te-button te-small", "aria-expanded": "false", "data-testid": `statistics-${grid.id}`, onclick: actions.statistics }, "Statistics");
    this.waiting = node("span", { class: "te-waiting", "aria-hidden": "true", hidden: true });
    this.said = node("p", { class: "te-note", role: "status", hidden: true, "data-testid": `window-note-${grid.id}` });
    this.summary = node("div", { hidden: true, "data-testid": `summary-${grid.id}` });
    this.element = node("div", { class: "te-window", role: "group", "aria-label": "Window", "data-testid": `window-${grid.id}` },
      node("div", { class: "te-window-row" }, this.map.element, node("label", {}, node("span", { class: "te-label" }, "Go to index"), this.field), this.button, this.waiting),
      this.said, this.summary);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.place([]);
  }

  /** Take what was typed. */
  go() {
    const parts = this.field.value.replace(/^\s*[[(]|[\])]\s*$/g, "").split(/[\s,]+/).filter(Boolean);
    const { shape } = this.grid;
    if (parts.length !== shape.length || !parts.every((/** @type {string} */ part) => /^-?\d{1,15}$/.test(part))) {
      const count = shape.length === 1 ? "one whole number" : `${shape.length} whole numbers`;
      this.say(`Write ${count}, such as ${shape.map((size) => Math.floor(size / 2)).join(", ")}.`);
      return;
    }
    const wanted = parts.map(Number).map((/** @type {number} */ index, /** @type {number} */ d) => (index < 0 ? index + shape[d] : index));
    const outside = wanted.findIndex((/** @type {number} */ index, /** @type {number} */ d) => index < 0 || index >= shape[d]);
    if (outside >= 0) this.say(`Index ${parts[outside]} is out of range: dimension ${outside} has size ${shape[outside]}.`);
    else this.actions.move(wanted);
  }

  /**
   * Show that the window begins at an index, as far as it may.
   * @param {number[]} wanted [] for the corner.
   * @returns {number[] | null} Where it begins; null at the corner.
   */
  place(wanted) {
    const { shape, window: sizes } = this.grid;
    this.first = shape.map((size, d) => Math.max(0, Math.min(size - sizes[d], wanted[d] ?? 0)));
    this.field.value = this.first.join(", ");
    this.map.show(this.first);
    this.say("");
    return this.first.some((index) => index > 0) ? this.first : null;
  }

  /** @param {string} text What went wrong; "" for nothing. */
  say(text) {
    setText(this.said, text);
    this.said.hidden = text === "";
  }

  /** @param {boolean} waiting Shown when it takes a while. */
  busy(waiting) {
    clearTimeout(this.timer);
    if (waiting) this.timer = setTimeout(() => (this.waiting.hidden = false), WAITING_SHOWN_AFTER);
    else this.waiting.hidden = true;
    this.element.setAttribute("aria-busy", String(waiting));
  }

  /** @returns {boolean} Whether statistics are shown now. */
  toggleSummary() {
    const open = this.button.getAttribute("aria-expanded") !== "true";
    this.button.setAttribute("aria-expanded", String(open));
    this.summary.hidden = !open;
    return open;
  }

  /** @param {import("./questions.js").Summary | null} summary Of the frame that is drawn; null where it was not asked for. */
  showSummary(summary) {
    if (!summary) this.summary.replaceChildren();
    else if (summary.refused) this.summary.replaceChildren(node("p", { class: "te-note" }, summary.refused));
    else this.summary.replaceChildren(statisticsTable(summary, this.grid.dtype));
  }
}
