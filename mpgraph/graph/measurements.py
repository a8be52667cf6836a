"""GraphMeasurements: the traces, profiler and statistics of one graph, loaded when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mpgraph.config.model import GraphModel
from mpgraph.runtime.run import GraphRun, RunWatcher

if TYPE_CHECKING:
    from mpgraph.profiling.instrumentation import GraphInstrumentation
    from mpgraph.profiling.profiler import Profiler
    from mpgraph.profiling.statistics import GraphStatistics, LiveStatistics
    from mpgraph.profiling.trace import Trace


class GraphMeasurements:
    """Everything of a graph that is instrumented for its times; nothing is before the first use.

    watchers: those of the graph's runs, to which this adds what measures.
    """

    def __init__(self, model: GraphModel, watchers: list[RunWatcher]) -> None:
        self._model = model
        self._watchers = watchers
        self._instrumentation: GraphInstrumentation | None = None
        self._profiler: Profiler | None = None
        self._statistics: LiveStatistics | None = None
        config = model.config.profiler_config
        if config.enable_profiler or config.trace_enabled:
            self.profiler(None)

    def _instrumented(self, run: GraphRun | None) -> GraphInstrumentation:
        if self._instrumentation is None:
            from mpgraph.profiling.instrumentation import GraphInstrumentation

            self._instrumentation = GraphInstrumentation()
            self._watchers.append(self._instrumentation)
            if run is not None:
                self._instrumentation.run_starts(run)
        return self._instrumentation

    def trace(self, run: GraphRun | None, capacity: int, every_call: bool) -> Trace:
        """Return a new trace; `run`, here and below, is the run in progress, if there is one."""
        from mpgraph.profiling.trace import Trace

        return Trace(self._instrumented(run), self._model, capacity, every_call)

    def profiler(self, run: GraphRun | None) -> Profiler:
        """Return the graph's profiler, created at the first call or by a `profiler_config`."""
        if self._profiler is None:
            from mpgraph.profiling.profiler import Profiler

            self._profiler = Profiler(self._model, self._instrumented(run))
            self._watchers.append(self._profiler)
        return self._profiler

    def statistics(self, run: GraphRun | None) -> GraphStatistics:
        """Return a snapshot of the graph; the first call starts the measurement of times."""
        if self._statistics is None:
            from mpgraph.profiling.statistics import LiveStatistics

            instrumentation = self._instrumented(run)
            self._statistics = LiveStatistics(self._model)
            self._watchers.append(self._statistics)
            if run is not None:
                self._statistics.run_starts(run)
            instrumentation.add(self._statistics)
        self._instrumented(run).drain()
        return self._statistics.snapshot(is_running=run is not None)
