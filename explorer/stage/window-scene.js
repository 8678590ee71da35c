// A scene with other windows in the place of corners.

import { addresses, elementAt, versionAt } from "./elements.js";

/** @typedef {import("./questions.js").Part} Part */

/** @param {readonly number[]} sizes @returns {number[]} Steps of a row-major array. */
function rowMajor(sizes) {
  const steps = new Array(sizes.length).fill(1);
  for (let d = sizes.length - 2; d >= 0; d -= 1) steps[d] = steps[d + 1] * sizes[d + 1];
  return steps;
}

/** @param {GridData} grid @returns {ArrayLike<number>} Byte of each cell of its window in the storage. */
function bytesOf({ first = [], window, stride, storage_offset, itemsize }) {
  const offset = first.reduce((sum, index, d) => sum + index * stride[d], storage_offset);
  return addresses(window, offset * itemsize, stride.map((step) => step * itemsize));
}

/**
 * Element numbers by byte of one storage, so that its grids light up together: those of the cells that did not move,
 * and new ones for the rest.
 * @param {Scene} scene @param {string} strip @param {number} frame @param {ReadonlySet<number>} moved Ids of grids.
 * @returns {Map<number, number>}
 */
function knownElements(scene, strip, frame, moved) {
  /** @type {Map<number, number>} */
  const known = new Map();
  for (const grid of scene.grids) {
    if (grid.strip !== strip || moved.has(grid.id) || grid.first_frame > frame) continue;
    const { elements } = versionAt(scene.buffers[grid.buffer], frame);
    const positions = addresses(grid.window, grid.cells.offset, grid.cells.stride);
    const bytes = bytesOf(grid);
    for (let cell = 0; cell < bytes.length; cell += 1) known.set(bytes[cell], elementAt(elements, positions[cell]));
  }
  return known;
}

/**
 * The scene at one frame with windows that begin elsewhere. What is said about the cells of those grids (how they were
 * made of others) holds for the corner alone and is left out.
 * @param {Scene} scene As it came. @param {Map<number, Part>} parts By the id of the grid. @param {number} frame
 * @returns {Scene}
 */
export function movedScene(scene, parts, frame) {
  const moved = new Set(parts.keys());
  const grids = [...scene.grids];
  const buffers = [...scene.buffers];
  let count = scene.element_count;
  /** @type {Map<string, Map<number, number>>} */
  const storages = new Map();
  for (const [id, { first, window, values }] of parts) {
    const grid = { ...scene.grids[id], first, window, buffer: buffers.length, cells: { offset: 0, stride: rowMajor(window) } };
    const known = storages.get(grid.strip) ?? knownElements(scene, grid.strip, frame, moved);
    storages.set(grid.strip, known);
    const data = Float64Array.from(bytesOf(grid), (byte) => {
      const element = known.get(byte) ?? count;
      if (element === count) {
        known.set(byte, element);
        count += 1;
      }
      return element;
    });
    grids[id] = grid;
    buffers.push({ length: data.length, versions: [{ frame: 0, values, elements: { data }, unwritten: new Set() }] });
  }
  const relations = (scene.relations ?? []).map(({ result, operands }) => moved.has(result) || operands.some(({ grid }) => moved.has(grid)));
  const frames = scene.frames.map((it) => ({ ...it, relations: it.relations?.filter((number) => !relations[number]) }));
  return { ...scene, grids, buffers, frames, element_count: count };
}
