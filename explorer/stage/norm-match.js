// The same cell in two layers beside each other: one may take a view of the other's tensor, turned or reshaped.

/** @typedef {import("./norm-view.js").NormView} NormView */

/** @param {readonly number[]} one @param {readonly number[]} other @returns {boolean} */
function areEqual(one, other) {
  return one.length === other.length && one.every((number, d) => number === other[d]);
}

/** @param {readonly number[]} index @param {readonly number[]} stride @returns {number} How many elements behind the first one it lies in memory. */
function placeOfIndex(index, stride) {
  return index.reduce((place, i, d) => place + i * stride[d], 0);
}

/** @param {number} place @param {readonly number[]} shape @param {readonly number[]} stride @returns {number[] | null} An index that lies there. */
function indexAtPlace(place, shape, stride) {
  const index = shape.map(() => 0);
  const moving = shape.map((_, d) => d).filter((d) => shape[d] > 1 && stride[d] > 0);
  let rest = place;
  for (const d of moving.sort((a, b) => stride[b] - stride[a])) { // the widest steps first, as digits of a number
    index[d] = Math.min(shape[d] - 1, Math.floor(rest / stride[d]));
    rest -= index[d] * stride[d];
  }
  return rest === 0 ? index : null;
}

/** @param {NormView} from @param {NormView} to @param {readonly number[]} index Of a cell of the one's input. @returns {number[] | null} The same element in the other's input; null: it takes another tensor. */
export function sameCell(from, to, index) {
  if (from.norm.input === to.norm.input) return [...index];
  const [one, other] = [from.stop, to.stop];
  if (!one || !other || !one.same.includes(to.norm.stop)) return null;
  if (areEqual(one.shape, other.shape) && areEqual(one.stride, other.stride)) return [...index];
  return indexAtPlace(placeOfIndex(index, one.stride), other.shape, other.stride);
}
