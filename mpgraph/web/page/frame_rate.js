/** Frames a second, measured over the last second. */

export class FrameRate {
  #count = 0;
  #timer = 0;

  /** @param {(text: string) => void} show Receives such as "24 fps" once a second, and "" when frames end. */
  constructor(show) {
    this.show = show;
  }

  tick() {
    this.#count++;
    this.#timer ||= setInterval(() => {
      if (this.#count === 0) {
        clearInterval(this.#timer);
        this.#timer = 0;
      }
      this.show(this.#count > 0 ? `${this.#count} fps` : "");
      this.#count = 0;
    }, 1000);
  }
}
