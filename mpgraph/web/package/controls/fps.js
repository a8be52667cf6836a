/** The frame rate: a number, and the last ten seconds as bars. */

import { element } from "./dom.js";

const SECONDS = 10;
const SIZE = 100; // Pixels of the chart a side; one pixel upwards is one frame a second.
const BAR_COLOR = "#309f93";
const LINE_COLOR = "#a0a0a0a0";

/** @typedef {import("./types.js").Control} Control */

/** Counts calls of `tick()`. @implements {Control} */
export class FPS {
  /** @type {number[]} Frames of the last seconds, oldest first. */
  #rates = new Array(SECONDS).fill(0);
  #count = 0;
  /** The second that is being counted; undefined before the first tick. @type {number | undefined} */
  #second;
  #text = element("div", "fps-text");
  /** @type {CanvasRenderingContext2D | null} */
  #chart = null;

  /** @param {import("./types.js").FireFn} _fire @param {import("./types.js").OptionMap} _options @param {HTMLElement} parent */
  create(_fire, _options, parent) {
    const canvas = element("canvas");
    canvas.width = canvas.height = SIZE;
    canvas.setAttribute("aria-hidden", "true");
    this.#chart = canvas.getContext("2d");
    const marks = [30, 60].map((rate) => element("div", `fps-${rate}`, [String(rate)]));
    for (const mark of marks) mark.setAttribute("aria-hidden", "true");
    parent.append(element("div", "control-panel-entry control-panel-fps", [canvas, this.#text, ...marks]));
    this.#draw();
  }

  update() {}

  /** Call this once for each frame. */
  tick() {
    const second = Math.floor(performance.now() / 1000);
    if (this.#second !== undefined && second > this.#second) {
      // Seconds without any frame count as well: a page that hangs for five seconds shows five zeros.
      const idle = Math.min(second - this.#second - 1, SECONDS);
      this.#rates = [...this.#rates, this.#count, ...new Array(idle).fill(0)].slice(-SECONDS);
      this.#count = 0;
      this.#draw();
    }
    this.#second = second;
    this.#count++;
  }

  #draw() {
    this.#text.textContent = `${this.#rates[SECONDS - 1]} fps`;
    const chart = this.#chart;
    if (!chart) return;
    chart.clearRect(0, 0, SIZE, SIZE);
    chart.fillStyle = BAR_COLOR;
    const width = SIZE / SECONDS;
    for (const [index, rate] of this.#rates.entries()) {
      const height = Math.min(rate, SIZE);
      chart.fillRect(index * width + 1, SIZE - height, width - 2, height);
    }
    chart.setLineDash([2, 2]);
    chart.strokeStyle = LINE_COLOR;
    for (const rate of [30, 60]) {
      chart.beginPath();
      chart.moveTo(0, SIZE - rate);
      chart.lineTo(SIZE, SIZE - rate);
      chart.stroke();
    }
  }
}
