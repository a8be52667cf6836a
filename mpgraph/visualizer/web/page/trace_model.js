/** A trace in Chrome's JSON format, converted for the timeline. Times are microseconds from its beginning. */

import { fromBase64, readPerfetto } from "./perfetto.js";

/**
 * @typedef {object} Slice One call.
 * @property {number} start
 * @property {number} end
 * @property {string} name
 * @property {string} node The runtime's name of the node, "" for events that are not calls of nodes.
 * @property {number | null} t The packet timestamp.
 * @property {number} lane
 * @property {number} sent
 * @property {boolean} failed
 */
/** @typedef {{name: string, slices: Slice[]}} Lane */
/** @typedef {{name: string, most: number, points: {at: number, value: number}[]}} Counter */
/** @typedef {{at: number, kind: string, text: string}} Mark */
/**
 * @typedef {object} TraceModel
 * @property {Lane[]} lanes
 * @property {Counter[]} counters
 * @property {Mark[]} marks
 * @property {[number, number][]} gaps
 * @property {number} end
 */

/**
 * @param {any} given The parsed JSON, or an object with `perfetto`, a trace of that format in base64.
 * @returns {TraceModel}
 */
export function readTrace(given) {
  const document = typeof given?.perfetto === "string" ? readPerfetto(fromBase64(given.perfetto)) : given;
  const events = Array.isArray(document) ? document : document?.traceEvents;
  if (!Array.isArray(events)) throw new Error('This is not a trace in Chrome\'s format: it has no "traceEvents".');
  const calls = events.filter((event) => event?.ph === "X" && Number.isFinite(event.ts));
  if (!calls.length) throw new Error("This trace contains no calls.");
  const origin = calls.reduce((least, event) => Math.min(least, event.ts), Infinity);
  /** @type {Map<string, string>} */
  const threads = new Map();
  for (const event of events) {
    if (event?.ph === "M" && event.name === "thread_name") threads.set(key(event), String(event.args?.name ?? ""));
  }
  /** @type {Map<string, Lane>} */
  const lanes = new Map([...threads].map(([id, name]) => [id, { name, slices: [] }]));
  for (const event of calls) {
    const lane = lanes.get(key(event)) ?? { name: `thread ${event.tid}`, slices: [] };
    lanes.set(key(event), lane);
    lane.slices.push(slice(event, origin));
  }
  const used = [...lanes.values()].filter((lane) => lane.slices.length);
  used.forEach((lane, index) => {
    lane.slices.sort((a, b) => a.start - b.start);
    for (const each of lane.slices) each.lane = index;
  });
  const ends = used.map((lane) => lane.slices.reduce((most, each) => Math.max(most, each.end), 0));
  return {
    lanes: used,
    counters: counters(events, origin),
    marks: events.filter((event) => event?.ph === "i" && event.name !== "entered").map((event) => mark(event, origin)),
    gaps: (document.otherData?.gapsUs ?? []).map((/** @type {number[]} */ [a, b]) => [a - origin, b - origin]),
    end: Math.max(...ends, 1),
  };
}

/** @param {any} event */
function key(event) {
  return `${event.pid}/${event.tid}`;
}

/** @param {any} event @param {number} origin @returns {Slice} */
function slice(event, origin) {
  const start = event.ts - origin;
  return {
    start,
    end: start + (Number.isFinite(event.dur) ? event.dur : 0),
    name: String(event.name ?? ""),
    node: String(event.args?.node ?? ""),
    t: typeof event.args?.timestamp === "number" ? event.args.timestamp : null,
    lane: 0,
    sent: Number(event.args?.sent ?? 0),
    failed: event.args?.failed === true,
  };
}

/** @param {any} event @param {number} origin @returns {Mark} */
function mark(event, origin) {
  const { stream = "", timestamp = null, reason = "", node = "" } = event.args ?? {};
  const text = [event.name, stream, timestamp === null ? "" : `at ${timestamp}`, node && `(${node})`, reason].filter(Boolean).join(" ");
  return { at: event.ts - origin, kind: String(event.name), text };
}

/** @param {any[]} events @param {number} origin @returns {Counter[]} The counters of queues with more than one packet at any time. */
function counters(events, origin) {
  /** @type {Map<string, Counter>} */
  const found = new Map();
  for (const event of events) {
    if (event?.ph !== "C") continue;
    const name = String(event.name);
    const counter = found.get(name) ?? { name, most: 0, points: [] };
    const value = Number(Object.values(event.args ?? {})[0] ?? 0);
    counter.points.push({ at: event.ts - origin, value });
    counter.most = Math.max(counter.most, value);
    found.set(name, counter);
  }
  for (const counter of found.values()) counter.points.sort((a, b) => a.at - b.at);
  return [...found.values()].filter((counter) => counter.most > 1).sort((a, b) => b.most - a.most);
}
