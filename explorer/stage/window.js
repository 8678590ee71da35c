// Large tensors: their windows can be moved anywhere, and their statistics asked for. The run is kept at the server for
// this; what is drawn is the scene that came, with other windows in the place of the corners.

import { makePanels } from "./host.js";
import { isPassing } from "./paint.js";
import { Questions } from "./questions.js";
import { WindowControls } from "./window-controls.js";
import { readPlaces, writePlaces } from "./window-link.js";
import { movedScene } from "./window-scene.js";

/** @typedef {import("./questions.js").Part} Part */

/**
 * One grid with more elements than its scene holds, and what is known of it. `wanted` is null at the corner.
 * @typedef {{grid: GridData, controls: WindowControls, wanted: number[] | null, parts: Part[], latest: Part | null,
 *   summaries: import("./questions.js").Summary[], asking: boolean}} Cut
 */

const MOST_PARTS = 40;

/** @param {Scene} scene @param {GridData} grid @returns {boolean} Whether there are more elements to ask for than the scene holds. */
function isCut(scene, grid) {
  // beside a graph what passed is kept, too
  return grid.device !== "meta" && (Boolean(scene.graph) || !isPassing(grid)) && grid.window.some((size, d) => size < grid.shape[d]);
}

/** @param {{frames: [number, number]}} known @param {number} frame */
function holdsAt({ frames }, frame) {
  return frames[0] <= frame && frame < frames[1];
}

export class Windows {
  /** @param {string} address Where to ask. @param {() => string} run Token of the run; "" while there is none. */
  constructor(address, run) {
    this.questions = new Questions(address, run);
    /** @type {Map<number, Cut>} */
    this.cuts = new Map();
    /** @type {Map<number, number[]>} What the link asks for, until there is a scene. */
    this.linkedPlaces = readPlaces();
    /** @type {import("./mount.js").Stage | null} */
    this.stage = null;
    /** @type {Scene | null} As it came, with its corners. */
    this.base = null;
    /** @type {Scene | null} With the windows that were moved. */
    this.current = null;
    this.drawn = "";
    /** Whether windows of the scene can be moved. */
    this.open = false;
    this.onPop = () => this.restore();
    window.addEventListener("popstate", this.onPop);
  }

  /**
   * The stage has a new scene.
   * @param {import("./mount.js").Stage} stage @param {boolean} passing A preview, about which nothing can be asked.
   */
  take(stage, passing) {
    this.stage = stage;
    const before = this.cuts;
    for (const { controls } of before.values()) controls.element.remove();
    this.base = stage.scene;
    this.current = stage.scene;
    this.cuts = new Map();
    this.drawn = "";
    this.linkedPlaces = new Map([...this.linkedPlaces, ...wantedPlaces(before)]);
    this.open = !passing && this.questions.possible;
    if (!this.open) return;
    const { grids } = stage.scene;
    this.linkedPlaces = new Map([...this.linkedPlaces].filter(([id]) => id < grids.length && isCut(stage.scene, grids[id])));
    this.follow();
    this.write();
  }

  /** @param {GridData} grid One that is drawn for the first time. */
  addCut(grid) {
    const place = this.linkedPlaces.get(grid.id) ?? [];
    this.linkedPlaces.delete(grid.id);
    const controls = new WindowControls(grid, {
      move: (first) => this.move(grid.id, first),
      statistics: () => void this.summarise(grid.id),
    });
    const wanted = place.length === grid.shape.length ? controls.place(place) : null;
    this.cuts.set(grid.id, { grid, controls, wanted, parts: [], latest: null, summaries: [], asking: false });
  }

  /** Put what moves a window into the panel that draws its grid now. @param {import("./mount.js").Stage} stage @param {Scene} base */
  attach(stage, base) {
    for (const { grid: { id } } of stage.grids) if (!this.cuts.has(id) && isCut(base, base.grids[id])) this.addCut(base.grids[id]);
    for (const [id, { controls }] of this.cuts) {
      const caption = stage.viewOf(id)?.panel.figure.querySelector("figcaption");
      if (!caption) controls.element.remove();
      else if (caption.nextElementSibling !== controls.element) caption.after(controls.element);
    }
  }

  /** @param {number} id @param {number[]} first Where its window shall begin. */
  move(id, first) {
    const cut = this.cuts.get(id);
    if (!cut) return;
    cut.wanted = cut.controls.place(first);
    this.follow();
    this.write();
  }

