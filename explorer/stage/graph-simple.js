// Places of pieces of a graph that need no search for a good order: a column with lines past some of its rows, and a
// tree that flows together. Most of what a network shows folded is one of them, and a search takes longer.

/** Room between elements, and between lines. */
export const BETWEEN_ELEMENTS = 30;
export const BETWEEN_LINES = 16;
const MOST_LANES = 4;

/**
 * @param {import("./graph-piece.js").GraphPiece} piece
 * @returns {{xs: number[], bends: number[][]} | null} Null where it is no such piece.
 */
export function placeSimply(piece) {
  return placeColumn(piece) ?? placeTree(piece);
}

/** One element in each row: all below each other, lines past some of them on the right. @param {import("./graph-piece.js").GraphPiece} piece */
function placeColumn({ widths, rows, edges }) {
  const long = edges.flatMap(([from, to], number) => (rows[to] - rows[from] > 1 ? [number] : []));
  if (new Set(rows).size < rows.length || long.length > MOST_LANES || edges.some(([from, to]) => rows[to] <= rows[from])) return null;
  /** @type {number[][]} */
  const bends = edges.map(() => []);
  /** @type {{first: number, last: number, x: number}[]} */
  const lanes = [];
  const span = (/** @type {number} */ number) => rows[edges[number][1]] - rows[edges[number][0]];
  for (const number of long.sort((a, b) => span(a) - span(b))) {
    const [first, last] = edges[number].map((element) => rows[element]);
    const passed = widths.filter((_, element) => rows[element] > first && rows[element] < last);
    let x = Math.max(0, ...passed.map((width) => width / 2)) + BETWEEN_LINES;
    for (const lane of lanes) if (lane.first < last && first < lane.last) x = Math.max(x, lane.x + BETWEEN_LINES);
    lanes.push({ first, last, x });
    bends[number] = Array(last - first - 1).fill(x);
  }
  return { xs: widths.map(() => 0), bends };
}

/** Each element feeds one in the next row, all of them one in the end: each stands above the middle of what feeds it. @param {import("./graph-piece.js").GraphPiece} piece */
function placeTree({ widths, rows, edges, leftToRight }) {
  /** @type {number[][]} */
  const sources = widths.map(() => []);
  const fed = new Set(edges.map(([from]) => from));
  if (leftToRight.length > 1 || fed.size < edges.length || edges.length !== widths.length - 1) return null;
  for (const [from, to] of edges) {
    if (rows[to] - rows[from] !== 1) return null;
    sources[to].push(from);
  }
  const downwards = [...widths.keys()].sort((a, b) => rows[a] - rows[b]);
  const above = widths.map(() => 0);
  const reach = [...widths];
  for (const element of downwards) {
    above[element] = sources[element].reduce((sum, source) => sum + reach[source] + BETWEEN_ELEMENTS, -BETWEEN_ELEMENTS);
    reach[element] = Math.max(widths[element], above[element]);
  }
  const xs = widths.map(() => 0);
  for (const element of downwards.reverse()) {
    let left = xs[element] - above[element] / 2;
    for (const source of sources[element].sort((a, b) => a - b)) {
      xs[source] = left + reach[source] / 2;
      left += reach[source] + BETWEEN_ELEMENTS;
    }
  }
  return { xs, bends: edges.map(() => []) };
}
