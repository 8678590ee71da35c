// Shapes first: every tensor that a recurrent module takes, returns and owns, by letters and by numbers.

import { node, setText } from "./dom.js";
import { tupleText } from "./format.js";
import { isBatchFirst, ownedGroups, shapeRow, shapesLine, withGrids } from "./recurrent-shape-rows.js";
import { SymbolLights, symbolValues } from "./recurrent-symbols.js";
import { OpenedValues } from "./recurrent-values.js";

/** As many groups of weights are open by themselves. */
const FEW_GROUPS = 2;
/** There the table would stand alone on the screen, before any picture. */
const NARROW_SCREEN = "(max-width: 1100px)";

export class ShapesTable {
  constructor() {
    this.lights = new SymbolLights();
    this.values = new OpenedValues(() => this.open(""));
    this.line = node("span", { class: "te-rcp-summary-line" });
    this.count = node("span", { class: "te-rcp-summary-count" });
    this.letters = node("div", { class: "te-rcp-letters", role: "group", "aria-label": "Letters of the shapes" });
    this.about = node("p", { class: "te-muted te-rcp-about" });
    this.box = node("div", { class: "te-rcp-table-box", tabindex: "0", role: "region", "aria-label": "Shapes of all tensors" });
    this.formula = node("p", { class: "te-rcp-formula", "data-testid": "rec-parameters" });
    this.body = node("div", { class: "te-rcp-shapes-body" }, this.letters, this.about, this.box, this.values.element, this.formula);
    this.element = node("details", { class: "te-rcp-shapes", "data-testid": "rec-shapes", ontoggle: () => this.unfold() },
      node("summary", {}, node("b", {}, "Shapes"), this.line, this.count), this.body);
    /** Whether it was opened or closed by hand. */
    this.turned = false;
    this.unfolding = false;
    /** The tensor whose values are open. */
    this.shown = "";
    /** Tensors whose shape is another than before. @type {Set<string>} */
    this.changed = new Set();
    this.written = "";
    /** Groups of weights that are open, by layer and direction. @type {Set<string>} */
    this.opened = new Set();
    this.grouped = "";
    /** @type {[Scene, RecurrentData, Theme] | null} */
    this.given = null;
    this.stale = true;
    this.lights.listen(this.body);
  }

  /** @param {Scene} scene @param {RecurrentData} given @param {Theme} theme */
  update(scene, given, theme) {
    const recurrent = { ...given, shapes: withGrids(given.shapes, given.unrolled) };
    const { shapes, stops, opened, unrolled, parameters } = recurrent;
    this.element.hidden = shapes.length === 0;
    if (!shapes.length) return;
    const written = JSON.stringify([shapes, parameters, stops[opened]?.layer]);
    if (written !== this.written) this.begin(shapes, unrolled);
    this.stale ||= written !== this.written || this.shown !== "";
    this.written = written;
    this.given = [scene, recurrent, theme];
    if (!this.turned) this.setOpen(!unrolled || ((stops[opened]?.batch ?? 0) > 1 && !matchMedia(NARROW_SCREEN).matches));
    setText(this.line, summaryLine(shapes));
    setText(this.count, parameters ? `${parameters.split(" = ").pop()} parameters` : "");
    this.fill();
  }

  /** Other shapes, or another layer of the same. @param {NamedShapeData[]} shapes @param {UnrolledData | null} unrolled */
  begin(shapes, unrolled) {
    const groups = ownedGroups(shapes);
    const before = new Map(this.given?.[1].shapes.map(({ name, shape }) => [name, shape.join()]) ?? []);
    this.changed = new Set(shapes.filter(({ name, shape }) => before.has(name) && before.get(name) !== shape.join()).map(({ name }) => name));
    const open = unrolled ? `${unrolled.layer}${unrolled.reverse ? "_reverse" : ""}` : "";
    const keys = groups.map(({ key }) => key).join();
    if (keys !== this.grouped) this.opened = new Set(groups.filter(() => groups.length <= FEW_GROUPS).map(({ key }) => key));
    this.grouped = keys;
    this.opened.add(open);
    if (!shapes.some(({ name }) => name === this.shown)) this.shown = "";
  }

  /** @param {boolean} open */
  setOpen(open) {
    if (this.element.open === open) return;
    this.unfolding = true;
    this.element.open = open;
  }

  /** By hand, or by another scene. */
  unfold() {
    if (!this.unfolding) this.turned = true;
    this.unfolding = false;
    this.fill();
  }

