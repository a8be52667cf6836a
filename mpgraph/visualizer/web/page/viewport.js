/** Pan and zoom by wheel, drag, pinch and keyboard, with a CSS transform that the compositor applies. */

export const SMALLEST = 0.02;
export const LARGEST = 4;
const WHEEL_STEP = 0.0015;
const FIT_MARGIN = 24;
const FIT_LARGEST = 1.25;
const DRAG_PIXELS = 4;
const READABLE = 0.85;
/** Below this scale nothing is legible: such a drawing opens at its top, at a scale at which names are. */
const SMEAR = 0.1;
const OPENING = 0.5;
const BUTTONS = 40;
const MOVE_MILLISECONDS = 220;

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

export class Viewport {
  /**
   * @param {HTMLElement} stage The element that clips.
   * @param {HTMLElement} world The element that moves.
   * @param {() => void} moved
   */
  constructor(stage, world, moved) {
    this.stage = stage;
    this.world = world;
    this.moved = moved;
    /** How much of the right side and of the lower end something covers. */
    this.covered = () => ({ right: 0, below: 0 });
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.dragged = false;
    /** @type {Map<number, {x: number, y: number}>} */
    this.pointers = new Map();
    this.frame = 0;
    this.flight = 0;
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      stage.addEventListener(name, (event) => this.up(event));
    }
  }

  apply() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.world.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
      this.moved();
    });
  }

  /** @param {number} dx @param {number} dy In pixels of the screen. */
  pan(dx, dy) {
    this.stop();
    this.x += dx;
    this.y += dy;
    this.apply();
  }

  /**
   * @param {number} factor
   * @param {number} [x] The point of the stage that stays fixed, by default the centre of its visible part.
   * @param {number} [y]
   */
  zoom(factor, x = this.room().width / 2, y = this.room().height / 2) {
    this.stop();
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.apply();
  }

  /** The visible part of the stage. */
  room() {
    const { clientWidth, clientHeight } = this.stage;
    const covered = this.covered();
    // The buttons at the bottom cover nothing important.
    const below = Math.max(covered.below, clientHeight > 6 * BUTTONS ? BUTTONS : 0);
    return {
      width: covered.right < clientWidth / 2 ? clientWidth - covered.right : clientWidth,
      height: below < clientHeight * 0.7 ? clientHeight - below : clientHeight,
    };
  }

  /** @param {Box} box In the drawing's coordinates. @param {boolean} [smooth] */
  fit(box, smooth = false) {
    const { width, height } = this.room();
    if (!width || !height || !box.width || !box.height) return;
    const across = (width - 2 * FIT_MARGIN) / box.width;
    const down = (height - 2 * FIT_MARGIN) / box.height;
    this.go(box, Math.max(SMALLEST, Math.min(FIT_LARGEST, across, down)), smooth);
  }

  /** @param {number} width @param {number} height Show the whole drawing, or its top if it is far too large. */
  open(width, height) {
    const room = this.room();
    const scale = Math.min((room.width - 2 * FIT_MARGIN) / width, (room.height - 2 * FIT_MARGIN) / height);
    if (scale >= SMEAR) this.fit({ x: 0, y: 0, width, height });
    else this.go({ x: 0, y: -FIT_MARGIN, width, height: Math.min(height, room.height / OPENING) }, OPENING, false);
  }

  /** @param {Box} box Centre it; zoom only if it would be too small to read or too large. */
  centre(box) {
    const { width, height } = this.room();
    const fits = Math.min(width / box.width, height / box.height) * 0.9;
    this.go(box, Math.min(fits, Math.max(READABLE, this.scale)), true);
  }

  /** @param {Box} box @param {number} scale @param {boolean} smooth */
  go(box, scale, smooth) {
    const { width, height } = this.room();
    const x = width / 2 - (box.x + box.width / 2) * scale;
    const y = height / 2 - (box.y + box.height / 2) * scale;
    this.stop();
    if (!smooth || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      Object.assign(this, { x, y, scale });
      this.apply();
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      const share = Math.min(1, Math.max(0, (now - start) / MOVE_MILLISECONDS));
      const eased = 1 - (1 - share) ** 3;
      this.x = from.x + (x - from.x) * eased;
      this.y = from.y + (y - from.y) * eased;
      this.scale = from.scale + (scale - from.scale) * eased;
      this.apply();
      if (share < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.flight);
  }

  /** @param {WheelEvent} event Two fingers pan, a wheel or a pinch (Ctrl) zooms. */
  wheel(event) {
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A mouse wheel reports large whole steps along one axis, a touch pad small ones along both.
    const glides = !event.ctrlKey && event.deltaMode === 0 && (event.deltaX !== 0 || Math.abs(event.deltaY) < 40);
    if (glides || event.shiftKey) this.pan(-event.deltaX * unit, -event.deltaY * unit);
    else {
      const speed = event.ctrlKey ? 6 * WHEEL_STEP : WHEEL_STEP;
      this.zoom(Math.exp(-event.deltaY * unit * speed), event.clientX - box.left, event.clientY - box.top);
    }
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button > 1 || (event.target instanceof Element && event.target.closest("button, input, a"))) return;
    this.stop();
    if (this.pointers.size === 0) this.dragged = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.start = { x: event.clientX, y: event.clientY };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last || !this.start) return;
    const far = Math.hypot(event.clientX - this.start.x, event.clientY - this.start.y) > DRAG_PIXELS;
    if (!this.dragged && !far && this.pointers.size === 1) return;
    if (!this.dragged) {
      this.dragged = true;
      this.stage.classList.add("dragging");
      this.stage.setPointerCapture(event.pointerId);
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const now = { x: event.clientX, y: event.clientY };
    this.pointers.set(event.pointerId, now);
    const other = others[0];
    if (!other) this.pan(now.x - last.x, now.y - last.y);
    else {
      const box = this.stage.getBoundingClientRect();
      const before = Math.hypot(last.x - other.x, last.y - other.y) || 1;
      const after = Math.hypot(now.x - other.x, now.y - other.y) || 1;
      this.pan((now.x - last.x) / 2, (now.y - last.y) / 2);
      this.zoom(after / before, (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top);
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) this.stage.classList.remove("dragging");
  }
}
