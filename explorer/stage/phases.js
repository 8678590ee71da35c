// The stretches of time that belong together: forward, backward, backward once more.

import { node } from "./dom.js";
import { countText } from "./format.js";

const FORWARD = "forward";

/**
 * Frames `from` to `to` (inclusive) of one phase. `look`: 0 forward, 1 backward, 2 backward through what backward made.
 * `counted`: how many operations, or runs of nodes.
 * @typedef {{phase: string, from: number, to: number, counted: number, look: number}} PhaseStretch
 */

/** @type {WeakMap<Scene, Set<number>>} */
const engineKnown = new WeakMap();

/** @param {Scene} scene @returns {Set<number>} The frames in which the backward engine ran a node. */
export function engineFrames(scene) {
  let known = engineKnown.get(scene);
  if (!known) engineKnown.set(scene, (known = new Set((scene.graph?.nodes ?? []).flatMap(({ runs }) => runs))));
  return known;
}

/** @param {Scene} scene @returns {PhaseStretch[]} In the order of time; none where frames have no phase. */
export function phasesOf(scene) {
  const engine = engineFrames(scene);
  /** @type {PhaseStretch[]} */
  const stretches = [];
  scene.frames.forEach(({ phase, kind }, i) => {
    if (!phase) return;
    let last = stretches[stretches.length - 1];
    if (last?.phase !== phase || last.to !== i - 1) {
      last = { phase, from: i, to: i, counted: 0, look: phase === FORWARD ? 0 : phase.startsWith("double") ? 2 : 1 };
      stretches.push(last);
    }
    last.to = i;
    if (phase === FORWARD ? kind !== "backward" && kind !== "error" : engine.has(i)) last.counted += 1;
  });
  return stretches;
}

/** @param {PhaseStretch} stretch @returns {string} ` · 6 nodes` */
function phaseCount({ phase, counted }) {
  const thing = phase === FORWARD ? "operation" : "node";
  return counted ? ` · ${countText(counted)} ${thing}${counted === 1 ? "" : "s"}` : "";
}

/** @param {PhaseStretch[]} stretches @param {number} frame @returns {PhaseStretch | null} The one that a frame is in. */
export function stretchAt(stretches, frame) {
  return stretches.find(({ from, to }) => from <= frame && frame <= to) ?? null;
}

/**
 * @param {PhaseStretch[]} stretches @param {number} frame @param {-1 | 1} direction
 * @returns {number} Where the next phase begins; back: where this one began, or the one before it.
 */
export function phaseStart(stretches, frame, direction) {
  const starts = stretches.map(({ from }) => from);
  const found = direction > 0 ? starts.find((start) => start > frame) : starts.reverse().find((start) => start < frame);
  return found ?? frame;
}

/** @param {KeyboardEvent} event @returns {-1 | 0 | 1} Towards which phase the key leads. */
export function phaseKey({ key, shiftKey }) {
  if (key === "[" || (shiftKey && key === "ArrowLeft")) return -1;
  return key === "]" || (shiftKey && key === "ArrowRight") ? 1 : 0;
}

/** @param {Scene} scene @returns {Map<number, "plain" | "warning" | "error">} Frames worth a mark on the timeline: what went wrong, or is unusual. */
export function notableFrames(scene) {
  const found = new Map();
  scene.frames.forEach((frame, i) => {
    const subject = scene.graph?.nodes[frame.node ?? -1];
    const tones = (frame.tables ?? []).map((number) => /** @type {TableData[]} */ (scene.tables)[number].tone);
    if (subject) tones.push(subject.tone);
    if (frame.kind === "error" || tones.includes("error")) found.set(i, "error");
    else if (tones.includes("warning")) found.set(i, "warning");
    else if (subject?.marks.length) found.set(i, "plain");
  });
  return found;
}

/**
 * @param {PhaseStretch[]} stretches @param {number} count Frames in all. @param {number} thumb Width of the slider's thumb.
 * @returns {HTMLElement[]} A piece of the track for each.
 */
export function phasePieces(stretches, count, thumb) {
  /** @param {number} frame Also between two. */
  const at = (frame) => {
    const part = Math.max(0, Math.min(1, frame / Math.max(1, count - 1)));
    return frame <= 0 ? "0px" : frame >= count - 1 ? "100%" : `calc(${thumb / 2}px + ${part} * (100% - ${thumb}px))`;
  };
  return stretches.map((stretch) => {
    const piece = node("span", { class: `te-phase te-phase-${stretch.look}`, "data-phase": stretch.phase }, node("span", {}, node("span", {}, stretch.phase), node("span", { class: "te-phase-count" }, phaseCount(stretch))));
    piece.style.left = at(stretch.from - 0.5);
    piece.style.right = `calc(100% - ${at(stretch.to + 0.5)})`;
    return piece;
  });
}

/**
 * @param {Map<number, string>} notable Frames with their tones. @param {number} count Frames in all.
 * @param {number} thumb Width of the slider's thumb. @param {number} closest Frames between two marks, so that each can be seen.
 * @returns {HTMLElement[]} Marks under the track, where names have no room.
 */
export function phaseTicks(notable, count, thumb, closest) {
  let before = -Infinity;
  return [...notable].flatMap(([i, tone]) => {
    if (i - before < closest && tone === "plain") return [];
    before = i;
    const tick = node("i", { class: `te-tick te-tone-${tone}`, "aria-hidden": "true", "data-index": i });
    tick.style.left = `calc(${thumb / 2}px + ${i / Math.max(1, count - 1)} * (100% - ${thumb}px))`;
    return [tick];
  });
}
