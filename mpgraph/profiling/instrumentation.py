"""GraphInstrumentation: has the runs of a graph recorded while anything listens, and only then."""

from __future__ import annotations

from collections.abc import Sequence
from threading import current_thread, get_ident
from time import perf_counter_ns

from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.recording_budget import DEFAULT_BUDGET, RecordingBudget
from mpgraph.profiling.traced_calls import traced
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.instrumentation import Instrumentation
from mpgraph.runtime.invocation import Call, Stage
from mpgraph.runtime.run import GraphRun


class PacketRecording(Instrumentation):
    """Records calls and entering packets: frequent events, which the budget switches off at times."""

    def __init__(self, recorder: TraceRecorder, budget: RecordingBudget) -> None:
        self._recorder = recorder
        self._budget = budget

    @override
    def on_call(self, node: CalculatorNode, stage: Stage, call: Call) -> Call:
        return traced(node, stage, call, self._recorder.flat_calls.extend)

    @override
    def on_packets_in(self, stream: int, packets: Sequence[Packet]) -> None:
        recorder = self._recorder
        thread = get_ident()
        if thread not in recorder.thread_names:  # It may have ended when the names are needed.
            recorder.thread_names[thread] = current_thread().name
        for packet in packets:
            recorder.arrivals.append((perf_counter_ns(), stream, packet._t, thread))
        self._budget.admit(len(packets))


class RunRecording(Instrumentation):
    """The recording of one run. The scheduler's owner calls its methods, or the run has not started.

    Its own hooks record full queues and dropped packets, which are rare, even while the budget is spent.
    """

    def __init__(self, run: GraphRun, recorder: TraceRecorder, budget: float | None) -> None:
        self.recorder = recorder
        self.budget = budget
        self._run = run
        self._budget = RecordingBudget(recorder, budget, self._switch, run.scheduler.post)
        self._packets = PacketRecording(recorder, self._budget)

    @override
    def on_queue_full(self, node: int, port: int, full: bool) -> None:
        self.recorder.throttlings.append((perf_counter_ns(), node, port, full))

    @override
    def on_drop(self, node: int, stream: str, t: int, reason: str) -> None:
        self.recorder.drops.append((perf_counter_ns(), node, stream, t, reason))

    def install(self, _: object = None) -> None:
        """Begin to record."""
        self._run.instrument(self)
        self._switch(True)

    def remove(self, _: object = None) -> None:
        """Leave the run as if nothing had been installed."""
        self.finish()
        self._switch(False)
        self._run.uninstrument(self)

    def finish(self) -> None:
        """Record nothing after the next gap: the run has ended."""
        self._budget.finish()

    def _switch(self, on: bool) -> None:
        (self._run.instrument if on else self._run.uninstrument)(self._packets)


class GraphInstrumentation:
    """What listens to one graph. While anything does, each run gets a recorder."""

    def __init__(self) -> None:
        self._listeners: list[TraceListener] = []
        self._run: GraphRun | None = None
        self._recording: RunRecording | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is in progress."""
        return self._run is not None

    def add(self, listener: TraceListener) -> None:
        """Let a listener take part, at once if the graph runs."""
        self._listeners.append(listener)
        self._renew()

    def remove(self, listener: TraceListener) -> None:
        """Hand a listener what it has not received yet, and let it go."""
        if listener in self._listeners:
            self.drain()
            self._listeners.remove(listener)
            self._renew()

    def drain(self) -> None:
        """Hand all listeners what was recorded since the last time."""
        if self._recording is not None:
            self._recording.recorder.drain()

    def run_starts(self, run: GraphRun) -> None:
        """Record a run that was built and will start."""
        self._run = run
        if self._listeners:
            self._recording = self._record(run)
            self._recording.install()

    def run_ends(self, run: GraphRun) -> None:
        """Hand out what is left: the run's last packet is through, but its threads may still be there."""
        if self._recording is not None:
            self._recording.finish()
        self.drain()
        self._run = self._recording = None

    def _renew(self) -> None:
        run, old = self._run, self._recording
        if run is None:
            return
        if old is not None and self._listeners and old.budget == self._recording_budget():
            old.recorder.listeners = list(self._listeners)
            return
        if old is not None:
            run.scheduler.post(old.remove, None)
            old.recorder.drain()
        self._recording = None
        if self._listeners:
            self._recording = self._record(run)
            run.scheduler.post(self._recording.install, None)

    def _recording_budget(self) -> float | None:
        return None if any(each.needs_every_call for each in self._listeners) else DEFAULT_BUDGET

    def _record(self, run: GraphRun) -> RunRecording:
        return RunRecording(run, TraceRecorder(run.model, self._listeners), self._recording_budget())
