// What is typed and not run yet, kept by the browser tab: a reload or another page must not lose it.

const PREFIX = "explorer.draft:";
const PAUSE = 250;
/** How often it is looked whether the address has a program that has run: 20 seconds in all. */
const LOOKS = 80;

/** @returns {string | null} The program in the address, as it stands there. */
const linked = () => new URLSearchParams(location.search).get("program");

/** @typedef {{base: string, text: string}} Draft `text` was typed over the program `base`. */

export class DraftStore {
  /** @param {string} name Of the page. */
  constructor(name) {
    this.name = PREFIX + name;
    /** @type {Draft | null | undefined} What is to be written; undefined: nothing new. */
    this.pending = undefined;
    this.timer = 0;
    /** @type {string | null} The program in the address when the draft was typed. */
    this.before = null;
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
    if (draft) this.before = linked();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), PAUSE);
  }

  /** What was typed has run. The address gets it a moment later: a reload before that must not lose it. */
  settle(looks = LOOKS) {
    window.clearTimeout(this.timer);
    if (!this.pending && !this.read()) return;
    if (looks > 0 && linked() === this.before) this.timer = window.setTimeout(() => this.settle(looks - 1), PAUSE);
    else {
      this.pending = null;
      this.flush();
    }
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
