// The open groups of a graph as nested containers, each with its own elements and the lines between them. A line that
// leaves a container goes through a port on its frame, so each container can be laid out by itself.

/**
 * All that one result of one item feeds, inside one container. `from`: the element that has it, or -1 when it comes
 * from outside. `to`: links to each element. `out`: links that leave the container.
 * @typedef {{from: number, to: Map<number, number[]>, out: number[]}} GraphNet
 *
 * A thing inside a container: an item, or a container.
 * @typedef {{item: GraphItem | null, inner: GraphContainer | null, order: number, w: number, h: number, x: number, y: number}} GraphElement
 */

export class GraphContainer {
  /** @param {GraphBox | null} box Null for the whole graph. */
  constructor(box) {
    this.box = box;
    /** @type {GraphElement[]} */
    this.elements = [];
    /** @type {Map<string, GraphNet>} */
    this.nets = new Map();
    /** Filled when it is laid out: where nets cross its frame, from the left edge. @type {Map<string, number>} */
    this.entries = new Map();
    /** @type {Map<string, number>} */
    this.exits = new Map();
    /** @type {import("./graph-bands.js").LocalWire[]} */
    this.wires = [];
    /** Links that go against the flow. @type {number[]} */
    this.back = [];
    this.order = Infinity;
    this.w = 0;
    this.h = 0;
    this.x = 0;
    this.y = 0;
  }

  /** @param {string} key @returns {GraphNet} */
  net(key) {
    const net = this.nets.get(key) ?? { from: -1, to: new Map(), out: [] };
    this.nets.set(key, net);
    return net;
  }
}

/** @param {GraphVisible} visible @returns {GraphContainer[]} All containers, each after those inside it; the graph is the last. */
export function nestContainers(visible) {
  return new Nesting(visible).containers();
}

class Nesting {
  /** @param {GraphVisible} visible */
  constructor({ items, boxes, links }) {
    this.root = new GraphContainer(null);
    /** @type {Map<number, GraphContainer>} */
    this.open = new Map(boxes.map((box) => [box.number, new GraphContainer(box)]));
    /** @type {Map<GraphItem | GraphContainer, number>} Number of each in its container. */
    this.places = new Map();
    for (const item of items) this.put(item);
    this.nested = this.sorted();
    for (const container of this.nested) this.frame(container);
    links.forEach((link, number) => this.connect(link, number));
  }

  /** @returns {GraphContainer[]} */
  containers() {
    return [...this.nested, this.root];
  }

  /** @param {number} group @returns {GraphContainer} */
  container(group) {
    return this.open.get(group) ?? this.root;
  }

  /** @param {GraphItem} item */
  put(item) {
    const home = this.container(item.parent);
    const order = item.nodes[0] ?? Infinity;
    this.places.set(item, home.elements.length);
    home.elements.push({ item, inner: null, order, w: item.w, h: item.h, x: 0, y: 0 });
    home.order = Math.min(home.order, order);
  }

  /** @returns {GraphContainer[]} The open groups, each after those inside it. */
  sorted() {
    const depth = new Map([...this.open.values()].map((container) => [container, this.way(container).length]));
    return [...this.open.values()].sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0));
  }

  /** An open group becomes an element of the one around it. @param {GraphContainer} inner */
  frame(inner) {
    const home = this.container(inner.box?.parent ?? -1);
    this.places.set(inner, home.elements.length);
    home.elements.push({ item: null, inner, order: inner.order, w: 0, h: 0, x: 0, y: 0 });
    home.order = Math.min(home.order, inner.order);
  }

  /** @param {GraphContainer} container @returns {GraphContainer[]} It and those around it, up to the graph. */
  way(container) {
    const way = [container];
    while (way[way.length - 1].box) way.push(this.container(way[way.length - 1].box?.parent ?? -1));
    return way;
  }

  /** @param {GraphLink} link @param {number} number */
  connect({ source, target, output, slot }, number) {
    const key = `${source.id}|${output}|${slot}`;
    const up = this.way(this.container(source.parent));
    const down = this.way(this.container(target.parent));
    let inner = /** @type {GraphItem | GraphContainer} */ (source);
    let at = 0;
    for (; !down.includes(up[at]); at += 1) {
      const net = up[at].net(key);
      net.from = this.places.get(inner) ?? -1;
      net.out.push(number);
      inner = up[at];
    }
    const common = down.indexOf(up[at]);
    down[common].net(key).from = this.places.get(inner) ?? -1;
    for (let k = common; k >= 0; k -= 1) {
      const element = this.places.get(k ? down[k - 1] : target) ?? -1;
      const { to } = down[k].net(key);
      const links = to.get(element) ?? [];
      links.push(number);
      to.set(element, links);
    }
  }
}
