// What a node says when it is pointed at.

import { node } from "./dom.js";

const GAP = 10;

export class GraphTip {
  constructor() {
    /** @type {GraphItem | null} */
    this.item = null;
    this.element = node("div", { class: "te-graph-tip", hidden: true, "aria-hidden": "true", "data-testid": "graph-tip" });
  }

  /** @param {GraphItem} item @param {import("./graph-screen.js").GraphScreen} screen @param {import("./graph-camera.js").GraphCamera} camera */
  show(item, screen, camera) {
    this.item = item;
    this.element.replaceChildren(...tipRows(item, screen.graph));
    this.element.hidden = false;
    this.place(camera);
  }

  /** Stand beside the item, wherever it has moved. @param {import("./graph-camera.js").GraphCamera} camera */
  place(camera) {
    const { item } = this;
    if (!item) return;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const [left, top] = camera.toScreen(item.x, item.y);
    const [right, bottom] = camera.toScreen(item.x + item.w, item.y + item.h);
    const x = Math.max(4, Math.min(camera.width - width - 4, (left + right - width) / 2));
    // not over the lines below, unless there is no room above
    const y = top - height - GAP > 0 ? top - height - GAP : Math.min(camera.height - height - 4, bottom + GAP);
    this.element.style.transform = `translate(${Math.round(x)}px, ${Math.round(Math.max(4, y))}px)`;
  }

  hide() {
    this.item = null;
    this.element.hidden = true;
  }
}

/** @param {GraphItem} item @param {GraphData} graph @returns {HTMLElement[]} */
function tipRows(item, graph) {
  if (item.kind === "cut") {
    const edge = graph.edges[item.number];
    return [node("b", {}, edge.label || "cut"), node("span", {}, edge.note || "No gradient passes here.")];
  }
  if (item.kind === "gap") return [node("b", {}, item.words.full), node("span", {}, "Click to show some of them.")];
  if (item.kind === "group") {
    const group = graph.groups[item.number];
    return [node("b", {}, group.label), node("span", {}, [group.detail, item.words.aside].filter(Boolean).join(" · ")), node("span", {}, "Click to open it.")];
  }
  const data = graph.nodes[item.number];
  const line = data.span ? `line ${data.span.line}` : "";
  const facts = [data.name === data.label ? "" : data.name, data.shape, line].filter(Boolean).join(" · ");
  return [node("code", {}, data.label || data.name), node("span", {}, facts), ...data.marks.map((mark) => node("span", { class: "te-graph-tip-mark" }, mark)), ...(data.note ? [node("span", {}, data.note)] : [])];
}
