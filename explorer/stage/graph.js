// The graph on the stage: what is folded, where everything lies, what a frame makes of it, what the person does with it.

import { node, setAttribute } from "./dom.js";
import { GraphBar } from "./graph-bar.js";
import { readGraphColours } from "./graph-colours.js";
import { GraphField } from "./graph-field.js";
import { GraphFolding } from "./graph-fold.js";
import { graphKey } from "./graph-keys.js";
import { emptyMessage, findNodes, GraphSpeech } from "./graph-list.js";
import { GraphMap } from "./graph-map.js";
import { GraphScreen } from "./graph-screen.js";
import { GraphTip } from "./graph-tip.js";
import { runLayout } from "./graph-run.js";

const HELP = "Arrow keys walk along the edges, up to what made a node and down to what uses it. Enter inspects a node or opens a group, J goes to its step, C folds the group around it, slash finds a node by name, plus, minus and 0 zoom.";
/** Begin with all of the graph when it is readable then; else with the part that matters. */
const READABLE = 0.6;
const COMFORTABLE = 0.85;

export class GraphView {
  /** @param {{onSelect: (node: number | null) => void, onJump: (frame: number) => void, onHover: (node: number | null) => void}} host */
  constructor(host) {
    this.host = host;
    /** @type {Scene | null} */
    this.scene = null;
    this.index = 0;
    this.following = true;
    this.signature = "";
    this.folding = new GraphFolding({ nodes: [], edges: [], groups: [] });
    /** @type {GraphScreen | null} What is drawn, once it is laid out. */
    this.screen = null;
    /** @type {{selected: number | null, lit: number | null}} Nodes. */
    this.marks = { selected: null, lit: null };
    /** @type {GraphItem | null} In the focus of the keyboard. */
    this.focused = null;
    /** @type {GraphItem | null} Under the pointer. */
    this.hovered = null;
    this.cancel = () => {};
    this.field = new GraphField({
      paint: (ctx) => this.paint(ctx), point: (x, y) => this.point(x, y), leave: () => this.hover(null),
      press: (x, y, twice) => this.press(x, y, twice), moved: (byHand) => this.moved(byHand),
    });
    this.bar = new GraphBar({
      search: (text) => findNodes(this.folding.graph, text), goTo: (number) => this.goTo(number), zoom: (direction) => this.field.zoomStep(direction), fit: () => this.field.fit(),
      foldAll: (open) => this.refold(() => this.folding.setAll(open), null), follow: () => this.follow(), leave: () => this.field.element.focus(),
    });
    this.map = new GraphMap((x, y) => this.field.centre(x, y));
    this.tip = new GraphTip();
    this.speech = new GraphSpeech();
    this.message = emptyMessage();
    this.build();
    this.observer = new ResizeObserver(() => this.relayout());
    this.observer.observe(this.field.element);
  }

