// The inspector beside the graph: what a node took, kept and gave, or what is known of one that was chosen.

import { node, setAttribute, setText } from "./dom.js";
import { FactRows } from "./fact-rows.js";
import { inlineCode } from "./messages.js";
import { patchChildren } from "./patch.js";
import { Plates } from "./plates.js";

const MOST_RUNS = 12;

/**
 * `onJump`: to a frame. `onFollow`: back to what the steps are about.
 * @typedef {{onJump: (frame: number) => void, onFollow: () => void}} InspectorHost
 */

export class Inspector {
  /** @param {InspectorHost} host */
  constructor(host) {
    this.host = host;
    this.name = node("span", { class: "te-node-name" });
    this.label = node("span", { class: "te-node-label" });
    this.follow = node("button", { type: "button", class: "te-button te-follow", "data-testid": "follow", onclick: () => this.letGo() }, "Follow the steps");
    this.about = node("p", { class: "te-node-about" });
    this.note = node("p", { class: "te-node-note" });
    this.noted = "";
    this.pending = node("p", { class: "te-node-pending" });
    this.runs = node("div", { class: "te-runs", role: "group", "aria-label": "Steps at which the engine runs it" });
    this.plates = new Plates();
    this.ruleText = node("code");
    this.rule = node("div", { class: "te-rule", "data-testid": "rule" }, node("span", { class: "te-plate-caption" }, "rule"), this.ruleText);
    this.factRows = node("dl", { class: "te-node-facts", "data-testid": "node-facts" });
    this.factsTitle = node("h4", {});
    this.rows = new FactRows(this.factRows);
    this.facts = node("section", { class: "te-node-tensor" }, this.factsTitle, this.factRows);
    this.body = node("div", { class: "te-inspector-body" }, this.about, this.note, this.pending, this.runs, this.plates.element, this.facts);
    this.scroller = node("div", { class: "te-inspector-scroll", tabindex: "0", role: "region", "aria-label": "What the step took, kept and gave" }, this.body);
    this.foot = node("div", { class: "te-inspector-foot" });
    this.element = node("section", { class: "te-inspector", "aria-label": "Inspector", "data-testid": "inspector" },
      node("div", { class: "te-inspector-head" }, node("h3", {}, this.name, this.label), this.follow), this.scroller, this.foot);
  }

  /**
   * @param {import("./insight.js").Insight} insight @param {(import("./grid.js").GridView | null)[]} views One a plate.
   * @param {number} index Of the frame.
   */
  show(insight, views, index) {
    this.showHead(insight);
    this.showRuns(insight, index);
    setText(this.ruleText, insight.rule);
    this.rule.hidden = insight.rule === "";
    this.plates.show(insight.plates, views, index, this.rule, insight.ruleAt);
    this.showFacts(insight);
  }

  /** @returns {string} What it is about. */
  get title() { return `${this.name.textContent}${this.label.textContent}`; }

  /** Follow the steps again; the button goes, so the focus needs a place. */
  letGo() {
    this.host.onFollow();
    this.scroller.focus({ preventScroll: true });
  }

  /** @param {import("./insight.js").Insight} insight */
  showHead({ chosen, name, label, about, tone, note, marks, pending }) {
    setText(this.name, name);
    setText(this.label, label && label !== name ? (name ? ` · ${label}` : label) : "");
    setText(this.about, about.join(" · "));
    // a mark that the note explains in its own words is not said twice
    const said = [...marks.filter((mark) => !note.toLowerCase().includes(mark.toLowerCase())), note].filter(Boolean).join(" · ");
    if (said !== this.noted) patchChildren(this.note, inlineCode(said));
    this.noted = said;
    this.note.hidden = said === "";
    setText(this.pending, pending);
    this.pending.hidden = pending === "";
    this.follow.hidden = !chosen;
    setAttribute(this.element, "data-tone", tone);
    setAttribute(this.element, "data-chosen", chosen ? "true" : null);
  }

  /** Buttons to the steps of a chosen node. @param {import("./insight.js").Insight} insight @param {number} index */
  showRuns({ chosen, runs }, index) {
    this.runs.hidden = !chosen || runs.length === 0;
    if (this.runs.hidden) return;
    const buttons = runs.slice(0, MOST_RUNS).map((run) =>
      node("button", { type: "button", class: "te-button te-run", "aria-current": run === index ? "step" : null, onclick: () => this.host.onJump(run) }, `step ${run + 1}`));
    const more = runs.length - buttons.length;
    this.runs.replaceChildren(node("span", { class: "te-muted" }, "The engine runs it at"), ...buttons, more > 0 ? node("span", { class: "te-muted" }, `and ${more} more`) : "");
  }

  /** @param {import("./insight.js").Insight} insight */
  showFacts({ chosen, subject, facts, reason }) {
    /** @type {[string, string][]} */
    const rows = reason && !chosen ? [...facts, ["grad", `None: ${reason}`]] : facts;
    this.facts.hidden = rows.length === 0;
    setText(this.factsTitle, `Tensor ${subject}`);
    this.rows.show(rows);
  }
}
