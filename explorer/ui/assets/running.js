// The bar over a page whose program runs for long. It asks the server how far the run is, and to stop it, by a route of
// its own: a rerun of the page would wait for the script that draws it.

const BETWEEN = 150;
/** How often the page is told again that the run has ended, until it takes the bar away. */
const AGAIN = 2000;

/** @type {WeakMap<Node, Bar>} */
const bars = new WeakMap();

class Bar {
  /** @param {HTMLElement | ShadowRoot} parent @param {string} run Its token. */
  constructor(parent, run) {
    this.run = run;
    this.address = new URL("explorer/running", document.baseURI).href;
    /** @type {() => void} */
    this.tell = () => {};
    this.stopping = false;
    this.calls = 0;
    this.alive = true;
    this.root = document.createElement("div");
    this.root.className = "tr-bar";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "The program is running");
    this.root.dataset.testid = "running";
    this.text = document.createElement("span");
    this.text.className = "tr-text";
    this.text.dataset.testid = "running-text";
    this.text.textContent = "running";
    this.meter = document.createElement("progress");
    this.meter.max = 1;
    this.meter.setAttribute("aria-label", "Share of the passes that are done");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.textContent = "Stop";
    this.button.dataset.testid = "stop";
    this.button.addEventListener("click", () => this.stop());
    this.root.append(this.text, this.meter, this.button);
    parent.append(this.root);
    this.leave = () => void navigator.sendBeacon(this.address, JSON.stringify({ run: this.run, stop: true, left: true }));
    window.addEventListener("pagehide", this.leave);
    void this.watch();
  }

  stop() {
    this.stopping = true;
    this.button.disabled = true;
    this.button.textContent = "Stopping…";
    void this.ask(true);
  }

  /** Ask until it has ended, then tell the page until it takes the bar away. */
  async watch() {
    while (this.alive) {
      const ended = await this.ask(false);
      if (ended && this.alive) this.tell();
      await new Promise((done) => setTimeout(done, ended ? AGAIN : BETWEEN));
    }
  }

  /** @param {boolean} stop @returns {Promise<boolean>} Whether it has ended. */
  async ask(stop) {
    try {
      const answer = await fetch(this.address, { method: "POST", body: JSON.stringify({ run: this.run, stop }) });
      const { ended, text, share } = await answer.json();
      if (!ended) this.show(text, share);
      return ended;
    } catch {
      return false; // no connection: Streamlit says so, and the next try may have one
    }
  }

  /** @param {string} text @param {number | null} share */
  show(text, share) {
    this.text.textContent = text;
    if (share === null) this.meter.removeAttribute("value");
    else this.meter.value = share;
  }

  destroy() {
    this.alive = false;
    window.removeEventListener("pagehide", this.leave);
    this.root.remove();
  }
}

/** @param {{data: Uint8Array, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setTriggerValue }) {
  const run = new TextDecoder().decode(data);
  let bar = bars.get(parentElement);
  if (bar?.run !== run) {
    bar?.destroy();
    bar = new Bar(parentElement, run);
    bars.set(parentElement, bar);
  }
  const own = bar;
  const call = ++own.calls;
  own.tell = () => setTriggerValue("ended", run);
  return () => {
    if (bars.get(parentElement) !== own || own.calls !== call) return; // called again since: explorer/stage/latest.js
    own.destroy();
    bars.delete(parentElement);
  };
}
