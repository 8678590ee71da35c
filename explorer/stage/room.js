// Room that lines have taken once is kept for them: were it given back, what follows would move under the pointer,
// and at the end of a page the whole page would, away from the cell that is pointed at, and back without it.

export class Room {
  /** @param {HTMLElement} element Keeps the greatest height that it has had at its width. */
  constructor(element) {
    this.element = element;
    this.width = 0;
    this.height = 0;
    new ResizeObserver(() => this.keep()).observe(element);
  }

  /** Other lines are to come. */
  forget() {
    this.element.style.minHeight = "";
    this.height = 0;
  }

  keep() {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    if (width === 0) return; // not shown
    if (width === this.width && height > this.height) this.element.style.minHeight = `${height}px`;
    // later: an observer that changes what it observes is an error
    if (width !== this.width && this.element.style.minHeight) requestAnimationFrame(() => this.forget());
    this.height = width === this.width ? Math.max(height, this.height) : height;
    this.width = width;
  }
}
