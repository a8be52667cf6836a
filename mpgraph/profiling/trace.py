"""Trace: the calls and packets of a graph, recorded while it was open."""

from __future__ import annotations

import logging
import os
from collections import deque
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mpgraph.config.model import GraphModel
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.override import override
from mpgraph.framework.timestamp import DONE, UNSTARTED
from mpgraph.io.files import AtomicOutput, output_error
from mpgraph.profiling.critical_path import critical_path
from mpgraph.profiling.events import CALL_FIELDS, Arrival, Batch, Call, Drop, Gap, Throttling, calls_of
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.statistics import NodeStatistics, node_statistics
from mpgraph.profiling.timeline import Timeline, make_timeline

if TYPE_CHECKING:
    from mpgraph.profiling.instrumentation import GraphInstrumentation
    from mpgraph.profiling.report import CalculatorRow

_log = logging.getLogger(__name__)

FORMATS = {
    ".json": "Chrome's",
    ".perfetto-trace": "Perfetto's",
    ".pftrace": "Perfetto's",
    ".svg": "an image",
}
"""Suffixes of files that a trace can be saved as, and what they hold."""


class Trace(TraceListener, NotPicklable):
    """What a graph did while this was open as a context manager; returned by `graph.trace()`.

    If a graph only passes packets on, some of them are not recorded, so that it stays nearly as fast;
    `timeline().gaps` lists the spans that were left out.

    It ends with its block, whatever the graph has still to do: in `with graph, graph.trace() as
    trace:` that is before the graph's own end, so call `graph.wait_until_idle()` last in such a block.
    """

    pickle_instead = "Pass the path of a file that `save` has written."

    def __init__(
        self,
        instrumentation: GraphInstrumentation,
        model: GraphModel,
        capacity: int,
        every_call: bool = False,
    ) -> None:
        self.needs_every_call = every_call
        self._instrumentation = instrumentation
        self._model = model
        self._capacity = capacity
        self._thread_names: dict[int, str] = {}
        self._wall_ns = 0
        self._chunks: deque[list[Any]] = deque()
        self._arrivals: deque[Arrival] = deque(maxlen=capacity)
        self._throttlings: deque[Throttling] = deque(maxlen=capacity)
        self._drops: deque[Drop] = deque(maxlen=capacity)
        self._gaps: deque[Gap] = deque(maxlen=capacity)

    def __enter__(self) -> Trace:
        self._instrumentation.add(self)
        return self

    def __exit__(self, kind: object = None, *error: object) -> None:
        running = self._instrumentation.is_running
        self._instrumentation.remove(self)
        if kind is None and running and not (self._gaps or self._has_processed()):
            _log.warning(
                "The trace contains no call of process(). Packets that were added may still have to run: "
                "call graph.wait_until_idle() before the trace ends."
            )

    def _has_processed(self) -> bool:
        times = (t for chunk in self._chunks for t in chunk[3::CALL_FIELDS])
        return any(t not in (UNSTARTED, DONE) for t in times)

    @override
    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        self._wall_ns = recorder.wall_ns
        self._thread_names.update(recorder.thread_names)
        self._chunks.append(batch.flat_calls)
        while sum(map(len, self._chunks)) - len(self._chunks[0]) >= self._capacity * CALL_FIELDS:
            self._chunks.popleft()
        self._arrivals.extend(batch.arrivals)
        self._throttlings.extend(batch.throttlings)
        self._drops.extend(batch.drops)
        self._gaps.extend(batch.gaps)

    def _calls(self) -> list[Call]:
        self._instrumentation.drain()
        return [call for chunk in self._chunks for call in calls_of(chunk)][-self._capacity :]

    def timeline(self) -> Timeline:
        """Return the events so far, in order."""
        return make_timeline(
            self._model,
            self._calls(),
            list(self._arrivals),
            list(self._throttlings),
            list(self._drops),
            list(self._gaps),
            thread_names=self._thread_names,
            wall_ns=self._wall_ns,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trace: .json for chrome://tracing, .perfetto-trace for ui.perfetto.dev, or .svg.

        `mpgraph viz GRAPH --trace FILE.json` shows it beside the graph.

        Raises:
            InvalidArgumentError: the name has another suffix.
            MediaError: the file cannot be written; an existing file is kept.
        """
        data = encoded(self.timeline(), check_trace_name(path))
        output = AtomicOutput(Path(path))
        try:
            output.temporary.write_bytes(data)
            output.commit()
        except OSError as error:
            raise output_error(path, error) from None
        finally:
            output.discard()

    def nodes(self) -> tuple[NodeStatistics, ...]:
        """Return the number of calls and the times of each node."""
        return node_statistics(self._model, self._calls())

    def profile(self) -> list[CalculatorRow]:
        """Return the profiler's table, with MediaPipe's columns."""
        from mpgraph.profiling.report import Reporter

        reporter = Reporter()
        reporter.add(self.graph_profile())
        return reporter.rows()

    def graph_profile(self) -> Any:
        """Return the trace as a GraphProfile message, which MediaPipe's tools read."""
        from mpgraph.profiling.graph_trace import GraphTraceBuilder
        from mpgraph.profiling.profile_log import describe
        from mpgraph.profiling.settings import ProfilerSettings
        from mpgraph.protos import calculator_pb2, calculator_profile_pb2

        settings = replace(ProfilerSettings.of(calculator_pb2.ProfilerConfig()), capacity=10 * self._capacity)
        flat = [value for call in self._calls() for value in call]
        batch = Batch(flat, list(self._arrivals), list(self._throttlings), list(self._drops))
        profile = calculator_profile_pb2.GraphProfile()
        profile.graph_trace.append(GraphTraceBuilder(self._model, settings, self._wall_ns).build(batch))
        describe(profile, self._model)
        return profile

    def summary(self) -> str:
        """Return the nodes' times as a table, the slowest first, and the critical path."""
        from mpgraph.profiling.report import aligned

        nodes = self.nodes()
        rows = sorted((node for node in nodes if node.calls), key=lambda node: -node.share)
        lines = [("node", "calls", "mean us", "p95 us", "share")]
        lines += [(r.name, f"{r.calls}", f"{r.mean:.1f}", f"{r.p95:.1f}", f"{r.share:.1%}") for r in rows]
        text = aligned(lines, "  ")
        if len(rows) < len(nodes):
            text.append(f"({len(nodes) - len(rows)} more nodes were not called)")
        path = critical_path(self._model, self._calls())
        if path:
            total = sum(step.time + step.wait for step in path)
            shown = " \u2192 ".join(f"{step.node} {step.time:.0f}" for step in path)
            text += ["", f"critical path ({total:.0f} us, waiting included): {shown}"]
        if self._drops:
            text += ["", f"{len(self._drops)} packets dropped, the last because: {self._drops[-1][4]}"]
        if self._gaps:
            text += ["", f"not everything was recorded: {len(self._gaps)} gaps keep the cost low"]
        return "\n".join(text)

    def __repr__(self) -> str:
        return f"<Trace of {len(self._calls())} calls>"

    def _repr_html_(self) -> str:
        from mpgraph.profiling.svg import to_svg

        summary = f'<pre style="font-family: monospace">{escape(self.summary())}</pre>'
        return f"<div>{to_svg(self.timeline())}{summary}</div>"


def check_trace_name(path: str | os.PathLike[str]) -> str:
    """Return the suffix of a trace file.

    Raises:
        InvalidArgumentError: it is none of FORMATS.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        known = ", ".join(f"{suffix} ({what})" for suffix, what in FORMATS.items())
        raise InvalidArgumentError(f'"{os.fspath(path)}" has no suffix of a trace format: {known}.')
    return suffix


def encoded(timeline: Timeline, suffix: str) -> bytes:
    """Return a timeline as a file in one of FORMATS."""
    if suffix == ".json":
        from mpgraph.profiling.chrome import to_chrome

        return to_chrome(timeline).encode("utf-8", "replace")
    if suffix == ".svg":
        from mpgraph.profiling.svg import to_svg

        return to_svg(timeline).encode("utf-8", "replace")
    from mpgraph.profiling.perfetto import to_perfetto

    return to_perfetto(timeline)
