// The picture while a field of the form is typed in: asked for directly, since a rerun of the page takes longer to
// draw than the program takes to run. Leaving the field makes the change for good, in Streamlit's own way.

const FIELD = /^st-key-\w+-field-(\d+)-\w+?-(\w+)-\d+$/;
const SLOW = 200;
/** How long to leave the server alone after a slow answer, in times of what it took beyond `SLOW`: no step up at that border. */
const LEAVE_ALONE = 3;

/** @typedef {{index: number, field: string, text: string}} Typed What stands in a field of the chip with this index. */
/** @typedef {{program: () => string, lens: () => string, show: (bytes: Uint8Array) => void, restore: () => void}} PreviewHost */

export class Preview {
  /** @param {string} address Where to ask. @param {PreviewHost} host */
  constructor(address, host) {
    this.address = address;
    this.host = host;
    /** @type {Typed | null} The last of what was typed since it was last asked: it is asked next, however slow the answers are. */
    this.waiting = null;
    this.asking = false;
    /** How often the page's program came anew; an answer to an earlier one comes too late. */
    this.edition = 0;
    this.stopper = new AbortController();
    document.addEventListener("input", (event) => this.typed(event), { signal: this.stopper.signal });
  }

  /** @param {Event} event */
  typed(event) {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    const holder = field.closest('[class*="-field-"]');
    const match = [...(holder?.classList ?? [])].map((name) => FIELD.exec(name)).find((found) => found !== null);
    if (!match || field.getAttribute("role") === "combobox") return;
    this.waiting = { index: Number(match[1]), field: match[2], text: field.value };
    if (!this.asking) void this.work();
  }

  /** Ask for what was typed last, again and again until nothing more is typed; one request at a time. */
  async work() {
    this.asking = true;
    while (this.waiting) {
      const typed = this.waiting;
      this.waiting = null;
      const took = await this.ask(typed);
      if (took > SLOW) await new Promise((done) => setTimeout(done, LEAVE_ALONE * (took - SLOW)));
    }
    this.asking = false;
  }

  /** @param {Typed} typed @returns {Promise<number>} Milliseconds until the server answered; drawing is not its work. */
  async ask(typed) {
    const { edition } = this;
    const device = new URLSearchParams(location.search).get("device");
    const body = JSON.stringify({ program: this.host.program(), lens: this.host.lens(), ...typed, device });
    const start = performance.now();
    let answered = start;
    try {
      const answer = await fetch(this.address, { method: "POST", body, signal: this.stopper.signal });
      const bytes = answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null;
      answered = performance.now();
      if (edition === this.edition && bytes) this.host.show(bytes);
      else if (edition === this.edition) this.host.restore();
    } catch {
      answered = performance.now(); // no preview then; the change comes when the field is left
    }
    return answered - start;
  }

  /** What was typed and asked before this is not shown any more. */
  forget() {
    this.waiting = null;
    this.edition += 1;
  }

  destroy() {
    this.forget();
    this.stopper.abort();
  }
}
