// What the inspector says at a frame, as plain data: of the step that is shown, or of a node that was chosen.

import { engineFrames, stretchAt } from "./phases.js";

/** @type {Record<string, string>} */
const KIND_NAMES = {
  leaf: "leaf", parameter: "parameter", buffer: "buffer", constant: "constant", operation: "operation", view: "view",
  inplace: "in place", custom: "custom Function",
};

/** Said of a tensor that no variable holds any more. */
const NOT_HELD = "Nothing in the program holds this tensor: only the graph knows of it.";

/**
 * `chosen`: of a node that was chosen, not of the step. `pending`: why nothing is known of it yet, or "".
 * `runs`: frames in which the engine runs it. `ruleAt`: number of the plate before which the rule stands.
 * @typedef {{chosen: boolean, number: number, name: string, label: string, about: string[], tone: string, note: string,
 *   marks: string[], pending: string, plates: PlateData[], rule: string, ruleAt: number, subject: string,
 *   facts: [string, string][], reason: string, runs: number[]}} Insight
 */

/** @param {GraphNodeData} subject @param {number} index @returns {TensorFacts | null} What its tensor said of itself at a frame. */
export function factsAt({ states }, index) {
  let found = null;
  for (const state of states) if (state.frame <= index) found = state;
  return found;
}

/**
 * @param {Scene} scene @param {number} index Of the frame. @param {number | null} chosen A node, or null: the step's own.
 * @returns {Insight}
 */
export function insightAt(scene, index, chosen) {
  const frame = scene.frames[index];
  const number = chosen ?? frame?.node ?? -1;
  const subject = scene.graph?.nodes[number];
  if (!subject) return stepInsight(frame);
  const plates = chosen === null ? frame.plates ?? [] : nodePlates(scene, index, subject);
  const state = factsAt(subject, index);
  const told = chosen === null && (frame.why ?? "").includes(subject.note); // beside it: it is not said twice
  return {
    chosen: chosen !== null, number, name: subject.name, label: subject.label, about: aboutNode(subject), tone: subject.tone, note: told ? "" : subject.note, marks: subject.marks,
    pending: index < subject.first_frame ? `Not made yet: it appears at step ${subject.first_frame + 1}.` : "",
    plates, rule: chosen === null ? frame.rule ?? "" : scene.frames[subject.runs[0]]?.rule ?? "", ruleAt: rulePlace(plates),
    subject: subjectName(subject), facts: state?.facts ?? [], reason: state && state.grad < 0 ? state.grad_reason : "", runs: subject.runs,
  };
}

/** @param {Frame | undefined} frame A step that is about no node. @returns {Insight} */
function stepInsight(frame) {
  const pending = frame ? "" : "No step to show: no operation on a tensor ran.";
  const plates = frame?.plates ?? [];
  const about = frame?.span ? [`line ${frame.span.line}`] : [];
  return {
    chosen: false, number: -1, name: "", label: frame?.op ?? "", about, tone: frame?.kind === "error" ? "error" : "plain", note: "", marks: [], pending,
    plates, rule: frame?.rule ?? "", ruleAt: rulePlace(plates), subject: "", facts: [], reason: "", runs: [],
  };
}

/** @param {GraphNodeData} subject @returns {string[]} */
function aboutNode({ kind, span, shape, names, label, phase }) {
  const also = names.filter((name) => name !== label);
  return [
    span ? `line ${span.line}` : "", KIND_NAMES[kind] ?? kind, shape, also.length ? `named ${also.join(", ")}` : "",
    phase > 0 ? "made while the engine ran (create_graph)" : "",
  ].filter(Boolean);
}

/** @param {GraphNodeData} subject @returns {string} What to call its tensor. */
function subjectName({ names, label, name }) {
  return names[names.length - 1] ?? (label || name);
}

/** @param {PlateData[]} plates @returns {number} The rule stands between what came in and what goes out. */
function rulePlace(plates) {
  const out = plates.findIndex(({ caption }) => caption.startsWith("gradient out"));
  return out < 0 ? plates.length : out;
}

/**
 * @param {Scene} scene @param {number} index @param {GraphNodeData} subject
 * @returns {PlateData[]} What is known of a node at a frame: its tensor, what was saved, and the gradients of its latest run.
 */
function nodePlates(scene, index, subject) {
  if (index < subject.first_frame) return [];
  const ran = subject.runs.filter((run) => run <= index).pop();
  const saved = platesOf(scene, subject.runs[0] ?? subject.first_frame, "saved");
  const flowed = ran === undefined ? [] : platesOf(scene, ran, "gradient");
  return [...tensorPlates(subject, index), ...saved, ...flowed];
}

/** @param {Scene} scene @param {number} index @param {PlateData["role"]} role @returns {PlateData[]} */
function platesOf(scene, index, role) {
  return (scene.frames[index]?.plates ?? []).filter((plate) => plate.role === role);
}

/** @param {GraphNodeData} subject @param {number} index @returns {PlateData[]} Its value, and its `.grad` where it may have one. */
function tensorPlates(subject, index) {
  if (subject.kind === "constant" && subject.states.length === 0) return [];
  const state = factsAt(subject, index);
  const name = subjectName(subject);
  if (!state) return [{ caption: name, grid: -1, text: NOT_HELD, role: "value" }];
  /** @type {PlateData[]} */
  const plates = [];
  if (state.value >= 0) plates.push({ caption: `${name}, its value`, grid: state.value, text: "", role: "value" });
  if (state.grad >= 0) plates.push({ caption: `${name}.grad`, grid: state.grad, text: "", role: "gradient" });
  else if (state.grad_reason) plates.push({ caption: `${name}.grad`, grid: -1, text: `None: ${state.grad_reason}`, role: "gradient" });
  return plates;
}

/**
 * @param {Scene} scene @param {number} index @param {import("./phases.js").PhaseStretch[]} stretches
 * @returns {string[]} `backward 3 of 6 · line 5` and `MulBackward0 came from line 3`, or less where less is known.
 */
export function whereabouts(scene, index, stretches) {
  const frame = scene.frames[index];
  if (!frame) return [];
  const stretch = stretchAt(stretches, index);
  const place = stretch ? placeIn(stretch, scene, index) : `step ${index + 1} of ${scene.frames.length}`;
  const first = [place, frame.span ? `line ${frame.span.line}` : ""].filter(Boolean).join(" · ");
  const origin = originAt(scene, index);
  return origin ? [first, `${origin.name || origin.label} came from line ${origin.span?.line}`] : [first];
}

/** @param {import("./phases.js").PhaseStretch} stretch @param {Scene} scene @param {number} index @returns {string} `backward 3 of 6` */
function placeIn({ phase, from, to, look, counted }, scene, index) {
  if (look === 0) return `${phase} ${index - from + 1} of ${to - from + 1}`;
  const engine = engineFrames(scene);
  if (!engine.has(index)) return phase;
  let ran = 0;
  for (let i = from; i <= index; i += 1) if (engine.has(i)) ran += 1;
  return `${phase} ${ran} of ${counted}`;
}

/** @param {Scene} scene @param {number} index @returns {GraphNodeData | null} The node that the engine runs, where its expression is known. */
export function originAt(scene, index) {
  const subject = scene.graph?.nodes[scene.frames[index]?.node ?? -1];
  return subject?.span && engineFrames(scene).has(index) ? subject : null;
}
