/** "Show graph": the visualizer's drawing in a frame, which asks this page for the times of the nodes. */

/** @typedef {import("./package/graph.js").NodeStatistics} NodeStatistics */

export class GraphView {
  #opened = 0;

  /**
   * @param {HTMLDialogElement} dialog @param {HTMLIFrameElement} frame
   * @param {string} drawing The address of the visualizer's page.
   * @param {() => Promise<NodeStatistics[]>} statistics
   */
  constructor(dialog, frame, drawing, statistics) {
    this.dialog = dialog;
    this.frame = frame;
    this.drawing = drawing;
    this.statistics = statistics;
    addEventListener("message", ({ source, data, ports }) => {
      if (source !== frame.contentWindow || data?.ask !== "live") return;
      void this.#state().then((state) => ports[0].postMessage(state));
    });
    dialog.addEventListener("close", () => frame.removeAttribute("src")); // Ends its questions.
  }

  open() {
    this.#opened = performance.now();
    this.frame.src = this.drawing;
    this.dialog.showModal();
  }

  /** LiveState of the visualizer's page (web/page/live.js); times in microseconds. */
  async #state() {
    const nodes = await this.statistics();
    const whole = nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0) || 1;
    return {
      running: nodes.length > 0,
      seconds: (performance.now() - this.#opened) / 1000,
      nodes: nodes.map(({ name, calls, milliseconds }) => ({
        name,
        calls,
        mean: calls ? (milliseconds * 1000) / calls : 0,
        share: milliseconds / whole,
      })),
      streams: [],
      queues: [],
      drops: [],
      throttled: [],
      critical_path: [],
      failure: [],
    };
  }
}
