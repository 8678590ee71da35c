// Cell <-> address <-> element number. All arrays are made once and kept beside the object that they describe.

import { product, unravel } from "./format.js";

/**
 * What a buffer holds at a frame.
 * @param {SceneBuffer} buffer
 * @param {number} frame
 * @returns {BufferVersion}
 */
export function versionAt(buffer, frame) {
  let found = buffer.versions[0];
  for (const version of buffer.versions) if (version.frame <= frame) found = version;
  return found;
}

/** @param {Elements} elements @param {number} i Position in the buffer. @returns {number} */
export function elementAt(elements, i) {
  return "first" in elements ? elements.first + i : elements.data[i];
}

/**
 * `offset + Σ index[d] * stride[d]` of every cell of a window, row-major.
 * @param {readonly number[]} sizes
 * @param {number} offset
 * @param {readonly number[]} stride
 * @returns {Float64Array | Int32Array}
 */
export function addresses(sizes, offset, stride) {
  const count = product(sizes);
  const reach = sizes.reduce((sum, size, d) => sum + Math.abs((size - 1) * stride[d]), offset);
  const out = reach < 2 ** 31 ? new Int32Array(count) : new Float64Array(count);
  const [columns, step] = [sizes[sizes.length - 1] ?? 1, stride[sizes.length - 1] ?? 0];
  const index = new Array(sizes.length).fill(0);
  let row = offset;
  for (let i = 0; i < count; ) {
    for (let c = 0, address = row; c < columns; c += 1, address += step) out[i++] = address; // a row at once: most are long
    for (let d = sizes.length - 2; d >= 0; d -= 1) {
      index[d] += 1;
      row += stride[d];
      if (index[d] < sizes[d]) break;
      row -= sizes[d] * stride[d];
      index[d] = 0;
    }
  }
  return out;
}

/** @type {WeakMap<GridData, ArrayLike<number>>} */
const positions = new WeakMap();

/**
 * Position in its buffer of every cell of a grid's window.
 * @param {GridData} grid
 * @returns {ArrayLike<number>}
 */
export function bufferPositions(grid) {
  let found = positions.get(grid);
  if (!found) positions.set(grid, (found = addresses(grid.window, grid.cells.offset, grid.cells.stride)));
  return found;
}

/** @param {GridData} grid @param {number} cell Of its window. @returns {number[]} Its index in the whole tensor. */
export function cellIndex(grid, cell) {
  const index = unravel(cell, grid.window);
  return grid.first?.length ? index.map((i, d) => i + /** @type {number[]} */ (grid.first)[d]) : index;
}

/**
 * How often each cell of a strip is read through a grid's window; true storage addresses, so it holds for
 * windows too. Null when the grid reads none of what the strip shows.
 * @param {GridData} grid
 * @param {StripData} strip
 * @param {number} shown Cells that the strip shows.
 * @returns {Int32Array | null}
 */
export function readCounts(grid, strip, shown) {
  const counts = new Int32Array(shown);
  const where = addresses(grid.window, grid.storage_offset, grid.stride);
  let any = false;
  for (let i = 0; i < where.length; i += 1) {
    const cell = Math.floor((where[i] * grid.itemsize) / strip.itemsize);
    if (cell >= 0 && cell < shown) {
      counts[cell] += 1;
      any = true;
    }
  }
  return any ? counts : null;
}

/**
 * Panels that show an element, and where: built once a frame, one counting sort over all visible cells.
 */
export class Lookup {
  /** @param {{count: number, elementOf: (cell: number) => number}[]} panels @param {number} elementCount */
  constructor(panels, elementCount) {
    this.bases = new Int32Array(panels.length + 1);
    for (let p = 0; p < panels.length; p += 1) this.bases[p + 1] = this.bases[p] + panels[p].count;
    const total = this.bases[panels.length];
    const elements = new Int32Array(total);
    this.starts = new Int32Array(elementCount + 2);
    for (let p = 0, i = 0; p < panels.length; p += 1) {
      const { count, elementOf } = panels[p];
      for (let cell = 0; cell < count; cell += 1, i += 1) {
        elements[i] = elementOf(cell);
        this.starts[elements[i] + 2] += 1;
      }
    }
    for (let e = 2; e < this.starts.length; e += 1) this.starts[e] += this.starts[e - 1];
    this.cells = new Int32Array(total);
    for (let i = 0; i < total; i += 1) this.cells[this.starts[elements[i] + 1]++] = i;
  }

  /**
   * Cells that hold an element, panel by panel in the order given to the constructor.
   * @param {number} element
   * @returns {number[][]} One list of cells a panel.
   */
  find(element) {
    /** @type {number[][]} */
    const found = Array.from({ length: this.bases.length - 1 }, () => []);
    if (element < 0 || element + 2 > this.starts.length) return found;
    let panel = 0;
    for (let i = this.starts[element]; i < this.starts[element + 1]; i += 1) {
      while (this.cells[i] >= this.bases[panel + 1]) panel += 1;
      found[panel].push(this.cells[i] - this.bases[panel]);
    }
    return found;
  }
}
