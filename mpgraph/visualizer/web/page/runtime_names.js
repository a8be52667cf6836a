/** Translate the runtime's names of nodes and streams to the ids of the drawing. */

import { streamId } from "./graph_index.js";

/** @typedef {import("./graph_index.js").GraphIndex} GraphIndex */
/** @typedef {{producer: string, name: string, tag?: string, index?: number}} RunStream */

export class RuntimeNames {
  /** @param {GraphIndex} index */
  constructor(index) {
    this.index = index;
    /** @type {Map<string, string>} */
    this.nodes = new Map();
    for (const node of index.nodes.values()) {
      if (node.runtime_name) this.nodes.set(node.runtime_name, node.id);
    }
  }

  /** @param {string} name @returns {string | undefined} The id of a node. */
  node(name) {
    return this.nodes.get(name);
  }

  /**
   * @param {RunStream} stream
   * @returns {string} The id of the stream at its producer; "" if the drawing has none.
   */
  stream({ producer, name, tag = "", index = 0 }) {
    if (!producer) return streamId("", "stream", name);
    const node = this.index.nodes.get(this.nodes.get(producer) ?? "");
    const port = node?.outputs.find((each) => each.tag === tag && each.index === index);
    return node && port ? streamId(this.index.parents.get(node.id) ?? "", "stream", port.name) : "";
  }
}
