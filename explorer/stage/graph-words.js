// What is written on the nodes of a graph, cut to what fits, and how large they become by it.

const LONGEST_TITLE = 30;
const LONGEST_ASIDE = 22;
const LONGEST_NOTE = 44;
const MOST_NOTE_LINES = 7;

/** Type of the graph in pixels: titles, what stands below, small print. */
export const GRAPH_TYPE = { title: 13, name: 11, small: 10.5 };
/** Width of a character in parts of the size: of monospaced type, and what sans serif needs at most. */
const MONO = 0.605;
const SANS = 0.56;
const BOLD = 1.12;

/** Rows of an item in pixels. */
export const GRAPH_ROWS = { top: 8, title: 17, name: 15, mark: 15, bottom: 8 };

/** @type {Record<GraphNodeData["kind"], string>} Said on the node where its form alone would have to be learnt. */
const TAGS = { leaf: "leaf", parameter: "parameter", buffer: "buffer", constant: "constant", operation: "", view: "view", inplace: "in-place", custom: "custom" };

/** @param {string} text @param {number} most @returns {string} */
function cutText(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** @param {string} text @returns {string[]} Lines that fit. */
function noteLines(text) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.replaceAll("`", "").split(/\s+/).filter(Boolean)) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + word.length < LONGEST_NOTE) lines[last] += ` ${word}`;
    else lines.push(cutText(word, LONGEST_NOTE));
  }
  if (lines.length > MOST_NOTE_LINES) lines.splice(MOST_NOTE_LINES - 1, Infinity, `${lines[MOST_NOTE_LINES - 1]} …`);
  return lines;
}

/** @param {GraphNodeData} data @returns {GraphWords} */
export function wordsOfNode(data) {
  const title = data.label || data.name;
  const name = data.name === title ? "" : data.name;
  const tag = [TAGS[data.kind], data.phase ? `made by backward${data.phase > 1 ? ` ${data.phase}` : ""}` : ""].filter(Boolean).join(" · ");
  const line = data.span ? `line ${data.span.line}` : "";
  const full = [title, name, tag || "operation", data.shape && `shape ${data.shape}`, line, ...data.marks, data.note].filter(Boolean).join(", ");
  return {
    title: cutText(title, LONGEST_TITLE), name: cutText(name, LONGEST_TITLE), aside: cutText(data.shape, LONGEST_ASIDE), tag,
    marks: data.marks.map((mark) => cutText(mark.replaceAll("`", ""), LONGEST_NOTE)), note: data.tone === "error" ? noteLines(data.note) : [], full,
  };
}

/** @param {GraphGroupData} group @param {number} count Of nodes in it. @returns {GraphWords} */
export function wordsOfGroup(group, count) {
  const nodes = `${count} node${count === 1 ? "" : "s"}`;
  const full = [group.label, group.detail, `${group.kind}, folded, ${nodes}`].filter(Boolean).join(", ");
  return { title: cutText(group.label, LONGEST_TITLE), name: cutText(group.detail, LONGEST_TITLE), aside: nodes, tag: "", marks: [], note: [], full };
}

/** @param {number} hidden Passes. @param {number} next How many a click shows. @returns {GraphWords} */
export function wordsOfGap(hidden, next) {
  return { title: `… ${hidden} more`, name: "passes", aside: `show ${next}`, tag: "", marks: [], note: [], full: `${hidden} more passes, not shown` };
}

/** @param {GraphEdgeData} edge @returns {GraphWords} */
export function wordsOfCut(edge) {
  const full = ["cut", edge.label, edge.note].filter(Boolean).join(", ");
  return { title: cutText(edge.label || "cut", LONGEST_TITLE), name: "", aside: "", tag: "", marks: [], note: edge.tone === "error" ? noteLines(edge.note) : [], full };
}

/** @param {number} runs @param {string} nodes `20 nodes` @returns {string} */
export function ranText(runs, nodes) {
  return `${runs} of ${nodes} ran`;
}

/** @param {GraphItem} item @param {number} outputs How many results leave it, each by a port of its own. */
export function sizeItem(item, outputs) {
  const { title, name, aside, tag, marks, note } = item.words;
  const { title: big, name: middle, small } = GRAPH_TYPE;
  // a group says how many of its nodes ran
  const longest = item.kind === "group" ? ranText(item.nodes.length, aside) : aside;
  const second = (name.length + (name && longest ? 2 : 0) + longest.length) * middle * MONO;
  const first = title.length * big * MONO + (tag ? tag.length * small * SANS + 12 : 0);
  const icon = item.kind === "node" ? 0 : 20;
  const rows = [...marks.map((text) => text.length * BOLD), ...note.map((text) => text.length)].map((length) => length * small * SANS);
  const w = Math.max(64, outputs * 20, first + icon, second + icon, ...rows) + 26;
  const { top, title: titleRow, name: nameRow, mark, bottom } = GRAPH_ROWS;
  const h = top + titleRow + (name || aside ? nameRow : 0) + (marks.length + note.length) * mark + (note.length ? 4 : 0) + bottom;
  item.w = Math.ceil(w);
  item.h = Math.ceil(h);
}

/** @param {GraphBox} box @returns {number} Pixels that its heading needs. */
export function headingWidth(box) {
  return Math.ceil(52 + box.title.length * GRAPH_TYPE.title * MONO + box.aside.length * GRAPH_TYPE.name * MONO);
}
