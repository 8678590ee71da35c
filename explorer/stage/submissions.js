// Which program the page has: what it sent last, or what was sent to it to run and has not come back yet.

export class Submissions {
  constructor() {
    /** The text that unsaved edits began from. */
    this.base = "";
    /** Sent to run, and not answered. */
    this.waiting = false;
    /** @type {Set<string>} Texts that may still arrive although a later one was sent. */
    this.overtaken = new Set();
  }

  /** @param {string} text Sent to run. @param {string} shown The program that the page shows now. */
  send(text, shown) {
    this.overtaken.add(this.base);
    this.overtaken.add(shown);
    this.overtaken.delete(text);
    this.base = text;
    this.waiting = text !== shown;
  }

  /** @param {string} source That the page has now. @returns {boolean} Whether it is news, and not from before the last run. */
  isNews(source) {
    if (this.waiting && this.overtaken.has(source)) return false;
    this.waiting = false;
    this.overtaken.clear();
    return true;
  }
}
