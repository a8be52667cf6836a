/** Search nodes and streams by name, calculator or type; Enter shows the results one after the other. */

import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Target} Target */
/** @typedef {{target: Target, text: string, note: string}} Hit */

const MOST_SHOWN = 60;

/**
 * Every word must occur in a node's or stream's name, calculator, type or tags.
 * @param {import("./graph_index.js").GraphIndex} index
 * @param {string} query
 * @returns {Hit[]} Nodes first, and names that begin with the query before others.
 */
export function find(index, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  /** @type {(Hit & {rank: number})[]} */
  const hits = [];
  const offer = (/** @type {Target} */ target, /** @type {string} */ text, /** @type {string} */ note, /** @type {string} */ rest) => {
    const all = `${text} ${note} ${rest}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return;
    const first = words[0] ?? "";
    const name = text.toLowerCase();
    const rank = (target.kind === "node" ? 0 : 3) + (name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2);
    hits.push({ target, text, note, rank });
  };
  for (const node of index.nodes.values()) {
    const ports = [...node.inputs, ...node.outputs, ...node.side_inputs, ...node.side_outputs];
    const options = node.options.filter((option) => !option.default).map((option) => `${option.name} ${option.value}`);
    const rest = [...ports.flatMap((port) => [port.tag, port.type]), ...options, node.executor, node.handler].join(" ");
    offer({ kind: "node", id: node.id }, node.name, node.name === node.calculator ? "" : node.calculator, rest);
  }
  for (const stream of index.streams.values()) {
    const where = stream.graph.id ? `in ${stream.graph.name || stream.graph.id}` : "";
    offer({ kind: "stream", id: stream.id }, stream.name, [stream.type, where].filter(Boolean).join(", "), stream.kind);
  }
  return hits.sort((a, b) => a.rank - b.rank);
}

/**
 * @param {App} app
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list
 * @param {HTMLElement} count
 * @param {() => void} leave Gives the focus back to the drawing.
 */
export function search(app, input, list, count, leave) {
  /** @type {Hit[]} */
  let hits = [];
  let at = -1;
  const mark = () => {
    const view = app.view();
    for (const old of view?.svg.querySelectorAll(".found") ?? []) old.classList.remove("found");
    for (const { target } of hits) {
      if (target.kind === "node") view?.node(view.visible(target.id))?.classList.add("found");
      else for (const edge of view?.edges(target.id) ?? []) edge.classList.add("found");
    }
  };
  const open = (/** @type {boolean} */ visible) => {
    list.hidden = !visible;
    input.setAttribute("aria-expanded", String(visible));
  };
  const fill = () => {
    hits = find(app.index, input.value);
    at = -1;
    open(input.value.trim() !== "");
    list.replaceChildren(...hits.slice(0, MOST_SHOWN).map((hit, index) => el("li", {
      role: "option", id: `hit-${index}`, "aria-selected": "false", class: hit.target.kind,
      // Before the input loses the focus and the list is hidden.
      mousedown: (/** @type {Event} */ event) => {
        event.preventDefault();
        go(index);
      },
    }, el("span", {}, hit.text), el("small", {}, hit.note))));
    if (!hits.length) list.append(el("li", { class: "fine" }, "No results."));
    showCount();
    mark();
  };
  const showCount = () => {
    count.textContent = !input.value.trim() ? "" : at < 0 ? `${hits.length}` : `${at + 1}/${hits.length}`;
  };
  /** @param {number} index */
  const go = (index) => {
    const hit = hits[index];
    if (!hit) return;
    at = index;
    show(app, hit.target);
    for (const item of list.children) item.setAttribute("aria-selected", String(item.id === `hit-${index}`));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `hit-${index}`);
    app.announce(`${hit.text}, ${index + 1} of ${hits.length}.`);
    showCount();
  };
  const step = (/** @type {number} */ by) => go((at + by + hits.length) % Math.max(1, hits.length));
  input.addEventListener("input", fill);
  input.addEventListener("focus", () => open(input.value.trim() !== ""));
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      step(event.shiftKey ? -1 : 1);
      open(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      open(hits.length > 0);
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      input.value = "";
      fill();
      leave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  app.on("drawn", mark);
  app.on("graph", () => {
    if (input.value) hits = find(app.index, input.value);
  });
}

/** @param {App} app @param {Target} target Open the subgraphs that hide it, select and centre it. */
function show(app, target) {
  // First the selection, whose details take space from the drawing.
  app.select(target, { centre: true, from: "panel" });
  if (target.kind === "stream") {
    const stream = app.index.streams.get(target.id);
    const end = stream?.edges.flatMap((edge) => [edge.source.node, edge.target.node]).find((id) => id !== "");
    if (end) app.reveal(end);
  }
}
