// Another look at the program, or a change made in its picture: shown as soon as the server answers, then told to the page,
// whose rerun makes it stay.

/**
 * `options` of the lens, or a `change` of the program.
 * @typedef {{options?: Record<string, number | boolean>, change?: Record<string, unknown>}} Wish
 *
 * @typedef {{program: () => string, lens: () => string, run: () => string, show: (bytes: Uint8Array) => void,
 *   tell: (name: "options" | "change", value: unknown) => void}} WishHost
 */

export class Requests {
  /** @param {string} address Where to ask for pictures. @param {WishHost} host */
  constructor(address, host) {
    this.address = address;
    this.host = host;
    /** How many were asked, or overtaken: only the answer to the last is shown. */
    this.edition = 0;
    this.stopper = new AbortController();
  }

  /** @param {Wish} wish */
  async ask(wish) {
    this.edition += 1;
    const { edition, host } = this;
    const query = Object.fromEntries(new URLSearchParams(location.search));
    const body = JSON.stringify({ program: host.program(), lens: host.lens(), run: host.run(), device: query.device ?? null, ...wish, options: { ...query, ...wish.options } });
    try {
      const answer = await fetch(this.address, { method: "POST", body, signal: this.stopper.signal });
      const bytes = answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null;
      if (edition === this.edition && bytes) host.show(bytes);
    } catch {
      // no picture ahead of the page's own then
    }
    if (this.stopper.signal.aborted) return;
    if (wish.change) host.tell("change", wish.change);
    else host.tell("options", wish.options);
  }

  /** The page has drawn its program anew: what was asked before is not shown any more. */
  forget() {
    this.edition += 1;
  }

  destroy() {
    this.stopper.abort();
  }
}
