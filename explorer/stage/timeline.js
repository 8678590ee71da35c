// Time as a slider: buttons, stops with names, speed, play.

import { node, setAttribute, setText } from "./dom.js";
import { kindWord } from "./grid.js";
import { notableFrames, phaseKey, phasePieces, phasesOf, phaseStart, phaseTicks } from "./phases.js";

const BEAT = 1200;
const THUMB = 18;
/** Pixels between marks of phases. */
const CLOSEST = 8;

export class Timeline {
  /** @param {(frame: number, by: "step" | "jump" | "play") => void} onFrame */
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.frame = 0;
    this.count = 0;
    /** What a frame is called. */
    this.unit = "step";
    /** @type {Frame[]} */
    this.frames = [];
    /** @type {string} */
    this.arranged = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @param {string} label @param {string} glyph @param {string | null} id @param {() => void} go */
    const button = (label, glyph, id, go) =>
      node("button", { type: "button", class: "te-icon", "aria-label": label, title: label, "data-testid": id, onclick: go }, glyph);
    this.first = button("First step (Home)", "⏮", null, () => this.go(0));
    this.previous = button("Previous step (←)", "◀", "step-prev", () => this.go(this.frame - 1, "step"));
    this.playButton = button("Play (Space)", "▶", "play", () => this.toggle());
    this.next = button("Next step (→)", "▶", "step-next", () => this.go(this.frame + 1, "step"));
    this.last = button("Last step (End)", "⏭", null, () => this.go(this.count - 1));
    const icons = [[this.first, "first"], [this.previous, "previous"], [this.playButton, "play"], [this.next, "next"], [this.last, "last"]];
    for (const [element, name] of icons) element.replaceChildren(node("span", { class: `te-glyph te-glyph-${name}`, "aria-hidden": "true" }));
    this.slider = node("input", { type: "range", min: "0", step: "1", "aria-label": "Step", "data-testid": "timeline-slider" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.speed = node("select", { class: "te-select", "aria-label": "Speed" },
      ...[0.5, 1, 2, 4].map((rate) => node("option", { value: rate, selected: rate === 1 }, `${rate}×`)));
    this.position = node("span", { class: "te-position" });
    this.phases = node("div", { class: "te-phases", "data-testid": "phases" });
    /** @type {import("./phases.js").PhaseStretch[]} */
    this.stretches = [];
    /** @type {Map<number, string>} Frames that get a mark also where there is no room for all, and their tones. */
    this.notable = new Map();
    /** Operations and kinds of the stops that are drawn. */
    this.stopsKey = "";
    this.arranged = "";
    this.stops = node("div", { class: "te-stops" });
    this.element = node("div", { class: "te-timeline", role: "group", "aria-label": "Timeline" },
      node("div", { class: "te-buttons" }, this.first, this.previous, this.playButton, this.next, this.last),
      node("div", { class: "te-track" }, this.phases, this.slider, this.stops),
      node("div", { class: "te-rate" }, this.position, this.speed));
  }

  /** @param {Scene} scene */
  setScene(scene) {
    const { frames } = scene;
    this.pause();
    this.frames = frames;
    this.unit = scene.layers?.windows ? "output" : "step";
    this.stretches = phasesOf(scene);
    this.notable = notableFrames(scene);
    this.phases.replaceChildren(...phasePieces(this.stretches, frames.length, THUMB));
    this.phases.hidden = this.stretches.length === 0;
    this.element.toggleAttribute("data-phased", this.stretches.length > 0);
    this.count = frames.length;
    this.element.hidden = frames.length < 2;
    this.slider.max = String(Math.max(0, frames.length - 1));
    const stops = frames.map((frame) => `${frame.op} ${frame.kind} ${frame.phase ?? ""}`).join("|");
    if (stops !== this.stopsKey) this.arranged = "";
    this.stopsKey = stops;
  }

  /** Put the stops under the slider: names where they fit, dots where only those do. */
  arrange() {
    const width = this.slider.clientWidth || 400;
    const count = this.count;
    const key = `${width}|${count}`;
    if (count < 2 || this.arranged === key) return;
    this.arranged = key;
    const spacing = (width - THUMB) / (count - 1);
    const { frames } = this;
    const room = 7.2 * Math.max(...frames.map((frame) => frame.op.length)) + 10;
    const phased = this.stretches.length > 0;
    const named = spacing >= (phased ? 1.5 * room : Math.min(64, room)); // names of nodes are long: whole or not at all
    this.stops.toggleAttribute("data-bare", phased && !named);
    this.stops.replaceChildren(...(frames.some(({ mark }) => mark) ? this.markedStops(spacing) : phased && !named ? phaseTicks(this.notable, count, THUMB, CLOSEST / spacing) : this.namedStops(spacing, named)));
    this.show(this.frame);
  }

  /** @param {number} spacing Pixels between frames. @param {boolean} named Whether names have room. @returns {HTMLElement[]} */
  namedStops(spacing, named) {
    const { frames, count } = this;
    const every = Math.ceil(26 / spacing);
    return frames.flatMap(({ kind, op }, i) => {
      const wrong = kind === "error";
      if (i % every && !wrong && i !== count - 1) return [];
      return [this.stop(i, wrong ? `✕ ${op}` : op, named, spacing * every)];
    });
  }

  /** @param {number} spacing Pixels between frames. @returns {HTMLElement[]} Of frames that have a mark, those whose words have room. */
  markedStops(spacing) {
    const marked = this.frames.flatMap(({ mark }, i) => (mark ? [{ mark, i }] : []));
    const room = 7.2 * Math.max(...marked.map(({ mark }) => mark.length)) + 14;
    const apart = marked.length > 1 ? (marked[1].i - marked[0].i) * spacing : Infinity;
    const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => step * apart >= room) ?? marked.length;
    return marked.filter((_, k) => k % every === 0).map(({ mark, i }) => this.stop(i, mark, true, apart * every));
  }

