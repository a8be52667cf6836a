/** Draws the visible part of a trace on a canvas, and finds the call at a position. */

/** @typedef {import("./trace_model.js").TraceModel} TraceModel */
/** @typedef {import("./trace_model.js").Slice} Slice */

export const LANE = 24;
const COUNTER = 30;
const AXIS = 20;
const LEFT = 150;
const MOST_COUNTERS = 8;

export class TimelineView {
  /** @param {HTMLCanvasElement} canvas @param {TraceModel} model */
  constructor(canvas, model) {
    this.canvas = canvas;
    this.model = model;
    this.counters = model.counters.slice(0, MOST_COUNTERS);
    this.height = AXIS + model.lanes.length * LANE + this.counters.length * COUNTER + 6;
    this.width = 600;
    this.start = 0;
    this.scale = 1;
    /** @type {(slice: Slice) => "lit" | "plain" | "dim"} */
    this.look = () => "plain";
    /** @type {Slice[]} */
    this.flow = [];
    this.fit();
  }

  fit() {
    this.start = 0;
    this.scale = (this.width - LEFT) / this.model.end;
  }

  /** @param {number} width */
  resize(width) {
    const span = (this.width - LEFT) / this.scale;
    this.width = Math.max(width, LEFT + 100);
    this.scale = (this.width - LEFT) / span;
  }

  /** @param {number} factor @param {number} [x] The position on the canvas that stays fixed. */
  zoom(factor, x = (this.width + LEFT) / 2) {
    const at = this.time(x);
    const least = (this.width - LEFT) / this.model.end;
    this.scale = Math.min(Math.max(this.scale * factor, least), 200);
    this.start = at - (Math.max(x, LEFT) - LEFT) / this.scale;
    this.clamp();
  }

  /** @param {number} pixels */
  pan(pixels) {
    this.start -= pixels / this.scale;
    this.clamp();
  }

  clamp() {
    const span = (this.width - LEFT) / this.scale;
    this.start = Math.min(Math.max(this.start, 0), Math.max(this.model.end - span, 0));
  }

  /** @param {Slice} slice Centre it if it is not visible. */
  reveal(slice) {
    const span = (this.width - LEFT) / this.scale;
    if (slice.end < this.start || slice.start > this.start + span) {
      this.start = (slice.start + slice.end - span) / 2;
      this.clamp();
    }
  }

  /** @param {number} x */
  time(x) {
    return this.start + (Math.max(x, LEFT) - LEFT) / this.scale;
  }

  /** @param {number} time */
  x(time) {
    return LEFT + (time - this.start) * this.scale;
  }

  /** @param {number} x @param {number} y @returns {Slice | null} */
  at(x, y) {
    const lane = this.model.lanes[Math.floor((y - AXIS) / LANE)];
    if (!lane || x < LEFT || y < AXIS) return null;
    const slack = 2 / this.scale;
    const time = this.time(x);
    let best = null;
    for (let i = firstAfter(lane.slices, time - slack) - 1; i < lane.slices.length; i++) {
      const slice = lane.slices[Math.max(i, 0)];
      if (slice.start > time + slack) break;
      const away = Math.max(slice.start - time, time - slice.end, 0);
      if (away <= slack && (!best || away < best.away)) best = { slice, away };
    }
    return best?.slice ?? null;
  }

