// Which row each element of a graph stands in, without recursion: rows follow the program, first line on top.

/**
 * Elements in an order in which (nearly) all edges go forward. Where they go in circles, as through a module that is
 * called twice, the element that the program made first comes first.
 * @param {number[]} order When the program made each element.
 * @param {number[][]} next Elements to which edges go.
 * @param {number[]} incoming How many edges come to each.
 * @returns {number[]}
 */
function sortForward(order, next, incoming) {
  const waiting = [...incoming];
  const byOrder = [...order.keys()].sort((a, b) => order[a] - order[b]);
  const done = new Uint8Array(order.length);
  const ready = byOrder.filter((element) => waiting[element] === 0).reverse();
  const sorted = [];
  let oldest = 0;
  while (sorted.length < order.length) {
    let element = ready.pop();
    if (element === undefined) {
      while (done[byOrder[oldest]]) oldest += 1;
      element = byOrder[oldest];
    }
    if (done[element]) continue;
    done[element] = 1;
    sorted.push(element);
    for (const target of next[element]) {
      waiting[target] -= 1;
      if (waiting[target] === 0 && !done[target]) ready.push(target);
    }
  }
  return sorted;
}

/**
 * The row of each element.
 * @param {number[]} order When the program made each element.
 * @param {[number, number][]} edges Pairs of elements.
 * @returns {{rows: number[], back: Set<number>}} `back`: numbers of the edges that go against the flow.
 */
export function rankElements(order, edges) {
  /** @type {number[][]} */
  const next = order.map(() => []);
  /** @type {number[][]} */
  const before = order.map(() => []);
  const incoming = order.map(() => 0);
  for (const [from, to] of edges) {
    next[from].push(to);
    incoming[to] += 1;
  }
  const sorted = sortForward(order, next, incoming);
  const place = new Int32Array(order.length);
  sorted.forEach((element, at) => (place[element] = at));
  const back = new Set(edges.flatMap(([from, to], number) => (place[from] >= place[to] ? [number] : [])));
  edges.forEach(([from, to], number) => {
    if (!back.has(number)) before[to].push(from);
  });
  const after = order.map((_, element) => next[element].filter((target) => place[target] > place[element]));
  const rows = order.map(() => 0);
  for (const element of sorted) for (const source of before[element]) rows[element] = Math.max(rows[element], rows[source] + 1);
  sink(sorted, before, after, rows);
  spreadLoose(order, before, after, rows);
  const first = rows.reduce((least, row) => Math.min(least, row), Infinity);
  return { rows: rows.map((row) => row - first), back };
}

/** What feeds this many elements is drawn as one line past all of them: one more costs nothing. */
const SHARED = 3;

/**
 * Move elements down to where they are used, when that makes no edges longer in all: a leaf to its layer, an input to
 * its step.
 * @param {number[]} sorted @param {number[][]} before @param {number[][]} after @param {number[]} rows Changed.
 */
function sink(sorted, before, after, rows) {
  /** How many edges grow longer when an element moves down, at most 2: what only feeds it moves along. @type {number[]} */
  const pull = rows.map(() => 0);
  for (const element of sorted) {
    for (const source of before[element]) {
      if (after[source].length >= SHARED) continue;
      pull[element] = Math.min(2, pull[element] + (after[source].length === 1 ? Math.min(1, pull[source]) : 1));
    }
  }
  for (let at = sorted.length - 1; at >= 0; at -= 1) {
    const element = sorted[at];
    const lowest = after[element].reduce((least, target) => Math.min(least, rows[target] - 1), Infinity);
    if (lowest !== Infinity && lowest > rows[element] && pull[element] <= after[element].length) rows[element] = lowest;
  }
}

/** Elements without edges, in rows of a few: in one row they would make the picture very wide. */
const LOOSE_IN_A_ROW = 5;

/** @param {number[]} order @param {number[][]} before @param {number[][]} after @param {number[]} rows Changed. */
function spreadLoose(order, before, after, rows) {
  const loose = [...order.keys()].filter((element) => !before[element].length && !after[element].length);
  loose.sort((a, b) => order[a] - order[b]);
  loose.forEach((element, at) => (rows[element] = Math.floor(at / LOOSE_IN_A_ROW)));
}