  fill() {
    const { given } = this;
    if (!this.stale || !given || !this.element.open) return;
    this.stale = false;
    const [, { shapes, stops, opened, parameters }] = given;
    const stop = stops[opened];
    this.lights.clear();
    this.letters.replaceChildren(...this.lights.chips(symbolValues(shapes, stop)));
    const first = isBatchFirst(shapes);
    const flips = first !== null && !/Cell\(/.test(stop?.layer ?? "");
    setText(this.about, flips ? flipWords(first === true) : "");
    this.about.hidden = !flips;
    this.box.replaceChildren(this.table(shapes, flips, first === true));
    this.formula.replaceChildren("parameters: ", ...this.lights.formula(parameters));
    this.formula.hidden = !parameters;
    this.lights.show();
    this.showValues();
  }

  /** @param {NamedShapeData[]} shapes @param {boolean} flips @param {boolean} first Whether the batch comes first. @returns {HTMLElement} */
  table(shapes, flips, first) {
    const heads = ["tensor", "axes", "shape", ...(flips ? [`batch_first=${first ? "False" : "True"}`] : []), "what it is"];
    const how = { flips, shown: this.shown, changed: this.changed, open: (/** @type {string} */ name) => this.open(name === this.shown ? "" : name) };
    const rowsOf = (/** @type {NamedShapeData[]} */ rows) => rows.map((row) => shapeRow(row, this.lights, how));
    const head = (/** @type {(Node | string)[]} */ ...content) => node("tr", { role: "row", class: "te-rcp-part" }, node("th", { scope: "rowgroup", role: "rowheader", colspan: heads.length }, ...content));
    const parts = /** @type {("takes" | "returns")[]} */ (["takes", "returns"]).flatMap((part) => {
      const rows = shapes.filter((row) => row.part === part);
      return rows.length ? [node("tbody", { role: "rowgroup" }, head(part), ...rowsOf(rows))] : [];
    });
    const owned = ownedGroups(shapes).map((group, k, groups) => {
      const open = this.opened.has(group.key);
      const title = groups.length < 2 ? ["owns"] : [this.toggle(group.key, open), `owns · ${group.title}`, node("span", { class: "te-muted" }, open ? "" : ` ${shapesLine(group.rows)}`)];
      return node("tbody", { role: "rowgroup" }, head(...title), ...(open ? rowsOf(group.rows) : []));
    });
    return node("table", { class: "te-rcp-table", role: "table", "data-flips": flips ? "true" : null },
      node("thead", { role: "rowgroup" }, node("tr", { role: "row" }, ...heads.map((text) => node("th", { scope: "col", role: "columnheader" }, text)))), ...parts, ...owned);
  }

  /** @param {string} key @param {boolean} open @returns {HTMLElement} */
  toggle(key, open) {
    return node("button", { type: "button", class: "te-rcp-toggle", "aria-expanded": String(open), "aria-label": `Weights of ${key}`, "data-testid": `rec-group-${key}`, onclick: () => this.toggleGroup(key) }, open ? "▾" : "▸");
  }

  /** @param {string} key */
  toggleGroup(key) {
    if (!this.opened.delete(key)) this.opened.add(key);
    this.refill(`rec-group-${key}`);
  }

  /** @param {string} name Of the tensor whose values are shown; "": none. */
  open(name) {
    const pressed = name || this.shown;
    this.shown = name;
    this.refill(`rec-tensor-${pressed}`);
  }

  /** Write the table anew and give the focus back. @param {string} testid Of what was pressed. */
  refill(testid) {
    this.stale = true;
    this.changed.clear();
    this.fill();
    /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-testid="${testid}"]`))?.focus({ preventScroll: true });
  }

  showValues() {
    if (this.given) this.values.show(this.given[0], this.given[1].shapes.find(({ name }) => name === this.shown) ?? null, this.given[2], this.element.clientWidth);
  }
}

/** @param {NamedShapeData[]} shapes @returns {string} `input (24, 10, 100) → output (24, 10, 16) · h_n (1, 10, 16)` */
function summaryLine(shapes) {
  const input = shapes.find(({ part }) => part === "takes");
  const returned = shapes.filter(({ part }) => part === "returns").map(({ name, shape }) => `${name} ${tupleText(shape)}`).join(" · ");
  return input ? `${input.name} ${tupleText(input.shape)} → ${returned}` : returned;
}

/** @param {boolean} first @returns {string} */
function flipWords(first) {
  const [now, flag, other] = first ? ["N before L", "False", "L"] : ["L before N", "True", "N"];
  return `Here input and output have ${now}. With batch_first=${flag} they would begin with ${other}; nothing else would move: states begin with layers either way.`;
}
