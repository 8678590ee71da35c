// The stage as a Streamlit component (v2). Streamlit calls the default export again for new data and for a new
// theme, without cleaning up in between; cleanup runs once, at the end.

import { unlessCalledAgain } from "./latest.js";
import { mount } from "./mount.js";
import { node } from "./dom.js";
import { Press } from "./press.js";
import { Preview } from "./preview.js";
import { Requests } from "./requests.js";
import { sheetText } from "./sheets.js";
import { Windows } from "./window.js";

/**
 * @typedef {{data: Uint8Array, parentElement: HTMLElement | ShadowRoot,
 *   setTriggerValue: (name: string, value: unknown) => void}} ComponentArguments
 */

const STAGE_STYLE = await sheetText("stage.css", "window.css");

/** @type {WeakMap<Node, Instance>} */
const instances = new WeakMap();

/** @param {string} name @returns {string} Address of one of the app's own routes. */
function routeAddress(name) {
  return new URL(`../../../explorer/${name}`, import.meta.url).href; // three levels up from explorer/stage/<edition>/ is where the app is served
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function equalBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Characters of the run's token, which stands before the scene, and of the number of what it is a picture of (explorer/ui/components.py). */
const RUN_LENGTH = 32;
const SUBJECT_LENGTH = 8;

class Instance {
  /** @param {Node} parent @param {Uint8Array} data @param {ComponentArguments["setTriggerValue"]} tell */
  constructor(parent, data, tell) {
    this.tell = tell;
    this.style = node("style", {}, STAGE_STYLE);
    parent.appendChild(this.style);
    /** The token by which the server knows the scene's run; "" when there is nothing to ask. */
    this.run = "";
    /** What it is a picture of: the last good one stays while a program fails that became of it by editing. */
    this.subject = "";
    const bytes = this.withoutHead(data);
    this.windows = new Windows(routeAddress("window"), () => this.run);
    /** What Streamlit sent last: the program as it is, without a preview. */
    this.settled = bytes;
    this.shown = bytes;
    this.stage = mount(/** @type {HTMLElement} */ (parent), bytes, {
      editable: true, links: true, subject: this.subject, names: routeAddress("names"), casts: routeAddress("casts"), onRun: (/** @type {string} */ source) => this.tell("run", source),
      onOptions: (options) => void this.requests.ask({ options }), onChange: (change) => void this.requests.ask({ change }),
      onScene: (stage, passing) => this.windows.take(stage, passing), onFrame: () => this.windows.follow(),
    });
    this.program = this.stage.scene.source;
    this.passing = false;
    this.press = new Press(this.stage.root);
    this.preview = new Preview(routeAddress("preview"), {
      program: () => this.program,
      lens: () => this.stage.scene.lens,
      show: (/** @type {Uint8Array} */ preview) => this.press.after(() => this.show(preview, true)),
      restore: () => this.press.after(() => this.show(this.settled, false)),
    });
    this.requests = new Requests(routeAddress("preview"), {
      program: () => this.stage.scene.source, // of the picture that was changed last, whether the page knows of it or not
      lens: () => this.stage.scene.lens,
      run: () => this.run,
      show: (/** @type {Uint8Array} */ bytes) => this.press.after(() => this.show(bytes, true)),
      tell: (name, value) => this.tell(name, value),
    });
    // Streamlit reruns the page on its own when the browser goes back or forward; this says that it was that, and
    // not a rerun that left before the address changed
    this.onNavigate = () => this.tell("navigate", Object.fromEntries(new URLSearchParams(location.search)));
    window.addEventListener("popstate", this.onNavigate);
  }

  /** @param {Uint8Array} data From Streamlit. @returns {Uint8Array} The scene in it; what stands before it is kept. */
  withoutHead(data) {
    const head = String.fromCharCode(...data.subarray(0, RUN_LENGTH + SUBJECT_LENGTH));
    this.run = head.slice(0, RUN_LENGTH).trim();
    this.subject = head.slice(RUN_LENGTH).trim();
    return data.slice(head.length); // a copy: it is a view into a larger frame, at any offset
  }

  /** @param {Uint8Array} data New data from Streamlit, or the same again for a new theme. */
  settle(data) {
    const bytes = this.withoutHead(data);
    // the same program again, while a form opens or a chip is clicked: what is typed meanwhile goes on being shown
    if (equalBytes(this.settled, bytes)) return this.stage.refreshTheme();
    this.preview.forget();
    this.requests.forget();
    this.settled = bytes;
    this.show(bytes, false);
    this.program = this.stage.scene.source;
  }

  /** @param {Uint8Array} bytes @param {boolean} passing Whether it is a preview. */
  show(bytes, passing) {
    if (!equalBytes(this.shown, bytes)) this.stage.update(bytes, passing, this.subject);
    else if (this.passing && !passing) this.keep();
    else this.stage.refreshTheme();
    this.shown = bytes;
    this.passing = passing;
  }

  /** What was shown as a preview is the program now. */
  keep() {
    this.stage.code.setScene(this.stage.scene);
    this.stage.spotlight.show();
    this.windows.take(this.stage, false);
  }

  destroy() {
    window.removeEventListener("popstate", this.onNavigate);
    this.preview.destroy();
    this.requests.destroy();
    this.windows.destroy();
    this.press.destroy();
    this.stage.destroy();
    this.style.remove();
  }
}

/** @param {ComponentArguments} component */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!(data instanceof Uint8Array) || data.length === 0) return () => {};
  const known = instances.get(parentElement);
  if (known) {
    known.tell = setTriggerValue;
    known.press.after(() => known.settle(data));
  } else instances.set(parentElement, new Instance(parentElement, data, setTriggerValue));
  return unlessCalledAgain(parentElement, () => {
    instances.get(parentElement)?.destroy();
    instances.delete(parentElement);
  });
}
