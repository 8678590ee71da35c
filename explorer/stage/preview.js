// The picture while a field of the form is typed in: asked for directly, since a rerun of the page takes longer to
// draw than the program takes to run. Leaving the field makes the change for good, in Streamlit's own way.

const FIELD = /^st-key-\w+-field-(\d+)-\w+?-(\w+)$/;
const SLOW = 200;

/** @typedef {{program: () => string, lens: () => string, show: (bytes: Uint8Array) => void, restore: () => void}} PreviewHost */

export class Preview {
  /** @param {string} address Where to ask. @param {PreviewHost} host */
  constructor(address, host) {
    this.address = address;
    this.host = host;
    this.asked = 0;
    this.notBefore = 0;
    this.stopper = new AbortController();
    document.addEventListener("input", (event) => this.typed(event), { signal: this.stopper.signal });
  }

  /** @param {Event} event */
  typed(event) {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    const holder = field.closest('[class*="-field-"]');
    const match = [...(holder?.classList ?? [])].map((name) => FIELD.exec(name)).find((found) => found !== null);
    if (!match || field.getAttribute("role") === "combobox" || performance.now() < this.notBefore) return;
    void this.ask(Number(match[1]), match[2], field.value);
  }

  /** @param {number} index Of the chip. @param {string} field @param {string} text */
  async ask(index, field, text) {
    const number = (this.asked += 1);
    const device = new URLSearchParams(location.search).get("device");
    const body = JSON.stringify({ program: this.host.program(), lens: this.host.lens(), index, field, text, device });
    const start = performance.now();
    try {
      const answer = await fetch(this.address, { method: "POST", body, signal: this.stopper.signal });
      const bytes = answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null;
      const took = performance.now() - start;
      if (took > SLOW) this.notBefore = performance.now() + 10 * took;
      if (number !== this.asked) return;
      if (bytes) this.host.show(bytes);
      else this.host.restore();
    } catch {
      // no preview then; the change comes when the field is left
    }
  }

  /** What was asked before this is not shown any more. */
  forget() {
    this.asked += 1;
  }

  destroy() {
    this.stopper.abort();
  }
}
