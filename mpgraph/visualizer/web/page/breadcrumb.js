/** The path to the selected node: the graph, the subgraphs around it, the node; each selects its target. */

import { el } from "./dom.js";

/** @param {import("./app.js").App} app @param {HTMLElement} parent */
export function breadcrumb(app, parent) {
  const fill = () => {
    const target = app.selected;
    const index = app.index;
    const stream = target?.kind === "stream" ? index.streams.get(target.id) : undefined;
    const inside = stream ? stream.graph.id : target?.kind === "node" ? target.id : "";
    const ids = inside ? [...index.around(inside), inside] : [];
    const crumb = (/** @type {string} */ text, /** @type {() => void} */ go, /** @type {boolean} */ last) => (
      el("button", { click: go, "aria-current": last ? "location" : false }, text)
    );
    const items = [crumb(app.graph.name, () => app.select(null), ids.length === 0 && !stream)];
    ids.forEach((id, at) => {
      const choose = () => app.select({ kind: "node", id }, { centre: true, from: "panel" });
      const node = index.nodes.get(id);
      items.push(crumb(node?.name ?? id, choose, at === ids.length - 1 && !stream));
    });
    if (stream) items.push(crumb(stream.name, () => {}, true));
    parent.replaceChildren(...items);
  };
  app.on("select", fill);
  app.on("graph", fill);
  fill();
}
