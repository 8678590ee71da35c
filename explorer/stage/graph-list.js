// The graph in words: a table behind the canvas, and what is said of the node in the focus.

import { node, setAttribute, setText } from "./dom.js";
import { Resting } from "./rest.js";

const MOST_ROWS = 300;

/** @returns {HTMLElement} What stands in the place of a graph without nodes. */
export function emptyMessage() {
  return node("p", { class: "te-graph-message", hidden: true }, "No tensor here takes part in autograd yet, so there is no graph. Make one that does: ", node("code", {}, "x = torch.ones(2, requires_grad=True)"));
}

/** @param {GraphData} graph @param {string} text @returns {number[]} Nodes whose names contain it: those first that are called just that, then those that begin so. */
export function findNodes({ nodes }, text) {
  const wanted = text.toLowerCase();
  const found = nodes.flatMap(({ label, name, names }, number) => {
    const called = [...names, label, name].map((one) => one.toLowerCase());
    const rank = [called.includes(wanted), called.some((one) => one.startsWith(wanted)), called.some((one) => one.includes(wanted))].indexOf(true);
    return rank < 0 ? [] : [{ number, rank }];
  });
  return found.sort((a, b) => a.rank - b.rank || a.number - b.number).map(({ number }) => number);
}

export class GraphSpeech {
  constructor() {
    this.live = node("div", { "aria-live": "polite" });
    this.slot = node("div", { "data-testid": "graph-table" });
    this.element = node("div", { class: "te-hidden" }, this.live, this.slot);
    this.resting = new Resting();
    /** @type {GraphTable | null} */
    this.table = null;
  }

  /** @param {GraphItem} item @param {import("./graph-screen.js").GraphScreen} screen */
  say(item, { picture, moments }) {
    setText(this.live, `${sayItem(item, picture)}, ${sayState(moments.item(item))}`);
  }

  /** Write the table behind the canvas once the steps rest; until then it is said to be busy. @param {import("./graph-screen.js").GraphScreen | null} screen */
  describe(screen) {
    setAttribute(this.slot, "aria-busy", "true");
    this.resting.ask(() => this.write(screen));
  }

  /** @param {import("./graph-screen.js").GraphScreen | null} screen */
  write(screen) {
    if (!screen || this.table?.picture !== screen.picture) {
      this.table = screen && new GraphTable(screen.picture);
      this.slot.replaceChildren(...(this.table ? [this.table.element] : []));
    }
    if (screen) this.table?.show((item) => sayState(screen.moments.item(item)));
    setAttribute(this.slot, "aria-busy", null);
  }

  destroy() {
    this.resting.stop();
  }
}

/** @param {GraphItem} item @param {GraphPicture} picture @returns {string} */
function sayItem(item, { links }) {
  const sources = new Set(links.filter(({ target }) => target === item).map(({ source }) => source));
  const targets = new Set(links.filter(({ source }) => source === item).map(({ target }) => target));
  const from = sources.size ? `, from ${listTitles(sources)}` : "";
  const to = targets.size ? `, to ${listTitles(targets)}` : "";
  return `${item.words.full}${from}${to}`;
}

/** @param {Set<GraphItem>} items @returns {string} */
function listTitles(items) {
  const titles = [...items].map(({ words }) => words.title);
  return titles.length > 4 ? `${titles.slice(0, 3).join(" and ")} and ${titles.length - 3} more` : titles.join(" and ");
}

/** @param {import("./graph-moment.js").GraphState} state @returns {string} */
function sayState({ there, now, fresh, look, runs }) {
  if (!there) return "not there yet";
  if (look < 0) return now ? "made in this step" : "made";
  return now ? "run by the engine in this step" : fresh ? `run by the engine${runs > 1 ? ` ${runs} times` : ""}` : "run by the engine in an earlier pass";
}

/** A table of what is drawn, from top to bottom. */
class GraphTable {
  /** @param {GraphPicture} picture */
  constructor(picture) {
    this.picture = picture;
    const sorted = [...picture.items].sort((a, b) => a.y - b.y || a.x - b.x);
    /** What is listed, each with the cell that says what became of it. @type {[GraphItem, HTMLElement][]} */
    this.states = sorted.slice(0, MOST_ROWS).map((item) => [item, node("td")]);
    const left = sorted.length - this.states.length;
    const caption = `The graph: ${picture.items.length} nodes and ${picture.links.length} edges${left > 0 ? `; the first ${MOST_ROWS} nodes are listed, search finds the others` : ""}`;
    this.element = node("table", {}, node("caption", {}, caption),
      node("thead", {}, node("tr", {}, ...["Node", "From", "State"].map((title) => node("th", { scope: "col" }, title)))), node("tbody", {}, ...this.rows(picture)));
  }

  /** @param {GraphPicture} picture @returns {HTMLElement[]} */
  rows({ links }) {
    /** @type {Map<GraphItem, string[]>} */
    const sources = new Map();
    for (const { source, target } of links) sources.set(target, [...(sources.get(target) ?? []), source.words.title]);
    return this.states.map(([item, state]) => node("tr", {}, node("th", { scope: "row" }, item.words.full), node("td", {}, (sources.get(item) ?? []).join(", ")), state));
  }

  /** @param {(item: GraphItem) => string} stateOf */
  show(stateOf) {
    for (const [item, cell] of this.states) setText(cell, stateOf(item));
  }
}