  /** Show what is known for the frame that is drawn, and ask for what is not. */
  follow() {
    if (!this.stage || !this.base || this.stage.scene !== this.current || !this.open) return; // a new scene, not taken yet
    this.attach(this.stage, this.base);
    for (const [id, cut] of this.cuts) {
      cut.controls.element.hidden = cut.grid.first_frame > this.stage.frame;
      cut.controls.showSummary(cut.summaries.find((summary) => holdsAt(summary, this.frame)) ?? null);
      if (this.missing(cut) && !cut.asking) void this.ask(id, cut);
    }
    this.draw();
  }

  /** @returns {number} */
  get frame() { return this.stage?.frame ?? 0; }

  /** @param {Cut} cut @returns {boolean} Whether the wanted window has to be asked for. */
  missing(cut) {
    return cut.wanted !== null && cut.grid.first_frame <= this.frame && !this.partOf(cut);
  }

  /** @param {Cut} cut @returns {Part | undefined} The wanted window at the frame that is drawn. */
  partOf(cut) {
    return cut.parts.find((part) => `${part.first}` === `${cut.wanted}` && holdsAt(part, this.frame));
  }

  /** Ask for one window after the other until the wanted one is there. @param {number} id @param {Cut} cut */
  async ask(id, cut) {
    cut.asking = true;
    cut.controls.busy(true);
    try {
      while (this.cuts.get(id) === cut && this.missing(cut)) {
        const part = await this.questions.part(id, this.frame, /** @type {number[]} */ (cut.wanted));
        cut.parts = [part, ...cut.parts].slice(0, MOST_PARTS);
        cut.latest = part;
        if (this.cuts.get(id) === cut) this.draw();
      }
    } catch (problem) {
      cut.wanted = cut.latest && !cut.latest.refused ? cut.latest.first : null;
      cut.controls.place(cut.wanted ?? []);
      cut.controls.say(problem instanceof Error ? problem.message : String(problem));
    } finally {
      cut.asking = false;
      cut.controls.busy(false);
    }
  }

  /** Draw the windows that are there in place of the corners. */
  draw() {
    const { stage, base } = this;
    if (!stage || !base) return;
    /** @type {Map<number, Part>} */
    const shown = new Map();
    for (const [id, cut] of this.cuts) {
      const part = this.partOf(cut) ?? (cut.wanted && cut.latest && holdsAt(cut.latest, this.frame) ? cut.latest : undefined);
      cut.controls.say(part?.refused ?? "");
      if (part?.values) shown.set(id, part);
    }
    const key = [...shown].map(([id, { first, frames }]) => `${id}:${first}@${frames}`).join(";");
    if (key === this.drawn) return;
    this.drawn = key;
    this.current = shown.size ? movedScene(base, shown, this.frame) : base;
    stage.walk.close();
    stage.travel.stop();
    stage.scene = this.current;
    stage.spotlight.reset();
    stage.bits.forget();
    makePanels(stage, this.current);
    stage.relayout();
  }

  /** @param {number} id Show the statistics of a grid's tensor, or put them away. */
  async summarise(id) {
    const cut = this.cuts.get(id);
    if (!cut || !cut.controls.toggleSummary()) return;
    if (cut.summaries.some((summary) => holdsAt(summary, this.frame))) return;
    cut.controls.busy(true);
    try {
      cut.summaries = [await this.questions.statistics(id, this.frame), ...cut.summaries];
      cut.controls.showSummary(cut.summaries.find((summary) => holdsAt(summary, this.frame)) ?? null);
    } catch (problem) {
      cut.controls.toggleSummary();
      cut.controls.say(problem instanceof Error ? problem.message : String(problem));
    } finally {
      cut.controls.busy(false);
    }
  }

  /** Back or forward: the address tells where the windows are. */
  restore() {
    const places = readPlaces();
    this.linkedPlaces = places;
    for (const [id, cut] of this.cuts) {
      cut.wanted = cut.controls.place(places.get(id) ?? []);
      places.delete(id);
    }
    this.follow();
  }

  write() {
    if (this.stage?.linked()) writePlaces(new Map([...this.linkedPlaces, ...wantedPlaces(this.cuts)]));
  }

  destroy() {
    window.removeEventListener("popstate", this.onPop);
  }
}

/** @param {Map<number, Cut>} cuts @returns {Map<number, number[]>} Where the windows are that are not at their corner. */
function wantedPlaces(cuts) {
  return new Map([...cuts].flatMap(([id, { wanted }]) => (wanted ? [/** @type {[number, number[]]} */ ([id, wanted])] : [])));
}
