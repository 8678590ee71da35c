// Where the parts of the stage stand: around a graph or an open layer; or, without one, sentences, tensors, storages, time, and the program
// below.

import { errorBox, emptyStage, noteBox } from "./messages.js";
import { setChildren } from "./dom.js";
import { unbreakLines } from "./rows.js";
import { hasRecurrent } from "./surroundings.js";

/** Put all parts where they belong with the scene that the stage has. @param {import("./mount.js").Stage} stage */
export function arrange(stage) {
  const mode = stage.scene.graph ? "graph" : stage.slide ? "slide" : hasRecurrent(stage.scene) ? "recurrent" : stage.layer ? "norm" : "sheet";
  if (stage.root.dataset.mode !== mode) {
    const focused = /** @type {ShadowRoot | Document} */ (stage.root.getRootNode()).activeElement;
    leaveSheet(stage);
    stage.surroundings.leave();
    if (stage.around) stage.around.enter();
    else arrangeSheet(stage);
    if (stage.code.element.contains(focused)) stage.code.focus();
    stage.width = 0;
    stage.timeline.arranged = "";
  }
  if (stage.study) fillStudy(stage);
  else if (!stage.layer) fillSheet(stage);
}

/** @param {import("./mount.js").Stage} stage */
function arrangeSheet(stage) {
  stage.root.dataset.mode = "sheet";
  stage.arrows = stage.groundArrows;
  stage.head.append(stage.sentences.element, stage.toolbar.element, stage.cards.element);
  stage.footer.append(stage.walk.element, stage.spotlight.readout, stage.bits.element, stage.timeline.element);
  stage.card.append(stage.head, stage.ground, stage.footer);
  stage.below.append(stage.facts.element, stage.code.element);
  stage.messages.after(stage.card, stage.below);
}

/** @param {import("./mount.js").Stage} stage Take the sheet's own parts off the page. */
function leaveSheet(stage) {
  stage.card.remove();
  stage.below.remove();
}

/** What is wrong with the program, and what was left out. @param {import("./mount.js").Stage} stage */
export function showMessages({ scene, messages, options }) {
  const { error, frames, notes, tables } = scene;
  const tabled = (frames[frames.length - 1]?.tables ?? []).some((number) => tables?.[number].tone === "error");
  messages.replaceChildren(...(error ? [errorBox(error, options.onRun, tabled)] : []), ...notes.map(noteBox));
}

/** Put the panels of a scene on the sheet. @param {import("./mount.js").Stage} stage */
function fillSheet(stage) {
  const { scene } = stage;
  const bare = scene.grids.length === 0;
  unbreakLines(stage.gridBox);
  setChildren(stage.gridBox, bare ? [emptyStage(stage.options.editable === true, scene.output !== "", scene.error !== null, scene.lens)] : stage.grids.map((view) => view.panel.figure));
  setChildren(stage.stripBox, stage.strips.map((view) => view.panel.figure));
  stage.stripBox.hidden = stage.strips.length === 0;
  for (const element of [stage.toolbar.element, stage.spotlight.readout, stage.bits.element, stage.facts.element]) element.hidden = bare;
  stage.footer.hidden = bare && scene.frames.length < 2;
  stage.head.hidden = bare && scene.frames.length === 0;
}

/** The same elements beside a graph, which needs no tensors. @param {import("./mount.js").Stage} stage */
function fillStudy(stage) {
  for (const element of [stage.toolbar.element, stage.spotlight.readout, stage.bits.element]) element.hidden = stage.scene.grids.length === 0;
  stage.head.hidden = stage.scene.frames.length === 0;
}
