/** Keyboard commands. */

import { toggleFocus } from "./focus.js";
import { step } from "./neighbours.js";

/** @typedef {import("./keys.js").Command} Command */
/**
 * @typedef {object} Parts
 * @property {import("./app.js").App} app
 * @property {import("./drawing.js").Drawing} drawing
 * @property {import("./text_pane.js").TextPane} pane
 * @property {import("./workspace.js").Workspace} workspace
 * @property {HTMLInputElement} search
 * @property {() => void} help
 */

const PAN = 80;
const ZOOM = 1.25;

/** @param {Parts} parts @returns {Command[]} */
export function commands({ app, drawing, pane, workspace, search, help }) {
  const { viewport } = drawing;
  const find = () => {
    search.focus();
    search.select();
  };
  const escape = () => {
    if (document.activeElement === pane.active?.editor.area) drawing.stage.focus();
    else if (app.focus) app.setFocus(null);
    else app.select(null);
  };
  const pan = (/** @type {KeyboardEvent} */ event) => {
    const [x = 0, y = 0] = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key] ?? [];
    viewport.pan(x, y);
  };
  const toggle = () => {
    if (app.selected?.kind === "node") drawing.toggle(app.selected.id);
  };
  const toText = () => {
    const node = app.selected?.kind === "node" ? app.index.nodes.get(app.selected.id) : undefined;
    if (node?.location) pane.goTo(node.location.file, node.location.line, node.location.column);
    else pane.active?.editor.area.focus();
  };
  return [
    { keys: ["/", "Ctrl+f"], does: "search; Enter and Shift Enter go to the next and previous result", run: find },
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], does: "pan", run: pan },
    { keys: ["+", "="], does: "zoom in", run: () => viewport.zoom(ZOOM) },
    { keys: ["-"], does: "zoom out", run: () => viewport.zoom(1 / ZOOM) },
    { keys: ["0", "f"], does: "fit the whole drawing", run: () => drawing.fit(true) },
    {
      keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"],
      does: "select the next node in that direction", run: (event) => step(app, event.key),
    },
    { keys: ["Enter", " "], does: "open or close the selected subgraph", run: toggle },
    { keys: ["e"], does: "open every subgraph", run: () => drawing.toggleAll(true) },
    { keys: ["c"], does: "close every subgraph", run: () => drawing.toggleAll(false) },
    { keys: ["u"], does: "show what is upstream of the selected node or stream", run: () => toggleFocus(app, "up") },
    { keys: ["d"], does: "show what is downstream of it", run: () => toggleFocus(app, "down") },
    { keys: ["b"], does: "show both", run: () => toggleFocus(app, "both") },
    { keys: ["t"], does: "go to the text of the selected node", run: toText },
    { keys: ["i"], does: "show or hide the details", run: () => document.body.classList.toggle("no-inspector") },
    { keys: ["Escape"], does: "leave the text, clear the focus and the selection", run: escape },
    { keys: ["Ctrl+s"], does: "save", run: () => void workspace.save() },
    { keys: ["?"], does: "show this list", run: help },
  ];
}
