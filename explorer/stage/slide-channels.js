// All channels of the layer: a row for each output channel with its kernel for each input channel, and its result.

import { node, setText } from "./dom.js";
import { plural, product, unravel } from "./format.js";
import { numbersFrom } from "./slide-model.js";
import { miniPicture, miniSide, thinned } from "./slide-mini.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

const MOST_ROWS_SHOWN = 8;
const MOST_COLUMNS = 8;
const KERNEL_PIXELS = 34;
const RESULT_PIXELS = 40;
/** A side of a result: of larger ones not every cell has a pixel. */
const MOST_PIXELS_MAP = 64;

export class SlideChannels {
  /** @param {(channel: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.title = node("h4", {});
    this.note = node("p", { class: "te-muted" });
    this.list = node("div", { class: "te-slide-matrix" });
    this.element = node("section", { class: "te-slide-channels", "aria-label": "Channels", "data-testid": "slide-channels" }, this.title, this.list, this.note);
    this.edition = -1;
  }

  /** @param {SlideData} data @param {number} edition The same is not drawn again. */
  show(data, edition) {
    if (edition === this.edition) return;
    this.edition = edition;
    const [inputs, outputs] = data.windows.channels;
    this.element.hidden = outputs < 2;
    if (this.element.hidden) return;
    const from = Math.max(0, Math.min(outputs - MOST_ROWS_SHOWN, data.windows.channel - 3));
    const shown = numbersFrom(Math.min(outputs, MOST_ROWS_SHOWN), from);
    const kernels = data.weight.grid !== null;
    setText(this.title, kernels ? `Every kernel: ${plural(inputs, "input channel")} to ${plural(outputs, "output channel")}${data.windows.groups > 1 ? `, in ${data.windows.groups} groups` : ""}` : `All ${plural(outputs, "channel")}`);
    setText(this.note, [outputs > shown.length ? `channels ${from} to ${from + shown.length - 1} of ${outputs}` : "", kernels && inputs > MOST_COLUMNS ? `the first ${MOST_COLUMNS} of ${inputs} kernels of each` : "",
      "choose one to put it in focus"].filter(Boolean).join(" · "));
    this.list.replaceChildren(...shown.map((c) => this.row(data, c, kernels)));
  }

  /** @param {SlideData} data @param {number} c Output channel. @param {boolean} kernels @returns {HTMLElement} */
  row(data, c, kernels) {
    const { windows, model } = data;
    const columns = numbersFrom(Math.min(windows.channels[0], MOST_COLUMNS));
    const leads = model.channelsOf(c);
    const from = leads[0] >= MOST_COLUMNS ? leads[0] : 0; // a group further right comes into sight
    const cells = kernels ? columns.map((_, k) => this.kernel(data, c, from + k, leads)) : [];
    return node("button", { type: "button", class: "te-slide-channel", "data-testid": `slide-channel-${c}`, "aria-pressed": String(c === windows.channel),
      "aria-label": `Output channel ${c}${c === windows.channel ? ", in focus" : ""}`, onclick: () => c !== windows.channel && this.onChoose(c) },
    node("span", { class: "te-slide-channel-name" }, `${windows.operation === "unfold" ? data.input.name : data.output.name}[${windows.item < 0 ? "" : `${windows.item}, `}${c}]`), node("span", { class: "te-slide-kernels" }, ...cells), this.map(data, c));
  }

  /** @param {SlideData} data @param {number} c @param {number} ch @param {readonly number[]} leads Input channels that it reads. @returns {HTMLElement} */
  kernel(data, c, ch, leads) {
    const { kernel } = data.model;
    const columns = kernel[kernel.length - 1];
    const rows = product(kernel) / columns;
    const side = miniSide(rows, columns, KERNEL_PIXELS, 11);
    if (!leads.includes(ch)) return node("span", { class: "te-slide-apart", title: `channel ${ch} is in another group`, style: `width: ${columns * side}px; height: ${rows * side}px` });
    return miniPicture(rows, columns, (r, k) => data.weight.at(data.model.weightIndex(c, ch, unravel(r * columns + k, kernel))), data.scaleOf(data.weight), side);
  }

  /** @param {SlideData} data @param {number} c @returns {HTMLElement | null} Its result; of volumes all slices below each other. null: the scene does not hold it. */
  map(data, c) {
    const unfolds = data.windows.operation === "unfold"; // its result has columns in the place of maps
    const reader = unfolds ? data.input : data.output;
    const { low, high } = data.heldOf(reader);
    if (!reader.has(data.outputIndex(c, low))) return null;
    const { sizes, step } = thinned(high.map((to, d) => to - low[d]), MOST_PIXELS_MAP);
    const columns = sizes[sizes.length - 1];
    const rows = product(sizes) / Math.max(1, columns);
    return miniPicture(rows, columns, (r, k) => reader.at(data.outputIndex(c, unravel(r * columns + k, sizes).map((i, d) => step * i + low[d]))), data.scaleOf(reader), miniSide(rows, columns, RESULT_PIXELS, 9));
  }
}
