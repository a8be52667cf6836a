"""GraphTraceBuilder: recorded events as GraphTrace messages, as MediaPipe's tracer writes them.

Times are microseconds since the trace's first event, timestamps count from the least one. A call that
sends nothing has no finish_time: MediaPipe notes the end of a call with what it sends, and its reports
count such calls as dropped. (MediaPipe: framework/profiler/trace_builder.cc.)
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, TypeAlias

from mpgraph.config.model import GraphModel
from mpgraph.framework import timestamp as ts
from mpgraph.profiling.events import Arrival, Batch, Call, packets_sent, positions
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.protos import calculator_profile_pb2

OUTSIDE = -1
"""The node id of packets that the application sends."""

_Record: TypeAlias = tuple[
    tuple[int, int, int, int], int, int, list[tuple[str, "int | None"]], list[tuple[str, int]]
]
"""A call as it is written: (event type, node id, timestamp, thread); start and end in ns; each input
stream with the time at which its packet was emitted, if known; each output stream with the timestamp sent.
"""


class GraphTraceBuilder:
    """Builds one GraphTrace after another for the same run, with the same ids and time base."""

    def __init__(self, model: GraphModel, settings: ProfilerSettings, wall_ns: int) -> None:
        self._model = model
        self._settings = settings
        self._wall_ns = wall_ns
        self._streams = list(model.streams)
        self._stream_ids: dict[str, int] = {"": 0}
        self._packet_ids: dict[tuple[str, int], int] = {}
        self._threads: dict[int, int] = {}
        self._made: dict[tuple[str, int], int] = {}
        self._waiting: dict[tuple[int, int], int] = {}
        self._base_time: int | None = None
        self._base_t = 0
        self._types = calculator_profile_pb2.GraphTrace.EventType

    def build(self, batch: Batch) -> Any:
        """Return the GraphTrace of the next events."""
        calls = batch.calls
        if self._base_time is None:
            self._set_base(calls, batch.arrivals)
        trace = calculator_profile_pb2.GraphTrace(
            base_time=self._base_time or 0, base_timestamp=self._base_t if self._base_time is not None else 0
        )
        events: list[tuple[int, Any]] = []
        for arrival in batch.arrivals:
            if self._model.streams[self._streams[arrival[1]]].producer is None:
                self._add_arrival(events, arrival)
        for call in calls:
            self._add_call(events, call)
        for ns, _node, _port, full in batch.throttlings:
            kind = self._types.THROTTLED if full else self._types.UNTHROTTLED
            events.append((ns, self._event(kind, OUTSIDE, None, 0, start_time=self._time(ns))))
        events = [event for event in events if event[1].event_type not in self._settings.disabled_events]
        events.sort(key=itemgetter(0))
        kept = [event for _, event in events[-self._settings.capacity :]]
        trace.calculator_trace.extend(kept if self._settings.instant_events else _joined(kept))
        trace.stream_name.extend(self._stream_ids)
        return trace

    def _set_base(self, calls: Iterable[Call], arrivals: Iterable[Arrival]) -> None:
        times = [call[0] for call in calls if call[5] or call[7]] + [arrival[0] for arrival in arrivals]
        if times:
            self._base_time = (min(times) + self._wall_ns) // 1000
            known = [arrival[2] for arrival in arrivals] + [call[3] for call in calls]
            self._base_t = min((t for t in known if ts.is_range(t)), default=0)

    def _time(self, ns: int) -> int:
        return (ns + self._wall_ns) // 1000 - (self._base_time or 0)

    def _event(
        self,
        kind: int,
        node: int,
        t: int | None,
        thread: int,
        start_time: int | None = None,
        finish_time: int | None = None,
    ) -> calculator_profile_pb2.GraphTrace.CalculatorTrace:
        event = calculator_profile_pb2.GraphTrace.CalculatorTrace(
            node_id=node, event_type=kind, start_time=start_time, finish_time=finish_time
        )
        if t is not None:
            event.input_timestamp = t - self._base_t
        event.thread_id = self._threads.setdefault(thread, len(self._threads)) if thread else 0
        return event

    def _packet(self, trace: Any, stream: str, t: int, **fields: int) -> None:
        trace.add(
            stream_id=self._stream_ids.setdefault(stream, len(self._stream_ids)),
            packet_timestamp=t - self._base_t,
            event_data=fields.pop("event_data", None) or self._packet_id(stream, t),
            **fields,
        )

    def _packet_id(self, stream: str, t: int) -> int:
        return self._packet_ids.setdefault((stream, t), len(self._packet_ids) + 1)

    def _add_arrival(self, events: list[tuple[int, Any]], arrival: Arrival) -> None:
        ns, position, t, thread = arrival
        stream = self._streams[position]
        event = self._event(self._types.PROCESS, OUTSIDE, t, thread, finish_time=self._time(ns))
        self._packet(event.output_trace, stream, t)
        events.append((ns, event))
        self._add_queued(events, stream, t, ns, thread)

    def _add_queued(self, events: list[tuple[int, Any]], stream: str, t: int, ns: int, thread: int) -> None:
        """Add that a packet waits at each node that reads its stream."""
        self._made[stream, t] = ns
        if len(self._made) > 2 * self._settings.capacity:
            del self._made[next(iter(self._made))]
            self._packet_ids.pop(next(iter(self._packet_ids)), None)
        for consumer in self._model.streams[stream].consumers:
            waiting = self._waiting.get(consumer, 0) + 1
            self._waiting[consumer] = waiting
            event = self._event(self._types.PACKET_QUEUED, consumer[0], t, thread, start_time=self._time(ns))
            self._packet(event.input_trace, stream, t, finish_time=self._time(ns), event_data=waiting)
            events.append((ns, event))

    def _add_call(self, events: list[tuple[int, Any]], call: Call) -> None:
        start, end, node_id, t, thread, present, left, _emitted = call
        node = self._model.nodes[node_id]
        kind = {ts.UNSTARTED: self._types.OPEN, ts.DONE: self._types.CLOSE}.get(t, self._types.PROCESS)
        sent = [(node.outputs.names[i], at) for i, at in packets_sent(call)]
        if node.is_source and sent and kind == self._types.PROCESS:
            t = sent[0][1]
        lefts = (left,) if isinstance(left, int) else left
        inputs = []
        for i in positions(present):
            self._waiting[node_id, i] = lefts[i] if i < len(lefts) else 0
            stream = node.inputs.names[i]
            inputs.append((stream, self._made.get((stream, t))))
        if inputs or sent:
            split = self._instants if self._settings.instant_events else self._whole
            split(events, ((kind, node_id, t, thread), start, end, inputs, sent))
        for stream, at in sent:
            self._add_queued(events, stream, at, end, thread)

    def _whole(self, events: list[tuple[int, Any]], call: _Record) -> None:
        """Add one record from start to finish."""
        head, start, end, inputs, sent = call
        event = self._event(*head)
        if inputs or head[0] != self._types.PROCESS:
            event.start_time = self._time(start)
        if sent:
            event.finish_time = self._time(end)
        for stream, made in inputs:
            times = {} if made is None else {"start_time": self._time(made)}
            self._packet(event.input_trace, stream, head[2], finish_time=self._time(start), **times)
        for stream, at in sent:
            self._packet(event.output_trace, stream, at)
        events.append((start, event))

    def _instants(self, events: list[tuple[int, Any]], call: _Record) -> None:
        """Add one record for each packet: at the start for inputs, at the finish for outputs."""
        head, start, end, inputs, sent = call
        for stream, _made in inputs:
            event = self._event(*head, start_time=self._time(start))
            self._packet(event.input_trace, stream, head[2])
            events.append((start, event))
        for stream, at in sent:
            event = self._event(*head, finish_time=self._time(end))
            self._packet(event.output_trace, stream, at)
            events.append((end, event))


def _joined(events: list[Any]) -> list[Any]:
    """Merge the events of one type at one node and timestamp into one record, as MediaPipe does."""
    found: dict[object, Any] = {}
    for event in events:
        is_of_packets = event.input_trace or event.output_trace
        key = (event.node_id, event.event_type, event.input_timestamp) if is_of_packets else id(event)
        known = found.setdefault(key, event)
        if known is event:
            continue
        known.input_trace.extend(event.input_trace)
        known.output_trace.extend(event.output_trace)
        for name in ("start_time", "finish_time"):
            if event.HasField(name):
                first = getattr(event, name)
                setattr(known, name, min(getattr(known, name), first) if known.HasField(name) else first)
    return list(found.values())
