// Draws the lines of a graph: forward arrows down, gradients back up.

import { lookColours } from "./graph-colours.js";
import { GraphLetters } from "./graph-letters.js";

/** @typedef {import("./graph-shapes.js").Context} Context */
/** @typedef {{key: string, colour: string, width: number, dash: number[], alpha: number, layer: number}} LineLook */

const TEXT_FROM = 0.5;
const FLOW_FONT = 11;
const WORD_HEIGHT = 16;
/** How far above the end of their line words may stand. */
const WORD_HEIGHTS = [15, 32];

/** @param {GraphWire} wire @param {number} [padding] @returns {Rect} */
export function wireRect({ points, around }, padding = 10) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    left = Math.min(left, points[at]);
    right = Math.max(right, points[at]);
    top = Math.min(top, points[at + 1]);
    bottom = Math.max(bottom, points[at + 1]);
  }
  const more = padding + (around ? 30 : 0);
  return { x: left - more, y: top - more, w: right - left + 2 * more, h: bottom - top + 2 * more };
}

/** @param {Context | Path2D} path @param {GraphWire} wire */
export function traceWire(path, { points, around }) {
  path.moveTo(points[0], points[1]);
  if (around) {
    const [x, y, side, middle, endX, endY] = points;
    path.bezierCurveTo(x, y + 26, side, y + 26, side, middle);
    path.bezierCurveTo(side, endY - 26, endX, endY - 26, endX, endY);
    return;
  }
  for (let at = 2; at < points.length; at += 2) {
    const [x, y, toX, toY] = points.slice(at - 2, at + 2);
    const middle = (y + toY) / 2;
    if (x === toX) path.lineTo(toX, toY);
    else path.bezierCurveTo(x, middle, toX, middle, toX, toY);
  }
}

export class GraphLines {
  /** @param {GraphData} graph @param {GraphPicture} picture @param {import("./graph-colours.js").GraphColours} colours */
  constructor(graph, picture, colours) {
    this.graph = graph;
    this.links = picture.links;
    this.colours = colours;
    this.letters = new GraphLetters();
    this.lines = picture.wires.map((wire) => ({ wire, rect: wireRect(wire), kind: this.kindOf(wire), wrong: this.isWrong(wire) }));
  }

  /** @param {GraphWire} wire @returns {GraphEdgeData[]} */
  edgesOf(wire) {
    return wire.links.flatMap((link) => this.links[link].edges).map((edge) => this.graph.edges[edge]);
  }

  /** @param {GraphWire} wire @returns {"gradient" | "constant" | "cut"} */
  kindOf(wire) {
    const kinds = new Set(this.edgesOf(wire).map((edge) => edge.kind));
    return kinds.has("gradient") ? "gradient" : kinds.has("cut") ? "cut" : "constant";
  }

  /** @param {GraphWire} wire */
  isWrong(wire) {
    return this.edgesOf(wire).some((edge) => edge.tone === "error");
  }

  /** @param {import("./graph-moment.js").GraphState} state @param {"gradient" | "constant" | "cut"} kind @param {boolean} wrong @param {number} look Of the frame. @returns {LineLook} */
  lookOf(state, kind, wrong, look) {
    const { colours } = this;
    const dash = kind === "constant" ? [1.5, 4] : kind === "cut" ? [6, 4] : [];
    const name = !state.there ? "absent" : state.now ? `now ${state.look}` : state.look > 0 ? `${state.fresh} ${state.look}` : "plain";
    const key = `${name}|${kind}|${wrong}`;
    const base = { key, colour: colours.line, width: 1.25, dash, alpha: 1, layer: 1 };
    if (!state.there) return { ...base, colour: colours.faint, width: 1, alpha: 0.5, layer: 0 };
    if (state.now) return { ...base, colour: lookColours(colours, state.look > 0 && look > 0 ? state.look : 0)[0], width: 3, layer: 4 };
    if (wrong) return { ...base, colour: colours.danger, width: 2, layer: 3 };
    if (state.look > 0) return { ...base, colour: lookColours(colours, state.look)[0], width: state.fresh ? 2.25 : 1.5, layer: state.fresh ? 3 : 2 };
    return base;
  }

  /**
   * @param {Context} ctx @param {import("./graph-camera.js").GraphCamera} camera @param {import("./graph-moment.js").GraphMoments} moments
   * @returns {GraphWire[]} Those over which the last gradient of the frame's phase went, for their words.
   */
  draw(ctx, camera, moments) {
    /** @type {Map<string, {look: LineLook, wires: GraphWire[]}>} Of each look all at once: strokes are dear. */
    const bundles = new Map();
    /** @type {GraphWire[]} */
    const told = [];
    for (const { wire, rect, kind, wrong } of this.lines) {
      if (!camera.sees(rect)) continue;
      const state = moments.wire(wire);
      const look = this.lookOf(state, kind, wrong, moments.look);
      const bundle = bundles.get(look.key) ?? { look, wires: [] };
      bundle.wires.push(wire);
      bundles.set(look.key, bundle);
      if (wire.head && state.fresh && state.look > 0) told.push(wire);
    }
    const sorted = [...bundles.values()].sort((a, b) => a.look.layer - b.look.layer);
    for (const { look, wires } of sorted) this.bundle(ctx, look, wires, camera.scale);
    return told;
  }

