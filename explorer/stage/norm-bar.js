// Which layer is open, which beside it, which batch of a loop; training or evaluation; forward or gradients.

import { node, setAttribute, setText } from "./dom.js";
import { floatText } from "./format.js";
import { epsText } from "./norm-words.js";

/** @typedef {import("./norm-view.js").NormView} NormView */

/** What a link says for no layer beside the open one. */
export const NOTHING_BESIDE = -2;
/** What it says for all others with the same tensor, so many at most. */
export const ALL_BESIDE = -3;
const MOST_BESIDE = 3;
const NEEDS_SERVER = "Other layers are opened in the app, where the program runs.";

/**
 * @typedef {{layer: (stop: number) => void, call: (stop: number) => void, beside: (stop: number) => void, turn: (gradients: boolean) => void, focus: (number: number) => void}} BarHost
 */

/** @param {NormStopData[]} stops @returns {number[][]} Numbers of the stops of each module, in the order of its calls. */
export function modulesOf(stops) {
  /** @type {Map<string, number[]>} */
  const found = new Map();
  stops.forEach(({ label, layer, calls }, number) => {
    const key = calls > 1 ? `${label} ${layer} ${calls}` : String(number);
    found.set(key, [...(found.get(key) ?? []), number]);
  });
  return [...found.values()];
}

/** @param {NormStopData} stop @returns {string} `bn1: BatchNorm2d(4)`, `LayerNorm(4)` where it has no name */
export function stopName({ label, layer }) {
  if (!layer.includes("(")) return label || layer; // an expression is its own name
  return label && !layer.startsWith(label) ? `${label}: ${layer}` : layer;
}

/** @param {NormStopData[]} stops @param {number} own @returns {number} How many other modules take the tensor that one takes. */
function modulesBeside(stops, own) {
  const open = modulesOf(stops).find((calls) => calls.includes(own)) ?? [];
  return modulesOf((stops[own]?.same ?? []).filter((number) => !open.includes(number)).flatMap((number) => stops[number] ?? [])).length;
}

export class NormBar {
  /** @param {BarHost} host @param {boolean} served Whether there is a server to ask. */
  constructor(host, served) {
    this.host = host;
    this.served = served;
    /** @type {NormsData | null} */
    this.norms = null;
    this.layer = this.select("Layer", "norm-layer", (value) => host.layer(value));
    this.beside = this.select("beside", "norm-beside", (value) => host.beside(value));
    this.call = node("input", { type: "range", min: "0", step: "1", class: "te-norm-call", "aria-label": "Call of the layer", "data-testid": "norm-call" });
    this.call.addEventListener("input", () => this.slide());
    this.called = node("span", { class: "te-muted" });
    this.calls = node("label", { class: "te-norm-choice" }, this.called, this.call);
    this.badge = node("span", { class: "te-norm-badge", "data-testid": "norm-mode" });
    this.settings = node("span", { class: "te-muted te-norm-settings" });
    this.word = node("span", { class: "te-muted" }, NEEDS_SERVER);
    this.forward = this.button("forward", () => host.turn(false));
    this.gradients = this.button("gradients", () => host.turn(true));
    this.ways = node("span", { class: "te-segments", role: "group", "aria-label": "Direction" }, this.forward, this.gradients);
    this.outlines = node("span", { class: "te-segments", role: "group", "aria-label": "Whose groups are outlined in the input" });
    this.focuses = node("span", { class: "te-colours te-norm-outlines" }, node("span", { class: "te-label", "aria-hidden": "true" }, "Groups of"), this.outlines);
    this.element = node("div", { class: "te-norm-bar" }, this.layer.element, this.calls, this.badge, this.settings, this.beside.element, this.word, node("span", { class: "te-norm-right" }, this.focuses, this.ways));
  }

  /** @param {string} label @param {string} testid @param {(value: number) => void} act */
  select(label, testid, act) {
    const select = node("select", { class: "te-select", "data-testid": testid });
    select.addEventListener("change", () => act(Number(select.value)));
    const choice = { select, only: node("b", { class: "te-norm-only" }), element: node("label", { class: "te-norm-choice" }, node("span", { class: "te-label" }, label)) };
    choice.element.append(select, choice.only);
    return choice;
  }

  /** @param {string} text @param {() => void} act @returns {HTMLElement} */
  button(text, act) {
    return node("button", { type: "button", "data-testid": `norm-${text}`, onclick: act }, text);
  }

  /** Another call of the same module. */
  slide() {
    const { norms } = this;
    const stop = norms && this.callsOf(norms)[Number(this.call.value)];
    if (stop !== null && stop !== undefined) this.host.call(stop);
  }

