// Places of a few rows of a graph, by dagre where they are not simple: which stands left of which, and where. Rows are
// given, so it need not search for them; equal pieces, such as the steps of a loop, are laid out once.

import { BETWEEN_ELEMENTS, BETWEEN_LINES, placeSimply } from "./graph-simple.js";
import { dagre } from "./vendor/dagre.js";

/**
 * @typedef {{widths: number[], rows: number[], edges: [number, number][], leftToRight: number[]}} GraphPiece
 * `leftToRight`: elements of the first row that shall keep this order.
 * @typedef {{xs: number[], bends: number[][], width: number}} PlacedPiece
 * `xs`: middles of the elements. `bends`: for each edge the x at which it passes each row in between.
 */

const KEPT = 400;

/** @type {Map<string, PlacedPiece>} */
const placed = new Map();

/** @param {GraphPiece} piece @returns {PlacedPiece} */
export function placePiece(piece) {
  const key = JSON.stringify(piece);
  const known = placed.get(key) ?? layOut(piece);
  if (placed.size > KEPT) placed.clear();
  placed.set(key, known);
  return known;
}

/** @param {PlacedPiece} piece @returns {PlacedPiece} The same with left and right exchanged. */
export function mirrorPiece({ xs, bends, width }) {
  return { xs: xs.map((x) => width - x), bends: bends.map((line) => line.map((x) => width - x)), width };
}

/** Take the rows as they are. @param {import("./vendor/dagre.js").LayoutGraph} graph */
function keepRows(graph) {
  // dagre adds a root, which has no row; and it wants a bend in each edge, but makes none where rows are next to each other
  for (const name of graph.nodes()) graph.node(name).rank ??= -1;
  for (const edge of graph.edges()) graph.edge(edge).points = [{ x: -1e6, y: -1e6 }];
}

/** @param {GraphPiece} piece @returns {PlacedPiece} */
function layOut(piece) {
  const { xs, bends } = placeSimply(piece) ?? searchPlaces(piece);
  return frameOf(xs, bends, piece.widths);
}

/** Let dagre find the order. @param {GraphPiece} piece @returns {{xs: number[], bends: number[][]}} */
function searchPlaces({ widths, rows, edges, leftToRight }) {
  const graph = new dagre.Graph({ multigraph: true });
  graph.setGraph({ nodesep: BETWEEN_ELEMENTS, edgesep: BETWEEN_LINES, ranksep: 2, ranker: keepRows });
  widths.forEach((width, element) => graph.setNode(String(element), { width, height: 1, rank: rows[element] }));
  edges.forEach(([from, to], number) => graph.setEdge(String(from), String(to), { labelpos: "c" }, String(number)));
  const constraints = leftToRight.slice(1).map((right, at) => ({ left: String(leftToRight[at]), right: String(right) }));
  dagre.layout(graph, { useDynamic: false, constraints });
  const bends = edges.map(([from, to], number) => {
    const points = graph.edge({ v: String(from), w: String(to), name: String(number) }).points ?? [];
    return rows[to] - rows[from] < 2 ? [] : points.slice(1, -1).map(({ x }) => x);
  });
  return { xs: widths.map((_, element) => graph.node(String(element)).x ?? 0), bends };
}

/** Move everything so that the leftmost thing is at 0. @param {number[]} xs @param {number[][]} bends @param {number[]} widths @returns {PlacedPiece} */
function frameOf(xs, bends, widths) {
  let left = Infinity;
  let right = -Infinity;
  xs.forEach((x, element) => {
    left = Math.min(left, x - widths[element] / 2);
    right = Math.max(right, x + widths[element] / 2);
  });
  for (const line of bends) {
    for (const x of line) {
      left = Math.min(left, x - BETWEEN_LINES / 2);
      right = Math.max(right, x + BETWEEN_LINES / 2);
    }
  }
  return { xs: xs.map((x) => x - left), bends: bends.map((line) => line.map((x) => x - left)), width: right - left };
}
