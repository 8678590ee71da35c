// What casting would do to a number: torch is asked on the server, once for each number.

import { isSubnormal, layoutOf, partDtype } from "./bits-layout.js";
import { node, setAttribute } from "./dom.js";
import { exactFloatText } from "./format.js";

const PATIENCE = 80;
const MOST_KEPT = 2000;

/**
 * What explorer/trace/bits.py says: numbers as text, bits in hexadecimal.
 * @typedef {{dtype: string, parts: string[], bits: string, outcome: string, note: string}} CastData
 * @typedef {{dtype: string, bits: string, polar: string[], casts: CastData[]}} CastsData
 */

/** @param {string} text As Python writes a float. @returns {number} */
function numberOf(text) {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}

/** @param {string[]} parts @param {string} dtype @returns {string} */
function castText(parts, dtype) {
  if (layoutOf(dtype) === null) return parts[0];
  const written = parts.map((part) => exactFloatText(numberOf(part), partDtype(dtype)));
  if (written.length === 1) return written[0];
  const [real, imaginary] = written.map((text) => text.replace(/\.0$/, "").replace(/^\+/, ""));
  return `${real}${imaginary.startsWith("-") ? "" : "+"}${imaginary}i`;
}

/** @param {CastData} cast @returns {HTMLElement} */
function castItem({ dtype, parts, bits, outcome, note }) {
  const small = layoutOf(dtype) !== null && parts.some((part) => isSubnormal(numberOf(part), dtype));
  const said = [note || "exact", small ? "subnormal" : ""].filter(Boolean).join(", ");
  return node("li", { class: "te-cast", "data-dtype": dtype, "data-outcome": outcome },
    node("div", { class: "te-cast-line" }, node("span", { class: "te-cast-dtype" }, `${dtype} `), node("b", {}, castText(parts, dtype))),
    node("div", { class: "te-cast-line" }, node("code", { class: "te-cast-bits" }, `0x${bits}`), node("span", { class: "te-cast-note" }, ` ${said.replace("-", "−")}`)));
}

export class CastList {
  /** @param {string | undefined} address Where to ask; nowhere in an exported page. */
  constructor(address) {
    this.address = address;
    /** @type {Map<string, CastsData>} */
    this.known = new Map();
    this.wanted = "";
    this.waiting = 0;
    this.list = node("ul", { class: "te-casts", "data-testid": "casts" });
    this.polar = node("p", { class: "te-bits-polar", "data-testid": "polar", hidden: true });
    this.message = node("p", { class: "te-muted" });
    this.caution = node("p", { class: "te-muted te-cast-caution", hidden: true },
      "Undefined in C: this is what torch gave here. A whole tensor, or another processor, may give other numbers.");
    const title = address ? ["What ", node("code", {}, ".to(dtype)"), " makes of it, asked of torch"] : [];
    this.element = node("div", { class: "te-bits-casts" }, this.polar, node("p", { class: "te-bits-heading", hidden: !address }, ...title), this.message, this.list, this.caution);
    if (!address) this.message.textContent = "Casts are computed by torch: open this program in the app to see them.";
  }

  /** @param {string} dtype @param {string} bits */
  show(dtype, bits) {
    if (!this.address) return;
    const key = `${dtype} ${bits}`;
    if (key === this.wanted) return;
    this.wanted = key;
    clearTimeout(this.waiting);
    const known = this.known.get(key);
    if (known) this.draw(known);
    else {
      setAttribute(this.element, "aria-busy", "true");
      this.waiting = window.setTimeout(() => void this.ask(dtype, bits, key), PATIENCE);
    }
  }

  /** @param {string} dtype @param {string} bits @param {string} key */
  async ask(dtype, bits, key) {
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ dtype, bits })}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const data = /** @type {CastsData} */ (await answer.json());
      if (this.known.size >= MOST_KEPT) this.known.clear();
      this.known.set(key, data);
      if (key === this.wanted) this.draw(data);
    } catch {
      if (key === this.wanted) this.fail();
    }
  }

  /** @param {CastsData} data */
  draw(data) {
    setAttribute(this.element, "aria-busy", null);
    this.message.textContent = "";
    this.polar.hidden = data.polar.length === 0;
    const [magnitude, phase] = data.polar.map((text) => exactFloatText(numberOf(text), data.dtype === "complex128" ? "float64" : "float32"));
    this.polar.textContent = `magnitude ${magnitude} · phase ${phase} rad`;
    this.list.replaceChildren(...data.casts.map(castItem));
    this.caution.hidden = !data.casts.some(({ outcome }) => outcome === "undefined");
  }

  fail() {
    this.wanted = "";
    setAttribute(this.element, "aria-busy", null);
    this.polar.hidden = true;
    this.caution.hidden = true;
    this.list.replaceChildren();
    this.message.textContent = "The server did not say what casting gives.";
  }

  destroy() {
    clearTimeout(this.waiting);
    this.wanted = "";
  }
}