  /** @param {Context} ctx @param {LineLook} look @param {GraphWire[]} wires @param {number} scale */
  bundle(ctx, look, wires, scale) {
    ctx.globalAlpha = look.alpha;
    ctx.strokeStyle = look.colour;
    ctx.fillStyle = look.colour;
    ctx.lineWidth = Math.max(look.width, 0.6 / scale);
    ctx.setLineDash(scale < 0.3 ? [] : look.dash);
    ctx.beginPath();
    for (const wire of wires) traceWire(ctx, wire);
    ctx.stroke();
    ctx.setLineDash([]);
    if (scale >= 0.22) {
      ctx.beginPath();
      const size = 4 + look.width;
      for (const { head, tail, points } of wires) {
        const end = points.length - 2;
        if (look.layer < 2 || look.colour === this.colours.forward) {
          if (head) traceHead(ctx, points[end], points[end + 1], size, -1);
        } else if (tail) traceHead(ctx, points[0], points[1], size, 1);
      }
      ctx.fill();
    }
    ctx.globalAlpha = 1;
  }

  /** The gradients beside their lines. @param {Context} ctx @param {GraphWire[]} wires @param {import("./graph-moment.js").GraphMoments} moments @param {number} scale */
  words(ctx, wires, moments, scale) {
    if (scale < TEXT_FROM) return;
    /** @type {Rect[]} */
    const taken = [];
    const states = new Map(wires.map((wire) => [wire, moments.wire(wire)]));
    const nowFirst = [...wires].sort((a, b) => Number(states.get(b)?.now) - Number(states.get(a)?.now));
    for (const wire of nowFirst) {
      const text = moments.flowText(wire);
      const state = states.get(wire);
      if (!text || !state) continue;
      const font = `${state.now ? 700 : 400} ${FLOW_FONT}px ${this.colours.mono}`;
      const width = this.letters.width(ctx, font, text) + 8;
      const rect = findRoom(wire, width, wires, taken);
      if (!rect) continue;
      taken.push(rect);
      const [line] = lookColours(this.colours, state.look);
      ctx.fillStyle = this.colours.background;
      ctx.globalAlpha = 0.9;
      ctx.fillRect(rect.x, rect.y, rect.w, rect.h);
      ctx.globalAlpha = 1;
      this.letters.add(font, { text, x: rect.x + 4, y: rect.y + WORD_HEIGHT / 2, colour: line, align: "left" });
    }
    this.letters.write(ctx);
  }
}

/** @param {GraphWire} wire @param {number} above How far above its end. @returns {[number, number]} Where it is there: not above the rows' gap. */
function wordPlace({ points }, above) {
  const end = points.length - 2;
  const [x, y, toX, toY] = [points[end - 2], points[end - 1], points[end], points[end + 1]];
  const up = Math.min(above, (toY - y) / 2);
  const part = (toY - up - y) / Math.max(1, toY - y);
  const eased = part * part * (3 - 2 * part);
  return [x + (toX - x) * eased, toY - up];
}

/**
 * Where the words of a wire stand: beside it, on the outer side of the node where it ends, and best not across its neighbours.
 * @param {GraphWire} wire @param {number} width Of the words. @param {GraphWire[]} wires All that have words.
 * @param {Rect[]} taken @returns {Rect | null} Null where there is no room.
 */
function findRoom(wire, width, wires, taken) {
  const { points, head } = wire;
  const leftOf = head !== null && points[points.length - 2] < head.x + head.w / 2;
  const neighbours = wires.filter((other) => other !== wire && other.head === head);
  const places = WORD_HEIGHTS.flatMap((above) => {
    const [x, y] = wordPlace(wire, above);
    const crossed = neighbours.map((other) => wordPlace(other, above)[0]);
    const [right, left] = [x + 4, x - 4 - width].map((from) => ({ x: from, y: y - WORD_HEIGHT / 2, w: width, h: WORD_HEIGHT, crosses: crossed.some((at) => at > from && at < from + width) }));
    return leftOf ? [left, right] : [right, left];
  }).filter((place) => !taken.some((other) => overlap(other, place)));
  return places.find(({ crosses }) => !crosses) ?? places[0] ?? null;
}

/** @param {Rect} a @param {Rect} b */
function overlap(a, b) {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** An arrow's head whose tip is at x, y. @param {Context} ctx @param {number} x @param {number} y @param {number} size @param {1 | -1} direction -1: it points down. */
function traceHead(ctx, x, y, size, direction) {
  ctx.moveTo(x, y);
  ctx.lineTo(x - size * 0.8, y + direction * size * 1.5);
  ctx.lineTo(x + size * 0.8, y + direction * size * 1.5);
  ctx.closePath();
}
