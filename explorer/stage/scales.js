// Which swatch a cell gets: by element, by value, or none. One scale for the whole scene, so that panels compare.

import { divergingRamp, elementRamp, pickSwatch, sequentialRamp, swatchOf } from "./colour.js";
import { markAt, numberAt, phaseOf } from "./format.js";

/**
 * Where the ramp's stretches begin: each block of fresh elements gets a part of the ramp, larger when several
 * grids look at it, so that 24 elements beside 4,096 are not all of one colour. Element order is kept.
 * @param {Scene} scene
 * @returns {{starts: number[], ends: number[], from: number[], to: number[]}}
 */
function elementBlocks(scene) {
  const cuts = new Set([0]);
  /** @type {Map<number, number>} */
  const readers = new Map();
  const gridCounts = new Int32Array(scene.buffers.length);
  for (const grid of scene.grids) gridCounts[grid.buffer] += 1;
  scene.buffers.forEach((buffer, b) => {
    const grids = gridCounts[b];
    for (const { elements } of buffer.versions) {
      const first = "first" in elements ? elements.first : Number(elements.data[0] ?? 0);
      if ("first" in elements) cuts.add(first).add(first + buffer.length);
      readers.set(first, (readers.get(first) ?? 0) + grids);
    }
  });
  const starts = [...cuts].filter((cut) => cut < scene.element_count).sort((a, b) => a - b);
  const ends = starts.map((_, k) => starts[k + 1] ?? scene.element_count);
  const weights = starts.map((start, k) => Math.log2(2 + ends[k] - start) * ((readers.get(start) ?? 0) > 1 ? 4 : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let position = 0;
  const from = weights.map((weight) => (position += weight / total) - weight / total);
  return { starts, ends, from, to: from.map((start, k) => from[k + 1] ?? 1) };
}

/** @type {ReturnType<typeof elementBlocks>} */
const NO_BLOCKS = { starts: [], ends: [], from: [], to: [] };

/** Range of all finite values that grids show, over all versions: scrubbing must not change the colours. */
export class ValueRange {
  /** @param {Scene} scene */
  constructor(scene) {
    this.low = Infinity;
    this.high = -Infinity;
    /** Whether there are also values that are not finite. */
    this.partial = false;
    const shown = new Set(scene.grids.map((grid) => grid.buffer));
    for (const b of shown) {
      for (const { values } of scene.buffers[b].versions) if (values) this.include(values);
    }
    this.empty = this.low > this.high;
    this.signed = this.low < 0;
    this.limit = Math.max(Math.abs(this.low), Math.abs(this.high)) || 1;
  }

  /** @param {Values} values */
  include(values) {
    const numbers = values.kind === "real" && !(values.data instanceof BigInt64Array || values.data instanceof BigUint64Array) ? /** @type {ArrayLike<number>} */ (values.data) : null;
    let { low, high } = this; // a property each time would take most of it
    for (let i = 0; i < values.length; i += 1) {
      const value = numbers ? numbers[i] : numberAt(values, i);
      if (!Number.isFinite(value)) {
        this.partial = true;
        continue;
      }
      if (value < low) low = value;
      if (value > high) high = value;
    }
    Object.assign(this, { low, high });
  }

  /** @param {number} value @returns {number} 0 … 1 */
  position(value) {
    if (this.signed) return 0.5 + value / (2 * this.limit);
    return this.high === this.low ? 0.5 : (value - this.low) / (this.high - this.low);
  }
}

/** What is drawn on a cell beside its text; a number is the phase of a complex one in radians.
 * @typedef {import("./format.js").ValueMark | "unwritten" | number} CellMark */

/** @type {WeakMap<Scene, ValueRange>} */
const ranges = new WeakMap();

/** @param {Scene} scene @returns {ValueRange} Computed once. */
function rangeOf(scene) {
  const range = ranges.get(scene) ?? new ValueRange(scene);
  ranges.set(scene, range);
  return range;
}

/** Red, green, blue of plain cells, by the role of what they show: light, and dark. @type {Record<PlateData["role"], [number[], number[]]>} */
const ROLE_FILLS = { value: [[240, 242, 246], [38, 42, 52]], gradient: [[253, 230, 208], [84, 49, 21]], saved: [[217, 231, 252], [29, 50, 88]] };

/**
 * Beside a graph, cells that have no colour of their own tell what they are.
 * @param {Scene} scene @param {ColourMode} mode @param {Theme} theme
 * @returns {Record<PlateData["role"], ColourScale>}
 */
export function roleScales(scene, mode, theme) {
  const scale = (/** @type {PlateData["role"]} */ role) => Object.assign(new ColourScale(scene, mode, theme), { plain: swatchOf(ROLE_FILLS[role][theme.dark ? 1 : 0]) });
  return { value: scale("value"), gradient: scale("gradient"), saved: scale("saved") };
}

/** Colours of a scene under one mode and theme. */
export class ColourScale {
  /** @param {Scene} scene @param {ColourMode} mode @param {Theme} theme */
  constructor(scene, mode, theme) {
    this.mode = mode;
    this.plain = swatchOf(theme.dark ? [38, 42, 52] : [240, 242, 246]);
    this.scene = scene;
    /** @type {ValueRange | null} */
    this.found = null;
    this.blocks = mode === "element" ? elementBlocks(scene) : NO_BLOCKS;
    this.ramp = mode === "element" ? elementRamp(theme.dark)
      : this.range.signed ? divergingRamp(theme.dark) : sequentialRamp(theme.dark);
  }

  /** @returns {ValueRange} Found when it is first asked for. */
  get range() { return (this.found ??= rangeOf(this.scene)); }

  /** @param {number} element @returns {Swatch} */
  ofElement(element) {
    const { starts, ends, from, to } = this.blocks;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= element) low = middle;
      else high = middle - 1;
    }
    const within = (element - starts[low] + 0.5) / (ends[low] - starts[low]);
    return pickSwatch(this.ramp, from[low] + (to[low] - from[low]) * within);
  }

  /**
   * @param {number} element @param {Values | null} values @param {number} i Position in the buffer.
   * @returns {Swatch}
   */
  of(element, values, i) {
    if (this.mode === "none") return this.plain;
    if (this.mode === "element") return this.ofElement(element);
    const value = numberAt(values, i);
    return Number.isFinite(value) ? pickSwatch(this.ramp, this.range.position(value)) : this.plain;
  }

  /**
   * What tells a value from others without colour. By value a complex number is coloured by its magnitude, so its phase
   * is a mark.
   * @param {Values | null} values @param {number} i Position in the buffer. @param {string} dtype
   * @returns {CellMark}
   */
  mark(values, i, dtype) {
    const mark = markAt(values, i, dtype);
    if (mark || this.mode !== "value" || values?.kind !== "complex") return mark;
    const [re, im] = [Number(values.data[2 * i]), Number(values.data[2 * i + 1])];
    return re === 0 && im === 0 ? "" : phaseOf(re, im);
  }

  /** @returns {string} CSS gradient for the legend. */
  gradient() {
    const from = this.range.signed ? this.range.position(this.range.low) : 0;
    const to = this.range.signed ? this.range.position(this.range.high) : 1;
    const stops = Array.from({ length: 13 }, (_, k) => pickSwatch(this.ramp, from + ((to - from) * k) / 12).fill);
    return `linear-gradient(to right, ${stops.join(", ")})`;
  }
}