  /** @param {NormsData} norms @returns {number[]} The stops of the module that is open. */
  callsOf(norms) {
    return modulesOf(norms.stops).find((stops) => stops.includes(norms.opened[0].stop)) ?? [];
  }

  /** @param {NormsData} norms @param {NormView[]} views @param {boolean} gradients @param {number} focus */
  show(norms, views, gradients, focus) {
    const [view] = views;
    if (norms !== this.norms) {
      this.norms = norms;
      this.fillLayers(norms, view);
      this.fillCalls(norms);
      this.fillBeside(norms, view);
      setText(this.badge, modeText(view));
      setAttribute(this.badge, "data-mode", view.norm.training ? "train" : "eval");
      setText(this.settings, settingsText(view));
      this.outlines.replaceChildren(...(views.length > 1 ? views.map((one, k) => this.button(one.name, () => this.host.focus(k))) : []));
    }
    this.word.hidden = this.served || (norms.stops.length < 2);
    this.ways.hidden = !view.hasGradients;
    this.focuses.hidden = views.length < 2 || gradients;
    setAttribute(this.forward, "aria-pressed", String(!gradients));
    setAttribute(this.gradients, "aria-pressed", String(gradients));
    [...this.outlines.children].forEach((button, k) => setAttribute(button, "aria-pressed", String(k === focus)));
  }

  /** @param {NormsData} norms @param {NormView} view */
  fillLayers(norms, view) {
    const modules = modulesOf(norms.stops);
    const { select, only } = this.layer;
    const options = modules.map((stops) => {
      const stop = norms.stops[stops[stops.length - 1]];
      const open = stops.includes(view.norm.stop);
      return node("option", { value: open ? view.norm.stop : stops[stops.length - 1], selected: open }, stopName(stop));
    });
    select.replaceChildren(...options);
    select.hidden = modules.length < 2;
    select.disabled = !this.served;
    only.hidden = modules.length > 1;
    setText(only, stopName(view.stop ?? { ...view.norm, shape: [], stride: [], call: 0, calls: 1, same: [], span: null }));
  }

  /** @param {NormsData} norms */
  fillCalls(norms) {
    const calls = this.callsOf(norms);
    const at = calls.indexOf(norms.opened[0].stop);
    const stop = norms.stops[norms.opened[0].stop];
    this.calls.hidden = calls.length < 2;
    this.call.max = String(Math.max(0, calls.length - 1));
    this.call.value = String(at);
    this.call.disabled = !this.served;
    setText(this.called, stop ? `batch ${stop.call + 1} of ${stop.calls}` : "");
    setAttribute(this.call, "aria-valuetext", this.called.textContent);
  }

  /** @param {NormsData} norms @param {NormView} view */
  fillBeside(norms, view) {
    const { select, only, element } = this.beside;
    const [, second, third] = norms.opened;
    const listed = [...new Set([...view.stop?.same ?? [], ...(second ? [second.stop] : [])])]; // a link may lay another tensor's layer beside it
    const others = modulesBeside(norms.stops, view.norm.stop);
    const shown = third ? ALL_BESIDE : second?.stop ?? NOTHING_BESIDE;
    element.hidden = listed.length === 0;
    only.hidden = true;
    select.disabled = !this.served;
    const option = (/** @type {number} */ value, /** @type {string} */ text) => node("option", { value, selected: value === shown }, text);
    select.replaceChildren(option(NOTHING_BESIDE, "nothing"), ...listed.map((number) => option(number, norms.stops[number] ? stopName(norms.stops[number]) : `call ${number}`)),
      ...(others > 1 ? [option(ALL_BESIDE, others > MOST_BESIDE ? `the next ${MOST_BESIDE}` : `all ${others}`)] : []));
  }
}

/** @param {NormView} view @returns {string} Whose statistics it takes, and whether that depends on the mode. */
function modeText({ norm, keepsRunning }) {
  if (norm.kind === "weight") return "train and eval alike";
  if (norm.kind === "response") return "train and eval alike";
  const whose = norm.uses === "batch" ? "statistics of this tensor" : norm.kind === "standard" ? "statistics of another tensor" : "running statistics";
  return keepsRunning ? `${norm.training ? "train" : "eval"}: ${whose}` : `train and eval alike: ${whose}`;
}

/** @param {NormView} view @returns {string} `ε 1e−5 · momentum 0.1` */
function settingsText({ norm, eps, momentum, keepsRunning }) {
  const weight = keepsRunning && norm.training ? `momentum ${momentum === null ? "None" : floatText(momentum, 4)}` : "";
  return [eps === 0 ? "" : `ε ${epsText(eps)}`, weight].filter(Boolean).join(" · ");
}
