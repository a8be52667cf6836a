/** The selector of the graph to show: the initial graphs, those opened since, and a comparison. */

import { el } from "./dom.js";

/** @typedef {import("./data.js").GraphData} GraphData */

const COMPARE = "compare";

/**
 * @param {import("./app.js").App} app @param {HTMLSelectElement} select
 * @param {import("./workspace.js").Workspace} workspace
 * @param {(older: GraphData, newer: GraphData) => void} compare
 */
export function graphPicker(app, select, workspace, compare) {
  const [older, newer] = app.page.graphs;
  const known = [...app.page.graphs];
  let current = 0;
  const fill = () => {
    const options = known.map((graph, at) => el("option", { value: String(at) }, graph.name));
    const compared = known.some((graph) => graph.comparison);
    if (older && newer && !compared) options.push(el("option", { value: COMPARE }, `${older.name} → ${newer.name}`));
    select.replaceChildren(...options);
    select.hidden = options.length < 2;
    select.value = String(current);
  };
  app.on("graph", (graph) => {
    const at = known.indexOf(graph);
    const replaced = app.why === "edit" ? current : known.findIndex((each) => each.comparison && graph.comparison);
    current = at >= 0 ? at : replaced >= 0 ? replaced : known.length;
    known[current] = graph;
    fill();
  });
  select.addEventListener("change", () => {
    if (!workspace.mayLeave()) {
      select.value = String(current);
      return;
    }
    const graph = known[Number(select.value)];
    if (graph) app.show(graph, "open");
    else if (older && newer) compare(older, newer);
  });
  fill();
}
