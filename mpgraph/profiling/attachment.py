"""Attachment: what makes one run of a graph record itself, put in and taken out by the scheduler's owner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import current_thread, get_ident
from time import perf_counter_ns

from mpgraph.framework.packet import Packet
from mpgraph.profiling.recorder import TraceRecorder
from mpgraph.profiling.recording_budget import RecordingBudget
from mpgraph.profiling.traced_invoker import TracedInvoker
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.invocation import Invoker
from mpgraph.runtime.run import GraphRun
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager
from mpgraph.runtime.throttle import Throttled


class Attachment:
    """The recording of one run: traced invokers in its nodes, taps where packets enter and queues fill.

    Everything here is called by the thread that owns the run's scheduler, or before the run starts.
    """

    def __init__(self, run: GraphRun, recorder: TraceRecorder, budget: float | None) -> None:
        self.recorder = recorder
        self.gate = RecordingBudget(recorder, budget, self._switch, run.scheduler.post)
        self._nodes = run.nodes
        self._queues = [queue for node in run.nodes for queue in node.queues]
        self._invokers: list[tuple[CalculatorNode, Invoker, TracedInvoker]] = []
        self._entries: list[tuple[OutputStreamManager, EntryTap]] = []
        for position, (name, stream) in enumerate(run.streams.items()):
            producer = run.model.streams[name].producer
            if producer is None or run.model.nodes[producer].is_source:
                self._entries.append((stream, EntryTap(recorder, position, self.gate)))

    def install(self, _: object = None) -> None:
        """Begin."""
        record = self.recorder.flat_calls.extend
        self._invokers = [
            (node, node.invoker, TracedInvoker(node, node.invoker, record)) for node in self._nodes
        ]
        for queue in self._queues:
            queue.upstream = [*queue.upstream, ThrottleTap(self.recorder)]
        for node in self._nodes:
            report = partial(self._drop, node.spec.id)
            node.context.on_drop = report
            node.handler.on_drop = report
        self._switch(True)

    def remove(self, _: object = None) -> None:
        """End, and leave the run as if nothing had been there."""
        self.gate.finish()
        self._switch(False)
        for queue in self._queues:
            queue.upstream = [source for source in queue.upstream if not isinstance(source, ThrottleTap)]
        for node in self._nodes:
            node.context.on_drop = None
            node.handler.on_drop = None

    def _switch(self, on: bool) -> None:
        for node, inner, traced in self._invokers:
            node.invoker = traced if on else inner
        for stream, entry in self._entries:
            others = [mirror for mirror in stream.subscribers if mirror is not entry]
            stream.subscribers = [entry, *others] if on else others  # The old list may be in use.

    def _drop(self, node_id: int, stream: str, t: int, reason: str) -> None:
        self.recorder.drops.append((perf_counter_ns(), node_id, stream, t, reason))


class EntryTap:
    """A consumer of a stream by which packets enter the graph. It stands first and only notes what comes."""

    def __init__(self, recorder: TraceRecorder, position: int, gate: RecordingBudget) -> None:
        self._record = recorder.arrivals.append
        self._thread_names = recorder.thread_names
        self._position = position
        self._gate = gate

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """Note each packet."""
        thread = get_ident()
        if thread not in self._thread_names:  # It may have ended when somebody wants to know.
            self._thread_names[thread] = current_thread().name
        for packet in packets:
            self._record((perf_counter_ns(), self._position, packet._t, thread))
        if packets:
            self._gate.admit(len(packets))

    def receive_header(self, header: Packet) -> None:
        """Headers are not recorded."""


class ThrottleTap(Throttled):
    """Stands among what a full queue holds back, and only notes when it does."""

    def __init__(self, recorder: TraceRecorder) -> None:
        super().__init__("", lambda: None)
        self._record = recorder.throttlings.append

    def queue_full_changed(self, full: bool, queue: InputStreamManager) -> None:
        """Note that a node's queue became full, or is not full any more."""
        spec = getattr(queue.node, "spec", None)  # A poller's queue belongs to no node.
        if spec is not None:
            self._record((perf_counter_ns(), spec.id, queue.port, full))
