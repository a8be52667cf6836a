/** Focus: dim everything that is neither upstream nor downstream of a node or stream. */

/** @param {import("./app.js").App} app */
export function focusing(app) {
  const apply = () => {
    const view = app.view();
    if (!view) return;
    view.svg.classList.toggle("focused", app.focus !== null);
    for (const lit of view.svg.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!app.focus) return;
    const { target, direction } = app.focus;
    for (const way of /** @type {const} */ (["up", "down"])) {
      if (direction !== way && direction !== "both") continue;
      const { nodes, edges } = app.index.reach(target, way);
      for (const id of nodes) view.node(view.visible(id))?.classList.add("lit");
      for (const ports of view.svg.querySelectorAll("[data-of]")) {
        ports.classList.toggle("lit", ports.classList.contains("lit") || nodes.has(ports.getAttribute("data-of") ?? ""));
      }
      for (const edge of view.svg.querySelectorAll("g[data-edge]")) {
        if (edges.has(edge.getAttribute("data-edge") ?? "")) edge.classList.add("lit");
      }
    }
  };
  app.on("focus", apply);
  app.on("drawn", apply);
}

/**
 * Focus on the selection; the same command again clears the focus.
 * @param {import("./app.js").App} app
 * @param {"up" | "down" | "both"} direction
 */
export function toggleFocus(app, direction) {
  const { selected, focus } = app;
  const same = focus && selected && focus.target.id === selected.id && focus.direction === direction;
  if (!selected && !focus) app.announce("Select a node or stream first.");
  app.setFocus(selected && !same ? { target: selected, direction } : null);
  if (app.focus && selected) {
    const words = { up: "Upstream of", down: "Downstream of", both: "Upstream and downstream of" };
    const name = app.index.nodes.get(selected.id)?.name ?? app.index.streams.get(selected.id)?.name ?? "";
    app.announce(`${words[direction]} ${name}. Escape shows everything again.`);
  }
}
