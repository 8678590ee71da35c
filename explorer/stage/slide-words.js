// What is said about a position, a cell, a kernel: sentences with the numbers of the case.

import { plural } from "./format.js";
import { PADDED } from "./slide-model.js";
import { plainText } from "./slide-values.js";

/** @typedef {import("./slide-data.js").SlideData} SlideData */

const AXIS_WORDS = { D: ["slice", "slices"], H: ["row", "rows"], W: ["column", "columns"], L: ["position", "positions"] };
const MOST_FED = 4;

/** @param {string} name @param {readonly number[]} index @returns {string} `y[0, 0, 1, 2]` */
export function indexed(name, index) {
  return `${/^[\w.[\]]+$/.test(name) ? name : `(${name})`}[${index.join(", ")}]`;
}

/** @param {number | string} number Or several. @returns {string} With minus signs, as at the axes. */
export function minusText(number) {
  return String(number).replaceAll("-", "−");
}

/** @param {string} axis @param {number} from @param {number} to @returns {string} `rows 1 to 3`, `column 2` */
export function rangeWords(axis, from, to) {
  const [one, many] = AXIS_WORDS[/** @type {keyof typeof AXIS_WORDS} */ (axis)] ?? [`index of ${axis}`, `indices of ${axis}`];
  return from === to ? `${one} ${minusText(from)}` : `${many} ${minusText(from)} to ${minusText(to)}`;
}

/** @param {SlideData} data @param {readonly number[]} o @returns {string} `rows 1 to 3 and columns 3 to 5` of the padded input. */
export function reachWords(data, o) {
  const origin = data.paddedOrigin;
  const words = data.model.dims.map(({ name, starts, positions }, d) => {
    let [from, to] = [Infinity, -Infinity];
    for (let t = starts[o[d]]; t < starts[o[d] + 1]; t += 1) {
      from = Math.min(from, positions[t] + origin[d]);
      to = Math.max(to, positions[t] + origin[d]);
    }
    return from <= to ? rangeWords(name, from, to) : `no ${name}`;
  });
  return words.join(" and ");
}

/** What a power-average pooling of infinite p takes. @type {Readonly<Record<string, string>>} */
export const EXTREMES = { inf: "largest", "-inf": "smallest" };

/** @param {SlideData} data @param {number} channels @param {number} cells Of a window. @returns {string} What a cell of the result is. */
function madeOf({ windows }, channels, cells) {
  const products = plural(channels * cells, "product");
  const each = channels > 1 ? ` (${channels} channels × ${cells})` : "";
  const words = {
    convolution: `the sum of ${products}${each}`,
    transposed: `the sum of ${products}${each}`,
    max: `the largest of ${plural(cells, "cell")}`,
    mean: `the mean of ${plural(cells, "cell")}`,
    power: EXTREMES[windows.norm] ? `the ${EXTREMES[windows.norm]} of ${plural(cells, "absolute value")}` : `the ${windows.norm}-norm of ${plural(cells, "cell")}`,
    unfold: `the window of channel ${windows.channel} with its ${plural(cells, "cell")}, written below each other`,
    fold: `the sum of ${plural(cells, "cell")} of the columns`,
  };
  return words[windows.operation];
}

/** @param {SlideData} data @param {number} p @returns {string} What stands at a position, in a sentence. */
export function positionSentence(data, p) {
  const { model, windows } = data;
  const o = model.outputAt(p);
  const cells = model.windowOf(o);
  const name = windows.operation === "unfold" ? `Column ${p} of ${data.output.name}, in the rows of channel ${windows.channel},` : `\`${indexed(data.output.name, data.outputIndex(windows.channel, o))}\``;
  if (windows.operation === "fold") return `${name} is ${madeOf(data, 1, data.foldedAt(o).length)}: what the windows that cover it put there.`;
  return `${name} is ${madeOf(data, model.channelsOf(windows.channel).length, cells.length)}.`;
}

/** @param {SlideData} data @param {number} p @returns {string} What a cell of the result sends back, in a sentence. */
export function backwardSentence(data, p) {
  const { windows, model, outputGradient, output } = data;
  const index = data.outputIndex(windows.channel, model.outputAt(p));
  const name = `\`${indexed(output.name, index)}\``;
  if (!outputGradient.has(index)) return `No gradient of ${name} is in the picture.`;
  const value = plainText(outputGradient.at(index));
  if (windows.operation === "max") return `The gradient at ${name} is ${value}: all of it goes to the cell that was the largest.`;
  if (windows.operation === "mean") return `The gradient at ${name} is ${value}: each cell of its window gets an equal share.`;
  if (!data.weight.grid) return `The gradient at ${name} is ${value}: it goes back to the cells of its window.`;
  return `The gradient at ${name} is ${value}: it sends ${value} · weight to each cell of its window, and ${value} · cell to each weight.`;
}