  /** @param {number} i Frame. @param {string} text @param {boolean} named Whether it is seen. @param {number} room Pixels to the next. @returns {HTMLElement} */
  stop(i, text, named, room) {
    const { frames, count } = this;
    const { kind, op } = frames[i];
    const stop = node("button", { type: "button", class: `te-stop te-kind-${kind}`, tabindex: "-1", title: `${i + 1}. ${op}: ${kindWord(kind)}`,
      onclick: () => this.go(i) }, node("span", { class: named ? "" : "te-hidden" }, text));
    stop.style.left = `calc(${THUMB / 2}px + ${i / (count - 1)} * (100% - ${THUMB}px))`;
    stop.dataset.edge = i === 0 ? "start" : i === count - 1 ? "end" : "";
    stop.dataset.index = String(i);
    stop.style.setProperty("--te-room", `${Math.max(24, room - 2)}px`);
    return stop;
  }

  /** Show a frame without telling anyone. @param {number} frame */
  show(frame) {
    this.frame = frame;
    this.slider.value = String(frame);
    const text = `${this.unit} ${frame + 1} of ${this.count}`;
    setText(this.position, text);
    setAttribute(this.slider, "aria-valuetext", `${text}: ${[this.frames[frame]?.phase, this.frames[frame]?.op].filter(Boolean).join(", ")}`);
    this.slider.style.setProperty("--te-done", `${(100 * frame) / Math.max(1, this.count - 1)}%`);
    for (const stop of this.stops.children) setAttribute(stop, "data-now", Number(stop.dataset.index) === frame ? "true" : null);
    setAttribute(this.first, "aria-disabled", frame === 0 ? "true" : null);
    setAttribute(this.previous, "aria-disabled", frame === 0 ? "true" : null);
    setAttribute(this.next, "aria-disabled", frame === this.count - 1 ? "true" : null);
    setAttribute(this.last, "aria-disabled", frame === this.count - 1 ? "true" : null);
  }

  /** @param {number} frame @param {"step" | "jump"} [by] */
  go(frame, by = "jump") {
    this.pause();
    this.move(frame, by);
  }

  /** @param {number} frame @param {"step" | "jump" | "play"} by */
  move(frame, by) {
    const bounded = Math.max(0, Math.min(this.count - 1, frame));
    if (bounded === this.frame) return;
    this.show(bounded);
    this.onFrame(bounded, by);
  }

  toggle() {
    if (this.timer !== undefined) {
      this.pause();
      return;
    }
    if (this.count < 2) return;
    this.setPlaying(true);
    if (this.frame === this.count - 1) this.move(0, "play");
    this.beat();
  }

  beat() {
    this.timer = setTimeout(() => {
      this.move(this.frame + 1, "play");
      if (this.frame < this.count - 1) this.beat();
      else this.pause();
    }, BEAT / Number(this.speed.value));
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.setPlaying(false);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    const label = playing ? "Pause (Space)" : "Play (Space)";
    setAttribute(this.playButton, "aria-label", label);
    setAttribute(this.playButton, "title", label);
    this.playButton.firstChild.className = `te-glyph te-glyph-${playing ? "pause" : "play"}`;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether the key meant something here.
   */
  key(event) {
    if (this.count < 2) return false;
    const towards = this.stretches.length > 0 ? phaseKey(event) : 0;
    if (towards !== 0) this.go(phaseStart(this.stretches, this.frame, towards));
    else if (event.shiftKey) return false;
    else if (event.key === "ArrowLeft") this.go(this.frame - 1, "step");
    else if (event.key === "ArrowRight") this.go(this.frame + 1, "step");
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.count - 1);
    else if (event.key === " ") this.toggle();
    else return false;
    return true;
  }
}
