/** The drawing pane: the SVG of the graph with its open subgraphs, the selection, and pan and zoom. */

import { el } from "./dom.js";
import { streamId } from "./graph_index.js";
import { glide } from "./motion.js";
import { rasterized } from "./rasterized.js";
import { adoptStyle, countShown, render, standalone } from "./render.js";
import { Viewport } from "./viewport.js";
import { download } from "./workspace.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Target} Target */
/** @typedef {import("./viewport.js").Box} Box */
/**
 * @typedef {object} DrawnView The current drawing; each redraw creates another object.
 * @property {SVGSVGElement} svg
 * @property {SVGGElement} overlay
 * @property {(id: string) => SVGGElement | null} node
 * @property {(id: string) => string} visible The node itself, or the closed subgraph that hides it.
 * @property {(id: string) => Box | null} box
 * @property {(streamId: string) => SVGGElement[]} edges
 */

const SVG = "http://www.w3.org/2000/svg";
const MANY_NODES = 5000;

export class Drawing {
  /**
   * @param {App} app
   * @param {HTMLElement} stage
   */
  constructor(app, stage) {
    this.app = app;
    this.stage = stage;
    this.world = el("div", { class: "world" });
    this.message = el("div", { class: "stage-message", hidden: true });
    stage.append(this.world, this.message);
    this.viewport = new Viewport(stage, this.world, () => this.moved());
    this.allowed = MANY_NODES;
    this.width = 0;
    this.height = 0;
    this.fitted = false;
    /** @type {import("./data.js").GraphData | null} */
    this.shown = null;
    /** @type {Target | null} */
    this.hovered = null;
    /** @type {(() => void)[]} */
    this.movers = [];
    adoptStyle();
    app.reveal = (id) => this.reveal(id);
    app.on("expand", () => this.draw());
    app.on("select", () => this.showSelection());
    stage.addEventListener("click", (event) => this.click(event));
    stage.addEventListener("dblclick", (event) => this.doubleClick(event));
    stage.addEventListener("pointerover", (event) => this.hover(this.targetOf(event.target)));
    stage.addEventListener("pointerleave", () => this.hover(null));
    new ResizeObserver(() => this.resized()).observe(stage);
  }

  /** Draw the app's graph with the app's open subgraphs. */
  draw() {
    const { graph, expanded } = this.app;
    const count = countShown(graph.structure.graph, expanded);
    if (count > this.allowed) {
      this.refuse(count);
      return;
    }
    const drawn = this.rendered(graph, expanded);
    if (!drawn) return;
    this.message.textContent = "There is nothing to draw yet: the graph has no nodes and no streams.";
    const { nodes, inputs, outputs, side_inputs, side_outputs } = graph.structure.graph;
    this.message.hidden = [nodes, inputs, outputs, side_inputs, side_outputs].some((list) => list.length > 0);
    this.world.innerHTML = drawn.svg;
    const svg = this.world.querySelector("svg");
    if (!svg) throw new Error("The drawing is not an SVG.");
    this.width = drawn.width;
    this.height = drawn.height;
    svg.setAttribute("width", String(drawn.width));
    svg.setAttribute("height", String(drawn.height));
    const overlay = document.createElementNS(SVG, "g");
    overlay.classList.add("overlay");
    svg.append(overlay);
    this.app.drawn = this.viewOf(svg, overlay, drawn.boxes);
    this.showSelection();
    this.app.emit("drawn", this.app.drawn);
    const another = this.shown !== null && this.shown !== graph && this.app.why === "open";
    if (another || this.shown?.structure.graph.nodes.length === 0) this.open();
    this.shown = graph;
  }

  /**
   * @param {import("./data.js").GraphData} graph @param {ReadonlySet<string>} expanded
   * @returns {ReturnType<typeof render> | null} null, with a message in the pane, if drawing failed.
   */
  rendered(graph, expanded) {
    try {
      return render(graph.structure, expanded, graph.name);
    } catch (error) {
      this.message.hidden = false;
      this.message.textContent = `This graph cannot be drawn: ${error instanceof Error ? error.message : error}`;
      return null;
    }
  }

