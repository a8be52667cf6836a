/** The text pane: a tab per file, and links between the lines of a text and the nodes of the drawing. */

import { el } from "./dom.js";
import { Editor } from "./editor.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./data.js").FileInfo} FileInfo */
/** @typedef {{info: FileInfo, editor: Editor, button: HTMLButtonElement, own: boolean}} Tab
 *   own: whether the page has the text; the server reads other files on its own */

// Chromium takes half a second per key stroke in a megabyte of text, growing with the square of the size.
const LONGEST_EDITABLE = 500_000;

export class TextPane {
  /** @param {App} app @param {HTMLElement} strip @param {HTMLElement} body */
  constructor(app, strip, body) {
    this.app = app;
    this.strip = strip;
    this.body = body;
    /** @type {Map<string, Tab>} */
    this.tabs = new Map();
    /** @type {Tab | null} */
    this.active = null;
    /** @type {Map<string, string>} The saved texts, where they may differ from the edited ones. */
    this.saved = new Map();
    strip.addEventListener("keydown", (event) => this.key(event));
    app.on("graph", () => this.reconcile());
    app.on("problems", () => this.mark());
    app.on("select", () => this.follow());
    this.reconcile();
    this.mark();
  }

  /** Create a tab for every file; texts that are being edited are kept. */
  reconcile() {
    const { files, structure } = this.app.graph;
    if (this.app.why !== "edit") this.clear();
    for (const info of files) {
      if (!this.tabs.has(info.file)) this.add(info, structure.files[info.file] ?? "");
    }
    for (const [file, tab] of this.tabs) {
      if (!files.some((info) => info.file === file) && !this.dirty(tab)) this.remove(file, tab);
    }
    this.strip.hidden = this.tabs.size < 2;
    if (!this.active) this.open(files[0]?.file ?? "");
  }

  clear() {
    for (const [file, tab] of this.tabs) this.remove(file, tab);
  }

  /** @param {FileInfo} given @param {string} text */
  add(given, text) {
    const tooLong = given.editable && text.length > LONGEST_EDITABLE;
    const info = tooLong ? { ...given, editable: false } : given;
    if (tooLong) setTimeout(() => this.app.announce(`${info.name} is too long to be edited here.`));
    const editor = new Editor(`Text of ${info.name}`, info.editable, {
      input: () => this.edited(info.file),
      caret: (line, clicked) => this.caret(info.file, line, clicked),
    });
    editor.value = text;
    editor.area.addEventListener("paste", (event) => {
      const more = event.clipboardData?.getData("text/plain").length ?? 0;
      if (more + editor.area.value.length <= LONGEST_EDITABLE) return;
      event.preventDefault();
      this.app.announce("That is too long to be edited here; open it as a file.");
    });
    editor.area.addEventListener("keydown", (event) => {
      const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
      if (typed && editor.area.readOnly && this.app.connection) this.app.announce(`${info.name} is read only, since it was not opened by name.`);
    });
    const button = el("button", {
      role: "tab", class: this.app.connection && !info.editable ? "read-only" : "", title: info.editable ? info.file : `${info.file} (read only)`, click: () => this.open(info.file),
    }, info.name);
    const tab = { info, editor, button, own: given.editable };
    this.tabs.set(info.file, tab);
    if (info.editable && !this.saved.has(info.file)) this.saved.set(info.file, text);
    button.classList.toggle("dirty", this.dirty(tab));
    this.strip.append(button);
  }

  /** @param {string} file @param {Tab} tab */
  remove(file, tab) {
    tab.button.remove();
    tab.editor.element.remove();
    this.tabs.delete(file);
    if (this.active === tab) this.active = null;
  }

  /** @param {string} file @returns {Tab | undefined} */
  open(file) {
    const tab = this.tabs.get(file);
    if (!tab || tab === this.active) return tab;
    for (const other of this.tabs.values()) {
      other.button.setAttribute("aria-selected", String(other === tab));
      other.button.tabIndex = other === tab ? 0 : -1;
    }
    this.body.replaceChildren(tab.editor.element);
    this.active = tab;
    tab.button.scrollIntoView({ block: "nearest", inline: "nearest" });
    tab.editor.paint();
    return tab;
  }