  build() {
    const help = node("span", { class: "te-hidden", id: "te-graph-help" }, HELP);
    const { element: field } = this.field;
    for (const [name, value] of Object.entries({ role: "application", "aria-roledescription": "graph", "aria-label": "Graph", "aria-describedby": "te-graph-help" })) field.setAttribute(name, value);
    field.append(this.map.element, this.tip.element);
    field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => graphKey(this, event));
    field.addEventListener("focus", () => this.field.request());
    field.addEventListener("blur", () => this.field.request());
    this.element = node("section", { class: "te-graph", "aria-label": "Graph", "data-testid": "graph" }, this.bar.element, this.field.element, this.message, help, this.speech.element);
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.theme = theme;
    this.colours = readGraphColours(this.element, theme);
    this.screen?.recolour(this.colours);
    if (this.screen) this.map.draw(this.screen.picture, this.colours);
    this.field.request();
  }

  /** @param {Scene} scene */
  setScene(scene) {
    const graph = scene.graph ?? { nodes: [], edges: [], groups: [] };
    const signature = JSON.stringify([graph.nodes.length, graph.groups.map(({ label, parent }) => [label, parent])]);
    const same = signature === this.signature;
    const { open, extra } = this.folding;
    this.signature = signature;
    this.scene = scene;
    this.folding = new GraphFolding(graph);
    if (same) Object.assign(this.folding, { open, extra });
    else this.following = true;
    this.marks = { selected: null, lit: null };
    this.hovered = null;
    this.focused = null;
    this.bar.setGraph(graph);
    this.showEmpty(graph.nodes.length === 0);
    this.layOut(same ? null : () => this.begin());
  }

  /** @param {boolean} empty */
  showEmpty(empty) {
    for (const { element } of [this.field, this.bar]) element.hidden = empty;
    this.message.hidden = !empty;
  }

  /** Find places for what is visible, then draw. @param {(() => void) | null} then */
  layOut(then) {
    this.cancel();
    const start = performance.now();
    const visible = this.folding.visible();
    this.cancel = runLayout(visible, (picture) => {
      this.show(picture, then);
      /** @type {any} */ (window).__explorerGraph = { layoutMs: performance.now() - start, nodes: picture.items.length, edges: picture.links.length, view: this };
    }, () => setAttribute(this.element, "data-busy", "true"));
  }

  /** @param {GraphPicture} picture @param {(() => void) | null} then */
  show(picture, then) {
    const { width, height } = picture;
    const [chosen, walked] = [this.focused?.id, this.hovered?.id];
    this.colours ??= this.theme ? readGraphColours(this.element, this.theme) : undefined;
    this.screen = this.colours && this.scene ? new GraphScreen(this.scene, picture, this.colours) : null;
    this.screen?.moments.show(this.index);
    this.focused = picture.items.find(({ id }) => id === chosen) ?? null;
    this.hovered = picture.items.find(({ id }) => id === walked) ?? null;
    this.field.camera.picture = { width, height };
    this.field.resize();
    this.field.camera.clamp();
    if (this.colours) this.map.draw(picture, this.colours);
    then?.();
    setAttribute(this.element, "data-busy", null);
    setAttribute(this.field.element, "aria-label", `Graph with ${picture.items.length} nodes and ${picture.links.length} edges`);
    this.speech.describe(this.screen);
    this.moved(false);
    this.field.paint();
  }

  /** Where to begin in a new graph. */
  begin() {
    const { camera } = this.field;
    if (camera.fitScale >= READABLE) return camera.fit();
    camera.scale = COMFORTABLE;
    camera.x = camera.picture.width / 2 - camera.width / camera.scale / 2;
    camera.y = 0;
    camera.clamp();
    return this.followCurrent(false);
  }

  /** @param {number} index */
  showFrame(index) {
    this.index = index;
    this.screen?.moments.show(index);
    if (this.following) this.followCurrent(true);
    this.speech.describe(this.screen);
    this.field.request();
  }

  /** @param {boolean} [glide] */
  followCurrent(glide) {
    const current = this.screen?.moments.current;
    if (current) this.field.reveal(current, glide);
  }

  /** Follow the steps from now on, or no longer. */
  follow() {
    this.following = !this.following;
    if (this.following) this.followCurrent(true);
    this.moved(false);
  }

  /** @param {boolean} byHand */
  moved(byHand) {
    if (byHand) this.following = false;
    this.map.show(this.field.camera);
    this.bar.show({ folded: this.folding.folded, following: this.following, fits: this.field.camera.fits });
    if (byHand) this.tip.hide();
    else this.tip.place(this.field.camera);
  }

  /** @param {CanvasRenderingContext2D} ctx */
  paint(ctx) {
    const inside = this.field.element.matches(":focus-visible");
    this.screen?.paint(ctx, this.field.camera, { ...this.marks, hovered: this.hovered, focused: inside ? this.focused : null });
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    const spot = this.screen?.hit(x, y) ?? null;
    this.field.element.style.cursor = spot ? "pointer" : "";
    this.hover(spot?.item ?? null);
  }

  /** @param {GraphItem | null} item */
  hover(item) {
    if (item === this.hovered) return;
    this.hovered = item;
    this.host.onHover(item?.kind === "node" ? item.number : null);
    if (item && this.screen) this.tip.show(item, this.screen, this.field.camera);
    else this.tip.hide();
    this.field.request();
  }

  /** @param {number} x @param {number} y @param {boolean} twice */
  press(x, y, twice) {
    const spot = this.screen?.hit(x, y);
    this.bar.legend.open = false;
    if (spot?.item) {
      this.focused = spot.item;
      this.use(spot.item, twice);
    } else if (spot?.box && !twice) this.refold(() => this.folding.toggle(spot.box?.number ?? -1), spot.box);
    else if (!twice && this.marks.selected !== null) this.choose(null);
  }

  /** Open it, or inspect it. @param {GraphItem} item @param {boolean} [twice] */
  use(item, twice = false) {
    if (item.kind === "node" && twice) this.jump(item);
    else if (twice) return;
    else if (item.kind === "node") this.choose(item.number);
    else if (item.kind === "group") this.refold(() => this.folding.toggle(item.number), item);
    else if (item.kind === "gap") this.refold(() => this.folding.showMore(item.number), item);
  }

  /** @param {GraphItem} item Go to its step. */
  jump(item) {
    if (item.kind === "node" && this.screen) this.host.onJump(this.screen.moments.jumpFrame(item.number));
  }

  /** @param {number | null} number */
  choose(number) {
    this.select(number);
    this.host.onSelect(number);
  }

  /** Fold otherwise; what was there stays where it is on screen. @param {() => void} change @param {{number: number, x: number, y: number} | null} anchor */
  refold(change, anchor) {
    const { camera } = this.field;
    const before = anchor ? camera.toScreen(anchor.x, anchor.y) : null;
    change();
    this.tip.hide();
    this.layOut(() => {
      const after = before && anchor ? this.screen?.placeOf(anchor.number) : null;
      if (before && after) Object.assign(camera, { x: after.x - before[0] / camera.scale, y: after.y - before[1] / camera.scale });
      camera.clamp();
    });
  }

  /** Show a node, opening what hides it. @param {number} number */
  goTo(number) {
    const go = () => {
      const item = this.screen?.moments.itemOf.get(number);
      if (!item) return;
      this.following = false;
      if (this.field.camera.scale < 0.5) this.field.camera.scale = COMFORTABLE;
      this.field.reveal(item);
      this.focused = item;
      this.choose(number);
    };
    if (this.screen?.moments.itemOf.get(number)?.kind === "node") return go();
    this.folding.reveal(number);
    return this.layOut(go);
  }

  /** Put the keyboard's focus on an item, and say it. @param {GraphItem} item */
  focusItem(item) {
    const { screen } = this;
    if (!screen) return;
    this.focused = item;
    this.field.reveal(item);
    this.speech.say(item, screen);
    this.tip.show(item, screen, this.field.camera);
    this.field.request();
  }

  /** @param {number | null} number */
  select(number) {
    if (number === this.marks.selected) return;
    this.marks.selected = number;
    this.field.request();
  }

  /** @param {number | null} number Lit as if it were under the pointer. */
  highlight(number) {
    if (number === this.marks.lit) return;
    this.marks.lit = number;
    this.field.request();
  }

  relayout() {
    const fitted = this.field.camera.scale === this.field.camera.fitScale;
    if (!this.field.resize()) return;
    if (fitted && this.following) this.begin();
    this.moved(false);
    this.field.paint();
  }

  destroy() {
    this.cancel();
    this.speech.destroy();
    this.observer.disconnect();
    this.field.destroy();
    this.element.remove();
  }
}