  /**
   * @param {SVGSVGElement} svg @param {SVGGElement} overlay @param {Map<string, Box>} boxes
   * @returns {DrawnView}
   */
  viewOf(svg, overlay, boxes) {
    const index = this.app.index;
    const nodes = new Map(all(svg, "g.box[data-id]").map((g) => [g.getAttribute("data-id") ?? "", g]));
    /** @type {Map<string, SVGGElement[]>} */
    const edges = new Map();
    for (const g of all(svg, "g[data-edge]")) {
      const stream = index.streamOf(g.getAttribute("data-edge") ?? "");
      if (stream) edges.set(stream.id, [...(edges.get(stream.id) ?? []), g]);
    }
    return {
      svg, overlay,
      node: (id) => nodes.get(id) ?? null,
      visible: (id) => index.around(id).find((around) => !this.app.expanded.has(around)) ?? id,
      box: (id) => boxes.get(id) ?? null,
      edges: (id) => edges.get(id) ?? [],
    };
  }

  /** @param {number} count */
  refuse(count) {
    const draw = () => {
      this.allowed = count;
      this.draw();
      this.fit();
    };
    this.message.hidden = false;
    this.message.replaceChildren(
      el("p", {}, `${count} nodes: drawing them may take a while.`),
      el("button", { click: draw }, "Draw them all"),
    );
  }

  fit(smooth = false) {
    this.viewport.fit({ x: 0, y: 0, width: this.width, height: this.height }, smooth);
  }

  /** Show the drawing of another graph. */
  open() {
    this.viewport.open(this.width, this.height);
  }

  moved() {
    for (const mover of this.movers) mover();
  }

  /** @param {() => void} mover Called after every pan and zoom. */
  onmove(mover) {
    this.movers.push(mover);
  }

  resized() {
    if (this.stage.clientWidth && !this.fitted && this.width) {
      this.fitted = true;
      this.open();
    }
  }

  /**
   * Open or close a subgraph; its top keeps its position on the screen.
   * @param {string} id
   */
  toggle(id) {
    if (!this.app.index.graphs.has(id)) return;
    const old = this.app.drawn;
    const before = old?.box(id);
    const expanded = new Set(this.app.expanded);
    if (!expanded.delete(id)) expanded.add(id);
    this.app.expand(expanded);
    const view = this.app.drawn;
    const after = view?.box(id);
    if (!old || !view || !before || !after) return;
    const { viewport } = this;
    const shift = { x: before.x + before.width / 2 - after.x - after.width / 2, y: before.y - after.y };
    viewport.pan(shift.x * viewport.scale, shift.y * viewport.scale);
    glide(view.svg, old.box, view.box, shift);
    const opened = expanded.has(id);
    const name = this.app.index.nodes.get(id)?.calculator ?? id;
    this.app.announce(`${name} ${opened ? "opened" : "closed"}.`);
    if (opened && !this.inSight(after)) {
      const { width, height } = viewport.room();
      const fits = Math.min(width / after.width, height / after.height) * 0.94;
      viewport.go(after, Math.min(viewport.scale, fits), true);
    }
  }

  /** @param {boolean} open Every subgraph, or none. */
  toggleAll(open) {
    this.app.expand(open ? this.app.index.openable() : []);
    this.fit(true);
  }

  /** Save the current drawing as an SVG file. */
  download() {
    const { graph, expanded } = this.app;
    download(`${graph.name.replace(/\.\w+$/, "")}.svg`, standalone(graph.structure, expanded, graph.name), "image/svg+xml");
  }

  /** Save the current drawing as a PNG file, at twice its size or at the largest that browsers can. */
  async downloadPng() {
    const { graph, expanded } = this.app;
    const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    const png = await rasterized(standalone(graph.structure, expanded, graph.name, theme), this.width, this.height);
    if (png) download(`${graph.name.replace(/\.\w+$/, "")}.png`, png, "image/png");
    else this.app.announce("The browser cannot make a PNG of this drawing.");
  }

  /** @param {Box} box */
  inSight(box) {
    const { x, y, scale } = this.viewport;
    const { width, height } = this.viewport.room();
    return box.x * scale + x >= 0 && (box.x + box.width) * scale + x <= width
      && box.y * scale + y >= 0 && (box.y + box.height) * scale + y <= height;
  }

