/** Convert mpgraph's traces in Perfetto's format (mpgraph/profiling/perfetto.py) to Chrome's events. */

/** @typedef {{number: (field: number) => number, text: (field: number) => string, bytes: (field: number) => Uint8Array[], has: (field: number) => boolean}} Message */

const TEXT = new TextDecoder();

/** @param {Uint8Array} bytes @returns {boolean} Whether the bytes begin like a perfetto.protos.Trace. */
export function isPerfetto(bytes) {
  return bytes[0] === 0x0a;
}

/** @param {string} base64 */
export function fromBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * @param {Uint8Array} bytes
 * @returns {{traceEvents: object[]}}
 */
export function readPerfetto(bytes) {
  /** @type {object[]} */
  const events = [];
  /** @type {Map<number, {tid: number, counter: string}>} */
  const tracks = new Map();
  /** @type {Map<number, any[]>} */
  const open = new Map();
  for (const packet of message(bytes).bytes(1)) {
    const fields = message(packet);
    for (const track of fields.bytes(60)) describe(message(track), tracks, events);
    const at = fields.number(8) / 1000;
    for (const event of fields.bytes(11)) add(message(event), at, tracks, open, events);
  }
  return { traceEvents: events };
}

/** @param {Message} track @param {Map<number, {tid: number, counter: string}>} tracks @param {object[]} events */
function describe(track, tracks, events) {
  const thread = track.bytes(4)[0];
  const tid = thread ? message(thread).number(2) : 0;
  if (thread) events.push({ ph: "M", name: "thread_name", pid: 1, tid, args: { name: message(thread).text(5) } });
  tracks.set(track.number(1), { tid, counter: track.has(8) ? track.text(2) : "" });
}

/**
 * @param {Message} event @param {number} ts @param {Map<number, {tid: number, counter: string}>} tracks
 * @param {Map<number, any[]>} open @param {object[]} events
 */
function add(event, ts, tracks, open, events) {
  const uuid = event.number(11);
  const track = tracks.get(uuid) ?? { tid: uuid, counter: "" };
  const type = event.number(9);
  if (type === 4) events.push({ ph: "C", name: track.counter, ts, args: { packets: event.number(30) } });
  if (type === 3) events.push({ ph: "i", name: event.text(23), ts, args: annotations(event) });
  if (type === 1) {
    const stage = event.text(22);
    const name = event.text(23);
    const { timestamp = null, "packets sent": sent = 0 } = annotations(event);
    const node = name.endsWith(` (${stage})`) ? name.slice(0, -stage.length - 3) : name;
    const begun = { ph: "X", name, cat: stage, ts, dur: 0, pid: 1, tid: track.tid, args: { node, timestamp, sent } };
    events.push(begun);
    open.set(uuid, [...(open.get(uuid) ?? []), begun]);
  }
  if (type === 2) {
    const begun = open.get(uuid)?.pop();
    if (begun) begun.dur = ts - begun.ts;
  }
}

/** @param {Message} event @returns {Record<string, any>} */
function annotations(event) {
  return Object.fromEntries(event.bytes(4).map(message).map((each) => [each.text(10), each.has(6) ? each.text(6) : each.number(4)]));
}

/**
 * The fields of a protocol buffer by their numbers.
 * @param {Uint8Array} bytes
 * @returns {Message}
 */
function message(bytes) {
  /** @type {Map<number, (number | Uint8Array)[]>} */
  const fields = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new Error("The trace is damaged.");
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    /** @type {number | Uint8Array} */
    let value = 0;
    if (wire === 0) value = varint();
    else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (at + size > bytes.length) throw new Error("The trace is damaged.");
      value = wire === 1 ? Number(view.getBigInt64(at, true)) : view.getInt32(at, true);
      at += size;
    } else {
      const length = wire === 2 ? varint() : -1;
      if (length < 0 || at + length > bytes.length) throw new Error("The trace is damaged.");
      value = bytes.subarray(at, at + length);
      at += length;
    }
    const field = key >>> 3;
    const known = fields.get(field);
    if (known) known.push(value);
    else fields.set(field, [value]);
  }
  const first = (/** @type {number} */ field) => fields.get(field)?.[0];
  return {
    has: (field) => fields.has(field),
    number: (field) => Number(typeof first(field) === "number" ? first(field) : 0),
    text: (field) => TEXT.decode(first(field) instanceof Uint8Array ? /** @type {Uint8Array} */ (first(field)) : new Uint8Array()),
    bytes: (field) => (fields.get(field) ?? []).filter((value) => value instanceof Uint8Array),
  };
}
