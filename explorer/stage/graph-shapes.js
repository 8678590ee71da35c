// The forms by which kinds of nodes are told apart, without their colours.

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {{fill: string, line: string, dash: number[], width: number}} NodeLook */

/**
 * @param {GraphNodeData} data @param {import("./graph-colours.js").GraphColours} colours
 * @returns {NodeLook} How a node looks when nothing happens to it.
 */
export function nodeLook(data, colours) {
  const second = data.phase > 0 ? { fill: colours.secondSoft, line: colours.second } : null;
  switch (data.kind) {
    case "leaf": case "parameter": return { fill: colours.leafSoft, line: colours.leaf, dash: [], width: data.kind === "parameter" ? 1.75 : 1.25, ...second };
    case "buffer": return { fill: colours.surface, line: colours.border, dash: [], width: 1.25 };
    case "constant": return { fill: colours.background, line: colours.border, dash: [2, 3], width: 1.25 };
    case "view": return { fill: colours.background, line: colours.forward, dash: [5, 3], width: 1.25, ...second };
    case "inplace": return { fill: colours.warningSoft, line: colours.warning, dash: [], width: 1.25, ...second };
    case "custom": return { fill: colours.customSoft, line: colours.custom, dash: [], width: 1.25, ...second };
    default: return { fill: colours.operationSoft, line: colours.forward, dash: [], width: 1, ...second };
  }
}

/** Trace the outline of a node. @param {Context} ctx @param {GraphNodeData["kind"]} kind @param {Rect} rect */
export function traceNode(ctx, kind, { x, y, w, h }) {
  ctx.beginPath();
  if (kind === "parameter") traceCorners(ctx, x, y, w, h, 10);
  else if (kind === "buffer") traceCorners(ctx, x, y, w, h, 5);
  else ctx.roundRect(x, y, w, h, kind === "leaf" ? Math.min(18, h / 2) : kind === "constant" || kind === "inplace" ? 2 : 8);
}

/** A rectangle without its corners. @param {Context} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {number} cut */
function traceCorners(ctx, x, y, w, h, cut) {
  ctx.moveTo(x + cut, y);
  for (const [px, py] of [[x + w - cut, y], [x + w, y + cut], [x + w, y + h - cut], [x + w - cut, y + h], [x + cut, y + h], [x, y + h - cut], [x, y + cut]]) ctx.lineTo(px, py);
  ctx.closePath();
}

/** What a form has besides its outline. @param {Context} ctx @param {GraphNodeData} data @param {Rect} rect @param {string} line @param {string | null} filled Colour of the tray. */
export function drawKindMarks(ctx, data, { x, y, w, h }, line, filled) {
  ctx.setLineDash([]);
  ctx.fillStyle = line;
  ctx.strokeStyle = line;
  ctx.lineWidth = 1;
  if (data.kind === "inplace") ctx.fillRect(x, y, 5, h);
  if (data.kind === "custom") {
    ctx.beginPath();
    ctx.roundRect(x + 3, y + 3, w - 6, h - 6, 5);
    ctx.stroke();
  }
  if (data.name === "AccumulateGrad") {
    // a tray in which the gradient is collected: empty until the engine comes
    ctx.beginPath();
    ctx.roundRect(x + w / 2 - 17, y + h - 5, 34, 5, [3, 3, 0, 0]);
    if (filled) {
      ctx.fillStyle = filled;
      ctx.fill();
    }
    ctx.stroke();
  }
}

/** Scissors. @param {Context} ctx @param {number} x @param {number} y Their middle. @param {string} colour */
export function drawScissors(ctx, x, y, colour) {
  ctx.setLineDash([]);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const side of [-1, 1]) {
    ctx.moveTo(x + 6, y + side * 5);
    ctx.lineTo(x - 2.5, y - side * 2);
    ctx.moveTo(x - 2.2, y - side * 3.5);
    ctx.arc(x - 4.5, y - side * 3.5, 2.3, 0, 2 * Math.PI);
  }
  ctx.stroke();
}

/** A triangle that says folded (to the right) or open (down). @param {Context} ctx @param {number} x @param {number} y Its middle. @param {boolean} open @param {string} colour */
export function drawTriangle(ctx, x, y, open, colour) {
  const turned = open ? [[-4.5, -3], [4.5, -3], [0, 4]] : [[-3, -4.5], [-3, 4.5], [4, 0]];
  ctx.fillStyle = colour;
  ctx.beginPath();
  turned.forEach(([dx, dy], at) => (at ? ctx.lineTo(x + dx, y + dy) : ctx.moveTo(x + dx, y + dy)));
  ctx.fill();
}

/** A sign beside a title: something is wrong, or odd. @param {Context} ctx @param {number} x @param {number} y Its middle. @param {"plain" | "warning" | "error"} tone @param {string} colour */
export function drawToneSign(ctx, x, y, tone, colour) {
  if (tone === "plain") return;
  ctx.strokeStyle = colour;
  ctx.setLineDash([]);
  ctx.lineWidth = 2;
  ctx.beginPath();
  if (tone === "error") {
    ctx.moveTo(x - 4, y - 4);
    ctx.lineTo(x + 4, y + 4);
    ctx.moveTo(x + 4, y - 4);
    ctx.lineTo(x - 4, y + 4);
  } else {
    ctx.moveTo(x, y - 5);
    ctx.lineTo(x, y + 1.5);
    ctx.moveTo(x, y + 4);
    ctx.lineTo(x, y + 5);
  }
  ctx.stroke();
}
