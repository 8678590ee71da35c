// The step and the colouring in the page's address, beside whatever else stands there.

/** Time becomes the phases of a layer when it is drawn, and the last one is shown, however many there are. */
const LAST_PHASE = Number.MAX_SAFE_INTEGER;

/** @returns {{step: number | null, colour: ColourMode | null}} `step` counts from 1. */
export function readLink() {
  const query = new URLSearchParams(location.search);
  const step = Number.parseInt(query.get("step") ?? "", 10);
  const colour = query.get("color");
  return {
    step: step >= 1 ? step : null,
    colour: colour === "value" || colour === "none" || colour === "element" ? colour : null,
  };
}

/** @param {Scene} scene @returns {number} The frame to show when the address names none. */
export function homeFrame({ frames, opens_on: wanted = -1, layers, norms, recurrent }) {
  if (norms?.opened.length || recurrent?.stops.length) return wanted >= 0 ? wanted : LAST_PHASE;
  if (layers?.windows) return Math.max(0, wanted); // its time is the positions of a window
  const last = Math.max(0, frames.length - 1);
  return wanted >= 0 ? Math.min(last, wanted) : last;
}

/**
 * @param {Scene} before @param {number} frame The one that is shown of it. @param {Scene} scene What comes in its place.
 * @returns {number} The same frame of the same program, unless a switch was turned that tells more at another one.
 */
export function frameAfter(before, frame, scene) {
  if (scene.error?.kind === "stopped") return frame; // the picture is the one from before
  if (scene.source !== before.source || frame === homeFrame(before)) return homeFrame(scene);
  const told = scene.graph ? framesTellingMore(before, scene) : [];
  return told.length === 0 || told.includes(frame) ? frame : told[0];
}

/** @param {Scene} before @param {Scene} scene @returns {number[]} Frames with a table of a title that there was none of. */
function framesTellingMore(before, scene) {
  const known = new Set((before.tables ?? []).map(({ title }) => title));
  const isNew = (scene.tables ?? []).map(({ title }) => !known.has(title));
  return scene.frames.flatMap(({ tables = [] }, i) => (tables.some((number) => isNew[number]) ? [i] : []));
}

/** @param {Scene} scene @returns {number} The frame that the address names. */
export function linkedFrame(scene) {
  const { step } = readLink();
  return step === null ? homeFrame(scene) : step - 1;
}

/** @param {Scene} scene @returns {ColourMode} The colouring when the address names none: beside a graph colours tell gradients from values. */
export function homeColour({ graph }) {
  return graph ? "none" : "element";
}

/** Writes at most one address a quarter of a second: browsers refuse more than 100 in 30 seconds. */
export class LinkWriter {
  constructor() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {Scene} scene @param {number} frame @param {ColourMode} colour */
  write(scene, frame, colour) {
    clearTimeout(this.timer);
    const step = frame === homeFrame(scene) ? null : String(frame + 1);
    this.timer = setTimeout(() => writeLink(step, colour === homeColour(scene) ? null : colour), 250);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

/** @param {string | null} step From 1; null, as for the colouring, where the address need not say it. @param {ColourMode | null} colour */
function writeLink(step, colour) {
  const url = new URL(location.href);
  for (const [name, value] of [["step", step], ["color", colour]]) {
    if (value === null) url.searchParams.delete(/** @type {string} */ (name));
    else url.searchParams.set(/** @type {string} */ (name), value);
  }
  if (url.href === location.href) return;
  try {
    history.replaceState(history.state, "", url);
  } catch {
    // a page from file: or a sandboxed frame has no address to write
  }
}
