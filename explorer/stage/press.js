// A click counts only if the button that was pressed is the one let go: what would redraw it meanwhile waits.

const BEGINS = ["pointerdown", "keydown"];
const ENDS = ["pointerup", "pointercancel", "keyup", "blur"];
const PRESSED = "button, a, summary, [role=button], [role=option], [role=tab]";

export class Press {
  /** @param {Node} root Around the buttons. */
  constructor(root) {
    this.root = root;
    this.held = false;
    this.presses = 0;
    /** @type {(() => void)[]} */
    this.waiting = [];
    this.hold = (/** @type {Event} */ event) => {
      if (event instanceof KeyboardEvent && event.key !== " ") return; // Enter clicks at once, the space bar when it is let go
      this.held = event.target instanceof Element && event.target.closest(PRESSED) !== null;
      this.presses++;
    };
    this.release = (/** @type {Event} */ event) => {
      if (event.type === "blur" && event.target !== window) return; // of a field that was left for the button
      const { presses } = this;
      // the click comes right after the release; a browser that is busy may know of the next press by then
      setTimeout(() => {
        if (presses === this.presses) this.letGo();
      });
    };
    for (const name of BEGINS) root.addEventListener(name, this.hold, { capture: true });
    for (const name of ENDS) window.addEventListener(name, this.release, { capture: true });
  }

  /** @param {() => void} redraw Done now, or as soon as no button is held down any more. */
  after(redraw) {
    if (this.held) this.waiting.push(redraw);
    else redraw();
  }

  letGo() {
    this.held = false;
    for (const redraw of this.waiting.splice(0)) redraw();
  }

  destroy() {
    for (const name of BEGINS) this.root.removeEventListener(name, this.hold, { capture: true });
    for (const name of ENDS) window.removeEventListener(name, this.release, { capture: true });
  }
}
