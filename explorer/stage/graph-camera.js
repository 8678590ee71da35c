// Which part of a graph is seen, and how large.

const SMALLEST = 0.04;
const LARGEST = 3;
/** Pixels around a picture that fits, and around what is brought into view. */
const MARGIN = 24;

export class GraphCamera {
  constructor() {
    /** Upper left corner, in the graph's pixels; and pixels of the screen for one of those. */
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    /** Size of what is looked at, and of the window. */
    this.picture = { width: 0, height: 0 };
    this.width = 1;
    this.height = 1;
    /** What the map covers in the lower right corner, in pixels of the screen. */
    this.corner = { width: 0, height: 0 };
  }

  /** @param {number} x @param {number} y On screen. @returns {[number, number]} In the graph. */
  toGraph(x, y) {
    return [this.x + x / this.scale, this.y + y / this.scale];
  }

  /** @param {number} x @param {number} y In the graph. @returns {[number, number]} On screen. */
  toScreen(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  /** @returns {number} The scale at which all of it is seen. */
  get fitScale() {
    const { width, height } = this.picture;
    const whole = Math.min((this.width - 2 * MARGIN) / Math.max(1, width), (this.height - 2 * MARGIN) / Math.max(1, height));
    return Math.min(1, whole);
  }

  /** @returns {boolean} Whether all of it is seen. */
  get fits() {
    return this.picture.width * this.scale <= this.width + 1 && this.picture.height * this.scale <= this.height + 1;
  }

  fit() {
    this.scale = this.fitScale;
    this.clamp();
  }

  /** @param {number} factor @param {number} x @param {number} y The place on screen that stays. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [graphX, graphY] = this.toGraph(x, y);
    this.scale = Math.max(Math.min(SMALLEST, this.fitScale), Math.min(LARGEST, this.scale * factor));
    this.x = graphX - x / this.scale;
    this.y = graphY - y / this.scale;
    this.clamp();
  }

  /** @param {number} dx @param {number} dy On screen. @returns {boolean} Whether it moved. */
  pan(dx, dy) {
    const before = [this.x, this.y];
    this.x += dx / this.scale;
    this.y += dy / this.scale;
    this.clamp();
    return Math.abs(this.x - before[0]) + Math.abs(this.y - before[1]) > 0.01;
  }

  /** Keep the picture in sight; in the middle where there is room. */
  clamp() {
    this.x = this.within(this.x, this.picture.width, this.width / this.scale);
    this.y = Math.max(this.within(this.y, this.picture.height, this.height / this.scale), Math.min(this.y, this.lowest));
  }

  /** @returns {number} How far down the window may go, so that nothing must stay below the map. */
  get lowest() {
    const end = this.picture.height + (MARGIN + this.corner.height - this.height) / this.scale;
    return this.fits ? -Infinity : end;
  }

  /** @param {number} at @param {number} size @param {number} room @returns {number} */
  within(at, size, room) {
    const margin = MARGIN / this.scale;
    if (size + 2 * margin <= room) return (size - room) / 2;
    return Math.max(-margin, Math.min(size + margin - room, at));
  }

  /** @param {Rect} rect @param {number} x @param {number} y Where the window would be. @returns {number} How far to go up so that the map does not cover the rectangle. */
  clearOfMap(rect, x, y) {
    const left = x + (this.width - this.corner.width) / this.scale;
    const covered = rect.y + rect.h - y - (this.height - this.corner.height) / this.scale;
    return this.corner.width && rect.x + rect.w > left ? Math.max(0, covered) : 0;
  }

  /**
   * Where to go so that a rectangle is seen, with room around it.
   * @param {Rect} rect @returns {[number, number]}
   */
  reach({ x, y, w, h }) {
    /** @param {number} at @param {number} begin @param {number} size @param {number} room */
    const along = (at, begin, size, room) => {
      const margin = Math.min(room / 4, 90 / this.scale);
      if (size + 2 * margin > room) return begin + size / 2 - room / 2;
      if (begin < at + margin || begin + size > at + room - margin) return begin + size / 2 - room / 2;
      return at;
    };
    const [roomX, roomY] = [this.width / this.scale, this.height / this.scale];
    const left = this.within(along(this.x, x, w, roomX), this.picture.width, roomX);
    const top = this.within(along(this.y, y, h, roomY), this.picture.height, roomY);
    return [left, top + this.clearOfMap({ x, y, w, h }, left, top)];
  }

  /** @param {Rect} rect @returns {boolean} Whether some of it is on screen. */
  sees({ x, y, w, h }) {
    return x < this.x + this.width / this.scale && x + w > this.x && y < this.y + this.height / this.scale && y + h > this.y;
  }
}
