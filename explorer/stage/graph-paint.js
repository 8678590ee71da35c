// Draws the nodes, groups and cuts of a graph on a canvas, in the graph's own pixels.

import { lookColours } from "./graph-colours.js";
import { GraphLetters } from "./graph-letters.js";
import { drawKindMarks, drawScissors, drawToneSign, drawTriangle, nodeLook, traceNode } from "./graph-shapes.js";
import { GRAPH_ROWS, GRAPH_TYPE, ranText } from "./graph-words.js";
import { portPlace } from "./graph-layout.js";

/** @typedef {import("./graph-shapes.js").Context} Context */
/** @typedef {import("./graph-colours.js").GraphColours} GraphColours */
/** @typedef {import("./graph-moment.js").GraphState} GraphState */

/** Scales at which names and small print can still be read. */
const TITLES_FROM = 0.4;
const PRINT_FROM = 0.55;
/** What the frame of a group has room for. */
const LARGEST_HEADING = 22;

export class GraphPainter {
  /** @param {GraphData} graph @param {GraphColours} colours */
  constructor(graph, colours) {
    this.graph = graph;
    this.colours = colours;
    this.letters = new GraphLetters();
  }

  /** @param {Context} ctx @param {GraphBox} box @param {number} scale */
  box(ctx, { x, y, w, h, title, aside }, scale) {
    const { colours } = this;
    ctx.setLineDash([]);
    ctx.fillStyle = colours.frame;
    ctx.strokeStyle = colours.border;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.roundRect(x, y, w, h, 12);
    ctx.fill();
    ctx.stroke();
    // far away the heading keeps a size that can be read, as long as it fits
    const size = Math.min(LARGEST_HEADING, GRAPH_TYPE.title / Math.min(1, scale), Math.max(GRAPH_TYPE.title, (w - 44) / Math.max(6, title.length) / 0.61));
    if (size * scale < 7) return;
    drawTriangle(ctx, x + 18, y + 19, true, colours.muted);
    const font = `600 ${size}px ${colours.mono}`;
    this.text(title, x + 30, y + 19 + (size - GRAPH_TYPE.title) / 2, font, colours.text);
    if (scale < PRINT_FROM) return;
    const print = `${GRAPH_TYPE.name}px ${colours.mono}`;
    const left = x + 38 + this.letters.width(ctx, font, title);
    if (left + this.letters.width(ctx, print, aside) < x + w - 8) this.text(aside, left, y + 19, print, colours.muted);
  }

  /** @param {Context} ctx @param {GraphItem} item @param {GraphState} state @param {number} scale @param {number} look Of the frame. @param {number} outputs */
  item(ctx, item, state, scale, look, outputs) {
    if (!state.there) return this.ghost(ctx, item);
    const lit = state.now ? this.lit(state, look) : null;
    const { tone, line } = item.kind === "node" ? this.node(ctx, item, state, lit) : this.other(ctx, item, state, lit);
    if (outputs > 1) this.ports(ctx, item, outputs, line, scale);
    if (scale >= TITLES_FROM || lit) this.words(ctx, item, state, tone, scale);
    return undefined;
  }

