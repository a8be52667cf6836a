/** A card beside the pointer: details of the node or stream under it, with additions of extensions. */

import { factTable, optionTable, portTable } from "./details.js";
import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Target} Target */

const WAIT_MILLISECONDS = 250;
const DISTANCE = 14;
const MOST_OPTIONS = 12;
const MOST_NAMES = 6;

/** @param {App} app @param {HTMLElement} stage */
export function hoverCard(app, stage) {
  const card = el("div", { class: "hover-card", role: "tooltip", hidden: true });
  document.body.append(card);
  let pointer = { x: 0, y: 0 };
  // A drawing that moves under a resting pointer must not open a card.
  let resting = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const place = () => {
    const { offsetWidth: width, offsetHeight: height } = card;
    const left = pointer.x + DISTANCE + width > innerWidth ? pointer.x - DISTANCE - width : pointer.x + DISTANCE;
    const top = Math.min(pointer.y + DISTANCE, innerHeight - height - 4);
    card.style.left = `${Math.max(4, left)}px`;
    card.style.top = `${Math.max(4, top)}px`;
  };
  const hide = () => {
    clearTimeout(timer);
    card.hidden = true;
  };
  const rest = () => {
    hide();
    resting = true;
  };
  /** @param {Target} target */
  const show = (target) => {
    const more = app.tooltips.map((provider) => provider(target)).filter((element) => element !== null);
    card.replaceChildren(...(target.kind === "node" ? ofNode(app, target.id) : ofStream(app, target.id)), ...more);
    card.hidden = false;
    place();
    if (app.tooltips.length) timer = setTimeout(() => show(target), app.tooltipInterval);
  };
  stage.addEventListener("pointermove", (event) => {
    if (event.clientX === pointer.x && event.clientY === pointer.y) return;
    resting = false;
    pointer = { x: event.clientX, y: event.clientY };
    if (!card.hidden) place();
  });
  stage.addEventListener("pointerdown", rest);
  stage.addEventListener("wheel", rest, { passive: true });
  document.addEventListener("keydown", rest);
  app.on("drawn", rest);
  app.on("hover", (target) => {
    hide();
    if (!target) return;
    timer = setTimeout(() => {
      if (!resting) show(target);
    }, WAIT_MILLISECONDS);
  });
}

/** @param {App} app @param {string} id */
function ofNode(app, id) {
  const node = app.index.nodes.get(id);
  if (!node) return [];
  const set = node.options.filter((option) => !option.default).slice(0, MOST_OPTIONS);
  const summary = node.doc.split(/\.\s|\n/)[0] ?? "";
  return [
    el("strong", {}, node.calculator), ...(summary ? [el("p", {}, summary)] : []),
    ...node.diagnostics.map((problem) => el("p", { class: `problem ${problem.severity}` }, problem.message)),
    ...portTable("Inputs", node.inputs), ...portTable("Outputs", node.outputs),
    ...portTable("Side inputs", node.side_inputs), ...portTable("Side outputs", node.side_outputs),
    ...optionTable("Options", set),
    ...factTable([["executor", node.executor], ["handler", node.handler], ["max_in_flight", node.max_in_flight]]),
  ];
}

/** @param {App} app @param {string} id */
function ofStream(app, id) {
  const stream = app.index.streams.get(id);
  if (!stream) return [];
  const kind = stream.kind === "side" ? "side packet" : "stream";
  const names = (/** @type {string[]} */ ids) => (
    [...new Set(ids)].map((id) => app.index.nodes.get(id)?.name ?? "outside").slice(0, MOST_NAMES).join(", ")
  );
  return [el("strong", {}, stream.name), ...factTable([
    ["kind", kind], ["type", stream.type || "any"], ["from", names(stream.edges.map((edge) => edge.source.node))],
    ["to", names(stream.edges.map((edge) => edge.target.node))],
  ])];
}
