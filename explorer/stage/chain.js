// The row of operations above the stage, as a Streamlit component (v2): chips to select, move and remove, and a
// menu to add one. Not part of the standalone page.

import { ChainMenu } from "./chain-menu.js";
import { node } from "./dom.js";
import { unlessCalledAgain } from "./latest.js";
import { Press } from "./press.js";
import { sheetText } from "./sheets.js";
import { readTheme } from "./theme.js";

/**
 * @typedef {{text: string, detail: string, kind: string, title?: string, movable: boolean, removable: boolean}} Chip
 * @typedef {{name: string, group: string, summary: string}} Operation
 * @typedef {{chips: Chip[], selected: number | null, edition: number, operations: Operation[]}} ChainData
 * @typedef {{type: string, index?: number | null, to?: number, op?: string, edition?: number}} ChainAction
 */

const CHAIN_STYLE = await sheetText("chain.css");

/** More chips than this are drawn small, so that a network takes few rows. */
const MANY_CHIPS = 8;

/** @type {WeakMap<Node, Chain>} */
const chains = new WeakMap();

class Chain {
  /** @param {HTMLElement} parent @param {(action: ChainAction) => void} act */
  constructor(parent, act) {
    this.tell = act;
    this.text = "";
    /** @type {ChainData} */
    this.data = { chips: [], selected: null, edition: 0, operations: [] };
    this.row = node("div", { class: "tc-row", role: "group", "aria-label": "Operations" });
    this.menu = new ChainMenu((op) => this.act({ type: "add", op }));
    this.root = node("div", { class: "te-stage tc-chain" }, this.row, this.menu.panel);
    this.press = new Press(this.row);
    this.row.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    parent.append(node("style", {}, CHAIN_STYLE), this.root);
  }

  /** @param {ChainAction} action In the row as it is drawn, which the program may have left behind. */
  act(action) {
    this.tell({ ...action, edition: this.data.edition });
  }

  /** @param {string} text JSON of ChainData. */
  update(text) {
    readTheme(this.root);
    if (text === this.text) return;
    this.text = text;
    this.press.after(() => this.redraw(JSON.parse(text)));
  }

  /** @param {ChainData} data */
  redraw(data) {
    const focused = /** @type {any} */ (this.root.getRootNode()).activeElement?.dataset?.testid ?? "";
    const before = this.data.selected;
    this.data = data;
    const { chips, selected } = this.data;
    const parts = chips.map((chip, i) => this.chip(chip, i, i === selected));
    this.row.toggleAttribute("data-many", chips.length > MANY_CHIPS);
    this.row.replaceChildren(...parts, this.menu.button);
    this.menu.setOperations(this.data.operations);
    this.refocus(focused, before);
  }

  /**
   * Keep the keyboard where it was; a chip that moved takes it along.
   * @param {string} focused @param {number | null} before
   */
  refocus(focused, before) {
    if (!focused) return;
    const last = this.data.chips.length - 1;
    const follow = this.follow ?? (focused.startsWith("chip-") ? (/^chip-\d+$/.test(focused) ? Number(focused.slice(5)) : before) : null);
    this.follow = null;
    if (follow === null && focused === "add-operation") this.menu.button.focus();
    else if (follow !== null) this.find(`chip-${Math.max(0, Math.min(last, follow))}`)?.focus();
  }

  /** @param {string} id @returns {HTMLElement | null} */
  find(id) {
    return this.row.querySelector(`[data-testid="${id}"]`);
  }

  /** @param {Chip} chip @param {number} i @param {boolean} selected */
  chip(chip, i, selected) {
    const main = node("button", {
      type: "button", class: `tc-chip te-kind-${chip.kind}`, "aria-pressed": String(selected), title: chip.title || null,
      "data-testid": `chip-${i}`, onclick: () => this.act({ type: "select", index: selected ? null : i }),
    }, node("span", { class: "tc-text" }, chip.kind === "error" && node("span", { class: "tc-mark", "aria-hidden": "true" }, "!"), chip.text), node("span", { class: "tc-detail" }, chip.detail));
    const { movable, removable } = chip;
    const tools = selected && (movable || removable) && node("span", { class: "tc-tools" },
      movable && this.tool("chip-left", "Move left (Alt+←)", "tc-left", i === 0, () => this.move(i, i - 1)),
      movable && this.tool("chip-right", "Move right (Alt+→)", "tc-right", i === this.data.chips.length - 1, () => this.move(i, i + 1)),
      removable && this.tool("chip-remove", "Remove (Delete)", "tc-remove", false, () => this.remove(i)));
    return node("span", { class: "tc-link" }, i > 0 && node("span", { class: "tc-arrow", "aria-hidden": "true" }, "→"),
      node("span", { class: selected ? "tc-holder tc-selected" : "tc-holder" }, main, tools));
  }

  /** @param {string} id @param {string} label @param {string} glyph @param {boolean} off @param {() => void} go */
  tool(id, label, glyph, off, go) {
    return node("button", { type: "button", class: "tc-tool", "aria-label": label, title: label, "data-testid": id, disabled: off, onclick: go },
      node("span", { class: `tc-glyph ${glyph}`, "aria-hidden": "true" }));
  }

  /** @param {number} from @param {number} to */
  move(from, to) {
    if (to < 0 || to >= this.data.chips.length || !this.data.chips[from].movable || !this.data.chips[to].movable) return;
    this.follow = to;
    this.act({ type: "move", index: from, to });
  }

  /** @param {number} i */
  remove(i) {
    if (!this.data.chips[i].removable) return;
    this.follow = Math.max(0, i - 1);
    this.act({ type: "remove", index: i });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const chip = event.target instanceof Element ? event.target.closest(".tc-chip") : null;
    const match = /^chip-(\d+)$/.exec(/** @type {HTMLElement | null} */ (chip)?.dataset.testid ?? "");
    if (!match || event.ctrlKey || event.metaKey) return;
    const i = Number(match[1]);
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step && event.altKey) this.move(i, i + step);
    else if (step) (this.find(`chip-${i + step}`) ?? (step > 0 ? this.menu.button : null))?.focus();
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(i);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    this.press.destroy();
    this.menu.close();
    this.root.remove();
  }
}

/** @param {{data: Uint8Array, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!(data instanceof Uint8Array) || data.length === 0) return () => {};
  const act = (/** @type {ChainAction} */ action) => setTriggerValue("action", action);
  const chain = chains.get(parentElement) ?? new Chain(parentElement, act);
  chains.set(parentElement, chain);
  chain.tell = act;
  chain.update(new TextDecoder().decode(data));
  return unlessCalledAgain(parentElement, () => {
    chains.get(parentElement)?.destroy();
    chains.delete(parentElement);
  });
}
