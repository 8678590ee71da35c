// Sentences about one cell: where it is, what it holds, how its address comes about, where else it is seen.

import { bufferPositions, cellIndex, versionAt } from "./elements.js";
import { exactText, noValueText, valueNote } from "./format.js";

const MOST_PLACES = 5;

/** Said in place of a value that is no fact. */
export const NEVER_WRITTEN = "undefined (memory never written)";

/**
 * @param {string} name @param {readonly number[]} index
 * @param {readonly string[]} [axes] Names of the dimensions, "" where not known.
 * @returns {string} `b[2, 1]`, `b[N=2, C=1]`, or `b` for a scalar.
 */
export function cellName(name, index, axes = []) {
  const base = /^[\w.]+$/.test(name) ? name : `(${name})`;
  return index.length ? `${base}[${index.map((i, d) => (axes[d] ? `${axes[d]}=${i}` : i)).join(", ")}]` : base;
}

/**
 * @param {Scene} scene @param {GridData} grid @param {number} cell Of its window. @param {number} frame
 * @returns {string} What a cell holds, to the last digit; that it was never written where its value is no fact.
 */
export function valueText(scene, grid, cell, frame) {
  return factText(versionAt(scene.buffers[grid.buffer], frame), bufferPositions(grid)[cell], grid);
}

/** @param {BufferVersion} version @param {number} position @param {{dtype: string, device: string}} holder @returns {string} */
export function factText({ values, unwritten }, position, { dtype, device }) {
  if (values === null) return noValueText(device);
  return unwritten.has(position) ? NEVER_WRITTEN : exactText(values, position, dtype);
}

/** @param {BufferVersion} version @param {number} position @param {string} dtype @returns {string[]} What the value's digits do not say. */
function notesOf({ values, unwritten }, position, dtype) {
  const note = unwritten.has(position) ? "" : valueNote(values, position, dtype);
  return note ? [note] : [];
}

/**
 * `0 + 2·1·8 + 1·6·8`: offset and strides in bytes with the numbers of one cell.
 * @param {GridData} grid @param {readonly number[]} index
 * @returns {{address: number, sum: string}} The address is in elements of the storage.
 */
export function addressOf(grid, index) {
  const address = index.reduce((total, i, d) => total + i * grid.stride[d], grid.storage_offset);
  const offset = grid.storage_offset ? `${grid.storage_offset}·${grid.itemsize}` : "0";
  const terms = index.map((i, d) => `${i}·${grid.stride[d]}·${grid.itemsize}`);
  return { address, sum: [offset, ...terms].join(" + ") };
}

/**
 * What the readout says, in parts: the cell and its value first, then the rest.
 * @param {Scene} scene @param {number} frame
 * @param {Place} place
 * @param {(grid: GridData) => string} nameOf Name of a grid at this frame.
 * @param {Place[]} others Other cells with the same element.
 * @returns {{cell: string, value: string, rest: string[]}}
 */
export function describeCell(scene, frame, { panel, cell }, nameOf, others) {
  const { grid, strip } = panel;
  const seen = seenAs(others, nameOf);
  if (grid) {
    const index = cellIndex(grid, cell);
    const { address, sum } = addressOf(grid, index);
    const notes = notesOf(versionAt(scene.buffers[grid.buffer], frame), bufferPositions(grid)[cell], grid.dtype);
    const rest = [...notes, `element ${address} of storage ${grid.strip}`, `byte +${address * grid.itemsize} = ${sum}`];
    return {
      cell: cellName(nameOf(grid), index, grid.axes),
      value: valueText(scene, grid, cell, frame),
      rest: seen ? [...rest, seen] : rest,
    };
  }
  if (!strip) return { cell: "", value: "", rest: [] };
  const version = versionAt(scene.buffers[strip.buffer], frame);
  const rest = [...notesOf(version, cell, strip.dtype), `byte +${cell * strip.itemsize} = ${cell}·${strip.itemsize}`];
  return {
    cell: `storage ${strip.id}, element ${cell}`,
    value: factText(version, cell, strip),
    rest: seen ? [...rest, seen] : rest,
  };
}

/**
 * @param {Place[]} others @param {(grid: GridData) => string} nameOf
 * @returns {string} "also seen as a[1, 3], c[0, 6] and 4 more", or "".
 */
function seenAs(others, nameOf) {
  const cells = others.filter(({ panel }) => panel.grid !== null);
  if (cells.length === 0) return "";
  const named = cells.slice(0, MOST_PLACES).map(({ panel, cell }) => {
    const grid = /** @type {GridData} */ (panel.grid);
    return cellName(nameOf(grid), cellIndex(grid, cell));
  });
  const more = cells.length - named.length;
  return `also seen as ${named.join(", ")}${more ? ` and ${more} more` : ""}`;
}
