// The cells of recurrent layers as drawings: wires, boxes, joins, and where the live values stand.

/**
 * `phase`: which phase computes what runs through it; "start": known before. `over`: it crosses others. `arrow`: ends in one.
 * @typedef {{d: string, phase: string, over?: boolean, arrow?: boolean}} DrawnWire
 * @typedef {{x: number, y: number, phase: string, label: string, gate?: string}} DrawnBox
 * @typedef {{x: number, y: number, phase: string, sign: string}} DrawnJoin
 * `wide`: pixels. `value`: which one: a gate or state, `c before`, `h before`, `x`.
 * @typedef {{x: number, y: number, phase: string, value: string, wide?: number}} DrawnChip
 * A part of a pre-activation beside its wire. @typedef {{x: number, y: number, phase: string, gate: string, part: "from_input" | "from_hidden", end: boolean}} DrawnPart
 * @typedef {{width: number, height: number, wires: DrawnWire[], boxes: DrawnBox[], joins: DrawnJoin[], chips: DrawnChip[], parts: DrawnPart[]}} CellDrawing
 */

const [H_BUS, X_BUS, BOX_Y, BOX_BELOW, BOX_ABOVE] = [266, 296, 206, 226, 186];

/** @param {string} gate @param {number} x @param {string} label @returns {Pick<CellDrawing, "wires" | "boxes" | "parts">} A gate that takes x from below at the right, and h at the left. */
function drawnGate(gate, x, label) {
  return {
    wires: [{ d: `M${x - 11},${H_BUS} V${BOX_BELOW}`, phase: gate }, { d: `M${x + 11},${X_BUS} V${BOX_BELOW}`, phase: gate, over: true }],
    boxes: [{ x, y: BOX_Y, phase: gate, label, gate }],
    // not in one line: with those of the next gate they would read as one number, `−.05−.09`
    parts: [{ x: x - 15, y: 242, phase: gate, gate, part: "from_hidden", end: true }, { x: x + 15, y: 254, phase: gate, gate, part: "from_input", end: false }],
  };
}

/** @param {boolean} projected @returns {CellDrawing} The conveyor of c on top; what is kept, written and shown. */
function lstmDrawing(projected) {
  const gates = [drawnGate("f", 112, "σ"), drawnGate("i", 196, "σ"), drawnGate("g", 278, "tanh"), drawnGate("o", 360, "σ")];
  return {
    width: 500, height: 316,
    wires: [
      { d: "M8,48 H102", phase: "start" }, { d: `M8,${H_BUS} H349`, phase: "start" }, { d: `M8,${X_BUS} H371`, phase: "start" }, ...gates.flatMap(({ wires }) => wires),
      { d: `M112,${BOX_ABOVE} V58`, phase: "f" }, { d: `M196,${BOX_ABOVE} V112 H227`, phase: "i" }, { d: `M278,${BOX_ABOVE} V112 H247`, phase: "g" },
      { d: "M122,48 H227", phase: "c" }, { d: "M237,102 V58", phase: "c" }, { d: "M247,48 H494", phase: "c", arrow: true },
      { d: "M430,48 V76", phase: "h" }, { d: "M430,100 V130", phase: "h" }, { d: `M360,${BOX_ABOVE} V140 H420`, phase: "o" },
      { d: `M430,150 V${projected ? 192 : H_BUS} ${projected ? "" : "H494"}`, phase: "h", arrow: !projected }, ...(projected ? [{ d: `M430,226 V${H_BUS} H494`, phase: "h", arrow: true }] : []),
    ],
    boxes: [...gates.flatMap(({ boxes }) => boxes), { x: 430, y: 88, phase: "h", label: "tanh" }, ...(projected ? [{ x: 430, y: 209, phase: "h", label: "W_hr" }] : [])],
    joins: [{ x: 112, y: 48, phase: "c", sign: "×" }, { x: 237, y: 112, phase: "c", sign: "×" }, { x: 237, y: 48, phase: "c", sign: "+" }, { x: 430, y: 140, phase: "h", sign: "×" }],
    chips: [
      { x: 50, y: 48, phase: "start", value: "c before", wide: 92 }, { x: 50, y: H_BUS, phase: "start", value: "h before", wide: 92 }, { x: 50, y: X_BUS, phase: "start", value: "x", wide: 92 },
      { x: 112, y: 150, phase: "f", value: "f" }, { x: 196, y: 150, phase: "i", value: "i" }, { x: 278, y: 150, phase: "g", value: "g" }, { x: 360, y: 162, phase: "o", value: "o" },
      { x: 338, y: 48, phase: "c", value: "c", wide: 86 }, { x: 462, y: 114, phase: "h", value: "tanh c", wide: 56 }, { x: 446, y: projected ? 288 : 240, phase: "h", value: "h", wide: 86 },
      ...(projected ? [{ x: 442, y: 171, phase: "h", value: "o·tanh c", wide: 56 }] : []),
    ],
    parts: gates.flatMap(({ parts }) => parts),
  };
}

