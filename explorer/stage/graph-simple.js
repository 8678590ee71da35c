// Places of pieces of a graph that need no search for a good order: a column with lines past some of its rows, and a
// tree that flows together. Most of what a network shows folded is one of them, and a search takes longer.

/** Room between elements, and between lines. */
export const BETWEEN_ELEMENTS = 30;
export const BETWEEN_LINES = 16;
/** Width of what is no element: where a line comes in, goes out or branches off. */
export const PORT_WIDTH = 10;
const MOST_LANES = 6;

/**
 * @param {import("./graph-piece.js").GraphPiece} piece
 * @returns {{xs: number[], bends: number[][]} | null} Null where it is no such piece.
 */
export function placeSimply(piece) {
  return placeColumn(piece) ?? placeTree(piece);
}

/**
 * A line past rows of a column: the ports and bends at which it stands. `entry`: its place among those that come from
 * above, or -1.
 * @typedef {{first: number, last: number, entry: number, ports: number[], long: number[], x: number}} Lane
 */

/** One element in each row, all below each other; lines past some of them on the right, or else on the left. @param {import("./graph-piece.js").GraphPiece} piece */
function placeColumn(piece) {
  const turned = () => placeBesideColumn({ ...piece, leftToRight: [...piece.leftToRight].reverse() });
  return placeBesideColumn(piece) ?? (piece.leftToRight.length > 1 ? mirrored(turned()) : null);
}

/** @param {{xs: number[], bends: number[][]} | null} placed @returns {{xs: number[], bends: number[][]} | null} */
function mirrored(placed) {
  return placed && { xs: placed.xs.map((x) => -x), bends: placed.bends.map((line) => line.map((x) => -x)) };
}

/** @param {import("./graph-piece.js").GraphPiece} piece */
function placeBesideColumn(piece) {
  const { widths, rows, edges, leftToRight } = piece;
  const column = [...widths.keys()].filter((element) => widths[element] > PORT_WIDTH);
  if (new Set(column.map((element) => rows[element])).size < column.length || edges.some(([from, to]) => rows[to] <= rows[from])) return null;
  const lanes = lanesOf(piece);
  if (lanes.length > MOST_LANES) return null;
  const xs = widths.map(() => 0);
  /** @type {number[][]} */
  const bends = edges.map(() => []);
  for (const lane of orderLanes(lanes)) {
    const passed = column.filter((element) => rows[element] >= lane.first && rows[element] <= lane.last);
    lane.x = Math.max(0, ...passed.map((element) => widths[element] / 2)) + BETWEEN_LINES;
    for (const other of lanes) if (other.x && other !== lane && other.first <= lane.last && lane.first <= other.last) lane.x = Math.max(lane.x, other.x + BETWEEN_LINES);
    for (const port of lane.ports) xs[port] = lane.x;
    for (const edge of lane.long) bends[edge] = Array(rows[edges[edge][1]] - rows[edges[edge][0]] - 1).fill(lane.x);
  }
  return leftToRight.some((element, at) => at > 0 && xs[element] <= xs[leftToRight[at - 1]]) ? null : { xs, bends };
}

/** Lines that come from above keep their order, on the outside; of the others the shortest stands next to the column. @param {Lane[]} lanes @returns {Lane[]} */
function orderLanes(lanes) {
  return [...lanes].sort((a, b) => a.entry - b.entry || a.last - a.first - (b.last - b.first));
}

/** @param {import("./graph-piece.js").GraphPiece} piece @returns {Lane[]} Ports that are joined, and each long edge without a port. */
function lanesOf(piece) {
  const { widths, rows, edges, leftToRight } = piece;
  const straight = straightPorts(piece);
  /** @type {(Lane | null)[]} */
  const ofPort = widths.map((width, element) => (width > PORT_WIDTH || straight.has(element) ? null
    : { first: rows[element], last: rows[element], entry: leftToRight.indexOf(element), ports: [element], long: [], x: 0 }));
  /** @type {Set<Lane>} */
  const lanes = new Set();
  edges.forEach(([from, to], number) => {
    const [above, below] = [ofPort[from], ofPort[to]];
    const isLong = rows[to] - rows[from] > 1;
    const lane = above ?? below ?? (isLong ? { first: Infinity, last: -Infinity, entry: -1, ports: [], long: [], x: 0 } : null);
    if (!lane) return;
    lanes.add(lane);
    if (above && below && above !== below) join(above, below, ofPort, lanes);
    if (!isLong) return;
    lane.long.push(number);
    Object.assign(lane, { first: Math.min(lane.first, rows[from] + 1), last: Math.max(lane.last, rows[to] - 1) });
  });
  return [...lanes];
}

/** @param {Lane} lane @param {Lane} other Becomes part of it. @param {(Lane | null)[]} ofPort @param {Set<Lane>} lanes */
function join(lane, other, ofPort, lanes) {
  for (const port of other.ports) ofPort[port] = lane;
  lanes.delete(other);
  Object.assign(lane, {
    first: Math.min(lane.first, other.first), last: Math.max(lane.last, other.last), entry: Math.max(lane.entry, other.entry),
    ports: [...lane.ports, ...other.ports], long: [...lane.long, ...other.long],
  });
}

/** @param {import("./graph-piece.js").GraphPiece} piece @returns {Set<number>} Ports that only lead straight into the column, or out of it: one of them above and below an element. */
function straightPorts({ widths, rows, edges }) {
  const count = widths.map(() => 0);
  for (const end of edges.flat()) count[end] += 1;
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const [from, to] of edges) {
    const [port, element] = widths[to] > PORT_WIDTH ? [from, to] : [to, from];
    const place = `${element} ${rows[port]}`;
    if (rows[to] - rows[from] === 1 && widths[port] <= PORT_WIDTH && widths[element] > PORT_WIDTH && count[port] === 1 && !found.has(place)) found.set(place, port);
  }
  return new Set(found.values());
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
