/**
 * The page's state, its events and the hooks for extensions (timeline, live statistics).
 *
 * An extension is one module that exports `extend(app)`, listed in extensions.js. `extend` is called once,
 * after the page is built and before the first drawing. It may
 *
 *   app.data(name)                   the data that Python embeds for it (`page_html(extras={name: ...})`);
 *                                    if it is undefined, the extension does nothing.
 *   app.registerPanel({id, title, element})
 *                                    a tab of the dock below the panes. Returns a handle:
 *                                    .badge("3") .show() .hide() .open; `onshow` is called when it opens.
 *   app.on(event, listener)          returns a function that removes the listener. The events:
 *       "graph"      GraphData       another graph, or a new structure after the text changed
 *       "drawn"      DrawnView       the SVG was redrawn (expansion, edit, theme): add all marks again
 *       "select"     Target | null   a node or stream was selected, in the drawing, the text or a panel
 *       "hover"      Target | null   the pointer rests on a node or stream
 *       "theme"      "dark"|"light"
 *   app.select(target, {centre})     select a node or stream as if it had been clicked
 *   app.reveal(id)                   open the subgraphs that hide the node `id`, and centre it
 *   app.tooltip(provider)            provider(target) returns an element, or null, for the hover card; it may
 *                                    be called again every `app.tooltipInterval` ms while the card is open
 *   app.view()                       the current DrawnView, null before the first drawing
 *   app.connection                   null in a file; in a served page: .post(name, value), .url(name) for
 *                                    EventSource and img, both below the page's secret address
 *   app.announce(text)               shows a sentence in the status line, and reads it to screen readers
 *
 * A DrawnView gives access to the drawing: `.svg`, `.overlay` (an SVG <g> above everything, in the drawing's
 * coordinates, empty in each new drawing), `.node(id)` the <g> of a node or null while it is hidden,
 * `.visible(id)` the node itself or the closed subgraph that hides it, `.box(id)` and
 * `.edges(streamId)` the <g> of each edge. Ids of nodes are the structure's (see ../../model.py), those of
 * streams come from `streamId` of graph_index.js; `app.index` (a GraphIndex) finds everything by id.
 * A Target is {kind: "node" | "stream", id}.
 *
 * The CSP forbids style attributes in markup (element.style in script is fine), inline handlers and, in a file,
 * all requests. Build elements with dom.js `el`; text from graphs goes through textContent only.
 */

import { GraphIndex } from "./graph_index.js";

/** @typedef {{kind: "node" | "stream", id: string}} Target */
/** @typedef {import("./data.js").GraphData} GraphData */
/** @typedef {import("./data.js").PageData} PageData */
/** @typedef {import("./structure.js").Diagnostic} Diagnostic */
/** @typedef {{target: Target, direction: "up" | "down" | "both"}} Focus */
/** @typedef {import("./drawing.js").DrawnView} DrawnView */
/** @typedef {{post: (name: string, value: unknown) => Promise<any>, url: (name: string) => string}} Connection */
/** @typedef {{id: string, title: string, element: HTMLElement, onshow?: () => void}} Panel */
/** @typedef {{badge: (text: string) => void, show: () => void, hide: () => void, readonly open: boolean}} PanelHandle */
/** @typedef {(target: Target) => Element | null} TooltipProvider */
/**
 * @typedef {{
 *   graph: GraphData, drawn: DrawnView, select: Target | null, hover: Target | null,
 *   theme: "dark" | "light", expand: ReadonlySet<string>, focus: Focus | null, edit: null,
 *   problems: Diagnostic[],
 * }} Events
 */

export class App {
  /**
   * @param {PageData} page
   * @param {Connection | null} connection
   */
  constructor(page, connection) {
    this.page = page;
    this.connection = connection;
    this.tooltipInterval = 500;
    /** @type {TooltipProvider[]} */
    this.tooltips = [];
    /** @type {Set<string>} */
    this.expanded = new Set(page.expanded);
    /** @type {Target | null} */
    this.selected = null;
    /** @type {GraphData} */
    this.graph = page.graphs[0];
    this.index = new GraphIndex(this.graph.structure);
    /** @type {Map<string, Set<(detail: any) => void>>} */
    this.listeners = new Map();
    this.selectedFrom = "";
    /** @type {Focus | null} */
    this.focus = null;
    this.problems = this.graph.structure.diagnostics;
    /** @type {DrawnView | null} */
    this.drawn = null;
    /** @type {(panel: Panel) => PanelHandle} Set by dock.js. */
    this.registerPanel = () => { throw new Error("The dock is not built yet."); };
    /** @type {(text: string) => void} Set by status.js. */
    this.announce = () => {};
    /** @type {(id: string) => void} Set by drawing.js. */
    this.reveal = () => {};
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(detail: Events[E]) => void} listener
   * @returns {() => void}
   */
  on(event, listener) {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {Events[E]} detail
   */
  emit(event, detail) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(detail);
  }

  /**
   * The data from Python for an extension.
   * @param {string} name
   * @returns {any}
   */
  data(name) {
    return Object.hasOwn(this.page.extras, name) ? this.page.extras[name] : undefined;
  }

  /**
   * @param {Target | null} target
   * @param {{centre?: boolean, from?: string}} [how] from: the source of the selection, which need not scroll
   */
  select(target, how = {}) {
    const same = target?.kind === this.selected?.kind && target?.id === this.selected?.id;
    this.selected = target;
    this.selectedFrom = how.from ?? "";
    if (!same) this.emit("select", target);
    if (target?.kind === "node" && how.centre) this.reveal(target.id);
  }

  /** @param {TooltipProvider} provider */
  tooltip(provider) {
    this.tooltips.push(provider);
  }

  /** @returns {DrawnView | null} */
  view() {
    return this.drawn;
  }

  /**
   * Show another graph, or the same graph after its text changed.
   * @param {GraphData} graph
   * @param {"open" | "edit"} why
   */
  show(graph, why) {
    this.graph = graph;
    this.index = new GraphIndex(graph.structure);
    this.why = why;
    if (why === "open") {
      this.expanded = new Set();
      this.selected = null;
    } else {
      // The caret stays where the user is typing, wherever the node was selected.
      this.selectedFrom = "text";
      if (this.selected && !this.knows(this.selected)) this.selected = null;
    }
    if (this.focus && !this.knows(this.focus.target)) this.focus = null;
    this.emit("graph", graph);
    this.emit("expand", this.expanded);
    this.emit("select", this.selected);
    this.complain(graph.structure.diagnostics);
  }

  /** @param {Target} target */
  knows({ kind, id }) {
    return kind === "node" ? this.index.nodes.has(id) : this.index.streams.has(id);
  }

  /** @param {Diagnostic[]} problems The diagnostics of the current text. */
  complain(problems) {
    this.problems = problems;
    this.emit("problems", problems);
  }

  /** @param {Iterable<string>} ids The subgraphs to open; all others are closed. */
  expand(ids) {
    this.expanded = new Set(ids);
    this.emit("expand", this.expanded);
  }

  /** @param {Focus | null} focus Dim everything that is neither upstream nor downstream of it. */
  setFocus(focus) {
    this.focus = focus;
    this.emit("focus", focus);
  }
}
