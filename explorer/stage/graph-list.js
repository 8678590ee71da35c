// The graph in words: a table behind the canvas, and what is said of the node in the focus.

import { node, setText } from "./dom.js";

const MOST_ROWS = 300;
const WHEN_IDLE = 250;

/** @returns {HTMLElement} What stands in the place of a graph without nodes. */
export function emptyMessage() {
  return node("p", { class: "te-graph-message", hidden: true }, "No tensor here takes part in autograd yet, so there is no graph. Make one that does: ", node("code", {}, "x = torch.ones(2, requires_grad=True)"));
}

/** @param {GraphData} graph @param {string} text @returns {number[]} Nodes whose names contain it. */
export function findNodes({ nodes }, text) {
  const wanted = text.toLowerCase();
  return nodes.flatMap(({ label, name, names }, number) => ([label, name, ...names].some((one) => one.toLowerCase().includes(wanted)) ? [number] : []));
}

export class GraphSpeech {
  constructor() {
    this.live = node("div", { "aria-live": "polite" });
    this.table = node("div", { "data-testid": "graph-table" });
    this.element = node("div", { class: "te-hidden" }, this.live, this.table);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {GraphItem} item @param {import("./graph-screen.js").GraphScreen} screen */
  say(item, { picture, moments }) {
    setText(this.live, `${sayItem(item, picture)}, ${sayState(moments.item(item))}`);
  }

  /** Write the table behind the canvas, when there is time. @param {import("./graph-screen.js").GraphScreen | null} screen */
  describe(screen) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.table.replaceChildren(...(screen ? [graphTable(screen.picture, (item) => sayState(screen.moments.item(item)))] : [])), WHEN_IDLE);
  }

  destroy() {
    clearTimeout(this.timer);
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

/**
 * A table of what is drawn, from top to bottom.
 * @param {GraphPicture} picture @param {(item: GraphItem) => string} stateOf
 * @returns {HTMLElement}
 */
function graphTable(picture, stateOf) {
  const sorted = [...picture.items].sort((a, b) => a.y - b.y || a.x - b.x);
  /** @type {Map<GraphItem, string[]>} */
  const sources = new Map();
  for (const { source, target } of picture.links) sources.set(target, [...(sources.get(target) ?? []), source.words.title]);
  const rows = sorted.slice(0, MOST_ROWS).map((item) => node("tr", {},
    node("th", { scope: "row" }, item.words.full), node("td", {}, (sources.get(item) ?? []).join(", ")), node("td", {}, stateOf(item))));
  const left = sorted.length - rows.length;
  const caption = `The graph: ${picture.items.length} nodes and ${picture.links.length} edges${left > 0 ? `; the first ${MOST_ROWS} nodes are listed, search finds the others` : ""}`;
  return node("table", {}, node("caption", {}, caption),
    node("thead", {}, node("tr", {}, ...["Node", "From", "State"].map((title) => node("th", { scope: "col" }, title)))), node("tbody", {}, ...rows));
}