  /** What is not there yet. @param {Context} ctx @param {GraphItem} item */
  ghost(ctx, item) {
    ctx.globalAlpha = 0.4;
    ctx.strokeStyle = this.colours.faint;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 4]);
    traceNode(ctx, item.kind === "node" ? this.graph.nodes[item.number].kind : "operation", item);
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  /** @param {GraphState} state @param {number} look Of the frame. @returns {[string, string]} Line and fill of what is going on. */
  lit(state, look) {
    return lookColours(this.colours, state.look > 0 && look > 0 ? state.look : look);
  }

  /** Behind what is going on, below the lines. @param {Context} ctx @param {GraphItem} item @param {GraphState} state @param {number} look Of the frame. */
  halo(ctx, { x, y, w, h }, state, look) {
    [, ctx.fillStyle] = this.lit(state, look);
    ctx.beginPath();
    ctx.roundRect(x - 7, y - 7, w + 14, h + 14, 14);
    ctx.fill();
  }

  /** @param {Context} ctx @param {GraphItem} item @param {GraphState} state @param {[string, string] | null} lit @returns {{tone: "plain" | "warning" | "error", line: string}} */
  node(ctx, item, state, lit) {
    const { colours } = this;
    const data = this.graph.nodes[item.number];
    const plain = nodeLook(data, colours);
    const ran = state.look > 0 ? lookColours(colours, state.look) : null;
    const line = lit?.[0] ?? (data.tone === "error" ? colours.danger : ran?.[0] ?? plain.line);
    ctx.fillStyle = data.tone === "error" ? colours.dangerSoft : ran && state.fresh ? ran[1] : plain.fill;
    ctx.strokeStyle = line;
    ctx.lineWidth = lit ? 3 : Math.max(plain.width, data.tone === "error" ? 2 : ran && state.fresh ? 1.75 : 1);
    ctx.setLineDash(lit ? [] : plain.dash);
    traceNode(ctx, data.kind, item);
    ctx.fill();
    ctx.stroke();
    drawKindMarks(ctx, data, item, line, ran ? ran[0] : null);
    return { tone: data.tone, line };
  }

  /** A folded group, passes that are left out, a cut. @param {Context} ctx @param {GraphItem} item @param {GraphState} state @param {[string, string] | null} lit @returns {{tone: "plain" | "warning" | "error", line: string}} */
  other(ctx, item, state, lit) {
    const { colours } = this;
    const { x, y, w, h } = item;
    const tone = item.kind === "cut" ? this.graph.edges[item.number].tone : this.worstTone(item);
    const ran = state.look > 0 && state.fresh ? lookColours(colours, state.look) : null;
    const line = lit?.[0] ?? (tone === "error" ? colours.danger : ran?.[0] ?? colours.border);
    ctx.strokeStyle = line;
    ctx.lineWidth = lit ? 3 : tone === "error" ? 2 : 1.25;
    ctx.setLineDash(item.kind === "group" ? [] : [4, 3]);
    ctx.fillStyle = tone === "error" ? colours.dangerSoft : ran?.[1] ?? (item.kind === "cut" ? colours.background : colours.surface);
    if (item.kind !== "cut") {
      // cards behind it: there is more than one thing here
      for (const depth of [6, 3]) {
        ctx.beginPath();
        ctx.roundRect(x + depth, y + depth, w, h, 8);
        ctx.fill();
        ctx.stroke();
      }
    }
    ctx.beginPath();
    ctx.roundRect(x, y, w, h, 8);
    ctx.fill();
    ctx.stroke();
    return { tone, line };
  }

  /** @param {GraphItem} item @returns {"plain" | "warning" | "error"} */
  worstTone(item) {
    const tones = new Set(item.nodes.map((node) => this.graph.nodes[node].tone));
    return tones.has("error") ? "error" : tones.has("warning") ? "warning" : "plain";
  }

  /** Numbered results. @param {Context} ctx @param {GraphItem} item @param {number} count @param {string} line @param {number} scale */
  ports(ctx, item, count, line, scale) {
    ctx.setLineDash([]);
    ctx.lineWidth = 1;
    for (let output = 0; output < count; output += 1) {
      const x = portPlace(item, output, count);
      ctx.fillStyle = this.colours.background;
      ctx.strokeStyle = line;
      ctx.beginPath();
      ctx.arc(x, item.y + item.h, 6.5, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
      if (scale >= PRINT_FROM) this.letters.add(`9px ${this.colours.mono}`, { text: String(output), x, y: item.y + item.h + 0.5, colour: this.colours.text, align: "center" });
    }
  }

  /** @param {Context} ctx @param {GraphItem} item @param {GraphState} state @param {"plain" | "warning" | "error"} tone @param {number} scale */
  words(ctx, item, state, tone, scale) {
    const { colours } = this;
    const { title, name, tag, marks, note } = item.words;
    const aside = item.kind === "group" && state.runs > 0 ? ranText(state.runs, item.words.aside) : item.words.aside;
    const toneColour = tone === "error" ? colours.danger : colours.warning;
    let x = item.x + 13;
    let y = item.y + GRAPH_ROWS.top + GRAPH_ROWS.title / 2;
    if (item.kind === "cut") drawScissors(ctx, x + 5, y, tone === "error" ? colours.danger : colours.muted);
    else if (item.kind !== "node") drawTriangle(ctx, x + 4, y, false, colours.muted);
    x += item.kind === "node" ? 0 : 20;
    this.text(title, x, y, `600 ${GRAPH_TYPE.title}px ${colours.mono}`, colours.text);
    if (scale < PRINT_FROM) return;
    if (tag) this.aligned(tag, item.x + item.w - (tone === "plain" ? 11 : 22), y - 1, colours.muted);
    drawToneSign(ctx, item.x + item.w - 12, y, tone, toneColour);
    y += GRAPH_ROWS.title / 2;
    if (name || aside) {
      const font = `${GRAPH_TYPE.name}px ${colours.mono}`;
      this.text(name ? `${name}  ${aside}` : aside, x, y + GRAPH_ROWS.name / 2, font, colours.muted);
      y += GRAPH_ROWS.name;
    }
    const small = `${GRAPH_TYPE.small}px ${colours.sans}`;
    for (const mark of marks) {
      this.text(mark, x, y + GRAPH_ROWS.mark / 2, `600 ${small}`, tone === "plain" ? colours.muted : toneColour);
      y += GRAPH_ROWS.mark;
    }
    y += note.length ? 4 : 0;
    for (const line of note) {
      this.text(line, x, y + GRAPH_ROWS.mark / 2, small, colours.text);
      y += GRAPH_ROWS.mark;
    }
  }

  /** @param {string} text @param {number} right @param {number} y @param {string} colour */
  aligned(text, right, y, colour) {
    this.letters.add(`${GRAPH_TYPE.small}px ${this.colours.sans}`, { text, x: right, y, colour, align: "right" });
  }

  /** @param {string} text @param {number} x @param {number} y Its middle. @param {string} font @param {string} colour */
  text(text, x, y, font, colour) {
    this.letters.add(font, { text, x, y, colour, align: "left" });
  }

  /** A ring around what is chosen, pointed at or in the focus. @param {Context} ctx @param {Rect} rect @param {string} colour @param {number[]} dash */
  ring(ctx, { x, y, w, h }, colour, dash) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.roundRect(x - 5, y - 5, w + 10, h + 10, 12);
    ctx.stroke();
  }
}