/** @param {SlideData} data @param {number} p @returns {string} What is particular about the window, or "". */
export function positionRemark(data, p) {
  const { model, windows } = data;
  if (windows.operation === "fold") return "";
  const kinds = model.windowOf(model.outputAt(p)).map(({ at }) => model.kindAt(at));
  const number = (/** @type {number} */ kind) => kinds.filter((one) => one === kind).length;
  const parts = [
    [number(PADDED.zero), windows.operation === "max" ? "in the padding, which never is the largest" : "in the padding: 0"],
    [number(PADDED.copy), "in the padding: a copy of a cell of the input"],
    [number(PADDED.inserted), "between input cells: a 0 inserted by the stride"],
    [number(PADDED.extra), "reached only by output_padding"],
  ].filter(([count]) => Number(count) > 0).map(([count, words]) => `${count} ${count === 1 ? "is" : "are"} ${words}`);
  const over = windows.operation === "transposed" ? "stretched input" : model.isPadded ? "padded input" : "input";
  const own = [`The window reads ${reachWords(data, model.outputAt(p))} of the ${over}.`, ...(parts.length ? [`Of its ${plural(kinds.length, "cell")}${model.inGroup > 1 ? " a channel" : ""}, ${parts.join("; ")}.`] : [])];
  if (windows.operation === "transposed") own.push("The kernel is read backwards: so each input cell stamps the kernel, as it is, on the result.");
  const counted = windows.products.divisors?.[p];
  if (counted !== undefined && windows.operation === "mean") own.push(`The sum is divided by ${plainText(counted)}.`);
  // torch makes the norm of the mean of the powers, times the kernel's size
  if (counted !== undefined && windows.operation === "power" && counted < kinds.length) own.push(`Only ${plainText(counted)} of its ${plural(kinds.length, "cell")} are counted, and torch scales their sum up by ${kinds.length} / ${plainText(counted)}.`);
  return own.join(" ");
}

/** @param {SlideData} data @param {number} ch @param {readonly number[]} at @returns {string} A cell of the padded input and what it holds. */
export function inputWords(data, ch, at) {
  const source = data.model.sourceOf(at);
  const kind = data.model.kindAt(at);
  const place = minusText(at.map((i, d) => i + data.paddedOrigin[d]).join(", "));
  if (kind === PADDED.zero) return data.windows.operation === "max" ? `[${place}] is padding: minus infinity` : `[${place}] is padding: 0`;
  if (kind === PADDED.inserted) return `[${place}] is a zero between two input cells, for the stride`;
  if (kind === PADDED.extra) return `[${place}] is reached only because of output_padding: it adds nothing`;
  if (kind === PADDED.outside) return `[${place}] lies beyond the padding: only ceil_mode reaches it, and it is left out`;
  const index = data.inputIndex(ch, source);
  const cell = `${indexed(data.input.name, index)} = ${minusText(data.input.exact(index))}`;
  return kind === PADDED.copy ? `[${place}] is padding: a copy of ${cell}` : cell;
}

/** @param {SlideData} data @param {number} ch @param {readonly number[]} at @returns {string} The outputs that a cell of the padded input feeds. */
export function fedWords(data, ch, at) {
  const { model, windows } = data;
  if (windows.operation === "fold") return "";
  const fed = model.fedBy(at);
  if (!fed.length) return "no window reads it";
  const c = model.readersOfChannel(ch).includes(windows.channel) ? windows.channel : model.readersOfChannel(ch)[0];
  const one = fed.slice(0, MOST_FED).map(({ o, k }) => {
    const by = data.weight.grid ? ` by ${weightWords(data, c, ch, k)}` : "";
    return `${indexed(data.output.name, data.outputIndex(c, o))}${by}`;
  });
  const more = fed.length > MOST_FED ? `, and ${fed.length - MOST_FED} more` : "";
  const channels = model.readersOfChannel(ch).length;
  return `feeds ${plural(fed.length, "output")}${channels > 1 ? ` in each of ${channels} channels` : ""}: ${one.join(", ")}${more}`;
}

/** @param {SlideData} data @param {number} c @param {number} ch @param {readonly number[]} k @returns {string} `weight[0, 1, 2, 0] = -1.0` */
export function weightWords(data, c, ch, k) {
  const index = data.model.weightIndex(c, ch, k);
  return `${indexed(data.weight.name, index)} = ${minusText(data.weight.exact(index))}`;
}
