// One picture of a graph, ready to be painted for any frame and any part of it.

import { GraphLines } from "./graph-lines.js";
import { GraphMoments } from "./graph-moment.js";
import { GraphPainter } from "./graph-paint.js";
import { lookColours } from "./graph-colours.js";
import { nodeLook } from "./graph-shapes.js";
import { GraphWalk } from "./graph-walk.js";

/** Below this scale nodes are spots of colour. */
const FAR = 0.2;
const HEADING = 32;

/**
 * @typedef {{selected: number | null, lit: number | null, hovered: GraphItem | null, focused: GraphItem | null}} GraphMarks
 * Nodes, and items, that have a ring.
 */

export class GraphScreen {
  /** @param {Scene} scene @param {GraphPicture} picture @param {import("./graph-colours.js").GraphColours} colours */
  constructor(scene, picture, colours) {
    this.graph = /** @type {GraphData} */ (scene.graph);
    this.picture = picture;
    this.moments = new GraphMoments(scene, picture);
    this.walk = new GraphWalk(picture, this.graph.edges);
    /** @type {Map<GraphItem, number>} */
    this.outputs = new Map();
    for (const { source, output } of picture.links) this.outputs.set(source, Math.max(this.outputs.get(source) ?? 0, output + 1));
    this.boxes = [...picture.boxes].sort((a, b) => b.w * b.h - a.w * a.h);
    this.colours = colours;
    this.recolour(colours);
  }

  /** @param {import("./graph-colours.js").GraphColours} colours */
  recolour(colours) {
    this.colours = colours;
    this.painter = new GraphPainter(this.graph, colours);
    this.lines = new GraphLines(this.graph, this.picture, colours);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {import("./graph-camera.js").GraphCamera} camera @param {GraphMarks} marks */
  paint(ctx, camera, marks) {
    const { painter, lines, moments } = this;
    if (!painter || !lines) return;
    const { scale } = camera;
    for (const box of this.boxes) if (camera.sees(box)) painter.box(ctx, box, scale);
    const seen = this.picture.items.filter((item) => camera.sees(item)).map((item) => ({ item, state: moments.item(item) }));
    for (const { item, state } of seen) if (state.now && state.there) painter.halo(ctx, item, state, moments.look);
    const told = lines.draw(ctx, camera, moments);
    if (scale < FAR) this.spots(ctx, seen, 1.5 / scale);
    else for (const { item, state } of seen) painter.item(ctx, item, state, scale, moments.look, this.outputs.get(item) ?? 0);
    painter.letters.write(ctx);
    lines.words(ctx, told, moments, scale);
    this.rings(ctx, marks);
  }

  /** Nodes from far away. @param {CanvasRenderingContext2D} ctx @param {{item: GraphItem, state: import("./graph-moment.js").GraphState}[]} seen @param {number} least Size. */
  spots(ctx, seen, least) {
    for (const { item, state } of seen) {
      const plain = item.kind === "node" ? nodeLook(this.graph.nodes[item.number], this.colours).line : this.colours.muted;
      ctx.globalAlpha = state.there ? 1 : 0.25;
      ctx.fillStyle = state.now ? lookColours(this.colours, this.moments.look)[0] : state.look > 0 ? lookColours(this.colours, state.look)[0] : plain;
      const more = state.now ? 3 * least : 0;
      ctx.fillRect(item.x - more, item.y - more, Math.max(least, item.w) + 2 * more, Math.max(least, item.h) + 2 * more);
    }
    ctx.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {GraphMarks} marks */
  rings(ctx, { selected, lit, hovered, focused }) {
    const { painter, colours, moments } = this;
    const chosen = selected === null ? undefined : moments.itemOf.get(selected);
    const pointed = (lit === null ? undefined : moments.itemOf.get(lit)) ?? hovered;
    if (pointed) painter?.ring(ctx, pointed, colours.muted, []);
    if (chosen) painter?.ring(ctx, chosen, colours.text, []);
    if (focused) painter?.ring(ctx, focused, colours.accent, [5, 4]);
  }

  /** @param {number} x @param {number} y In the graph. @returns {{item: GraphItem | null, box: GraphBox | null} | null} What lies there: an item, or the heading of an open group. */
  hit(x, y) {
    const item = this.picture.items.find((it) => x >= it.x && x <= it.x + it.w && y >= it.y && y <= it.y + it.h);
    if (item) return { item, box: null };
    const box = [...this.boxes].reverse().find((it) => x >= it.x && x <= it.x + it.w && y >= it.y && y <= it.y + HEADING);
    return box ? { item: null, box } : null;
  }

  /** @param {number} group @returns {{x: number, y: number} | null} Where a group is now, open or folded, or what is left out of it. */
  placeOf(group) {
    const { items, boxes } = this.picture;
    return items.find(({ id }) => id === `group ${group}`) ?? items.find(({ id }) => id === `gap ${group}`) ?? boxes.find(({ number }) => number === group) ?? null;
  }
}
