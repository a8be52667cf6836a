/** The details of the selected node or stream, or of the graph if nothing is selected. */

import { breakable, factTable, optionTable, portTable } from "./details.js";
import { el } from "./dom.js";
import { toggleFocus } from "./focus.js";
import { streamId } from "./graph_index.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./structure.js").GraphNode} GraphNode */
/** @typedef {import("./structure.js").Graph} Graph */

const KINDS = { calculator: "calculator", subgraph: "subgraph", generator: "packet generator", unknown: "unknown" };

/**
 * @param {App} app
 * @param {HTMLElement} pane
 * @param {(id: string) => void} toggle Opens or closes a subgraph.
 */
export function inspector(app, pane, toggle) {
  const fill = () => {
    const target = app.selected;
    const node = target?.kind === "node" ? app.index.nodes.get(target.id) : undefined;
    const stream = target?.kind === "stream" ? app.index.streams.get(target.id) : undefined;
    const content = node ? ofNode(app, node, toggle) : stream ? ofStream(app, stream) : ofGraph(app);
    pane.replaceChildren(...content, additions);
    pane.scrollTop = 0;
    refresh();
  };
  // What extensions know, such as the latest frame of a stream; it changes while a graph runs.
  const additions = el("div", {});
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const refresh = () => {
    clearTimeout(timer);
    const target = app.selected;
    const found = target ? app.tooltips.map((provider) => provider(target)).filter((each) => each !== null) : [];
    additions.replaceChildren(...found);
    if (target && app.tooltips.length) timer = setTimeout(refresh, app.tooltipInterval);
  };
  app.on("select", fill);
  app.on("graph", fill);
  app.on("expand", fill);
  fill();
}

/** @param {App} app @param {Graph} graph @param {"stream" | "side"} kind */
function chooser(app, graph, kind) {
  return (/** @type {import("./structure.js").Port} */ port) => (
    app.select({ kind: "stream", id: streamId(graph.id, kind, port.name) }, { from: "panel" })
  );
}

/** @param {App} app @returns {HTMLElement} */
function focusButtons(app) {
  const button = (/** @type {"up" | "down"} */ way, /** @type {string} */ text, /** @type {string} */ key) => (
    el("button", { title: `Dim everything else (${key})`, click: () => toggleFocus(app, way) }, text)
  );
  return el("div", { class: "actions" }, button("up", "Upstream", "u"), button("down", "Downstream", "d"));
}

/** @param {App} app @param {GraphNode} node @param {(id: string) => void} toggle */
function ofNode(app, node, toggle) {
  const graph = app.index.graphs.get(app.index.parents.get(node.id) ?? "") ?? app.graph.structure.graph;
  const streams = chooser(app, graph, "stream");
  const sides = chooser(app, graph, "side");
  const actions = focusButtons(app);
  if (node.graph) {
    const opened = app.expanded.has(node.id);
    actions.prepend(el("button", { class: "strong", click: () => toggle(node.id) }, opened ? "Close" : "Open"));
  }
  const named = node.name !== node.calculator ? [el("p", { class: "name" }, ...breakable(node.name))] : [];
  return [
    el("h2", {}, ...breakable(node.calculator), el("span", { class: `kind ${node.kind}` }, KINDS[node.kind])), ...named,
    actions,
    ...node.diagnostics.map((problem) => el("p", { class: `problem ${problem.severity}` }, problem.message)),
    ...(node.note ? [el("p", { class: "note" }, node.note)] : []),
    ...(node.doc ? [el("details", { class: "doc", open: true }, el("summary", {}, "What it does"), el("p", {}, node.doc))] : []),
    ...portTable("Inputs", node.inputs, streams), ...portTable("Outputs", node.outputs, streams),
    ...portTable("Side inputs", node.side_inputs, sides), ...portTable("Side outputs", node.side_outputs, sides),
    ...optionTable("Options", node.options),
    ...factTable([
      ["executor", node.executor], ["input stream handler", node.handler], ["max_in_flight", node.max_in_flight],
      ["buffer_size_hint", node.buffer_size_hint], ["source_layer", node.source_layer], ["runs as", node.runtime_name],
      ["file", node.location ? `${node.location.file.split("/").pop()}:${node.location.line}` : ""],
    ]),
    ...optionTable("Handler options", node.handler_options),
  ];
}

/** @param {App} app @param {import("./graph_index.js").Stream} stream */
function ofStream(app, stream) {
  const link = (/** @type {string} */ id) => {
    const node = app.index.nodes.get(id);
    if (!node) return el("span", {}, stream.graph.id ? "the subgraph's border" : "outside the graph");
    const choose = () => app.select({ kind: "node", id }, { centre: true, from: "panel" });
    return el("button", { class: "link", click: choose }, node.name);
  };
  const sources = [...new Set(stream.edges.map((edge) => edge.source.node))];
  const items = (/** @type {string[]} */ ids) => el("ul", {}, ...ids.map((id) => el("li", {}, link(id))));
  return [
    el("h2", {}, ...breakable(stream.name), el("span", { class: "kind" }, stream.kind === "side" ? "side packet" : "stream")),
    focusButtons(app),
    ...factTable([["type", stream.type || "any"], ["in", stream.graph.name || stream.graph.file.split("/").pop() || ""]]),
    el("h3", {}, "From"), items(sources), el("h3", {}, "To"), items(stream.edges.map((edge) => edge.target.node)),
  ];
}

/** @param {App} app */
function ofGraph(app) {
  const { graph } = app.graph.structure;
  const executors = graph.executors.map((each) => (
    `${each.name || "default"}: ${each.type || "threads"}${each.num_threads ? `, ${each.num_threads}` : ""}`
  ));
  return [
    el("h2", {}, app.graph.name, el("span", { class: "kind" }, "graph")),
    ...factTable([
      ["nodes", graph.nodes.length], ["with subgraphs opened", app.index.nodes.size],
      ["executors", executors.join("; ")], ["input stream handler", graph.handler],
      ["max_queue_size", graph.max_queue_size], ["num_threads", graph.num_threads],
    ]),
    ...portTable("Inputs", graph.inputs, chooser(app, graph, "stream")),
    ...portTable("Outputs", graph.outputs, chooser(app, graph, "stream")),
    ...portTable("Side inputs", graph.side_inputs, chooser(app, graph, "side")),
    ...portTable("Side outputs", graph.side_outputs, chooser(app, graph, "side")),
    el("p", { class: "hint" }, "Click a node or a stream for its details. Press ? for keyboard shortcuts."),
  ];
}
