// What differs between two texts, as few changes as lines allow: so that a cursor, the history and what is being typed
// survive a change that comes from elsewhere.

const MOST_COMPARED = 4_000_000;

/** @typedef {{from: number, to: number, insert: string}} TextChange Positions in the text before; the end is exclusive. */

/**
 * Lengths of the longest common runs of lines from each pair of places on.
 * @param {string[]} a @param {string[]} b
 * @returns {Uint32Array[]}
 */
function commonLines(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  return table;
}

/**
 * One change without what its ends have in common.
 * @param {string} before @param {string} after @param {number} offset
 * @returns {TextChange[]}
 */
function trimmed(before, after, offset) {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return [{ from: offset + start, to: offset + before.length - end, insert: after.slice(start, after.length - end) }];
}

/** @param {string} text @returns {string[]} Lines with their ends. */
function linesOf(text) {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The changes that make `after` of `before`: lines that both have stay, and of a changed stretch its common ends.
 * @param {string} before @param {string} after
 * @returns {TextChange[]} In order, not touching each other.
 */
export function textChanges(before, after) {
  const [a, b] = [linesOf(before), linesOf(after)];
  if (a.length * b.length > MOST_COMPARED) return trimmed(before, after, 0);
  const table = commonLines(a, b);
  /** @type {TextChange[]} */
  const changes = [];
  let [i, j, offset] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const [startA, startB] = [i, j];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) i += 1;
      else j += 1;
    }
    const old = a.slice(startA, i).join("");
    changes.push(...trimmed(old, b.slice(startB, j).join(""), offset));
    offset += old.length;
    while (i < a.length && j < b.length && a[i] === b[j]) {
      offset += a[i].length;
      [i, j] = [i + 1, j + 1];
    }
  }
  return changes;
}
