// What stands around a graph, or a layer that slides a window, normalises or recurs: fetched with its style sheets when the first comes.

import { node } from "./dom.js";

const STUDY_SHEETS = ["study.css", "graph.css"];
const SLIDE_SHEETS = ["slide.css"];
const NORM_SHEETS = ["norm.css"];
const RECURRENT_SHEETS = ["recurrent.css", "recurrent-panels.css"];

/** @typedef {import("./study.js").Study} Study */
/** @typedef {import("./slide.js").Slide} Slide */
/** @typedef {import("./norm.js").NormStage} NormStage */
/** @typedef {import("./recurrent.js").RecurrentStage} RecurrentStage */

/** @param {Scene} scene @returns {boolean} Whether a layer that normalises is open in it. */
export function hasNorm({ norms }) {
  return (norms?.opened.length ?? 0) > 0;
}

/** @param {Scene} scene @returns {boolean} Whether recurrent layers are listed in it. */
export function hasRecurrent({ recurrent }) {
  return (recurrent?.stops.length ?? 0) > 0;
}

/** Pages that need none do without their modules. */
export class Surroundings {
  /** @param {import("./mount.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {Study | null} */
    this.study = null;
    /** @type {Slide | null} */
    this.slide = null;
    /** @type {NormStage | null} */
    this.norm = null;
    /** @type {RecurrentStage | null} */
    this.recurrent = null;
    /** @type {[Scene, number, boolean] | null} A scene that waits for its own. */
    this.waiting = null;
  }

  /** @param {Scene} scene @returns {boolean} Whether something is to be fetched before it can be drawn. */
  lacks(scene) {
    return Boolean((scene.graph && !this.study) || (scene.layers?.windows && !this.slide) || (hasNorm(scene) && !this.norm) || (hasRecurrent(scene) && !this.recurrent));
  }

  /** Fetch what a scene needs, then draw the last scene that was asked for. @param {Scene} scene @param {number} frame @param {boolean} passing */
  async fetch(scene, frame, passing) {
    this.waiting = [scene, frame, passing];
    const { stage } = this;
    if (scene.graph) {
      const { Study } = stage.options.study ?? await fetchPart(stage.root, () => import("./study.js"), STUDY_SHEETS);
      this.study ??= new Study(stage);
    } else if (hasNorm(scene)) {
      const { NormStage } = stage.options.norm ?? await fetchPart(stage.root, () => import("./norm.js"), NORM_SHEETS);
      this.norm ??= new NormStage(stage);
    } else if (hasRecurrent(scene)) {
      const { RecurrentStage } = stage.options.recurrent ?? await fetchPart(stage.root, () => import("./recurrent.js"), RECURRENT_SHEETS);
      this.recurrent ??= new RecurrentStage(stage);
    } else {
      const { Slide } = stage.options.slide ?? await fetchPart(stage.root, () => import("./slide.js"), SLIDE_SHEETS);
      this.slide ??= new Slide(stage);
    }
    if (this.waiting) stage.take(...this.waiting);
  }

  /** @param {Scene} scene As it came. @returns {Scene} As it is drawn. */
  prepared(scene) {
    const own = this.slide?.prepare(scene) ?? scene;
    const normed = this.norm?.prepare(own) ?? own;
    return this.recurrent?.prepare(normed) ?? normed;
  }

  /** Last of a step, when all words are written: letters on a canvas make the browser lay out what waits. */
  paint() {
    this.stage.slide?.paint();
    if (hasNorm(this.stage.scene)) this.norm?.paint();
    if (hasRecurrent(this.stage.scene)) this.recurrent?.paint();
  }

  leave() {
    this.study?.leave();
    this.slide?.leave();
    this.norm?.leave();
    this.recurrent?.leave();
  }

  destroy() {
    this.study?.destroy();
    this.slide?.destroy();
    this.norm?.destroy();
    this.recurrent?.destroy();
  }
}

/**
 * @template T
 * @param {HTMLElement} root Of the stage: it gets the style sheets. @param {() => Promise<T>} get @param {string[]} sheets
 * @returns {Promise<T>}
 */
async function fetchPart(root, get, sheets) {
  const [part] = await Promise.all([get(), ...sheets.map((name) => addSheet(root, name))]);
  return part;
}

/** @param {HTMLElement} root @param {string} name @returns {Promise<void>} When it is in force, or cannot be had. */
function addSheet(root, name) {
  return new Promise((done) => {
    root.append(node("link", { rel: "stylesheet", href: new URL(name, import.meta.url).href, onload: () => done(), onerror: () => done() }));
  });
}
