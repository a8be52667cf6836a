/** The running graph: polls its statistics twice a second, and shows them on the drawing and in a table. */

import { el } from "./dom.js";
import { embeddingPage } from "./embedding.js";
import { LiveMarks, milliseconds } from "./live_marks.js";
import { RuntimeNames } from "./runtime_names.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Target} Target */
/** @typedef {{name: string, calls: number, mean: number, p95?: number, share: number}} NodeState Pages measure no p95. */
/** @typedef {{name: string, producer: string, output: number, packets: number, per_second: number,
 *   tag?: string, index?: number, image: boolean}} StreamState */
/** @typedef {{node: string, input: number, stream: string, length: number, high_water: number, limit: number,
 *   tag: string, index: number}} QueueState */
/** @typedef {{node: string, stream: string, packets: number, reason: string}} DropState */
/**
 * @typedef {object} LiveState mpgraph.profiling.statistics.GraphStatistics as JSON; times are microseconds.
 * @property {boolean} running
 * @property {number} seconds
 * @property {NodeState[]} nodes
 * @property {StreamState[]} streams
 * @property {QueueState[]} queues
 * @property {DropState[]} drops
 * @property {string[]} throttled
 * @property {string[]} [waiting]
 * @property {{node: string, time: number, wait: number}[]} critical_path
 * @property {import("./structure.js").Diagnostic[]} failure Why the run failed, if it did.
 */

const INTERVAL_MILLISECONDS = 500;
const MOST_FAILURES = 4;

/** @param {App} app */
export function extend(app) {
  if (!app.data("live")) return;
  const connection = app.connection ?? embeddingPage();
  if (connection) new Live(app, connection).start();
}

class Live {
  /** @param {App} app @param {import("./app.js").Connection} connection */
  constructor(app, connection) {
    this.app = app;
    this.connection = connection;
    this.names = new RuntimeNames(app.index);
    this.marks = new LiveMarks(app);
    this.element = el("div", { class: "panel live" });
    this.panel = app.registerPanel({ id: "live", title: "Live", element: this.element });
    /** @type {LiveState | null} */
    this.state = null;
    /** @type {Map<string, string>} Latest images as data URLs, by the runtime's names of streams. */
    this.images = new Map();
    /** @type {Set<string>} What nodes waited for at the last answer. */
    this.waiting = new Set();
    this.failures = 0;
    this.failed = false;
    app.on("graph", () => {
      this.names = new RuntimeNames(app.index);
    });
    app.on("drawn", () => this.paint());
    app.tooltip((target) => this.tooltip(target));
  }

