// Which nodes of a graph are drawn, and which stand folded behind a group. Nothing here recurses: groups nest freely.

import { wordsOfCut, wordsOfGap, wordsOfGroup, wordsOfNode } from "./graph-words.js";

/** Passes of an open loop that are shown at its start and at its end. */
const FIRST_PASSES = 2;
const LAST_PASSES = 2;
/** Passes that a click on what is left out shows. */
const PORTION = 10;

export class GraphFolding {
  /** @param {GraphData} graph */
  constructor(graph) {
    this.graph = graph;
    /** Groups that are open. */
    this.open = new Set(graph.groups.flatMap((group, number) => (group.open ? [number] : [])));
    /** @type {Map<number, number>} How many more passes of a loop are shown. */
    this.extra = new Map();
    /** @type {number[][]} Groups right inside a group. */
    this.inside = graph.groups.map(() => []);
    graph.groups.forEach(({ parent }, number) => this.inside[parent]?.push(number));
  }

  /** @param {number} group @returns {number[]} Passes of an open loop that are left out. */
  hiddenPasses(group) {
    if (this.graph.groups[group].kind !== "loop") return [];
    const passes = this.inside[group];
    const first = FIRST_PASSES + (this.extra.get(group) ?? 0);
    const hidden = passes.slice(first, Math.max(first, passes.length - LAST_PASSES));
    return hidden.length > 1 ? hidden : [];
  }

  /** @param {number} group @param {boolean} [open] Else the other way round. */
  toggle(group, open = !this.open.has(group)) {
    if (open) this.open.add(group);
    else this.open.delete(group);
  }

  /** @param {number} loop Show some more of its passes. */
  showMore(loop) {
    this.extra.set(loop, (this.extra.get(loop) ?? 0) + PORTION);
  }

  /** @param {boolean} open Of all groups. */
  setAll(open) {
    this.extra.clear();
    this.open = new Set(open ? this.graph.groups.keys() : []);
  }

  /** @returns {boolean} Whether some group is folded. */
  get folded() {
    return this.open.size < this.graph.groups.length;
  }

  /** Open all that hides a node. @param {number} node */
  reveal(node) {
    const passed = new Set();
    for (let group = this.graph.nodes[node].group; group >= 0 && !passed.has(group); group = this.graph.groups[group].parent) {
      passed.add(group);
      this.open.add(group);
      const loop = this.graph.groups[group].parent;
      const hidden = loop < 0 ? -1 : this.hiddenPasses(loop).indexOf(group);
      if (hidden >= 0) this.extra.set(loop, (this.extra.get(loop) ?? 0) + hidden + 1);
    }
  }

  /** @returns {GraphVisible} */
  visible() {
    const places = this.places();
    /** @type {Map<string, GraphItem>} */
    const items = new Map();
    const of = this.graph.nodes.map((node, number) => {
      const place = node.group < 0 ? null : places[node.group];
      const id = place ?? `node ${number}`;
      const item = items.get(id) ?? this.item(id, number, node.group);
      item.nodes.push(number);
      items.set(id, item);
      return item;
    });
    for (const item of items.values()) this.describe(item);
    const links = new GraphLinks(this.graph, of);
    return { items: [...items.values(), ...links.cuts], boxes: this.boxes(places), links: links.links };
  }

  /** @returns {(string | null)[]} For each group the item that hides its nodes, or null where they are drawn. */
  places() {
    const { groups } = this.graph;
    /** @type {(string | null | undefined)[]} */
    const places = groups.map(() => undefined);
    const gaps = new Set(groups.flatMap((_, number) => (this.open.has(number) ? this.hiddenPasses(number) : [])));
    groups.forEach((_, start) => {
      const way = [];
      for (let group = start; group >= 0 && places[group] === undefined && way.length <= groups.length; group = groups[group].parent) way.push(group);
      for (const group of way.reverse()) {
        const { parent } = groups[group];
        const outer = parent < 0 ? null : (places[parent] ?? null);
        places[group] = outer ?? (gaps.has(group) ? `gap ${parent}` : this.open.has(group) ? null : `group ${group}`);
      }
    });
    return places.map((place) => place ?? null);
  }

  /** @param {string} id @param {number} node One that it stands for. @param {number} group Of the node. @returns {GraphItem} */
  item(id, node, group) {
    const [kind, text] = id.split(" ");
    const number = Number(text);
    const parent = kind === "group" ? this.graph.groups[number].parent : kind === "gap" ? number : group;
    const words = wordsOfNode(this.graph.nodes[node]);
    return { id, kind: /** @type {any} */ (kind), number, parent, nodes: [], x: 0, y: 0, w: 0, h: 0, words };
  }

  /** Words for what stands for several nodes. @param {GraphItem} item */
  describe(item) {
    if (item.kind === "group") item.words = wordsOfGroup(this.graph.groups[item.number], item.nodes.length);
    else if (item.kind === "gap") {
      const hidden = this.hiddenPasses(item.number).length;
      item.words = wordsOfGap(hidden, Math.min(hidden, PORTION));
    }
  }

  /** @param {(string | null)[]} places @returns {GraphBox[]} A frame for each open group that has something in it. */
  boxes(places) {
    const used = new Set();
    for (const { group } of this.graph.nodes)
      for (let at = group; at >= 0 && !used.has(at); at = this.graph.groups[at].parent) used.add(at);
    return this.graph.groups.flatMap((group, number) => (places[number] !== null || !used.has(number) ? []
      : [{ number, parent: group.parent, x: 0, y: 0, w: 0, h: 0, title: group.label, aside: group.detail }]));
  }
}

/** Edges between what is drawn: those of folded nodes as one. */
class GraphLinks {
  /** @param {GraphData} graph @param {GraphItem[]} of What each node is drawn as. */
  constructor(graph, of) {
    /** @type {Map<string, GraphLink>} */
    this.known = new Map();
    /** @type {GraphItem[]} */
    this.cuts = [];
    graph.edges.forEach((edge, number) => {
      const [source, target] = [of[edge.source], of[edge.target]];
      if (source === target) return;
      const single = source.kind === "node" && target.kind === "node";
      if (edge.kind === "cut") this.cut(edge, number, source, target);
      else this.add(source, target, source.kind === "node" ? edge.output : -1, number, single);
    });
    this.links = [...this.known.values()];
  }

  /** @param {GraphItem} source @param {GraphItem} target @param {number} output @param {number} edge @param {boolean} apart */
  add(source, target, output, edge, apart) {
    let slot = 0;
    /** @param {number} at */
    const key = (at) => `${source.id}|${target.id}|${output}|${at}`;
    while (apart && this.known.has(key(slot))) slot += 1;
    const link = this.known.get(key(slot)) ?? { source, target, output, slot, edges: [] };
    link.edges.push(edge);
    this.known.set(key(slot), link);
  }

  /** A cut is a place of its own on the way. @param {GraphEdgeData} edge @param {number} number @param {GraphItem} source @param {GraphItem} target */
  cut(edge, number, source, target) {
    const item = { id: `cut ${number}`, kind: /** @type {const} */ ("cut"), number, parent: target.parent, nodes: [], x: 0, y: 0, w: 0, h: 0, words: wordsOfCut(edge) };
    this.cuts.push(item);
    this.add(source, item, source.kind === "node" ? edge.output : -1, number, true);
    this.add(item, target, -1, number, true);
  }
}
