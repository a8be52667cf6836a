/** The buttons for files: what they do depends on whether there is a server behind the page. */

import { el } from "./dom.js";
import { download } from "./workspace.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./data.js").GraphData} GraphData */

const NEW_TEXT = `# A graph: packets come in, pass a calculator, and leave.
input_stream: "in"
output_stream: "out"

node {
  calculator: "PassThroughCalculator"
  input_stream: "in"
  output_stream: "out"
}
`;

/**
 * @param {App} app @param {HTMLElement} place @param {import("./workspace.js").Workspace} workspace
 * @param {(older: GraphData, newer: GraphData) => void} compare
 */
export function fileButtons(app, place, workspace, compare) {
  const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ click) => (
    el("button", { title, click }, text)
  );
  const { pane } = workspace;
  const saveText = () => {
    const tab = pane.active;
    if (tab) download(tab.info.name, tab.editor.value, "text/plain");
  };
  const copy = async () => {
    const text = pane.active?.editor.value ?? "";
    await navigator.clipboard.writeText(text).then(() => app.announce("Copied."), () => pane.active?.editor.area.select());
  };
  if (!app.connection) {
    place.append(button("Copy", "Copy the text", copy), button("Download", "Download the text", saveText));
    return;
  }
  const choose = (/** @type {(name: string, text: string) => void} */ then) => {
    const input = el("input", { type: "file", accept: ".pbtxt,.textproto,.txtpb,.txt" });
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      if (file) then(file.name, await file.text());
    });
    input.click();
  };
  const open = async (/** @type {string} */ name, /** @type {string} */ text) => {
    if (!workspace.mayLeave()) return;
    try {
      pane.saved.delete(name);
      const answer = await app.connection?.post("examine", { main: name, texts: { [name]: text } });
      app.show(answer.graph ?? unreadable(name, text, answer.diagnostics), "open");
    } catch (error) {
      app.announce(`Not opened: ${error instanceof Error ? error.message : error}`);
    }
  };
  const compareWith = async (/** @type {string} */ name, /** @type {string} */ text) => {
    const older = await workspace.load(name, text);
    if (older) compare(older, app.graph);
    else app.announce(`${name} has mistakes that keep it from being drawn.`);
  };
  const share = async () => {
    try {
      const page = await app.connection?.post("share", { main: workspace.main, texts: pane.texts() });
      download(`${app.graph.name.replace(/\.\w+$/, "")}.html`, page, "text/html");
    } catch (error) {
      app.announce(`Not shared: ${error instanceof Error ? error.message : error}`);
    }
  };
  place.append(
    button("New", "A new graph", () => open("untitled.pbtxt", NEW_TEXT)),
    button("Open…", "Open a graph file", () => choose(open)),
    button("Save", "Save to the file (Ctrl S)", () => workspace.save()),
    button("Download", "Download the text", saveText),
    button("Share", "One HTML file with this graph in it, which needs no network", () => void share()),
    button("Compare…", "Compare with another graph file, the older one", () => choose(compareWith)),
  );
}

/**
 * A graph of nothing, for a text that cannot be read at all.
 * @param {string} name @param {string} text @param {import("./structure.js").Diagnostic[]} diagnostics
 * @returns {GraphData}
 */
function unreadable(name, text, diagnostics) {
  const graph = {
    id: "", name, file: name, inputs: [], outputs: [], side_inputs: [], side_outputs: [], nodes: [], edges: [],
    executors: [], handler: "", max_queue_size: 0, num_threads: 0,
  };
  const structure = { graph, files: { [name]: text }, diagnostics };
  return { name, structure, files: [{ file: name, name, editable: true, onDisk: false }] };
}
