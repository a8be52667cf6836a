/** The texts of a served page: analysed as they are typed, saved, and kept in sync with the files. */

import { Gone } from "./connection.js";
import { debounced } from "./dom.js";
import { chooseTarget, write } from "./pickers.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./data.js").GraphData} GraphData */

const WAIT_MILLISECONDS = 200;
const WATCH_MILLISECONDS = 1000;

export class Workspace {
  /** @param {App} app @param {import("./text_pane.js").TextPane} pane @param {HTMLElement} stale */
  constructor(app, pane, stale) {
    this.app = app;
    this.pane = pane;
    this.stale = stale;
    this.asked = 0;
    this.busy = false;
    this.again = false;
    /** @type {Set<string>} Files whose text is not saved. */
    this.unsaved = new Set();
    /** @type {Map<string, string>} The versions of the files that the server last reported. */
    this.versions = new Map();
    /** @type {Set<string>} Files that another program wrote while their text was edited here. */
    this.conflicts = new Set();
    /** @type {Map<string, FileSystemFileHandle>} Of files chosen in the browser. */
    this.handles = new Map();
    if (app.connection) void this.watch(app.connection);
    app.on("edit", () => this.note());
    app.on("edit", debounced(() => this.examine(), WAIT_MILLISECONDS));
    app.on("graph", () => {
      stale.hidden = true;
    });
    addEventListener("beforeunload", (event) => {
      if (this.unsaved.size) event.preventDefault();
    });
  }

  note() {
    for (const [file, tab] of this.pane.tabs) {
      if (this.pane.dirty(tab)) this.unsaved.add(file);
      else this.unsaved.delete(file);
    }
    document.body.classList.toggle("unsaved", this.unsaved.size > 0);
  }

  /** Whether another graph may be shown; asks if a text that cannot be drawn would be lost. */
  mayLeave() {
    return this.stale.hidden || confirm("Changes since the last valid drawing will be lost.");
  }

  /** @returns {string} The graph's own file. */
  get main() {
    return this.app.graph.files[0]?.file ?? "";
  }

  /** Have the server analyse the texts, one request at a time, the newest text last. */
  async examine() {
    if (!this.app.connection) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const main = this.main;
    try {
      const answer = await this.app.connection.post("examine", { main, texts: this.pane.texts() });
      // Another graph may have been opened in the meantime.
      if (main === this.main) this.take(answer);
    } catch (error) {
      this.app.announce(`The text could not be checked: ${error instanceof Error ? error.message : error}`);
    } finally {
      this.busy = false;
    }
    if (this.again) {
      this.again = false;
      await this.examine();
    }
  }

  /** Follow files that another program writes. @param {import("./app.js").Connection} connection */
  async watch(connection) {
    for (;;) {
      try {
        if (!document.hidden) await this.look(connection);
      } catch (error) {
        this.app.announce(error instanceof Error ? error.message : String(error));
        if (error instanceof Gone) break;
      }
      await new Promise((resolve) => setTimeout(resolve, WATCH_MILLISECONDS));
    }
    this.stale.textContent = "mpgraph has stopped: nothing is checked, drawn or saved any more. Download keeps the text.";
    this.stale.hidden = false;
  }

  /** Load the files that were written since the last check. @param {import("./app.js").Connection} connection */
  async look(connection) {
    for (const [file, version] of Object.entries(await connection.post("versions", {}))) {
      const known = this.versions.get(file);
      this.versions.set(file, version);
      if (known !== undefined && known !== version) await this.reload(connection, file);
    }
  }

  /** @param {import("./app.js").Connection} connection @param {string} file */
  async reload(connection, file) {
    /** @type {string} */
    let text;
    try {
      ({ text } = await connection.post("read", { file }));
    } catch (error) {
      this.conflicts.add(file);
      throw error;
    }
    const tab = this.pane.tabs.get(file);
    if (text === this.pane.saved.get(file)) return;
    if (tab && this.pane.dirty(tab) && tab.editor.value !== text) {
      this.conflicts.add(file);
      this.app.announce(`${tab.info.name} was also changed by another program.`);
      return;
    }
    tab?.editor.replace(text);
    this.pane.markSaved(file, text);
    this.note();
    await this.examine();
  }

  /** @param {{graph: GraphData | null, diagnostics: import("./structure.js").Diagnostic[]}} answer */
  take({ graph, diagnostics }) {
    this.stale.hidden = graph !== null;
    if (graph) this.app.show(graph, "edit");
    else this.app.complain(diagnostics);
  }

  /**
   * Analyse a text that is not in a file of the server.
   * @param {string} key
   * @param {string} text
   * @returns {Promise<{graph: GraphData | null, diagnostics: import("./structure.js").Diagnostic[]}>}
   */
  async ask(key, text) {
    return this.app.connection?.post("examine", { main: key, texts: { [key]: text } });
  }

  /** Write every changed text to its file. @returns {Promise<boolean>} */
  async save() {
    try {
      // Another program may have written since the last check.
      if (this.app.connection) await this.look(this.app.connection);
    } catch (error) {
      this.app.announce(`Not saved: ${error instanceof Error ? error.message : error}`);
      return false;
    }
    const changed = [...this.pane.tabs.values()].filter((tab) => this.pane.dirty(tab));
    for (const tab of changed) {
      const text = tab.editor.value;
      const { file, name } = tab.info;
      if (this.conflicts.has(file) && !confirm(`${name} was changed by another program. Overwrite it?`)) return false;
      this.conflicts.delete(file);
      try {
        if (tab.info.onDisk) await this.app.connection?.post("save", { file, text });
        else if (!await this.saveElsewhere(file, name, text)) return false;
      } catch (error) {
        this.app.announce(`Not saved: ${error instanceof Error ? error.message : error}`);
        return false;
      }
      this.pane.markSaved(file, text);
      this.note();
    }
    this.app.announce(changed.length ? `Saved ${changed.map((tab) => tab.info.name).join(", ")}.` : "Nothing to save.");
    return true;
  }

  /**
   * Write to the opened file, or to one chosen now; download it if the browser cannot write files.
   * @param {string} file @param {string} name @param {string} text
   */
  async saveElsewhere(file, name, text) {
    const handle = this.handles.get(file) ?? await chooseTarget(name);
    if (handle === null) return false;
    if (handle === undefined) download(name, text, "text/plain");
    else {
      await write(handle, text);
      this.handles.set(file, handle);
    }
    return true;
  }
}

/** @param {string} name @param {BlobPart} text @param {string} type */
export function download(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
