/** The outline: the nodes as a tree, for screen readers and for reading. */

import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./structure.js").GraphNode} GraphNode */

/** @param {App} app @param {(id: string) => void} toggle */
export function outline(app, toggle) {
  const tree = el("div", { role: "tree", class: "outline", "aria-label": "Nodes of the graph" });
  let seen = false;
  const onshow = () => {
    seen = true;
    fill();
  };
  app.registerPanel({ id: "outline", title: "Outline", element: el("div", { class: "panel" }, tree), onshow });

  const fill = () => {
    if (!seen || !tree.isConnected) return;
    const had = tree.contains(document.activeElement);
    tree.replaceChildren(...items(app, app.graph.structure.graph, 1));
    const current = /** @type {HTMLElement | null} */ (tree.querySelector("[aria-selected=true]") ?? tree.firstElementChild);
    if (!current) return;
    current.tabIndex = 0;
    if (had) current.focus();
    current.scrollIntoView({ block: "nearest" });
  };
  for (const event of /** @type {const} */ (["graph", "expand", "select"])) app.on(event, fill);

  tree.addEventListener("click", (event) => {
    const id = idOf(event.target);
    if (id !== null) app.select({ kind: "node", id }, { centre: true, from: "panel" });
  });
  tree.addEventListener("dblclick", (event) => {
    const id = idOf(event.target);
    if (id !== null) toggle(id);
  });
  tree.addEventListener("keydown", (event) => key(event, app, tree, toggle));
}

/** @param {EventTarget | null} at @returns {string | null} */
function idOf(at) {
  return at instanceof Element ? at.closest("[role=treeitem]")?.getAttribute("data-id") ?? null : null;
}

/** @param {KeyboardEvent} event @param {App} app @param {HTMLElement} tree @param {(id: string) => void} toggle */
function key(event, app, tree, toggle) {
  const all = /** @type {HTMLElement[]} */ ([...tree.querySelectorAll("[role=treeitem]")]);
  const at = all.findIndex((item) => item === document.activeElement);
  const id = idOf(document.activeElement);
  const item = all[at];
  if (!item || id === null) return;
  const expanded = item.getAttribute("aria-expanded");
  const choose = (/** @type {HTMLElement | undefined} */ other) => {
    const next = other && idOf(other);
    if (typeof next === "string") app.select({ kind: "node", id: next }, { centre: true, from: "panel" });
  };
  switch (event.key) {
    case "ArrowDown": choose(all[at + 1]); break;
    case "ArrowUp": choose(all[at - 1]); break;
    case "Home": choose(all[0]); break;
    case "End": choose(all.at(-1)); break;
    case "ArrowRight":
      if (expanded === "false") toggle(id);
      else if (expanded === "true") choose(all[at + 1]);
      break;
    case "ArrowLeft":
      if (expanded === "true") toggle(id);
      else choose(all.find((other) => idOf(other) === app.index.parents.get(id)));
      break;
    case "Enter": case " ":
      if (expanded !== null) toggle(id);
      else choose(item);
      break;
    default: return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** @param {App} app @param {Graph} graph @param {number} level @returns {HTMLElement[]} */
function items(app, graph, level) {
  return graph.nodes.flatMap((node, at) => {
    const opened = app.expanded.has(node.id);
    const isSelected = app.selected?.kind === "node" && app.selected.id === node.id;
    const item = el("div", {
      role: "treeitem", "data-id": node.id, tabindex: "-1", "aria-level": String(level),
      "aria-posinset": String(at + 1), "aria-setsize": String(graph.nodes.length), "aria-selected": String(isSelected),
      "aria-expanded": node.graph ? String(opened) : false, "aria-label": spoken(node),
    }, el("span", { class: "twist", "aria-hidden": "true" }, node.graph ? (opened ? "▾" : "▸") : ""), node.name,
    ...(node.name !== node.calculator ? [" ", el("span", { class: "calculator" }, node.calculator)] : []));
    item.style.paddingInlineStart = `${level * 1.1}em`;
    return node.graph && opened ? [item, ...items(app, node.graph, level + 1)] : [item];
  });
}

/** @param {GraphNode} node */
function spoken(node) {
  const names = (/** @type {import("./structure.js").Port[]} */ ports) => ports.map((port) => port.name).join(", ") || "none";
  const wrong = node.diagnostics.length ? ` ${node.diagnostics.length} problems.` : "";
  const kind = node.kind === "calculator" ? "" : `, ${node.kind}`;
  const calculator = node.name === node.calculator ? "" : ` ${node.calculator}`;
  return `${node.name}${calculator}${kind}. In: ${names(node.inputs)}. Out: ${names(node.outputs)}.${wrong}`;
}
