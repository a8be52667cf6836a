"""CalculatorProfiles: times of each calculator, accumulated as MediaPipe's profiler does."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.framework import timestamp as ts
from mpgraph.framework.override import override
from mpgraph.profiling.events import CALL_FIELDS, Arrival, Batch, Call, packets_sent, positions
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.protos import calculator_profile_pb2

_REMEMBERED = 400
"""The number of packets of each stream whose times are kept, as in MediaPipe."""


class CalculatorProfiles(TraceListener):
    """The profiles of all calculators of a graph since the start or the last `reset`.

    Latencies count from the time at which the packet, or the packet that it was computed from, entered the
    graph.
    """

    needs_every_call = True

    def __init__(self, model: GraphModel, settings: ProfilerSettings) -> None:
        self._model = model
        self._settings = settings
        self._profiles = [self._new_profile(node) for node in model.nodes]
        # For each stream: timestamp of a packet -> when it was emitted, and when its origin entered.
        self._made: dict[str, dict[int, tuple[int, int]]] = {name: {} for name in model.streams}
        self._streams = list(model.streams)

    @override
    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        if self._settings.stream_latency:
            for arrival in batch.arrivals:
                self._add_arrival(arrival, recorder.wall_ns)
            for call in batch.calls:
                self._add(call, recorder.wall_ns)
        else:
            self._add_all(batch.flat_calls, recorder.wall_ns)

    def profiles(self) -> list[Any]:
        """Return a CalculatorProfile message for each calculator that matches `calculator_filter`."""
        found = []
        for profile in self._profiles:
            if self._settings.calculator_filter.fullmatch(profile.name):
                copy = calculator_profile_pb2.CalculatorProfile()
                copy.CopyFrom(profile)
                found.append(copy)
        return found

    def reset(self) -> None:
        """Clear the histograms; the times of open and close stay."""
        for profile in self._profiles:
            histograms = [profile.process_runtime]
            if self._settings.stream_latency:
                histograms += [profile.process_input_latency, profile.process_output_latency]
                histograms += [stream.latency for stream in profile.input_stream_profiles]
            for histogram in histograms:
                self._clear(histogram)

    def _new_profile(self, node: ValidatedNode) -> Any:
        profile = calculator_profile_pb2.CalculatorProfile(name=node.name)
        self._clear(profile.process_runtime)
        if self._settings.stream_latency:
            self._clear(profile.process_input_latency)
            self._clear(profile.process_output_latency)
            for name, back_edge in zip(node.inputs.names, node.back_edges, strict=True):
                stream = profile.input_stream_profiles.add(name=name, back_edge=back_edge)
                self._clear(stream.latency)
        return profile

    def _clear(self, histogram: Any) -> None:
        histogram.total = 0
        histogram.interval_size_usec = self._settings.interval_size
        histogram.num_intervals = self._settings.interval_count
        histogram.count[:] = [0] * self._settings.interval_count

    def _sample(self, histogram: Any, start: int, end: int) -> None:
        if end >= start:
            histogram.total += end - start
            interval = min((end - start) // self._settings.interval_size, self._settings.interval_count - 1)
            histogram.count[interval] += 1

    def _add_arrival(self, arrival: Arrival, wall_ns: int) -> None:
        ns, position, t, _thread = arrival
        name = self._streams[position]
        if self._model.streams[name].producer is None and ts.is_range(t):
            time = t if self._settings.packet_time_is_arrival else (ns + wall_ns) // 1000
            self._remember(name, t, time, time)

    def _remember(self, stream: str, t: int, made: int, origin: int) -> None:
        known = self._made[stream]
        known[t] = made, origin
        if len(known) > _REMEMBERED:
            del known[next(iter(known))]

    def _add_all(self, flat: list[Any], wall_ns: int) -> None:
        """As `_add` for each call, without latencies, in bulk: there may be a million calls a second."""
        start, end, node, t = (np.array(flat[field::CALL_FIELDS], np.int64) for field in range(4))
        took = (end + wall_ns) // 1000 - (start + wall_ns) // 1000
        special = (t == ts.UNSTARTED) | (t == ts.DONE)
        for i in np.flatnonzero(special).tolist():
            first = CALL_FIELDS * i
            self._add(tuple(flat[first : first + CALL_FIELDS]), wall_ns)
        last = self._settings.interval_count - 1
        for node_id in np.unique(node[~special]).tolist():
            own = took[(node == node_id) & ~special]
            histogram = self._profiles[node_id].process_runtime
            histogram.total += int(own.sum())
            counts = np.bincount(np.minimum(own // self._settings.interval_size, last), minlength=last + 1)
            histogram.count[:] = [old + int(new) for old, new in zip(histogram.count, counts, strict=True)]

    def _add(self, call: Any, wall_ns: int) -> None:
        start, end = (call[0] + wall_ns) // 1000, (call[1] + wall_ns) // 1000
        t, profile = call[3], self._profiles[call[2]]
        origin = self._add_latencies(call, start, end) if self._settings.stream_latency else start
        if t == ts.UNSTARTED:
            profile.open_runtime = end - start
        elif t == ts.DONE:
            profile.close_runtime = end - start
        else:
            self._sample(profile.process_runtime, start, end)
            if self._settings.stream_latency:
                self._sample(profile.process_input_latency, origin, start)
                self._sample(profile.process_output_latency, origin, end)

    def _add_latencies(self, call: Call, start: int, end: int) -> int:
        """Add how long each input waited; return the time of the oldest origin of any of them."""
        node, profile, origin = self._model.nodes[call[2]], self._profiles[call[2]], start
        for i in positions(call[5]):
            known = self._made[node.inputs.names[i]].get(call[3])
            if known is not None and not node.back_edges[i]:
                self._sample(profile.input_stream_profiles[i].latency, known[0], start)
                origin = min(origin, known[1])
        for i, t in packets_sent(call):
            self._remember(node.outputs.names[i], t, end, origin)
        return origin