/** @returns {CellDrawing} torch's: the reset gate applies after the product with W_hn. */
function gruDrawing() {
  const gates = [drawnGate("r", 112, "σ"), drawnGate("z", 204, "σ")];
  return {
    width: 500, height: 316,
    wires: [
      { d: "M8,48 H194", phase: "start" }, { d: `M16,48 V${H_BUS} H300`, phase: "start" }, { d: `M8,${X_BUS} H398`, phase: "start" }, ...gates.flatMap(({ wires }) => wires),
      { d: `M300,${H_BUS} V${BOX_Y + 13}`, phase: "n" }, { d: `M398,${X_BUS} V178`, phase: "n" },
      { d: `M204,${BOX_ABOVE} V58`, phase: "z" }, { d: `M112,${BOX_ABOVE} V126 H290`, phase: "r", over: true }, { d: `M300,${BOX_Y - 13} V136`, phase: "n" },
      { d: "M310,126 H338 V158 H368", phase: "n" }, { d: "M398,138 V108", phase: "n" },
      { d: "M204,98 H282", phase: "h" }, { d: "M318,98 H388", phase: "h" }, { d: "M214,48 H388", phase: "h" }, { d: "M398,88 V58", phase: "h" }, { d: "M408,48 H494", phase: "h", arrow: true },
    ],
    boxes: [...gates.flatMap(({ boxes }) => boxes), { x: 300, y: BOX_Y, phase: "n", label: "W_hn" }, { x: 398, y: 158, phase: "n", label: "tanh", gate: "n" }, { x: 300, y: 98, phase: "h", label: "1−" }],
    joins: [{ x: 204, y: 48, phase: "h", sign: "×" }, { x: 300, y: 126, phase: "n", sign: "×" }, { x: 398, y: 98, phase: "h", sign: "×" }, { x: 398, y: 48, phase: "h", sign: "+" }],
    chips: [
      { x: 68, y: 48, phase: "start", value: "h before", wide: 92 }, { x: 62, y: X_BUS, phase: "start", value: "x", wide: 92 },
      { x: 112, y: 156, phase: "r", value: "r" }, { x: 204, y: 156, phase: "z", value: "z" }, { x: 300, y: 162, phase: "n", value: "hn", wide: 66 }, { x: 398, y: 122, phase: "n", value: "n" },
      { x: 451, y: 48, phase: "h", value: "h", wide: 82 },
    ],
    parts: [...gates.flatMap(({ parts }) => parts), { x: 404, y: 236, phase: "n", gate: "n", part: "from_input", end: false }],
  };
}

/** @param {string} label Of its nonlinearity. @returns {CellDrawing} */
function plainDrawing(label) {
  return {
    width: 500, height: 180,
    wires: [
      { d: "M8,46 H132", phase: "start" }, { d: "M8,134 H132", phase: "start" }, { d: "M188,46 H240 V80", phase: "pre" }, { d: "M188,134 H240 V100", phase: "pre" },
      { d: "M250,90 H350", phase: "pre" }, { d: "M406,90 H494", phase: "h", arrow: true },
    ],
    boxes: [{ x: 160, y: 46, phase: "pre", label: "W_hh" }, { x: 160, y: 134, phase: "pre", label: "W_ih" }, { x: 378, y: 90, phase: "h", label }],
    joins: [{ x: 240, y: 90, phase: "pre", sign: "+" }],
    chips: [
      { x: 58, y: 46, phase: "start", value: "h before", wide: 92 }, { x: 58, y: 134, phase: "start", value: "x", wide: 92 },
      { x: 301, y: 90, phase: "pre", value: "pre", wide: 84 }, { x: 449, y: 90, phase: "h", value: "h", wide: 82 },
    ],
    parts: [{ x: 196, y: 38, phase: "pre", gate: "h", part: "from_hidden", end: false }, { x: 196, y: 152, phase: "pre", gate: "h", part: "from_input", end: false }],
  };
}

/** @param {CellKind} cell @param {boolean} projected @returns {CellDrawing} */
export function drawingOf(cell, projected) {
  if (cell === "lstm") return lstmDrawing(projected);
  return cell === "gru" ? gruDrawing() : plainDrawing(cell === "rnn_relu" ? "relu" : "tanh");
}