  draw() {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    context.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const dark = document.documentElement.dataset.theme === "dark";
    context.fillStyle = colour("--paper");
    context.fillRect(0, 0, this.width, this.height);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.drawAxis(context, colour);
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, this.width - LEFT, this.height);
    context.clip();
    this.drawGaps(context, colour);
    for (const lane of this.model.lanes) this.drawLane(context, lane.slices, dark);
    this.drawFlow(context, colour);
    this.drawCounters(context, colour);
    this.drawMarks(context, colour);
    context.restore();
    this.drawNames(context, colour);
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawAxis(context, colour) {
    const step = niceStep(110 / this.scale);
    context.fillStyle = colour("--soft");
    context.strokeStyle = colour("--line");
    context.textAlign = "left";
    for (let time = Math.ceil(this.start / step) * step; this.x(time) < this.width; time += step) {
      const x = Math.round(this.x(time)) + 0.5;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.height);
      context.stroke();
      context.fillText(shown(time, step), x + 4, AXIS / 2);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Slice[]} slices @param {boolean} dark */
  drawLane(context, slices, dark) {
    const end = this.time(this.width);
    let last = -Infinity;
    for (let i = Math.max(firstAfter(slices, this.start) - 1, 0); i < slices.length && slices[i].start < end; i++) {
      const slice = slices[i];
      const look = this.look(slice);
      const x = this.x(slice.start);
      const width = Math.max((slice.end - slice.start) * this.scale, 1);
      if (x + width < last + 0.7 && look !== "lit") continue;
      last = x + width;
      const y = AXIS + slice.lane * LANE + 2;
      context.globalAlpha = look === "dim" ? 0.22 : 1;
      context.fillStyle = slice.failed ? "#c62828" : `hsl(${hue(slice.node || slice.name)} 48% ${dark ? 46 : 44}%)`;
      context.fillRect(x, y, width, LANE - 4);
      const left = Math.max(x, LEFT);
      const room = x + width - left - 8;
      if (room > 24) {
        context.fillStyle = "#ffffff";
        context.fillText(fitted(context, slice.name, room), left + 4, y + LANE / 2 - 2);
      }
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawFlow(context, colour) {
    if (!this.flow.length) return;
    context.strokeStyle = colour("--ink");
    context.lineWidth = 1.5;
    for (const slice of this.flow) {
      const x = this.x(slice.start);
      context.strokeRect(x, AXIS + slice.lane * LANE + 2, Math.max((slice.end - slice.start) * this.scale, 1), LANE - 4);
    }
    context.setLineDash([3, 2]);
    for (let i = 1; i < this.flow.length; i++) {
      const [from, to] = [this.flow[i - 1], this.flow[i]];
      const [x1, y1] = [this.x(from.end), AXIS + (from.lane + 0.5) * LANE];
      const [x2, y2] = [this.x(to.start), AXIS + (to.lane + 0.5) * LANE];
      context.beginPath();
      context.moveTo(x1, y1);
      context.bezierCurveTo(x1 + 14, y1, x2 - 14, y2, x2, y2);
      context.stroke();
    }
    context.setLineDash([]);
    context.lineWidth = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawCounters(context, colour) {
    const top = AXIS + this.model.lanes.length * LANE;
    this.counters.forEach((counter, i) => {
      const base = top + (i + 1) * COUNTER - 3;
      const unit = (COUNTER - 8) / counter.most;
      context.fillStyle = colour("--accent");
      context.globalAlpha = 0.45;
      counter.points.forEach((point, j) => {
        const until = counter.points[j + 1]?.at ?? this.model.end;
        const x = this.x(point.at);
        const height = point.value * unit;
        if (x < this.width && this.x(until) > LEFT) context.fillRect(x, base - height, Math.max(this.x(until) - x, 0.5), height);
      });
      context.globalAlpha = 1;
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawMarks(context, colour) {
    for (const mark of this.model.marks) {
      const x = this.x(mark.at);
      context.fillStyle = mark.kind === "dropped" ? colour("--error") : colour("--warning");
      context.fillRect(x - 0.75, AXIS - 5, 1.5, 7);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawGaps(context, colour) {
    context.fillStyle = colour("--hover");
    for (const [from, to] of this.model.gaps) context.fillRect(this.x(from), AXIS, (to - from) * this.scale, this.height);
  }

  /** @param {CanvasRenderingContext2D} context @param {(name: string) => string} colour */
  drawNames(context, colour) {
    context.textAlign = "left";
    context.fillStyle = colour("--ink");
    this.model.lanes.forEach((lane, i) => {
      context.fillText(fitted(context, lane.name, LEFT - 12), 4, AXIS + i * LANE + LANE / 2);
    });
    context.fillStyle = colour("--soft");
    const top = AXIS + this.model.lanes.length * LANE;
    this.counters.forEach((counter, i) => {
      context.fillText(fitted(context, `${counter.name} (${counter.most})`, LEFT - 12), 4, top + i * COUNTER + COUNTER / 2);
    });
  }
}

/** @param {Slice[]} slices @param {number} time @returns {number} The index of the first slice that ends after it. */
function firstAfter(slices, time) {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (slices[mid].end < time) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** @param {string} name */
function hue(name) {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_003;
  return (sum * 137) % 360;
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} room */
function fitted(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = Math.floor((text.length * room) / context.measureText(text).width);
  while (length > 1 && context.measureText(`…${text.slice(-length)}`).width > room) length -= 1;
  return length > 1 ? `…${text.slice(-length)}` : "";
}

/** @param {number} least @returns {number} 1, 2 or 5 times a power of ten. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
}

/** @param {number} time @param {number} step */
function shown(time, step) {
  if (step >= 1e5) return `${(time / 1e6).toFixed(1)} s`;
  return step >= 1000 ? `${(time / 1000).toFixed(0)} ms` : step >= 1 ? `${(time / 1000).toFixed(3)} ms` : `${time.toFixed(2)} µs`;
}
