"""Perfetto's own trace format: protocol buffers, written field by field.

(Format: perfetto/protos/perfetto/trace/trace_packet.proto, track_event/*.proto. Times are nanoseconds.)
"""

from __future__ import annotations

from collections.abc import Iterable

from mpgraph.profiling.timeline import Slice, Timeline

# Field numbers.
_TRACE_PACKET = 1
_TIMESTAMP, _SEQUENCE, _TRACK_EVENT, _SEQUENCE_FLAGS, _TRACK = 8, 10, 11, 13, 60
_TRACK_UUID, _TRACK_NAME, _TRACK_PROCESS, _TRACK_THREAD, _TRACK_PARENT, _TRACK_COUNTER = 1, 2, 3, 4, 5, 8
_PROCESS_PID, _PROCESS_NAME = 1, 6
_THREAD_PID, _THREAD_TID, _THREAD_NAME = 1, 2, 5
_ANNOTATION, _TYPE, _EVENT_TRACK, _CATEGORY, _NAME, _COUNTER_VALUE, _FLOW = 4, 9, 11, 22, 23, 30, 47
_ANNOTATION_INT, _ANNOTATION_TEXT, _ANNOTATION_NAME = 4, 6, 10
_COUNTER_UNIT = 6

_BEGIN, _END, _INSTANT, _COUNTER = 1, 2, 3, 4
_STATE_CLEARED = 1
_PID = 1
_PROCESS_TRACK = 1
_MASK = (1 << 64) - 1


def to_perfetto(timeline: Timeline, name: str = "mpgraph") -> bytes:
    """Return a perfetto.protos.Trace: tracks of threads, flows of timestamps, counters of queues."""
    packets = [_process(name)]
    packets += [_thread(i, thread) for i, thread in enumerate(timeline.threads)]
    flows = timeline.flows()
    timed: list[tuple[int, int, bytes]] = []
    for piece in timeline.slices:
        flow = piece.t if piece.t is not None and piece.t in flows else None
        # An end goes before a beginning at the same time.
        timed.append((piece.start, 1, _begin(piece, timeline.nodes[piece.node], flow)))
        timed.append(
            (piece.end, 0 if piece.end > piece.start else 2, _event(_END, _thread_track(piece.thread)))
        )
    for i, queue in enumerate(timeline.queues):
        track = 1000 + i
        packets.append(_counter(track, f"queue {queue.stream} \u2192 {timeline.nodes[queue.node]}"))
        for at, length in queue.lengths:
            timed.append((at, 1, _event(_COUNTER, track, _number(_COUNTER_VALUE, length))))
    for mark in timeline.marks:
        texts = _annotation("stream", mark.stream) + _annotation("reason", mark.text)
        if mark.t is not None:
            texts += _annotation("timestamp", mark.t)
        timed.append((mark.at, 1, _event(_INSTANT, _PROCESS_TRACK, _text(_NAME, mark.kind) + texts)))
    timed.sort(key=lambda event: event[:2])
    packets += [_number(_TIMESTAMP, at) + _message(_TRACK_EVENT, event) for at, _, event in timed]
    return _file(packets)


def _file(packets: Iterable[bytes]) -> bytes:
    flags = _number(_SEQUENCE_FLAGS, _STATE_CLEARED)
    parts = []
    for packet in packets:
        parts.append(_message(_TRACE_PACKET, packet + _number(_SEQUENCE, 1) + flags))
        flags = b""
    return b"".join(parts)


def _process(name: str) -> bytes:
    process = _number(_PROCESS_PID, _PID) + _text(_PROCESS_NAME, name)
    return _message(_TRACK, _number(_TRACK_UUID, _PROCESS_TRACK) + _message(_TRACK_PROCESS, process))


def _thread_track(thread: int) -> int:
    return 10 + thread


def _thread(index: int, name: str) -> bytes:
    thread = _number(_THREAD_PID, _PID) + _number(_THREAD_TID, index + 1) + _text(_THREAD_NAME, name)
    track = _number(_TRACK_UUID, _thread_track(index)) + _number(_TRACK_PARENT, _PROCESS_TRACK)
    return _message(_TRACK, track + _message(_TRACK_THREAD, thread))


def _counter(track: int, name: str) -> bytes:
    unit = _message(_TRACK_COUNTER, _text(_COUNTER_UNIT, "packets"))
    parent = _number(_TRACK_PARENT, _PROCESS_TRACK)
    return _message(_TRACK, _number(_TRACK_UUID, track) + _text(_TRACK_NAME, name) + parent + unit)


def _begin(piece: Slice, node: str, flow: int | None) -> bytes:
    fields = _text(_CATEGORY, piece.stage)
    fields += _text(_NAME, node if piece.stage == "process" else f"{node} ({piece.stage})")
    if piece.t is not None:
        fields += _annotation("timestamp", piece.t)
    if flow is not None:
        fields += _key(_FLOW, 1) + (flow & _MASK).to_bytes(8, "little")
    fields += _annotation("packets sent", piece.sent)
    return _event(_BEGIN, _thread_track(piece.thread), fields)


def _event(kind: int, track: int, fields: bytes = b"") -> bytes:
    return _number(_TYPE, kind) + _number(_EVENT_TRACK, track) + fields


def _annotation(name: str, value: int | str) -> bytes:
    shown = _number(_ANNOTATION_INT, value) if isinstance(value, int) else _text(_ANNOTATION_TEXT, value)
    return _message(_ANNOTATION, _text(_ANNOTATION_NAME, name) + shown)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value & _MASK)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode("utf-8", "replace"))


def _message(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
