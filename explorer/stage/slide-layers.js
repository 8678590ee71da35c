// The network around the open layer: a card for each layer with its shape, costs, receptive field and feature maps.

import { node, setText } from "./dom.js";
import { countText, plural, product, tupleText, unravel } from "./format.js";
import { colourPicture, miniPicture, miniSide } from "./slide-mini.js";
import { TensorReader } from "./slide-values.js";

const MAP_PIXELS = 48;
/** What the spatial dimensions of one, two and three are called. @type {Record<number, string[]>} */
const SPAN_WORDS = { 1: ["positions"], 2: ["rows", "columns"], 3: ["slices", "rows", "columns"] };
const INPUT_PIXELS = 92;
const MOST_MAPS = 3;
const LAYERS_HINT = "Point at a feature map: what its cell sees of the input is outlined. Choose a layer to open it.";

/** @typedef {{canvas: HTMLElement, side: number, sizes: number[], scale: number[]}} InputPicture Its spatial sizes, and how many cells of the input one of its stands for. */

export class SlideLayers {
  /** @param {(layer: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.list = node("ol", { class: "te-slide-stops", "data-testid": "slide-stops" });
    this.told = node("p", { class: "te-slide-told te-muted" });
    this.element = node("section", { class: "te-slide-layers", "aria-label": "Network" }, this.list, this.told);
    this.field = node("i", { class: "te-slide-field-box", hidden: true });
    /** @type {InputPicture | null} */
    this.input = null;
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Theme | null} */
    this.theme = null;
  }

  /** @param {Scene} scene @param {Theme} theme */
  show(scene, theme) {
    const { layers } = scene;
    const few = !layers || layers.stops.filter(({ kind, fields }) => kind !== "other" || fields.length > 0).length < 2;
    this.element.hidden = few;
    if (few || (this.scene === scene && this.theme === theme)) return;
    this.scene = scene;
    this.theme = theme;
    const focused = /** @type {any} */ (this.element.getRootNode()).activeElement?.dataset?.testid;
    this.list.replaceChildren(...(layers.input >= 0 ? [this.inputCard(scene, layers.input, theme)] : []), ...layers.stops.map((stop, number) => this.stopCard(scene, stop, number, theme)));
    setText(this.told, LAYERS_HINT);
    const opened = /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-current="true"]'));
    if (opened) this.list.scrollLeft = opened.offsetLeft - this.list.clientWidth / 2 + opened.offsetWidth / 2;
    if (focused) /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-testid="${focused}"]`))?.focus({ preventScroll: true });
  }

  /** @param {Scene} scene @param {number} id @param {Theme} theme @returns {HTMLElement} */
  inputCard(scene, id, theme) {
    const reader = new TensorReader(scene, id);
    const grid = scene.grids[id];
    const [channels, ...sizes] = grid.window;
    const columns = sizes[sizes.length - 1] ?? 1;
    const rows = product(sizes) / Math.max(1, columns);
    const side = miniSide(rows, columns, INPUT_PIXELS, 8);
    const valueAt = (/** @type {number} */ ch, /** @type {number} */ r, /** @type {number} */ c) => reader.at([ch, ...unravel(r * columns + c, sizes)]);
    const scale = reader.scale(scene, theme);
    const picture = channels === 3 && !scale.range.empty ? colourPicture(rows, columns, valueAt, scale.range, side) : miniPicture(rows, columns, (r, c) => valueAt(0, r, c), scale, side);
    const box = node("span", { class: "te-slide-input-picture" }, picture, this.field);
    this.input = { canvas: box, side, sizes, scale: scene.layers?.input_scale ?? [] };
    return node("li", { class: "te-slide-stop" }, node("div", { class: "te-slide-stop-card" }, node("b", {}, grid.label || "input"), node("span", { class: "te-muted" }, "the network's input"), box));
  }

  /** @param {Scene} scene @param {LayerData} stop @param {number} number @param {Theme} theme @returns {HTMLElement} */
  stopCard(scene, stop, number, theme) {
    const opens = stop.kind === "window";
    const open = number === scene.layers?.opened;
    const content = [
      node("b", {}, stop.label), node("span", { class: "te-slide-layer-text" }, stop.layer), node("span", {}, tupleText(stop.shape)),
      node("span", { class: "te-muted" }, stop.parameters ? plural(stop.parameters, "parameter") : "no parameters"),
      stop.multiply_adds >= 0 && node("span", { class: "te-muted" }, `${countText(stop.multiply_adds)} multiply-adds`),
      stop.field && node("span", { class: "te-muted" }, `sees ${stop.field}`),
    ];
    const attributes = { class: "te-slide-stop-card", "data-testid": `slide-stop-${number}`, "aria-current": open ? "true" : null };
    const card = opens ? node("button", { ...attributes, type: "button", onclick: () => !open && this.onChoose(number) }, ...content) : node("div", attributes, ...content);
    return node("li", { class: "te-slide-stop" }, card, stop.maps >= 0 && this.maps(scene, stop, theme));
  }

  /** @param {Scene} scene @param {LayerData} stop @param {Theme} theme @returns {HTMLElement} */
  maps(scene, stop, theme) {
    const reader = new TensorReader(scene, stop.maps);
    const [channels, ...sizes] = scene.grids[stop.maps].window;
    const columns = sizes[sizes.length - 1] ?? 1;
    const rows = product(sizes) / Math.max(1, columns);
    const scale = reader.scale(scene, theme);
    const side = miniSide(rows, columns, MAP_PIXELS, 8);
    const shown = Math.min(channels, MOST_MAPS);
    const pictures = Array.from({ length: shown }, (_, c) => {
      const picture = miniPicture(rows, columns, (r, k) => reader.at([c, ...unravel(r * columns + k, sizes)]), scale, side);
      picture.addEventListener("pointermove", (event) => this.point(stop, unravel(Math.min(rows - 1, Math.floor(event.offsetY / side)) * columns + Math.min(columns - 1, Math.floor(event.offsetX / side)), sizes)));
      picture.addEventListener("pointerleave", () => this.point(stop, null));
      return picture;
    });
    const all = stop.shape[stop.shape.length - sizes.length - 1] ?? channels;
    return node("div", { class: "te-slide-maps" }, ...pictures, all > shown && node("span", { class: "te-muted" }, `+ ${countText(all - shown)}`));
  }

  /** Outline what a cell of the maps depends on. @param {LayerData} stop @param {number[] | null} cell */
  point(stop, cell) {
    const { input, field } = this;
    const found = cell && stop.fields.length === cell.length ? cell.map((i, d) => fieldSpan(stop, d, i)) : [];
    const spans = found.every(([from, to]) => from <= to) ? found : [];
    field.hidden = !input || spans.length === 0;
    setText(this.told, cell === null ? LAYERS_HINT : spans.length ? `a cell of ${stop.label} sees ${spans.map(([from, to], d) => `${SPAN_WORDS[spans.length]?.[d] ?? `dim ${d}`} ${from} to ${to}`).join(" and ")} of the input` : `a cell of ${stop.label} sees the whole input`);
    if (!input || !spans.length) return;
    const boxes = spans.map(([from, to], d) => {
      const cells = input.scale[d] || 1;
      return [Math.max(0, Math.floor(from / cells)), Math.min(input.sizes[d], Math.ceil((to + 1) / cells))];
    });
    const [columns, rows] = [boxes[boxes.length - 1], boxes.length > 1 ? boxes[boxes.length - 2] : [0, 1]];
    Object.assign(field.style, { left: `${columns[0] * input.side}px`, width: `${Math.max(0, columns[1] - columns[0]) * input.side}px`, top: `${rows[0] * input.side}px`, height: `${Math.max(0, rows[1] - rows[0]) * input.side}px` });
  }
}

/** @param {LayerData} stop @param {number} d @param {number} cell Of its maps. @returns {[number, number]} First and last index of the input that it depends on. */
function fieldSpan({ fields, scale }, d, cell) {
  const { first, last } = fields[d];
  const factor = scale[d] || 1;
  const to = Math.min(first.length - 1, (cell + 1) * factor - 1);
  return [first[cell * factor], last[to]];
}
