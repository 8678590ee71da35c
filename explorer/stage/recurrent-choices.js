// What is open: which call, layer, direction, item of the batch and unit. The server opens another one.

import { node, setAttribute, setText } from "./dom.js";

/** @typedef {import("./recurrent-parts.js").RecurrentHost} RecurrentHost */

const APP_OPENS = "Others are opened in the app, where the program runs.";

/** @param {RecurrentStopData} stop @returns {string} `lstm: LSTM(4, 6)`, an expression as it stands. */
export function recurrentName({ label, layer }) {
  return label && !layer.startsWith(label) ? `${label}: ${layer}` : layer || label;
}

export class RecurrentChoices {
  /** @param {RecurrentHost} host */
  constructor(host) {
    this.host = host;
    this.filled = "";
    this.call = this.select("Call", "rec-layer", (layer) => host.ask({ layer }));
    this.depth = this.select("layer", "rec-depth", (depth) => host.ask({ depth }));
    this.item = this.number("item", "rec-item", (item) => host.ask({ item }));
    this.unit = this.number("unit", "rec-unit", (unit) => host.pin({ t: -1, unit }));
    this.forward = this.button("→ forward", "rec-forward", () => host.ask({ reverse: 0 }));
    this.backward = this.button("← reverse", "rec-reverse", () => host.ask({ reverse: 1 }));
    this.ways = node("span", { class: "te-segments", role: "group", "aria-label": "Direction in which the sequence is read" }, this.forward, this.backward);
    this.badge = node("span", { class: "te-rcp-badge", "data-testid": "rec-mode" });
    this.word = node("span", { class: "te-muted" }, APP_OPENS);
    this.element = node("div", { class: "te-rcp-bar" }, this.call.element, this.badge, this.depth.element, this.ways, this.item.element, this.unit.element, this.word);
  }

  /** @param {string} label @param {string} testid @param {(value: number) => void} act */
  select(label, testid, act) {
    const select = node("select", { class: "te-select", "data-testid": testid, onchange: () => act(Number(select.value)) });
    const choice = { select, only: node("b", { class: "te-rcp-only" }), element: node("label", { class: "te-rcp-choice" }, node("span", { class: "te-label" }, label)) };
    choice.element.append(select, choice.only);
    return choice;
  }

  /** @param {string} label @param {string} testid @param {(value: number) => void} act */
  number(label, testid, act) {
    const input = node("input", { type: "number", min: "0", step: "1", class: "te-rcp-number", "data-testid": testid, onchange: () => {
      const value = Math.round(Math.max(0, Math.min(Number(input.max), Number(input.value) || 0)));
      input.value = String(value);
      act(value);
    } });
    const choice = { input, of: node("span", { class: "te-muted" }), element: node("label", { class: "te-rcp-choice" }, node("span", { class: "te-label" }, label), input) };
    choice.element.append(choice.of);
    return choice;
  }

  /** @param {string} text @param {string} testid @param {() => void} act @returns {HTMLElement} */
  button(text, testid, act) {
    return node("button", { type: "button", "data-testid": testid, onclick: act }, text);
  }

  /** @param {Scene} _scene @param {RecurrentData} recurrent */
  update(_scene, recurrent) {
    const { unrolled, stops, opened } = recurrent;
    const stop = stops[opened];
    this.element.hidden = !stop;
    if (!stop) return;
    this.fillCalls(stops, opened);
    this.fillDepths(stop, unrolled);
    this.fillItems(stop, unrolled);
    const { served } = this.host;
    this.ways.hidden = !unrolled || stop.directions < 2;
    setAttribute(this.forward, "aria-pressed", String(unrolled?.reverse === false));
    setAttribute(this.backward, "aria-pressed", String(unrolled?.reverse === true));
    for (const button of [this.forward, this.backward]) setAttribute(button, "disabled", served ? null : "");
    this.badge.hidden = !stop.layer.includes("dropout="); // nothing else is done otherwise in training
    setText(this.badge, stop.training ? "train" : "eval");
    setAttribute(this.badge, "data-mode", stop.training ? "train" : "eval");
    this.word.hidden = served || (stops.length < 2 && stop.layers < 2 && stop.directions < 2 && stop.batch < 2);
  }

  /** @param {RecurrentStopData[]} stops @param {number} opened */
  fillCalls(stops, opened) {
    const { select, only } = this.call;
    const key = `${opened} ${stops.map(recurrentName)}`;
    select.hidden = stops.length < 2;
    select.disabled = !this.host.served;
    only.hidden = stops.length > 1;
    setText(only, recurrentName(stops[opened]));
    if (key === this.filled) return;
    this.filled = key;
    const names = stops.map(recurrentName);
    select.replaceChildren(...names.map((name, k) => {
      const same = names.filter((other) => other === name).length > 1;
      return node("option", { value: k, selected: k === opened }, same ? `${name}, call ${names.slice(0, k + 1).filter((other) => other === name).length}` : name);
    }));
  }

  /** @param {RecurrentStopData} stop @param {UnrolledData | null} unrolled */
  fillDepths(stop, unrolled) {
    const { select, only, element } = this.depth;
    element.hidden = !unrolled || stop.layers < 2;
    select.disabled = !this.host.served;
    only.hidden = true;
    if (select.childElementCount !== stop.layers) select.replaceChildren(...Array.from({ length: stop.layers }, (_, k) => node("option", { value: k }, depthName(k, stop.layers))));
    select.value = String(unrolled?.layer ?? 0);
  }

  /** @param {RecurrentStopData} stop @param {UnrolledData | null} unrolled */
  fillItems(stop, unrolled) {
    const item = unrolled?.item ?? 0;
    const length = stop.lengths[item];
    this.item.element.hidden = !unrolled || stop.batch < 2;
    this.item.input.disabled = !this.host.served;
    this.setNumber(this.item, item, stop.batch - 1);
    setText(this.item.of, `of 0 … ${stop.batch - 1}${length === undefined ? "" : `, ${length} of ${stop.steps} steps`}`);
    this.unit.element.hidden = !unrolled || stop.hidden_size < 2;
    this.setNumber(this.unit, unrolled?.unit ?? 0, stop.hidden_size - 1);
    setText(this.unit.of, `of 0 … ${stop.hidden_size - 1}`);
  }

  /** @param {{input: HTMLInputElement}} choice @param {number} value @param {number} most */
  setNumber({ input }, value, most) {
    setAttribute(input, "max", String(Math.max(0, most)));
    const { activeElement } = /** @type {ShadowRoot | Document} */ (input.getRootNode());
    const typed = activeElement === input && Number(input.value) <= most;
    if (!typed && input.value !== String(value)) input.value = String(value);
  }

  /** @param {import("./recurrent-view.js").RecurrentMoment} _moment @param {number} unit In focus. */
  show(_moment, unit) {
    this.setNumber(this.unit, unit, Number(this.unit.input.max));
  }
}

/** @param {number} k @param {number} layers @returns {string} */
function depthName(k, layers) {
  return k === 0 ? `${k}: reads the input` : k === layers - 1 ? `${k}: gives the output` : String(k);
}
