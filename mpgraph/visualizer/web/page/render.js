/**
 * From structure to SVG text and boxes: the seam between the page and the modules that lay out and draw.
 *
 * What the page needs of the SVG: `<g data-node="id">` around a node or an open subgraph, `<g data-edge="id">`
 * around a wire, `data-toggle="id"` on what opens or closes a subgraph; colours as CSS custom properties
 * and in classes, no `style` attributes and no scripts, since the page's CSP forbids both.
 */

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./viewport.js").Box} Box */

/**
 * @param {Structure} structure
 * @param {ReadonlySet<string>} expanded
 * @returns {{svg: string, width: number, height: number, boxes: Map<string, Box>}}
 */
export function render(structure, expanded) {
  const boxes = new Map();
  const esc = (/** @type {string} */ t) => t.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  let y = 20;
  let out = "";
  /** @param {Graph} graph @param {number} depth */
  const walk = (graph, depth) => {
    for (const node of graph.nodes) {
      const box = { x: 20 + depth * 30, y, width: 240, height: 34 };
      boxes.set(node.id, box);
      out += `<g class="node" data-node="${esc(node.id)}"><rect x="${box.x}" y="${y}" width="240" height="34" rx="4" fill="#cde" stroke="#678"/><text x="${box.x + 8}" y="${y + 21}" font-size="12">${esc(node.calculator)}</text></g>`;
      y += 50;
      if (node.graph && expanded.has(node.id)) walk(node.graph, depth + 1);
    }
    for (const edge of graph.edges) {
      const a = boxes.get(edge.source.node);
      const b = boxes.get(edge.target.node);
      if (a && b) out += `<g class="edge" data-edge="${esc(edge.id)}"><path d="M${a.x + 120},${a.y + 34} C${a.x + 320},${a.y + 60} ${b.x + 320},${b.y - 30} ${b.x + 120},${b.y}" fill="none" stroke="#888"/></g>`;
    }
  };
  walk(structure.graph, 0);
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 ${y}">${out}</svg>`, width: 500, height: y, boxes };
}

/**
 * @param {Graph} graph
 * @param {ReadonlySet<string>} expanded
 * @returns {number} How many nodes would be drawn.
 */
export function countShown(graph, expanded) {
  let count = graph.nodes.length;
  for (const node of graph.nodes) if (node.graph && expanded.has(node.id)) count += countShown(node.graph, expanded);
  return count;
}