  /** @param {KeyboardEvent} event Arrow keys move between the tabs. */
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !this.active) return;
    const all = [...this.tabs.keys()];
    const next = all[(all.indexOf(this.active.info.file) + step + all.length) % all.length];
    if (next !== undefined) this.open(next)?.button.focus();
  }

  /** @param {string} file */
  edited(file) {
    const tab = this.tabs.get(file);
    if (!tab) return;
    tab.button.classList.toggle("dirty", this.dirty(tab));
    tab.editor.show(0, 0, false);
    this.app.emit("edit", null);
  }

  /** @param {Tab} tab */
  dirty(tab) {
    return tab.info.editable && tab.editor.value !== this.saved.get(tab.info.file);
  }

  /** @returns {Record<string, string>} Every text that may differ from its file. */
  texts() {
    const own = [...this.tabs.values()].filter((tab) => tab.own);
    return Object.fromEntries(own.map((tab) => [tab.info.file, tab.editor.value]));
  }

  /** @param {string} file @param {string} text The current content of the file. */
  markSaved(file, text) {
    this.saved.set(file, text);
    const tab = this.tabs.get(file);
    if (tab) tab.button.classList.toggle("dirty", this.dirty(tab));
  }

  mark() {
    for (const [file, tab] of this.tabs) {
      const own = this.app.problems.filter((problem) => problem.location?.file === file);
      tab.editor.mark(own.map(({ location, severity, message }) => (
        { line: location?.line ?? 1, column: location?.column ?? 1, severity, message }
      )));
      tab.button.classList.toggle("wrong", own.some((problem) => problem.severity === "error"));
    }
  }

  /** @param {string} file @param {number} line @param {boolean} clicked */
  caret(file, line, clicked) {
    const nodes = this.app.index.at(file, line);
    const near = this.app.selected?.kind === "node" ? this.app.selected.id.split("/").slice(0, -1).join("/") : "";
    const node = nodes.find((each) => near !== "" && each.id.startsWith(`${near}/`)) ?? nodes[0];
    if (!node) {
      if (clicked) this.app.select(null, { from: "text" });
      return;
    }
    this.app.select({ kind: "node", id: node.id }, { from: "text", centre: true });
    this.tabs.get(file)?.editor.show(node.location?.line ?? 0, node.location?.end_line ?? 0, false);
  }

  /** Show the lines of what was selected elsewhere. */
  follow() {
    const target = this.app.selected;
    const location = target && this.locationOf(target);
    for (const tab of this.tabs.values()) {
      if (tab.info.file !== location?.file) tab.editor.show(0, 0, false);
    }
    if (!location) return;
    const tab = this.app.selectedFrom === "text" ? this.tabs.get(location.file) : this.open(location.file);
    const fromText = this.app.selectedFrom === "text";
    tab?.editor.show(location.line, location.end_line, !fromText);
    if (!fromText) tab?.editor.selectLines(location.line, location.end_line);
  }

  /** @param {import("./app.js").Target} target */
  locationOf(target) {
    const { index } = this.app;
    if (target.kind === "node") return index.nodes.get(target.id)?.location ?? null;
    const stream = index.streams.get(target.id);
    const source = stream?.edges[0]?.source;
    const owner = source?.node ? index.nodes.get(source.node) : stream?.graph;
    const list = stream?.kind === "side" ? "side_" : "";
    const side = source?.node ? "outputs" : "inputs";
    const port = owner?.[/** @type {"inputs"} */ (list + side)]?.[source?.port ?? 0];
    const file = source?.node ? index.nodes.get(source.node)?.location?.file : stream?.graph.file;
    return port?.line && file ? { file, line: port.line, end_line: port.line } : null;
  }

  /** @param {string} file @param {number} line @param {number} column */
  goTo(file, line, column) {
    this.open(file)?.editor.placeCaret(line, column);
  }
}
