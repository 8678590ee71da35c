// "+ operation": a button that opens a list with a search field. The list lies in the flow of the page, below the
// chips: a component's box cannot be left, so a floating list would be cut off.

import { node, setAttribute } from "./dom.js";

export class ChainMenu {
  /** @param {(op: string) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
    /** @type {{name: string, group: string, summary: string}[]} */
    this.operations = [];
    /** @type {HTMLElement[]} */
    this.options = [];
    this.current = -1;
    this.button = node("button", { type: "button", class: "tc-add", "data-testid": "add-operation", "aria-haspopup": "listbox", "aria-expanded": "false",
      onclick: () => (this.panel.hidden ? this.open() : this.close()) }, "+ operation");
    this.search = node("input", { type: "search", class: "tc-search", placeholder: "Search operations", role: "combobox", "aria-label": "Search operations",
      "aria-expanded": "true", "aria-controls": "tc-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", "data-testid": "operation-search" });
    this.list = node("div", { class: "tc-list", role: "listbox", id: "tc-list", "aria-label": "Operations" });
    this.none = node("div", { class: "tc-none", role: "status" });
    this.panel = node("div", { class: "tc-menu", hidden: true }, this.search, this.list, this.none);
    this.search.addEventListener("input", () => this.filter());
    this.panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    /** @param {Event} event */
    this.outside = (event) => {
      const path = event.composedPath();
      if (!path.includes(this.panel) && !path.includes(this.button)) this.close();
    };
  }

  /** @param {{name: string, group: string, summary: string}[]} operations */
  setOperations(operations) {
    this.operations = operations;
    this.button.hidden = operations.length === 0;
    this.close();
  }

  open() {
    this.panel.hidden = false;
    setAttribute(this.button, "aria-expanded", "true");
    this.search.value = "";
    this.filter();
    this.search.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
    document.addEventListener("pointerdown", this.outside, true);
  }

  close() {
    this.panel.hidden = true;
    setAttribute(this.button, "aria-expanded", "false");
    document.removeEventListener("pointerdown", this.outside, true);
  }

  /** Show what matches: the beginning of a name first, then names, then summaries. */
  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    /** @param {{name: string, summary: string, group: string}} op */
    const rank = ({ name, summary, group }) => {
      if (name.toLowerCase().startsWith(wanted)) return 0;
      if (name.toLowerCase().includes(wanted)) return 1;
      return wanted.length > 2 && `${summary} ${group}`.toLowerCase().includes(wanted) ? 2 : 3;
    };
    const found = this.operations.filter((op) => rank(op) < 3);
    if (wanted) found.sort((a, b) => rank(a) - rank(b));
    /** @type {Map<string, any>} */
    const groups = new Map();
    this.options = [];
    for (const op of found) {
      const key = wanted ? "Matches" : op.group;
      if (!groups.has(key)) groups.set(key, node("div", { role: "group", class: "tc-group", "aria-label": key }, node("div", { class: "tc-group-name", "aria-hidden": "true" }, key)));
      const option = node("div", { role: "option", class: "tc-option", id: `tc-option-${this.options.length}`, "aria-selected": "false", "data-testid": `operation-${op.name}`,
        onclick: () => this.pick(op.name) }, node("b", {}, op.name), node("span", {}, op.summary));
      option.dataset.name = op.name;
      groups.get(key).append(option);
      this.options.push(option);
    }
    this.options = [...groups.values()].flatMap((group) => [...group.querySelectorAll(".tc-option")]);
    this.list.replaceChildren(...groups.values());
    this.list.hidden = this.options.length === 0;
    this.none.textContent = this.options.length ? "" : "Nothing by that name.";
    this.choose(this.options.length ? 0 : -1);
  }

  /** @param {number} index */
  choose(index) {
    this.options[this.current]?.setAttribute("aria-selected", "false");
    this.options.forEach((option) => setAttribute(option, "aria-selected", "false"));
    this.current = index;
    const option = this.options[index];
    if (option) {
      setAttribute(option, "aria-selected", "true");
      const { offsetTop, offsetHeight } = option;
      if (offsetTop < this.list.scrollTop) this.list.scrollTop = offsetTop - 30;
      else if (offsetTop + offsetHeight > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = offsetTop + offsetHeight - this.list.clientHeight;
    }
    setAttribute(this.search, "aria-activedescendant", option ? option.id : null);
  }

  /** @param {string} name */
  pick(name) {
    this.close();
    this.button.focus({ preventScroll: true });
    this.onPick(name);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation(); // Streamlit's shortcuts (r, c) do not see that this is a text field
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.choose(Math.min(last, this.current + 1));
    else if (event.key === "ArrowUp") this.choose(Math.max(0, this.current - 1));
    else if (event.key === "Enter" && this.current >= 0) this.pick(this.options[this.current].dataset.name ?? "");
    else if (event.key === "Escape") {
      this.close();
      this.button.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  }
}
