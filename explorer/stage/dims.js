// Arrows along the dimensions that a step sums away or runs along: "dim=0 runs down the rows", made visible.

const SVG_SPACE = "http://www.w3.org/2000/svg";
const MOST_SLABS = 12;

/** @typedef {import("./layout.js").GridGeometry} GridGeometry */

/** @param {Scene} scene @param {Frame} frame @param {GridData} grid @returns {Relation | null} The relation of the frame that runs along dimensions of a grid. */
export function runningAlong(scene, frame, grid) {
  const relations = (frame.relations ?? []).map((number) => /** @type {Relation[]} */ (scene.relations)[number]);
  return relations.find((relation) => relation.dims.length > 0 && relation.operands[0]?.grid === grid.id) ?? null;
}

/** @param {Scene} scene @param {Relation} relation @returns {string} `dim=0 ↓ runs down the rows and disappears` */
export function dimsText(scene, relation) {
  const { shape } = scene.grids[relation.operands[0].grid];
  const result = scene.grids[relation.result].shape;
  const picks = relation.operands.some((operand) => operand.role === "index");
  return relation.dims.map((dim) => {
    const [arrow, way] = wayOf(dim, shape.length);
    return `dim=${dim} ${arrow} ${picks ? `the index picks ${way}` : `runs ${way}${endOf(dim, shape, result)}`}`;
  }).join(" · ");
}

/** @param {number} dim @param {number} rank @returns {[string, string]} */
function wayOf(dim, rank) {
  if (dim === rank - 1) return ["→", rank === 1 ? "along the elements" : "along the columns"];
  return dim === rank - 2 ? ["↓", "down the rows"] : ["⇒", "across the slabs"];
}

/** @param {number} dim @param {number[]} shape @param {number[]} result @returns {string} What becomes of the dimension. */
function endOf(dim, shape, result) {
  if (result.length < shape.length) return " and disappears";
  return result[dim] === shape[dim] ? "" : ` and becomes ${result[dim]}`;
}

/**
 * @param {GridGeometry} geometry @param {readonly number[]} dims @param {number} rank Of the tensor.
 * @returns {SVGSVGElement} As large as the cells' box.
 */
export function dimArrows(geometry, dims, rank) {
  const svg = document.createElementNS(SVG_SPACE, "svg");
  svg.setAttribute("class", "te-dims");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("data-dims", dims.join(" "));
  svg.setAttribute("width", String(geometry.width));
  svg.setAttribute("height", String(geometry.height));
  svg.append(...dims.flatMap((dim) => waysAlong(geometry, dim, rank)).map(([x1, y1, x2, y2]) => alongPath(x1, y1, x2, y2)));
  return svg;
}

/**
 * Where the arrows of a dimension begin and end, beside the cells.
 * @param {GridGeometry} geometry @param {number} dim @param {number} rank
 * @returns {[number, number, number, number][]}
 */
function waysAlong({ slabs, rows, columns, cw, ch }, dim, rank) {
  if (dim === rank - 1) return slabs.slice(0, MOST_SLABS).map(({ x, y }) => [x, y - 2.5, x + columns * cw, y - 2.5]);
  if (dim === rank - 2) return slabs.slice(0, MOST_SLABS).map(({ x, y }) => [x - 3, y, x - 3, y + rows * ch]);
  const line = slabs.filter(({ index }) => index.every((i, d) => d === dim || i === 0));
  const [first, last] = [line[0], line[line.length - 1]];
  if (!first || !last) return [];
  return first.y === last.y ? [[first.x, first.y - 32, last.x + columns * cw, first.y - 32]] : [[2.5, first.y, 2.5, last.y + rows * ch]];
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @returns {SVGPathElement} A line along an axis with a head at its end. */
function alongPath(x1, y1, x2, y2) {
  const path = document.createElementNS(SVG_SPACE, "path");
  const head = x1 === x2 ? `M${x2 - 3.5} ${y2 - 6}L${x2} ${y2}L${x2 + 3.5} ${y2 - 6}` : `M${x2 - 6} ${y2 - 3.5}L${x2} ${y2}L${x2 - 6} ${y2 + 3.5}`;
  path.setAttribute("d", `M${x1} ${y1}L${x2} ${y2}${head}`);
  return path;
}