  /** @param {string} id Open the subgraphs that hide a node, and centre it. */
  reveal(id) {
    const closed = this.app.index.around(id).filter((around) => !this.app.expanded.has(around));
    if (closed.length) this.app.expand([...this.app.expanded, ...closed]);
    const box = this.app.drawn?.box(id);
    if (box) this.viewport.centre(box);
  }

  /** @param {EventTarget | null} at @returns {Target | null} */
  targetOf(at) {
    const g = at instanceof Element ? at.closest(".port, .box, .wire, .problem-badge") : null;
    if (!g) return null;
    if (g.classList.contains("wire")) {
      const stream = this.app.index.streamOf(g.getAttribute("data-edge") ?? "");
      return stream ? { kind: "stream", id: stream.id } : null;
    }
    const box = g.closest("[data-id], [data-of]");
    const id = box?.getAttribute("data-id") ?? box?.getAttribute("data-of") ?? "";
    const isNode = this.app.index.nodes.has(id);
    if (isNode && !g.classList.contains("port")) return { kind: "node", id };
    const port = g.classList.contains("port") ? g : g.querySelector(".port");
    const kind = port?.getAttribute("data-side")?.startsWith("side") ? "side" : "stream";
    const graph = isNode ? this.app.index.parents.get(id) ?? "" : "";
    const stream = this.app.index.streams.get(streamId(graph, kind, port?.getAttribute("data-name") ?? ""));
    if (stream) return { kind: "stream", id: stream.id };
    return isNode ? { kind: "node", id } : null;
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (this.viewport.dragged || !(event.target instanceof Element) || event.target.closest("button")) return;
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) this.toggle(toggle.getAttribute("data-toggle") ?? "");
    else {
      this.app.select(this.targetOf(event.target), { from: "drawing" });
      const stage = this.stage.getBoundingClientRect();
      this.uncover(event.clientX - stage.left, event.clientY - stage.top);
    }
  }

  /**
   * Move what was chosen out from under the details: the node if it fits beside them, else the chosen point.
   * @param {number} x @param {number} y In the stage.
   */
  uncover(x, y) {
    const { selected, drawn } = this.app;
    if (!selected) return;
    const { viewport } = this;
    const room = viewport.room();
    const box = selected.kind === "node" ? drawn?.box(selected.id) : null;
    const right = box && box.width * viewport.scale < room.width - 24 ? (box.x + box.width) * viewport.scale + viewport.x : x;
    const bottom = box && box.height * viewport.scale < room.height - 24 ? (box.y + box.height) * viewport.scale + viewport.y : y;
    const [across, down] = [right + 12 - room.width, bottom + 12 - room.height];
    if (across > 0 || down > 0) viewport.pan(-Math.max(0, across), -Math.max(0, down));
  }

  /** @param {MouseEvent} event */
  doubleClick(event) {
    const target = this.targetOf(event.target);
    if (target?.kind === "node") this.toggle(target.id);
    else if (!target) this.fit(true);
  }

  /** @param {Target | null} target */
  hover(target) {
    if (target?.id === this.hovered?.id && target?.kind === this.hovered?.kind) return;
    this.mark("hovered", target);
    this.hovered = target;
    this.app.emit("hover", target);
  }

  showSelection() {
    this.mark("selected", this.app.selected);
  }

  /** @param {string} name A class. @param {Target | null} target The only target that gets it. */
  mark(name, target) {
    const view = this.app.drawn;
    if (!view) return;
    for (const old of view.svg.querySelectorAll(`.${name}`)) old.classList.remove(name);
    if (target?.kind === "node") view.node(view.visible(target.id))?.classList.add(name);
    else if (target) {
      for (const id of this.app.index.sameStream(target.id)) {
        for (const edge of view.edges(id)) edge.classList.add(name);
      }
    }
  }
}

/** @param {Element} root @param {string} selector @returns {SVGGElement[]} */
function all(root, selector) {
  return [...root.querySelectorAll(selector)].filter((g) => g instanceof SVGGElement);
}
