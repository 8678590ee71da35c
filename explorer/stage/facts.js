// The facts table: every name at the current frame.

import { node } from "./dom.js";
import { bytesText, countText, tupleText } from "./format.js";
import { patchChildren } from "./patch.js";

const COLUMNS = ["name", "shape", "stride", "offset", "contiguous", "storage", "bytes", "dtype", "device"];

export class FactsTable {
  /**
   * @param {(grid: number | null) => void} onActive A row is under the pointer or has the focus.
   * @param {(grid: number) => void} onOpen
   */
  constructor(onActive, onOpen) {
    this.onActive = onActive;
    this.onOpen = onOpen;
    this.body = node("tbody");
    this.foot = node("tfoot");
    this.key = "";
    const head = node("thead", {}, node("tr", {}, ...COLUMNS.map((name) => node("th", { scope: "col" }, name))));
    this.table = node("table", { class: "te-table", "data-testid": "facts" }, node("caption", { class: "te-hidden" }, "Tensors after this step"), head, this.body, this.foot);
    this.element = node("section", { class: "te-facts", "aria-label": "Tensors" },
      node("div", { class: "te-panel-head" }, node("h3", {}, "Tensors")),
      node("div", { class: "te-scroll te-table-box" }, this.table));
  }

  /** @param {Scene} scene @param {number} index */
  update(scene, index) {
    const frame = scene.frames[index];
    const names = frame?.names ?? [];
    const key = JSON.stringify(names);
    if (this.key === key && this.scene === scene) return;
    const focused = /** @type {any} */ (this.table.getRootNode()).activeElement?.dataset?.name;
    this.key = key;
    this.scene = scene;
    const none = node("tr", {}, node("td", { colspan: COLUMNS.length, class: "te-muted" }, "no names yet"));
    patchChildren(this.body, names.length ? names.map(([name, id]) => this.row(scene, names, name, id)) : [none]);
    const storages = new Set(names.map(([, id]) => scene.grids[id].strip));
    const total = scene.strips.filter((strip) => storages.has(strip.id)).reduce((sum, strip) => sum + strip.nbytes, 0);
    patchChildren(this.foot, [node("tr", {}, node("th", { scope: "row", colspan: 6 }, "memory behind these names"),
      node("td", { colspan: 3 }, `${bytesText(total)} in ${countText(storages.size)} storage${storages.size === 1 ? "" : "s"}`))]);
    if (focused) this.body.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  }

  /**
   * @param {Scene} scene @param {[string, number][]} names @param {string} name @param {number} id
   * @returns {HTMLTableRowElement}
   */
  row(scene, names, name, id) {
    const grid = scene.grids[id];
    const sharing = names.filter(([other, otherId]) => other !== name && scene.grids[otherId].strip === grid.strip);
    const open = node("button", { type: "button", class: "te-link", "data-name": name, title: `Go to ${name}`, onclick: () => this.onOpen(id), onfocus: () => this.onActive(id), onblur: () => this.onActive(null) }, name);
    const shared = sharing.map(([other]) => other).join(", ");
    return node("tr", { "data-grid": id, onpointerenter: () => this.onActive(id), onpointerleave: () => this.onActive(null) }, node("th", { scope: "row" }, open),
      node("td", {}, tupleText(grid.shape)), node("td", {}, tupleText(grid.stride)), node("td", {}, countText(grid.storage_offset)),
      node("td", {}, grid.contiguous ? "yes" : "no"),
      node("td", {}, node("b", {}, grid.strip), shared && node("span", { class: "te-muted" }, ` · shared with ${shared}`)),
      node("td", { class: grid.bytes_new ? "" : "te-muted" }, grid.bytes_new ? `${bytesText(grid.bytes_new)} new` : "0 new"),
      node("td", {}, grid.dtype), node("td", {}, grid.device));
  }

  /** @param {number | null} grid */
  highlight(grid) {
    for (const row of this.body.children) row.toggleAttribute("data-active", grid !== null && row.dataset.grid === String(grid));
  }
}
