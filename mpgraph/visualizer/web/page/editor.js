/**
 * The editor of one file. A transparent textarea handles typing, caret and selection; only the visible lines
 * are drawn behind it, so that ten megabytes scroll like ten lines.
 */

import { el } from "./dom.js";
import { tokenLength, tokens } from "./highlight.js";

/** @typedef {{line: number, column: number, severity: string, message: string}} Mark */

const LINES_BEYOND = 10;
const SHOWN_COLUMNS = 2000;

export class Editor {
  /**
   * @param {string} label For screen readers.
   * @param {boolean} editable
   * @param {{input: () => void, caret: (line: number, clicked: boolean) => void}} on
   *   caret: the caret is in another line; clicked: whether by a click
   */
  constructor(label, editable, on) {
    this.on = on;
    this.gutter = el("div", { class: "gutter", "aria-hidden": "true" });
    this.lines = el("div", { class: "lines", "aria-hidden": "true" });
    this.area = el("textarea", {
      "aria-label": label, spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off",
      readonly: !editable, scroll: () => this.paint(), input: () => this.changed(),
      click: () => this.caretMoved(true), keyup: () => this.caretMoved(false),
      keydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.element = el("div", { class: "editor" }, this.gutter, this.lines, this.area);
    /** @type {string[]} */
    this.text = [""];
    /** @type {Map<number, Mark[]>} */
    this.marks = new Map();
    this.band = { from: 0, to: 0 };
    this.caretLine = 0;
    this.lineHeight = 20;
    this.frame = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.selecting = undefined;
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  /** @param {string} text */
  set value(text) {
    this.area.value = text;
    this.area.setSelectionRange(0, 0);
    this.split();
  }

  get value() {
    return this.area.value;
  }

  /** @param {string} text A new text of the same file; the scroll position is kept. */
  replace(text) {
    const { scrollTop, selectionStart } = this.area;
    this.area.value = text;
    this.area.setSelectionRange(selectionStart, selectionStart);
    this.area.scrollTop = scrollTop;
    this.split();
  }

  split() {
    this.text = this.area.value.split("\n");
    this.element.style.setProperty("--digits", String(String(this.text.length).length));
    this.paint();
  }

  changed() {
    this.split();
    this.caretMoved(false);
    this.on.input();
  }

  measure() {
    this.lineHeight = parseFloat(getComputedStyle(this.area).lineHeight) || this.lineHeight;
    this.paint();
  }

  /** @param {Mark[]} marks */
  mark(marks) {
    this.marks = new Map();
    for (const mark of marks) this.marks.set(mark.line, [...(this.marks.get(mark.line) ?? []), mark]);
    this.paint();
  }

  /**
   * Highlight the lines of a node.
   * @param {number} from 0 for none
   * @param {number} to
   * @param {boolean} scroll
   */
  show(from, to, scroll) {
    this.band = { from, to };
    if (scroll && from > 0) this.scrollTo(from, to);
    this.paint();
  }

  /** @param {number} from @param {number} to Scroll lines into view, preferring the first to the last. */
  scrollTo(from, to) {
    const height = this.area.clientHeight;
    const top = (from - 1) * this.lineHeight;
    const bottom = to * this.lineHeight;
    if (top >= this.area.scrollTop && bottom <= this.area.scrollTop + height) return;
    const slack = Math.max(this.lineHeight, (height - (bottom - top)) / 2);
    this.area.scrollTop = Math.max(0, top - slack);
  }

  /**
   * Select lines in the textarea, for copying and for typing over them.
   * @param {number} from @param {number} to
   */
  selectLines(from, to) {
    const start = this.offset(from);
    const end = Math.max(start, this.offset(to + 1) - 1);
    // During the click that moves the focus away, Chromium would restore the old selection.
    this.selecting = setTimeout(() => this.area.setSelectionRange(start, end));
    this.caretLine = from;
  }

  /** @param {number} line @param {number} column */
  placeCaret(line, column) {
    clearTimeout(this.selecting);
    const offset = this.offset(line) + Math.min(column - 1, (this.text[line - 1] ?? "").length);
    this.scrollTo(line, line);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(offset, offset);
    this.caretLine = line;
    this.paint();
  }

  /** @param {number} line */
  offset(line) {
    let at = 0;
    for (let index = 0; index < Math.min(line - 1, this.text.length); index++) {
      at += /** @type {string} */ (this.text[index]).length + 1;
    }
    return at;
  }

  /** @param {boolean} clicked */
  caretMoved(clicked) {
    const before = this.area.value.slice(0, this.area.selectionStart);
    let line = 1;
    for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
    if (line === this.caretLine && !clicked) return;
    this.caretLine = line;
    this.paint();
    this.on.caret(line, clicked);
  }

  /** @param {KeyboardEvent} event Tab indents while editing; Escape gives Tab back its usual meaning. */
  key(event) {
    if (this.area.readOnly) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (event.key === "Tab" && plain) {
      event.preventDefault();
      document.execCommand("insertText", false, "  ");
    } else if (event.key === "Enter" && plain) {
      const before = this.area.value.slice(0, this.area.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      event.preventDefault();
      document.execCommand("insertText", false, `\n${indent}${/[{<[]\s*$/.test(line) ? "  " : ""}`);
    }
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paintNow());
  }

  paintNow() {
    const { scrollTop, scrollLeft, clientHeight } = this.area;
    if (clientHeight === 0) return;
    const first = Math.max(0, Math.floor(scrollTop / this.lineHeight) - LINES_BEYOND);
    const last = Math.min(this.text.length, Math.ceil((scrollTop + clientHeight) / this.lineHeight) + LINES_BEYOND);
    const numbers = document.createDocumentFragment();
    const rows = document.createDocumentFragment();
    for (let index = first; index < last; index++) {
      numbers.append(this.number(index + 1));
      rows.append(this.row(index + 1));
    }
    this.gutter.replaceChildren(numbers);
    this.lines.replaceChildren(rows);
    const top = first * this.lineHeight - scrollTop;
    this.gutter.style.transform = `translateY(${top}px)`;
    this.lines.style.transform = `translate(${-scrollLeft}px, ${top}px)`;
  }

  /** @param {number} line */
  number(line) {
    const marks = this.marks.get(line);
    const kind = marks?.some((mark) => mark.severity === "error") ? "error" : marks ? "warning" : "";
    const title = (marks ?? []).map((mark) => mark.message).join("\n");
    const lit = line >= this.band.from && line <= this.band.to ? " lit" : "";
    return el("div", { class: `number ${kind}${lit}`, title }, String(line));
  }

  /** @param {number} line */
  row(line) {
    const text = (this.text[line - 1] ?? "").slice(0, SHOWN_COLUMNS);
    const classes = ["line"];
    if (line >= this.band.from && line <= this.band.to) classes.push("lit");
    if (line === this.caretLine) classes.push("current");
    const row = el("div", { class: classes.join(" ") });
    for (const token of tokens(text)) {
      row.append(token.kind ? el("span", { class: `t-${token.kind}` }, token.text) : token.text);
    }
    for (const mark of this.marks.get(line) ?? []) {
      const column = Math.max(1, mark.column);
      // The invisible text before it positions the mark, whatever the width of its characters.
      const before = el("span", { class: "unseen" }, text.slice(0, column - 1));
      const under = el("span", { class: `squiggle ${mark.severity}` });
      under.textContent = text.slice(column - 1, column - 1 + tokenLength(text, column)) || " ";
      row.append(el("span", { class: "marks" }, before, under));
    }
    return row;
  }
}
