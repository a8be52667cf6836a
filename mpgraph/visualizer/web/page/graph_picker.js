/** Which of the page's graphs is shown; the comparison of two is one more. */

import { el } from "./dom.js";

/** @typedef {import("./data.js").GraphData} GraphData */

/**
 * @param {import("./app.js").App} app @param {HTMLSelectElement} select
 * @param {import("./workspace.js").Workspace} workspace
 * @param {(older: GraphData, newer: GraphData) => void} compare
 */
export function graphPicker(app, select, workspace, compare) {
  const { graphs } = app.page;
  const [older, newer] = graphs;
  const names = graphs.map((graph, at) => el("option", { value: String(at) }, graph.name));
  select.append(...names);
  if (older && newer) select.append(el("option", { value: "diff" }, `${older.name} → ${newer.name}`));
  select.hidden = graphs.length < 2;
  select.value = app.page.diff ? "diff" : "0";
  select.addEventListener("change", () => {
    if (workspace.pane.anyDirty && !confirm("There are changes that are not saved. Leave them?")) {
      select.value = String(graphs.indexOf(app.graph));
      return;
    }
    const graph = graphs[Number(select.value)];
    if (select.value === "diff" && older && newer) compare(older, newer);
    else if (graph) app.show(graph, "open");
  });
}