  async start() {
    this.panel.show();
    while (this.failures < MOST_FAILURES) {
      if (!document.hidden) await this.ask();
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MILLISECONDS));
    }
    this.panel.badge("ended");
    this.app.announce("The run has ended.");
  }

  async ask() {
    try {
      this.state = /** @type {LiveState} */ (await this.connection.post("live", {}));
      this.failures = 0;
    } catch {
      this.failures += 1;
      return;
    }
    const { running, seconds, failure } = this.state;
    this.panel.badge(failure.length ? "failed" : running ? `${seconds.toFixed(0)} s` : "ended");
    if (failure.length && !this.failed) this.fail(failure);
    this.failed = failure.length > 0;
    this.paint();
    if (this.panel.open) this.fill(this.state);
  }

  /** @param {import("./structure.js").Diagnostic[]} failure Show it among the diagnostics. */
  fail(failure) {
    this.app.complain([...failure, ...this.app.problems]);
    this.app.announce("The run has failed.");
  }

  paint() {
    const view = this.app.view();
    if (this.state && view) this.marks.paint(view, this.state, this.names);
  }

  /** @param {LiveState} state Fill the panel's tables. */
  fill(state) {
    const rows = state.nodes.filter((node) => node.calls).sort((a, b) => b.share - a.share);
    const critical = new Set(state.critical_path.map((step) => step.node));
    const timed = state.nodes.some(({ p95 }) => p95 !== undefined);
    const columns = ["node", "calls", "mean", ...(timed ? ["95 % below"] : []), "share", ""];
    const head = el("tr", {}, ...columns.map((name) => el("th", {}, name)));
    const table = el("table", { class: "times" }, el("thead", {}, head),
      el("tbody", {}, ...rows.map((node) => this.row(node, critical.has(node.name)))));
    const parts = [el("div", { class: "live-times" }, table), el("div", { class: "live-facts" }, ...this.facts(state))];
    const top = this.element.parentElement?.scrollTop ?? 0;
    this.element.replaceChildren(...parts);
    if (this.element.parentElement) this.element.parentElement.scrollTop = top;
  }

  /** @param {NodeState} node @param {boolean} critical */
  row(node, critical) {
    const bar = el("span", { class: "share" });
    bar.style.width = `${(node.share * 100).toFixed(1)}%`;
    const choose = () => this.choose(node.name);
    return el("tr", { class: critical ? "critical" : "" },
      el("td", {}, el("button", { class: "link", click: choose }, this.label(node.name))),
      el("td", {}, String(node.calls)), el("td", {}, milliseconds(node.mean)), ...(node.p95 === undefined ? [] : [el("td", {}, milliseconds(node.p95))]),
      el("td", {}, `${(node.share * 100).toFixed(1)} %`), el("td", { class: "bar-cell" }, bar));
  }

  /** @param {string} name Of the runtime's. */
  label(name) {
    return this.names.node(name) ?? name;
  }

  /** @param {string} name */
  choose(name) {
    const id = this.names.node(name);
    if (id !== undefined) this.app.select({ kind: "node", id }, { centre: true, from: "live" });
  }

  /** @param {LiveState} state @returns {HTMLElement[]} */
  facts(state) {
    /** @type {HTMLElement[]} */
    const found = state.failure.map(({ message }) => el("p", { class: "problem" }, message));
    if (state.critical_path.length) {
      const whole = state.critical_path.reduce((sum, step) => sum + step.time + step.wait, 0);
      found.push(el("h4", {}, "Critical path, ", el("span", { class: "unit" }, milliseconds(whole))), el("ol", { class: "path" },
        ...state.critical_path.map((step) => el("li", {}, el("button", { class: "link", click: () => this.choose(step.node) }, this.label(step.node)),
          ` ${milliseconds(step.time)}`, step.wait > 50 ? ` after waiting ${milliseconds(step.wait)}` : ""))));
    }
    for (const drop of state.drops) {
      found.push(el("p", { class: "problem warning" }, `${drop.packets} packets of ${drop.stream} dropped at ${this.label(drop.node)}: ${drop.reason}.`));
    }
    for (const held of state.throttled) found.push(el("p", { class: "problem" }, `Throttled: ${held} is full.`));
    // What a busy graph waits for changes all the time: shown is what was there the last time, too.
    const waiting = state.waiting ?? [];
    const lasting = waiting.filter((line) => this.waiting.has(line));
    this.waiting = new Set(waiting);
    for (const line of lasting) found.push(el("p", { class: "problem warning waits" }, `${line[0].toUpperCase()}${line.slice(1)}`));
    // A web page measures no queues, and cannot tell.
    if (!found.length && state.queues.length) found.push(el("p", { class: "fine" }, "Nothing is dropped, throttled or waited for."));
    return found;
  }

  /** @param {Target} target @returns {Element | null} */
  tooltip(target) {
    const { state } = this;
    if (!state) return null;
    if (target.kind === "node") {
      const node = state.nodes.find((each) => this.names.node(each.name) === target.id);
      if (!node?.calls) return null;
      const slowest = node.p95 === undefined ? "" : `, 95 % below ${milliseconds(node.p95)}`;
      return el("p", { class: "live-fact" }, `${milliseconds(node.mean)} a call${slowest}; ${(node.share * 100).toFixed(1)} % of the time; ${node.calls} calls`);
    }
    const same = this.app.index.sameStream(target.id);
    const stream = state.streams.find((each) => same.has(this.names.stream(each)));
    if (!stream) return null;
    const queues = state.queues.filter((queue) => queue.stream === stream.name);
    const facts = [`${stream.packets} packets, ${stream.per_second.toFixed(1)} a second`,
      ...queues.map((queue) => `${this.label(queue.node)}: ${queue.length} waiting, ${queue.high_water} at most${queue.limit > 0 ? ` (full at ${queue.limit})` : ""}`)];
    const card = el("div", { class: "live-fact" }, ...facts.map((fact) => el("p", {}, fact)));
    if (stream.image) card.append(this.image(stream.name));
    return card;
  }

  /** @param {string} stream */
  image(stream) {
    const image = el("img", { alt: `The latest image of ${stream}`, class: "live-image" });
    const known = this.images.get(stream);
    if (known) image.src = known;
    this.connection.post("image", { stream }).then((answer) => {
      if (!answer.image) return;
      this.images.set(stream, answer.image);
      image.src = answer.image;
    }, () => {});
    return image;
  }
}
