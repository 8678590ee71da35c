// The chain rule with the numbers of one cell: `local derivative × upstream = downstream`.

import { bufferPositions, versionAt } from "./elements.js";
import { isFloating, numberAt } from "./format.js";
import { Explainer, short, signed, writtenTerms } from "./formula.js";
import { engineFrames } from "./phases.js";
import { termsOf } from "./relation.js";

const CHAIN_RULE = "local derivative × upstream = downstream";

/**
 * @param {Scene} scene @param {import("./relation.js").Made} made
 * @param {(grid: GridData, cell: number) => string} nameOf `x[1, 2]`, as the current frame calls it.
 * @returns {Explainer} Writes how a cell came about; of a gradient, by the chain rule.
 */
export function explainerOf(scene, made, nameOf) {
  const complex = scene.grids[made.relation.result].dtype.startsWith("complex");
  return engineFrames(scene).has(made.frame) && made.relation.derivatives && !complex ? new ChainRule(scene, made, nameOf) : new Explainer(scene, made, nameOf);
}

class ChainRule extends Explainer {
  /** @param {number} cell Of the result's window. @returns {import("./formula.js").Explanation} */
  explain(cell) {
    const { relation } = this;
    const [from, to] = termsOf(relation, cell);
    if (cell + 1 >= relation.starts.length) return { formula: "", lines: [] };
    const [name, result] = [this.nameOf(this.result, cell), this.exact(this.result, cell, this.frame)];
    if (from === to) return { formula: CHAIN_RULE, lines: [`${name} = ${result}: no gradient flows to it`] };
    if (relation.terms && !this.agrees(from, to, Number(result))) return super.explain(cell);
    const products = writtenTerms(from, to).map((term) => (term < 0 ? null : this.product(term)));
    const left = writtenTerms(from, to).find((term) => term < 0) ?? 0;
    const text = products.map((factors) => (factors ? factors.map((factor) => signed(factor.text)).join(" × ") : `… ${-left} more …`)).join(" + ");
    return { formula: CHAIN_RULE, lines: [`${name} ${this.equation(text, result, products.flatMap((factors) => factors ?? []))}`] };
  }

  /** @param {number} term @returns {import("./formula.js").Factor[]} The local derivative and the gradient that came in. */
  product(term) {
    const { derivatives, operands } = this.relation;
    const local = short(/** @type {ArrayLike<number>} */ (derivatives)[term], true);
    const upstream = operands.find(({ role, cells }) => role === "value" && cells[term] >= 0);
    return upstream ? [local, this.incoming(this.scene.grids[upstream.grid], upstream.cells[term])] : [local];
  }

  /** @param {GridData} grid @param {number} cell @returns {import("./formula.js").Factor} As it is in this frame: it came in with it. */
  incoming(grid, cell) {
    const { values } = versionAt(this.scene.buffers[grid.buffer], this.frame);
    return short(numberAt(values, bufferPositions(grid)[cell]), isFloating(grid.dtype));
  }
}
