// The card of bits: how the number in the cell under the pointer is stored, and what casting would make of it.

import { CastList } from "./bits-casts.js";
import { codesAt, partDtype } from "./bits-layout.js";
import { hexText, numberParts } from "./bits-text.js";
import { node, setText } from "./dom.js";
import { bufferPositions, versionAt } from "./elements.js";

const OPEN_KEY = "explorer.bits";
const BITS_HINT = "Point at a cell to see the bits of its number.";

/** @returns {boolean} Whether the person left the card open; a browser may keep nothing. */
function wasOpen() {
  try {
    return localStorage.getItem(OPEN_KEY) === "open";
  } catch {
    return false;
  }
}

/** @param {boolean} open */
function remember(open) {
  try {
    localStorage.setItem(OPEN_KEY, open ? "open" : "closed");
  } catch {
    // then it opens as it did before
  }
}

/**
 * Where the number of a cell is stored.
 * @typedef {{version: BufferVersion, position: number, dtype: string}} Stored
 */

/** @param {Scene} scene @param {number} frame @param {Place} place @returns {Stored | null} */
function storedAt(scene, frame, { panel: { grid, strip }, cell }) {
  const from = grid ?? strip;
  if (!from) return null;
  return { version: versionAt(scene.buffers[from.buffer], frame), position: grid ? bufferPositions(grid)[cell] : cell, dtype: from.dtype };
}

export class BitsCard {
  /** @param {string | undefined} address Where to ask what casting does. */
  constructor(address) {
    this.casts = new CastList(address);
    this.subject = node("span", { class: "te-bits-subject" });
    this.parts = node("div", { "data-testid": "bits-parts" });
    this.body = node("div", { class: "te-bits-body", tabindex: "0", role: "group", "aria-label": "Bits of the number" }, this.parts, this.casts.element);
    this.element = node("details", { class: "te-bits", "data-testid": "bits", open: wasOpen() },
      node("summary", { onclick: () => this.toggling() }, "Bits ", this.subject), this.body);
    this.element.addEventListener("toggle", () => this.draw());
    this.forget();
  }

  /** Another scene: what was pointed at is gone. */
  forget() {
    /** @type {{name: string, place: Place, stored: Stored} | null} */
    this.last = null;
    /** @type {string} */
    this.shown = "";
    this.draw();
  }

  /** Not when the element says that it has opened or closed: that comes a task later, when the page may be gone. */
  toggling() {
    remember(!this.element.open);
  }

  /**
   * Take a cell apart; it stays when the pointer leaves, so that the card can be read and scrolled.
   * @param {Scene} scene @param {number} frame @param {Place} place @param {string} name What to call the cell.
   */
  show(scene, frame, place, name) {
    const stored = storedAt(scene, frame, place);
    if (!stored) return;
    this.last = { name, place, stored };
    this.draw();
  }

  /** Nothing is pointed at: show the same cell as it is at this frame. @param {Scene} scene @param {number} frame */
  follow(scene, frame) {
    if (!this.last) return;
    if (this.last.place.panel.visible) this.show(scene, frame, this.last.place, this.last.name);
    else this.forget();
  }

  draw() {
    if (!this.element.open) {
      setText(this.subject, "");
      return;
    }
    setText(this.subject, this.last ? `of ${this.last.name} · ${this.last.stored.dtype}` : "");
    const codes = this.codes();
    this.casts.element.hidden = codes === null;
    if (codes === null) {
      this.shown = "";
      this.parts.replaceChildren(node("p", { class: "te-muted" }, this.absence()));
      return;
    }
    const { dtype } = /** @type {{stored: Stored}} */ (this.last).stored;
    const bits = codes.map((code) => hexText(code, partDtype(dtype)).slice(2)).join("");
    const key = `${dtype} ${bits}`;
    if (key !== this.shown) this.parts.replaceChildren(...numberParts(codes, dtype));
    this.shown = key;
    this.casts.show(dtype, bits);
  }

  /** @returns {bigint[] | null} The bits of the number, null where there is none. */
  codes() {
    if (!this.last) return null;
    const { version: { values, unwritten }, position, dtype } = this.last.stored;
    return values === null || unwritten.has(position) ? null : codesAt(values, position, dtype);
  }

  /** @returns {string} Why there are no bits to show. */
  absence() {
    if (!this.last) return BITS_HINT;
    const { values } = this.last.stored.version;
    return values === null ? "A meta tensor has no memory, so there are no bits." : "Nothing was written here yet: these bits are whatever the memory held before.";
  }

  destroy() {
    this.casts.destroy();
  }
}
