/** Assembles the page. */

import { App } from "./app.js";
import { breadcrumb } from "./breadcrumb.js";
import { connect } from "./connection.js";
import { readPage } from "./data.js";
import { deepLink } from "./deep_link.js";
import { differences } from "./diff_panel.js";
import { Dock } from "./dock.js";
import { byId, el } from "./dom.js";
import { Drawing } from "./drawing.js";
import { EXTENSIONS } from "./extensions.js";
import { feedback } from "./feedback.js";
import { fileButtons } from "./files.js";
import { focusing } from "./focus.js";
import { graphPicker } from "./graph_picker.js";
import { hoverCard } from "./hover_card.js";
import { inspector } from "./inspector.js";
import { commands } from "./commands.js";
import { help, listen } from "./keys.js";
import { landmarks } from "./landmarks.js";
import { minimap } from "./minimap.js";
import { outline } from "./outline.js";
import { search } from "./search.js";
import { splitter } from "./splitter.js";
import { TextPane } from "./text_pane.js";
import { themes } from "./theme.js";
import { Workspace } from "./workspace.js";

/** Up to this width the panes are below each other, and the details are a sheet (page.css). */
const NARROW = 720;

function start() {
  const page = readPage();
  const app = new App(page, page.mode === "served" ? connect() : null);
  const html = (/** @type {string} */ id) => byId(id, HTMLElement);
  const status = html("status");
  app.announce = (text) => {
    status.textContent = text;
  };
  const dock = new Dock(html("dock-tabs"), html("dock-body"));
  app.registerPanel = (panel) => dock.register(panel);
  dock.changed = (open) => {
    html("dock-splitter").hidden = !open;
  };

  themes(app, byId("theme", HTMLButtonElement));
  const pane = new TextPane(app, html("text-tabs"), html("text-body"));
  const drawing = new Drawing(app, html("stage"));
  const details = html("inspector");
  drawing.viewport.covered = () => {
    const isSheet = innerWidth <= NARROW;
    return { right: details.offsetWidth && !isSheet ? details.offsetWidth + 20 : 0, below: isSheet ? details.offsetHeight : 0 };
  };
  const toggle = (/** @type {string} */ id) => drawing.toggle(id);
  const showDifferences = differences(app);
  const workspace = new Workspace(app, pane, html("stale"));
  feedback(app, pane);
  outline(app, toggle);
  focusing(app);
  landmarks(app, drawing);
  breadcrumb(app, html("breadcrumb"));
  inspector(app, html("inspector"), toggle);
  minimap(app, drawing, byId("minimap", HTMLCanvasElement));
  hoverCard(app, html("stage"));
  search(app, byId("search", HTMLInputElement), html("hits"), html("hit-count"), () => drawing.stage.focus());
  graphPicker(app, byId("graphs", HTMLSelectElement), workspace, showDifferences);
  fileButtons(app, html("files"), workspace, showDifferences);

  const table = commands({ app, drawing, pane, workspace, search: byId("search", HTMLInputElement), help: () => help(byId("dialog", HTMLDialogElement), table) });
  listen(table);
  byId("help", HTMLButtonElement).addEventListener("click", () => help(byId("dialog", HTMLDialogElement), table));
  viewButtons(app, drawing);

  const body = document.documentElement;
  splitter(html("splitter"), body, "--text-width", { min: 160, max: () => innerWidth - 240, from: "start" });
  splitter(html("dock-splitter"), body, "--dock-height", { min: 60, max: () => innerHeight * 0.7, from: "end" });

  for (const extend of EXTENSIONS) extend(app);
  if (page.diff && page.graphs[0] && page.graphs[1]) showDifferences(page.graphs[0], page.graphs[1]);
  else {
    document.title = `${app.graph.name} · mpgraph`;
    drawing.draw();
    drawing.open();
    // A narrow screen is reserved for the drawing; the tab shows the number of problems.
    if (app.problems.length && innerWidth > NARROW) dock.openById("feedback");
  }
  deepLink(app);
  app.on("graph", (graph) => {
    document.title = `${graph.name} · mpgraph`;
  });
}

/** @param {App} app @param {Drawing} drawing */
function viewButtons(app, drawing) {
  const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ click) => (
    el("button", { title, "aria-label": text.length < 2 ? title : false, click }, text)
  );
  byId("views", HTMLElement).append(
    button("Expand all", "Open every subgraph (e)", () => drawing.toggleAll(true)),
    button("Collapse", "Close every subgraph (c)", () => drawing.toggleAll(false)),
  );
  const percent = el("output", { class: "percent" });
  drawing.onmove(() => {
    percent.textContent = `${Math.round(drawing.viewport.scale * 100)} %`;
  });
  byId("zoom", HTMLElement).append(
    button("−", "Zoom out (-)", () => drawing.viewport.zoom(1 / 1.25)), percent,
    button("+", "Zoom in (+)", () => drawing.viewport.zoom(1.25)),
    button("Fit", "Fit the drawing (0)", () => drawing.fit(true)),
    button("SVG", "Save this drawing as an SVG file", () => drawing.download()),
    button("PNG", "Save this drawing as a PNG file", () => void drawing.downloadPng()),
    button("Details", "Show or hide the details (i)", () => document.body.classList.toggle("no-inspector")),
  );
}

start();
