// The same cell in two layers beside each other: one may take the tensor with its dimensions in another order.

/** @typedef {import("./norm-view.js").NormView} NormView */

/** @param {number} rank @returns {number[][]} All orders of so many dimensions, the usual one first. */
function ordersOf(rank) {
  if (rank === 0) return [[]];
  return ordersOf(rank - 1).flatMap((order) => Array.from({ length: rank }, (_, k) => [...order.slice(0, rank - 1 - k), rank - 1, ...order.slice(rank - 1 - k)]));
}

/** @param {NormView} from @param {NormView} to @param {readonly number[]} order @returns {boolean} Whether all cells hold the same then. */
function holdsSame(from, to, order) {
  if (order.some((d, k) => from.model.shape[d] !== to.model.shape[k])) return false;
  const count = from.sizes.reduce((total, size) => total * size, 1);
  for (let cell = 0; cell < count; cell += 1) {
    const index = from.indexOf(cell);
    if (!Object.is(from.input.at(index), to.input.at(order.map((d) => index[d])))) return false;
  }
  return true;
}

/** @param {NormView} from @param {NormView} to @returns {number[] | null} Which dimension of the one each dimension of the other is; null: they are not the same numbers. */
export function orderBetween(from, to) {
  if (from.norm.input === to.norm.input) return from.model.shape.map((_, d) => d);
  if (from.model.shape.length !== to.model.shape.length || from.model.shape.length > 5) return null;
  return ordersOf(from.model.shape.length).find((order) => holdsSame(from, to, order)) ?? null;
}
