/** The timeline of a trace, linked with the drawing: a call selects its node, a node highlights its calls. */

import { el } from "./dom.js";
import { milliseconds } from "./live_marks.js";
import { isPerfetto, readPerfetto } from "./perfetto.js";
import { RuntimeNames } from "./runtime_names.js";
import { TimelineView } from "./timeline_view.js";
import { readTrace } from "./trace_model.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./trace_model.js").Slice} Slice */

/** @param {App} app */
export function extend(app) {
  const timeline = new Timeline(app);
  const given = app.data("trace");
  if (given) timeline.tryToLoad(() => given, "The trace");
}

class Timeline {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.names = new RuntimeNames(app.index);
    /** @type {TimelineView | null} */
    this.view = null;
    /** @type {Slice | null} */
    this.selected = null;
    /** @type {Set<string>} The runtime's names of the selected node, or of all nodes in the selected subgraph. */
    this.inside = new Set();
    this.canvas = el("canvas", { tabindex: "0", role: "application", "aria-label": "Timeline of calls" });
    this.lanes = el("div", { class: "lanes" }, el("p", { class: "fine" }, "Open a trace, such as one written by mpgraph run GRAPH … --trace run.json."));
    this.facts = el("output", { "aria-live": "polite" });
    const input = el("input", { type: "file", accept: ".json,.perfetto-trace,.pftrace,application/json", hidden: true, change: () => this.read(input) });
    const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => void} */ click) => el("button", { title, "aria-label": title, click }, label);
    const tools = el("div", { class: "tools" },
      button("Open trace…", "Open a trace file", () => input.click()), input,
      button("−", "Zoom the timeline out", () => this.zoom(1 / 1.6)), button("+", "Zoom the timeline in", () => this.zoom(1.6)),
      button("All", "Show the whole trace", () => this.fit()), this.facts);
    this.element = el("div", { class: "panel timeline" }, tools, this.lanes);
    this.panel = app.registerPanel({ id: "timeline", title: "Timeline", element: this.element, onshow: () => this.resized() });
    this.listen();
  }

  listen() {
    const { app, canvas } = this;
    app.on("graph", () => {
      this.names = new RuntimeNames(app.index);
    });
    app.on("theme", () => this.draw());
    app.on("select", () => this.draw());
    new ResizeObserver(() => this.resized()).observe(this.lanes);
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.view?.pan(-event.deltaX);
      else this.view?.zoom(Math.exp(-event.deltaY / 300), event.offsetX);
      event.preventDefault();
      this.draw();
    }, { passive: false });
    let dragged = 0;
    canvas.addEventListener("pointerdown", (event) => {
      dragged = 0;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) {
        dragged += Math.abs(event.movementX);
        this.view?.pan(event.movementX);
        this.draw();
      } else this.describe(this.view?.at(event.offsetX, event.offsetY) ?? this.selected);
    });
    canvas.addEventListener("click", (event) => {
      if (dragged < 4) this.choose(this.view?.at(event.offsetX, event.offsetY) ?? null);
    });
    canvas.addEventListener("dblclick", () => this.fit());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {HTMLInputElement} input */
  async read(input) {
    const file = input.files?.[0];
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.tryToLoad(() => (isPerfetto(bytes) ? readPerfetto(bytes) : JSON.parse(new TextDecoder().decode(bytes))), file.name);
    input.value = "";
  }

  /** @param {() => unknown} read @param {string} name */
  tryToLoad(read, name) {
    try {
      this.load(read(), name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = error instanceof SyntaxError ? `${name} is not JSON: ${reason}` : `${name}: ${reason}`;
      this.facts.textContent = message;
      this.app.announce(message);
    }
  }

  /** @param {unknown} trace @param {string} name */
  load(trace, name) {
    const model = readTrace(trace);
    this.view = new TimelineView(this.canvas, model);
    this.view.look = (slice) => this.look(slice);
    this.selected = null;
    this.lanes.replaceChildren(this.canvas);
    const calls = model.lanes.reduce((sum, lane) => sum + lane.slices.length, 0);
    const text = `${name}: ${calls} calls on ${model.lanes.length} threads in ${milliseconds(model.end)}`;
    this.facts.textContent = text;
    this.panel.badge(String(calls));
    this.panel.show();
    this.resized();
    this.view.fit();
    this.draw();
    this.app.announce(text);
  }

  resized() {
    if (!this.view || !this.lanes.clientWidth) return;
    this.view.resize(this.lanes.clientWidth);
    this.draw();
  }

  draw() {
    if (!this.view) return;
    const { app } = this;
    const selected = app.selected?.kind === "node" ? app.selected.id : null;
    this.inside = new Set([...this.names.nodes].filter(([, id]) => id === selected || app.index.around(id).includes(selected ?? "")).map(([name]) => name));
    this.view.draw();
  }

  /** @param {number} factor */
  zoom(factor) {
    this.view?.zoom(factor);
    this.draw();
  }

  fit() {
    this.view?.fit();
    this.draw();
  }

  /** @param {Slice} slice @returns {"lit" | "plain" | "dim"} */
  look(slice) {
    if (this.selected && (slice === this.selected || (slice.t !== null && slice.t === this.selected.t))) return "lit";
    if (this.app.selected?.kind !== "node") return this.selected ? "dim" : "plain";
    if (!this.inside.has(slice.node)) return "dim";
    return this.selected ? "plain" : "lit";
  }

  /** @param {Slice | null} slice Select its node, and show the path of its packet. */
  choose(slice) {
    this.selected = slice;
    if (this.view) this.view.flow = slice ? this.flowOf(slice) : [];
    const id = slice ? this.names.node(slice.node) : undefined;
    this.app.select(id === undefined ? null : { kind: "node", id }, { centre: true, from: "timeline" });
    if (slice) this.view?.reveal(slice);
    this.describe(slice);
    this.draw();
  }

  /** @param {Slice} slice @returns {Slice[]} */
  flowOf(slice) {
    if (slice.t === null || !this.view) return [];
    return this.view.model.lanes.flatMap((lane) => lane.slices.filter((each) => each.t === slice.t)).sort((a, b) => a.start - b.start);
  }

  /** @param {Slice | null} slice */
  describe(slice) {
    if (!slice) return;
    const parts = [slice.name, milliseconds(slice.end - slice.start), slice.t === null ? "" : `packet at ${slice.t}`, `from ${milliseconds(slice.start)} on`,
      slice.sent ? `${slice.sent} sent` : "nothing sent", slice.failed ? "failed" : ""];
    this.facts.textContent = parts.filter(Boolean).join(" · ");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { view } = this;
    if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = {
      "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), "0": () => this.fit(),
      ArrowLeft: () => view.pan(80), ArrowRight: () => view.pan(-80),
      ".": () => this.step(1), ",": () => this.step(-1), Escape: () => this.choose(null),
    }[event.key];
    if (!action) return;
    action();
    this.draw();
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} by To the next or previous call, along the path of the selected packet if there is one. */
  step(by) {
    const { view } = this;
    if (!view) return;
    const all = view.flow.length > 1 ? view.flow : view.model.lanes.flatMap((lane) => lane.slices).sort((a, b) => a.start - b.start);
    const at = this.selected ? all.indexOf(this.selected) : -1;
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) this.choose(next);
  }
}
