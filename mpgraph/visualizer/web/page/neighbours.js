/** Keyboard navigation from node to node. */

/** @typedef {import("./app.js").App} App */

// The factor by which sideways distance counts more than distance ahead.
const ASIDE = 2.5;
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Select the nearest node in a direction from the selected node, or the first node of all.
 * @param {App} app
 * @param {string} key An arrow key.
 */
export function step(app, key) {
  const view = app.view();
  const shown = [...app.index.nodes.keys()].filter((id) => view?.visible(id) === id);
  const from = app.selected?.kind === "node" ? view?.box(app.selected.id) : null;
  const [dx, dy] = DIRECTIONS[key] ?? [0, 0];
  let best = { id: from ? "" : shown[0] ?? "", cost: Infinity };
  for (const id of from ? shown : []) {
    const box = view?.box(id);
    if (!box || !from || app.expanded.has(id)) continue;
    const x = box.x + box.width / 2 - from.x - from.width / 2;
    const y = box.y + box.height / 2 - from.y - from.height / 2;
    const ahead = x * dx + y * dy;
    const cost = ahead + ASIDE * Math.abs(x * dy + y * dx);
    if (ahead > 1 && cost < best.cost) best = { id, cost };
  }
  if (!best.id) return;
  app.select({ kind: "node", id: best.id }, { centre: true, from: "drawing" });
  app.announce(app.index.nodes.get(best.id)?.name ?? "");
}
