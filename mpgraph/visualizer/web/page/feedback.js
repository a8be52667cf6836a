/** Diagnostics: a list of links to their locations, and badges on the nodes that they are about. */

import { alarming, alarms } from "../draw/boxes.js";
import { countWidth } from "../layout/text.js";
import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./structure.js").Diagnostic} Diagnostic */

const SVG = "http://www.w3.org/2000/svg";

/** @param {App} app @param {import("./text_pane.js").TextPane} pane */
export function feedback(app, pane) {
  const list = el("ul", { class: "problems" });
  const panel = app.registerPanel({ id: "feedback", title: "Feedback", element: el("div", { class: "panel" }, list) });

  const fill = () => {
    const errors = app.problems.filter((problem) => problem.severity === "error" && alarms(problem)).length;
    panel.badge(app.problems.length ? String(app.problems.length) : "");
    list.replaceChildren(...app.problems.map((problem) => item(app, pane, problem)));
    if (!app.problems.length) list.append(el("li", { class: "fine" }, "This graph has no errors or warnings."));
    document.body.classList.toggle("has-errors", errors > 0);
  };
  app.on("problems", fill);
  app.on("problems", () => badges(app));
  app.on("drawn", () => badges(app));
  fill();
}

/** @param {App} app @param {import("./text_pane.js").TextPane} pane @param {Diagnostic} problem */
function item(app, pane, problem) {
  const { location, severity, message, node } = problem;
  const go = () => {
    if (node && app.index.nodes.has(node)) app.select({ kind: "node", id: node }, { centre: true, from: "panel" });
    if (location) pane.goTo(location.file, location.line, location.column);
  };
  const where = location ? `${location.file.split("/").pop()}:${location.line}:${location.column}` : "";
  const hint = problem.suggestion ? ` ${problem.suggestion}` : "";
  return el("li", {}, el("button", { class: `problem ${severity}`, click: go },
    el("span", { class: "severity" }, severity), el("span", { class: "where" }, where), el("span", {}, message + hint)));
}

/** @param {App} app */
function badges(app) {
  const view = app.view();
  if (!view) return;
  for (const old of view.overlay.querySelectorAll(".problem-badge")) old.remove();
  /** @type {Map<string, Diagnostic[]>} */
  const byNode = new Map();
  for (const node of app.index.nodes.values()) {
    // The drawing itself marks visible nodes; these badges are for nodes inside closed subgraphs.
    const found = alarming(node);
    const shown = found.length ? view.visible(node.id) : node.id;
    if (shown !== node.id) byNode.set(shown, [...(byNode.get(shown) ?? []), ...found]);
  }
  for (const [id, problems] of byNode) {
    const box = view.box(id);
    if (box) view.overlay.append(badge(id, box.x + box.width + 6, box.y, problems));
  }
}

/** @param {string} id @param {number} right @param {number} y @param {Diagnostic[]} problems */
function badge(id, right, y, problems) {
  const group = document.createElementNS(SVG, "g");
  const severe = problems.some((problem) => problem.severity === "error");
  group.setAttribute("class", `problem-badge ${severe ? "error" : "warning"}`);
  group.setAttribute("data-id", id);
  const pill = document.createElementNS(SVG, "rect");
  const text = document.createElementNS(SVG, "text");
  const title = document.createElementNS(SVG, "title");
  title.textContent = problems.map((problem) => problem.message).join("\n");
  const shown = problems.length > 1 ? String(problems.length) : "!";
  const width = countWidth(shown);
  for (const [name, value] of Object.entries({ x: right - width, y: y - 8, width, height: 16, rx: 8 })) pill.setAttribute(name, String(value));
  for (const [name, value] of Object.entries({ x: right - width / 2, y: y + 3.2 })) text.setAttribute(name, String(value));
  text.textContent = shown;
  group.append(pill, text, title);
  return group;
}
