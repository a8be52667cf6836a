/** The comparison of two graphs: colours in the drawing and a list of links to every difference. */

import { compare } from "./diff.js";
import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./data.js").GraphData} GraphData */
/** @typedef {import("./diff.js").Comparison} Comparison */
/** @typedef {import("./diff.js").Difference} Difference */

const SIGNS = { added: "+", removed: "−", changed: "~", inside: "~" };

/**
 * @param {App} app
 * @returns {(older: GraphData, newer: GraphData) => void} Shows a comparison.
 */
export function differences(app) {
  /** @type {{comparison: Comparison, graph: GraphData} | null} */
  let now = null;
  const list = el("ul", { class: "differences" });
  const summary = el("p", { class: "summary" });
  /** @type {import("./app.js").PanelHandle | null} Created on first use. */
  let panel = null;

  const colour = () => {
    const view = app.view();
    if (!view || !now || app.graph !== now.graph) return;
    view.svg.classList.add("diff");
    for (const [id, change] of now.comparison.nodes) view.node(id)?.classList.add(`diff-${change}`);
    for (const edge of view.svg.querySelectorAll("g[data-edge]")) {
      const change = now.comparison.edges.get(edge.getAttribute("data-edge") ?? "");
      if (change) edge.classList.add(`diff-${change}`);
    }
  };
  app.on("drawn", colour);
  app.on("graph", (graph) => {
    panel?.badge(now && graph === now.graph ? String(now.comparison.list.length) : "");
  });

  return (older, newer) => {
    const comparison = compare(older.structure, newer.structure);
    const known = new Map([...older.files, ...newer.files].map((info) => [info.file, info]));
    const files = Object.keys(comparison.structure.files).map((file) => {
      const name = known.get(file)?.name ?? `${known.get(file.replace(/^older:/, ""))?.name ?? file} (older)`;
      return { file, name, editable: false, onDisk: false };
    });
    now = { comparison, graph: { name: `${older.name} → ${newer.name}`, structure: comparison.structure, files, comparison: true } };
    panel ??= app.registerPanel({ id: "differences", title: "Differences", element: el("div", { class: "panel" }, summary, list) });
    panel.badge(String(comparison.list.length));
    summary.textContent = summed(comparison);
    list.replaceChildren(...comparison.list.map((difference) => item(app, difference)));
    app.show(now.graph, "open");
    panel.show();
  };
}

/** @param {Comparison} comparison */
function summed({ list }) {
  if (!list.length) return "The two graphs are the same.";
  const count = (/** @type {string} */ change) => list.filter((each) => each.change === change).length;
  return `${count("added")} added, ${count("removed")} removed, ${count("changed")} changed`;
}

/** @param {App} app @param {Difference} difference */
function item(app, { change, kind, id, text, details }) {
  const go = () => {
    if (kind === "node") app.select({ kind: "node", id }, { centre: true, from: "panel" });
    const stream = kind === "edge" ? app.index.streamOf(id) : undefined;
    const edge = app.index.edges.get(id)?.edge;
    const end = edge?.source.node || edge?.target.node;
    if (end) app.reveal(end);
    if (stream) app.select({ kind: "stream", id: stream.id }, { from: "panel" });
  };
  const what = { node: "node", edge: "stream", graph: "graph" }[kind];
  const more = details.length ? [el("ul", {}, ...details.map((detail) => el("li", {}, detail)))] : [];
  const label = el("button", { class: `difference diff-${change}`, click: go, "aria-label": `${change} ${what} ${text}` },
    el("span", { class: "sign" }, SIGNS[change]), `${what} `, el("strong", {}, text));
  return el("li", {}, label, ...more);
}
