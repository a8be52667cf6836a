/** The buttons for files; their actions depend on whether the page is served. */

import { el } from "./dom.js";
import { chooseFile } from "./pickers.js";
import { download } from "./workspace.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./data.js").GraphData} GraphData */

const NEW_TEXT = `# A graph: packets enter, pass through a calculator, and leave.
input_stream: "in"
output_stream: "out"

node {
  calculator: "PassThroughCalculator"
  input_stream: "in"
  output_stream: "out"
}
`;

/**
 * @param {App} app @param {HTMLElement} parent @param {import("./workspace.js").Workspace} workspace
 * @param {(older: GraphData, newer: GraphData) => void} compare
 */
export function fileButtons(app, parent, workspace, compare) {
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
    parent.append(button("Copy", "Copy the text", copy), button("Download", "Download the text", saveText));
    return;
  }
  let opened = 0;
  // Keys of files chosen here must differ from those of the files that the server may write.
  const keyOf = (/** @type {string} */ name) => `(opened ${++opened})/${name}`;
  const reporting = (/** @type {() => Promise<void>} */ action) => () => {
    action().catch((error) => app.announce(`Failed: ${error instanceof Error ? error.message : error}`));
  };
  const open = async (/** @type {import("./pickers.js").Chosen | null} */ chosen) => {
    if (!chosen || !workspace.mayLeave()) return;
    const key = keyOf(chosen.name);
    const answer = await workspace.ask(key, chosen.text);
    if (chosen.handle) workspace.handles.set(key, chosen.handle);
    if (chosen.text === NEW_TEXT) pane.saved.set(key, "");
    app.show(answer.graph ?? unreadable(key, chosen, answer.diagnostics), "open");
  };
  const compareWith = async () => {
    const chosen = await chooseFile();
    const older = chosen && (await workspace.ask(keyOf(chosen.name), chosen.text)).graph;
    if (older) compare(older, app.graph);
    else if (chosen) app.announce(`${chosen.name} has errors that keep it from being drawn.`);
  };
  const share = async () => {
    const page = await app.connection?.post("share", { main: workspace.main, texts: pane.texts() });
    download(`${app.graph.name.replace(/\.\w+$/, "")}.html`, page, "text/html");
  };
  parent.append(
    button("New", "A new graph", reporting(() => open({ name: "untitled.pbtxt", text: NEW_TEXT, handle: null }))),
    button("Open…", "Open a graph file", reporting(async () => open(await chooseFile()))),
    button("Save", "Save to the file (Ctrl S)", () => workspace.save()),
    button("Download", "Download the text", saveText),
    button("Share", "Save this graph as a self-contained HTML file", reporting(share)),
    button("Compare…", "Compare with an older graph file", reporting(compareWith)),
  );
}

/**
 * An empty graph, for a text that cannot be parsed at all.
 * @param {string} file @param {{name: string, text: string}} chosen
 * @param {import("./structure.js").Diagnostic[]} diagnostics
 * @returns {GraphData}
 */
function unreadable(file, { name, text }, diagnostics) {
  const graph = {
    id: "", name, file, inputs: [], outputs: [], side_inputs: [], side_outputs: [], nodes: [], edges: [],
    executors: [], handler: "", max_queue_size: 0, num_threads: 0,
  };
  const structure = { graph, files: { [file]: text }, diagnostics };
  return { name, structure, files: [{ file, name, editable: true, onDisk: false }] };
}
