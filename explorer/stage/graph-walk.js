// Where arrow keys lead in a graph: up to what made a node, down to what uses it, left and right beside it.

export class GraphWalk {
  /** @param {GraphPicture} picture @param {GraphEdgeData[]} edges */
  constructor(picture, edges) {
    this.picture = picture;
    /** Items through which gradients go on. */
    this.carriers = new Set(picture.links.filter((link) => link.edges.some((edge) => edges[edge].kind === "gradient")).map(({ source }) => source));
    /** @type {Map<GraphItem, GraphItem[]>} */
    this.above = new Map();
    /** @type {Map<GraphItem, GraphItem[]>} */
    this.below = new Map();
    for (const { source, target } of picture.links) {
      this.above.set(target, [...(this.above.get(target) ?? []), source]);
      this.below.set(source, [...(this.below.get(source) ?? []), target]);
    }
  }

  /** @returns {GraphItem | null} Where to begin. */
  get first() {
    return this.picture.items.reduce((/** @type {GraphItem | null} */ best, item) => (best && (best.y < item.y || (best.y === item.y && best.x <= item.x)) ? best : item), null);
  }

  /** @param {GraphItem} item @param {string} key @returns {GraphItem | null} */
  step(item, key) {
    if (key === "ArrowUp") return this.source(item) ?? this.beyond(item, -1);
    if (key === "ArrowDown") return nearest(item, this.below.get(item) ?? []) ?? this.beyond(item, 1);
    if (key === "ArrowLeft") return this.beside(item, -1);
    if (key === "ArrowRight") return this.beside(item, 1);
    return null;
  }

  /** What made an item: of its sources one that was made itself, before leaves and constants. @param {GraphItem} item @returns {GraphItem | null} */
  source(item) {
    const sources = this.above.get(item) ?? [];
    const made = nearest(item, sources.filter((source) => this.above.has(source)));
    return made ?? nearest(item, sources.filter((source) => this.carriers.has(source))) ?? nearest(item, sources);
  }

  /** The nearest one at about the same height. @param {GraphItem} item @param {1 | -1} direction @returns {GraphItem | null} */
  beside(item, direction) {
    const middle = item.x + item.w / 2;
    const level = this.picture.items.filter((other) => other !== item && other.y < item.y + item.h && item.y < other.y + other.h && direction * (other.x + other.w / 2 - middle) > 0);
    return nearest(item, level);
  }

  /** Where no line leads: the nearest one above or below. @param {GraphItem} item @param {1 | -1} direction @returns {GraphItem | null} */
  beyond(item, direction) {
    return nearest(item, this.picture.items.filter((other) => direction * (other.y - item.y) > item.h / 2));
  }
}

/** @param {GraphItem} item @param {GraphItem[]} others @returns {GraphItem | null} */
function nearest(item, others) {
  /** @param {GraphItem} other */
  const distance = (other) => Math.hypot(other.x + other.w / 2 - item.x - item.w / 2, other.y + other.h / 2 - item.y - item.h / 2);
  return others.reduce((/** @type {GraphItem | null} */ best, other) => (best && distance(best) <= distance(other) ? best : other), null);
}
