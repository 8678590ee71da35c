// The step and the colouring in the page's address, beside whatever else stands there.

/** @returns {{step: number | null, colour: ColourMode | null}} `step` counts from 1. */
export function readLink() {
  const query = new URLSearchParams(location.search);
  const step = Number.parseInt(query.get("step") ?? "", 10);
  const colour = query.get("color");
  return {
    step: Number.isFinite(step) ? step : null,
    colour: colour === "value" || colour === "none" || colour === "element" ? colour : null,
  };
}

/** Writes at most one address a quarter of a second: browsers refuse more than 100 in 30 seconds. */
export class LinkWriter {
  constructor() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {number | null} step From 1; null at the last frame.
   * @param {ColourMode} colour
   */
  write(step, colour) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => writeLink(step, colour), 250);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

/** @param {number | null} step @param {ColourMode} colour */
function writeLink(step, colour) {
  const url = new URL(location.href);
  if (step === null) url.searchParams.delete("step");
  else url.searchParams.set("step", String(step));
  if (colour === "element") url.searchParams.delete("color");
  else url.searchParams.set("color", colour);
  if (url.href === location.href) return;
  try {
    history.replaceState(history.state, "", url);
  } catch {
    // a page from file: or a sandboxed frame has no address to write
  }
}
