// Bytes of explorer/scene/encoding.py -> a Scene object with typed arrays.

import { objectsOf } from "./columns.js";

const VIEWS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array, b1: Uint8Array,
  c8: Float32Array, c16: Float64Array,
};

// the defaults of explorer/scene/graphs.py
const NODE = { kind: "operation", shape: "", names: [], span: null, group: -1, first_frame: 0, runs: [], phase: 0, marks: [], tone: "plain", note: "", states: [] };
const EDGE = { kind: "gradient", output: -1, label: "", first_frame: 0, flows: [], tone: "plain", note: "" };
const GROUP = { detail: "", parent: -1, open: false };
const FACTS = { value: -1, grad: -1, grad_reason: "" };

/**
 * @param {Uint8Array} bytes May lie at any offset of a larger buffer.
 * @param {string} mark The four letters that they start with.
 * @returns {{header: any, arrays: Values[]}}
 */
export function decodeLayout(bytes, mark) {
  const own = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  if (String.fromCharCode(...own.subarray(0, 4)) !== mark) throw new Error(`the bytes do not start with ${mark}`);
  const headerLength = new DataView(own.buffer, own.byteOffset).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(own.subarray(8, 8 + headerLength)));
  const base = own.byteOffset + 8 + headerLength;
  return { header, arrays: header.arrays.map((/** @type {any} */ entry) => decodeArray(own.buffer, base, entry)) };
}

/** @param {Uint8Array} bytes May lie at any offset of a larger buffer. @returns {Scene} */
export function decodeScene(bytes) {
  const { header, arrays } = decodeLayout(bytes, "TXS1");
  for (const name of ["frames", "grids"]) header[name] = objectsOf(header[name]);
  for (const frame of header.frames) frame.plates = objectsOf(frame.plates);
  for (const buffer of header.buffers) {
    for (const version of buffer.versions) {
      version.values = version.values === null ? null : arrays[version.values];
      if (typeof version.elements === "number") version.elements = { data: asNumbers(arrays[version.elements].data) };
      version.unwritten = new Set(Array.from(numbersOf(arrays, version.unwritten) ?? []));
    }
  }
  for (const relation of header.relations ?? []) {
    for (const name of ["starts", "terms", "derivatives"]) relation[name] = numbersOf(arrays, relation[name]);
    for (const operand of relation.operands) operand.cells = numbersOf(arrays, operand.cells);
  }
  for (const chart of header.charts ?? [])
    for (const series of chart.series) for (const name of ["values", "positions"]) series[name] = numbersOf(arrays, series[name]);
  if (header.graph) fillGraph(header.graph);
  if (header.layers) fillLayers(header.layers, arrays);
  if (header.norms) fillNorms(header.norms, arrays);
  if (header.recurrent?.unrolled) fillUnrolled(header.recurrent.unrolled, arrays);
  return header;
}

/** Put the defaults where the encoding leaves them out. @param {any} graph */
function fillGraph(graph) {
  graph.nodes = objectsOf(graph.nodes, NODE);
  graph.edges = objectsOf(graph.edges, EDGE);
  graph.groups = objectsOf(graph.groups, GROUP);
  for (const node of graph.nodes) node.states = objectsOf(node.states, FACTS);
}

/** @param {Values[]} arrays @returns {(part: any, names: string[]) => void} Puts the arrays in the place of their numbers. */
function arrayReader(arrays) {
  return (part, names) => {
    for (const name of names) part[name] = numbersOf(arrays, part[name]);
  };
}

/** @param {any} norms @param {Values[]} arrays */
function fillNorms(norms, arrays) {
  const read = arrayReader(arrays);
  for (const norm of norms.opened) {
    read(norm, ["eps", "momentum", "response", "hidden"]);
    read(norm.statistics, ["counts", "mean", "variance", "unbiased", "used_mean", "used_variance", "divisor"]);
    if (norm.backward) read(norm.backward, ["mean", "projection"]);
  }
}

/** @param {any} unrolled @param {Values[]} arrays */
function fillUnrolled(unrolled, arrays) {
  const read = arrayReader(arrays);
  for (const gate of unrolled.gates) read(gate, ["from_input", "from_hidden", "before", "values"]);
  for (const state of unrolled.states) read(state, ["values"]);
  if (unrolled.gradient) read(unrolled.gradient, ["hidden", "cell", "unit_hidden", "unit_cell"]);
  read(unrolled, ["retention"]);
  unrolled.singular = unrolled.singular.map((/** @type {number} */ number) => numbersOf(arrays, number));
}

/** @param {any} layers @param {Values[]} arrays */
function fillLayers(layers, arrays) {
  const read = arrayReader(arrays);
  for (const stop of layers.stops) for (const field of stop.fields) read(field, ["first", "last"]);
  if (!layers.windows) return;
  for (const reach of layers.windows.dims) read(reach, ["source", "kinds", "starts", "positions", "kernel_index", "reads"]);
  read(layers.windows.products, ["terms", "partial", "total", "divisors", "chosen", "to_input", "to_weight"]);
}

/** @param {Values[]} arrays @param {number | null | undefined} number @returns {ArrayLike<number> | null} */
function numbersOf(arrays, number) {
  return typeof number === "number" ? asNumbers(arrays[number].data) : null;
}

/**
 * @param {ArrayBufferLike} memory
 * @param {number} base
 * @param {{type: keyof typeof VIEWS, offset: number, length: number}} entry
 * @returns {Values}
 */
function decodeArray(memory, base, { type, offset, length }) {
  const kind = type === "b1" ? "bool" : type[0] === "c" ? "complex" : "real";
  const View = VIEWS[type];
  return { kind, length, data: new View(/** @type {any} */ (memory), base + offset, kind === "complex" ? 2 * length : length) };
}

/**
 * Element numbers are small integers even when they travel as 64 bits.
 * @param {any} data
 * @returns {ArrayLike<number>}
 */
function asNumbers(data) {
  return typeof data[0] === "bigint" ? Float64Array.from(data, Number) : data;
}
