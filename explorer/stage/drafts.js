// What is typed and not run yet, kept by the browser tab: a reload or another page must not lose it.

const PREFIX = "explorer.draft:";
const PAUSE = 250;

/** @typedef {{base: string, text: string}} Draft `text` was typed over the program `base`. */

export class DraftStore {
  /** @param {string} name Of the page. */
  constructor(name) {
    this.name = PREFIX + name;
    /** @type {Draft | null | undefined} What is to be written; undefined: nothing new. */
    this.pending = undefined;
    this.timer = 0;
    this.stopper = new AbortController();
    window.addEventListener("pagehide", () => this.flush(), { signal: this.stopper.signal });
  }

  /** @returns {Draft | null} */
  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.name) ?? "null");
      return typeof kept?.base === "string" && typeof kept.text === "string" ? kept : null;
    } catch {
      return null; // no storage here, or not ours
    }
  }

  /** @param {Draft | null} draft Written when typing pauses; null: nothing is unsaved any more. */
  keep(draft) {
    this.pending = draft;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), PAUSE);
  }

  flush() {
    window.clearTimeout(this.timer);
    const { pending } = this;
    this.pending = undefined;
    try {
      if (pending) sessionStorage.setItem(this.name, JSON.stringify(pending));
      else if (pending === null) sessionStorage.removeItem(this.name);
    } catch {
      // storage is full or forbidden: the draft lives as long as the page
    }
  }

  destroy() {
    this.flush();
    this.stopper.abort();
  }
}
