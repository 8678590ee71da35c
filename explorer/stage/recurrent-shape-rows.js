// Rows of the table of shapes: a tensor that the module takes, returns or owns.

import { node } from "./dom.js";
import { countText, tupleText } from "./format.js";
import { inlineCode } from "./messages.js";
import { symbolsOf } from "./recurrent-symbols.js";

/** Weights of one layer in one direction; `key`: both as in torch's names. @typedef {{key: string, title: string, rows: NamedShapeData[]}} OwnedGroup */

/** @param {NamedShapeData} row @returns {boolean} Whether batch_first moves its dimensions. */
export function movesWithBatch({ axes }) {
  return axes.includes("N") && axes.includes("L");
}

/** @param {readonly NamedShapeData[]} shapes @param {UnrolledData | null} unrolled @returns {NamedShapeData[]} With the grids of what is open. */
export function withGrids(shapes, unrolled) {
  if (!unrolled) return [...shapes];
  const { names, weight_ih: ih, weight_hh: hh, bias_ih: bih, bias_hh: bhh, weight_hr: hr } = unrolled;
  const grids = new Map([ih, hh, bih, bhh, hr].map((grid, k) => [names[k], grid]));
  return shapes.map((row) => (row.grid >= 0 ? row : { ...row, grid: grids.get(row.name) ?? -1 }));
}

/** @param {readonly NamedShapeData[]} shapes @returns {boolean | null} Whether the batch comes first in them; null: nothing of them has both. */
export function isBatchFirst(shapes) {
  const row = shapes.find(movesWithBatch);
  return row ? row.axes.indexOf("N") < row.axes.indexOf("L") : null;
}

/** @param {readonly NamedShapeData[]} shapes @returns {OwnedGroup[]} What the module owns, by layer and direction. */
export function ownedGroups(shapes) {
  /** @type {Map<string, OwnedGroup>} */
  const groups = new Map();
  for (const row of shapes.filter(({ part }) => part === "owns")) {
    const [, layer = "", reverse = ""] = /_l(\d+)(_reverse)?$/.exec(row.name) ?? [];
    const key = `${layer}${reverse}`;
    const group = groups.get(key) ?? { key, title: layer === "" ? "" : `layer ${layer} · ${reverse ? "reverse" : "forward"}`, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @param {readonly NamedShapeData[]} rows @returns {string} Shapes of some tensors in a line, equal ones counted. */
export function shapesLine(rows) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { shape } of rows) counts.set(tupleText(shape), (counts.get(tupleText(shape)) ?? 0) + 1);
  return [...counts].map(([shape, count]) => (count > 1 ? `${count} × ${shape}` : shape)).join(" · ");
}

/** @param {readonly string[]} blocks @param {number} rows All of them. @returns {HTMLElement | null} Which rows belong to which gate. */
export function blockSegments(blocks, rows) {
  if (blocks.length < 2) return null;
  const size = rows / blocks.length;
  return node("span", { class: "te-rcp-blocks", role: "img", "aria-label": `stacked: ${blocks.map((name, k) => `${name} rows ${k * size} to ${(k + 1) * size - 1}`).join(", ")}` },
    ...blocks.map((name, k) => node("span", { "data-block": name }, node("b", {}, name), node("small", {}, size === 1 ? String(k) : `${k * size}–${(k + 1) * size - 1}`))));
}

/** @param {readonly number[]} sizes @param {(size: number, d: number) => Node | string} write @returns {(Node | string)[]} `(24, 10, 100)` */
function tupleMarks(sizes, write) {
  return ["(", ...sizes.flatMap((size, d) => [d ? ", " : "", write(size, d)]), sizes.length === 1 ? ",)" : ")"];
}

/** @param {NamedShapeData} row @param {import("./recurrent-symbols.js").SymbolLights} lights @returns {(Node | string)[]} With the other batch_first. */
function flippedCell(row, lights) {
  const { axes, shape, flipped } = row;
  if (!movesWithBatch(row)) return [node("span", { class: "te-rcp-stays" }, axes.includes("N") ? "stays: layers first" : "stays")];
  const batch = axes.indexOf("N");
  const time = axes.indexOf("L");
  const moved = axes.map((_, d) => (d === batch ? time : d === time ? batch : d));
  const marks = tupleMarks(flipped, (size, d) => (moved[d] === d ? lights.mark(countSize(size), symbolsOf(axes[d])) : Object.assign(lights.mark(countSize(size), symbolsOf(axes[moved[d]])), { className: "te-rcp-symbol te-rcp-moved" })));
  return [node("span", {}, ...marks), node("small", { class: "te-rcp-move" }, shape[batch] === shape[time] ? `moves, though L = N = ${shape[batch]}` : "moves")];
}

/** @param {number} size @returns {string} */
function countSize(size) { return String(size); }

/** @param {NamedShapeData} row @returns {(Node | string | null)[]} What its dimensions are, and what to know of it. */
function meaningCell({ meanings, note, blocks, shape }) {
  return [blockSegments(blocks, shape[0]), node("span", {}, meanings.join(" × ")), note ? node("span", { class: "te-muted te-rcp-note" }, ...inlineCode(note)) : null];
}

/**
 * @param {NamedShapeData} row @param {import("./recurrent-symbols.js").SymbolLights} lights @param {{flips: boolean, shown: string, changed: Set<string>, open: (name: string) => void}} how
 * `flips`: whether there is a column for the other batch_first; `shown`: the tensor whose values are open; `changed`: those of another shape than before. @returns {HTMLElement}
 */
export function shapeRow(row, lights, { flips, shown, changed, open }) {
  const { name, axes, shape, grid } = row;
  const count = shape.reduce((total, size) => total * size, 1);
  const title = grid < 0 ? node("span", {}, name)
    : node("button", { type: "button", class: "te-link", "aria-expanded": String(name === shown), "data-testid": `rec-tensor-${name}`, onclick: () => open(name) }, name);
  return node("tr", { role: "row", "data-testid": `rec-shape-${name}`, "data-moves": movesWithBatch(row) ? "true" : null, "data-changed": changed.has(name) ? "true" : null },
    node("th", { scope: "row", role: "rowheader" }, title),
    node("td", { role: "cell", "data-column": "axes" }, node("span", {}, ...tupleMarks(shape, (_, d) => node("span", {}, ...lights.axis(axes[d] ?? "?"))))),
    node("td", { role: "cell", "data-column": "shape", title: `${countText(count)} numbers` }, node("span", {}, ...tupleMarks(shape, (size, d) => lights.mark(countSize(size), symbolsOf(axes[d] ?? ""))))),
    flips && node("td", { role: "cell", "data-column": "flipped", "data-plain": axes.includes("N") ? null : "true" }, ...flippedCell(row, lights)),
    node("td", { role: "cell", "data-column": "meaning" }, node("span", { class: "te-rcp-meaning" }, ...meaningCell(row).filter((part) => part !== null))));
}
