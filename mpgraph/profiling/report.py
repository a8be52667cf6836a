"""The profiler's table: figures of each calculator from GraphProfile logs, in MediaPipe's 15 columns.

All times are microseconds. (MediaPipe: framework/profiler/reporter/reporter.cc.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.profiling.node_names import node_names
from mpgraph.protos import calculator_profile_pb2


@dataclass(frozen=True)
class CalculatorRow:
    """One line of the table.

    counter: calls of Process; completed: calls that sent a packet; dropped: the rest.
    fps: one second over mean time plus mean latency; frequency: completed calls a second over the whole log;
    processing_rate: one second over mean time; thread_count: threads it ran on.
    time_percent: share of the time of all calculators. input_latency_*: since the origin of its inputs.
    """

    calculator: str
    fps: float
    frequency: float
    counter: int
    dropped: int
    completed: int
    processing_rate: float
    thread_count: int
    time_mean: float
    time_stddev: float
    time_total: int
    time_percent: float
    input_latency_mean: float
    input_latency_stddev: float
    input_latency_total: int


COLUMNS = tuple(CalculatorRow.__dataclass_fields__)[1:]

_WHOLE = {"counter", "dropped", "completed", "time_total", "input_latency_total"}


def columns_like(patterns: Iterable[str]) -> list[str]:
    """Return the columns that match patterns such as "time_*"; * matches any characters, ? one.

    Raises:
        InvalidArgumentError: a pattern names none.
    """
    found: list[str] = []
    for pattern in patterns:
        matching = [column for column in COLUMNS if fnmatchcase(column, pattern)]
        if not matching:
            raise InvalidArgumentError(
                f"Column '{pattern}' did not match any columns.{did_you_mean(pattern, COLUMNS)} "
                f"There are: {', '.join(COLUMNS)}."
            )
        found += [column for column in matching if column not in found]
    return found


def text_table(rows: Sequence[CalculatorRow], columns: Sequence[str] = COLUMNS, compact: bool = False) -> str:
    """Return the table as text, one calculator a line; compact: with single spaces between columns."""
    lines = [["calculator", *columns]]
    lines += [[row.calculator, *(_shown(row, column) for column in columns)] for row in rows]
    return "\n".join(map(" ".join, lines) if compact else aligned(lines, " "))


def aligned(lines: Sequence[Sequence[str]], separator: str) -> list[str]:
    """Return the lines of a table, the first column flush left and the others flush right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        separator.join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    ]


def _shown(row: CalculatorRow, column: str) -> str:
    value = getattr(row, column)
    return f"{value:.0f}" if column in _WHOLE else f"{value:.2f}"


@dataclass
class _Calculator:
    counter: int = 0
    threads: set[int] = field(default_factory=set)
    times: list[int] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)


class Reporter:
    """Accumulates logs: `add` each, oldest first, then get the `rows`."""

    def __init__(self) -> None:
        self._calculators: dict[str, _Calculator] = {}
        self._first: float = math.inf
        self._last: float = -math.inf

    def add(self, profile: Any) -> None:
        """Add a GraphProfile message: one log file with all its intervals."""
        self._types = calculator_profile_pb2.GraphTrace.EventType
        names = node_names(profile)
        calls = [
            (trace.base_time, call)
            for trace in profile.graph_trace
            for call in trace.calculator_trace
            if call.event_type == self._types.PROCESS
        ]
        makers = {
            (packet.packet_timestamp, packet.stream_id): call
            for _, call in calls
            for packet in call.output_trace
        }
        starts: dict[tuple[int, int, int], list[int]] = {}
        for _, call in calls:
            if call.HasField("start_time") and not call.HasField("finish_time"):
                starts.setdefault(_same_call(call), []).append(call.start_time)
        for base, call in calls:
            if call.node_id >= 0:
                name = names.get(call.node_id, f"node {call.node_id}")
                self._add_call(self._calculators.setdefault(name, _Calculator()), base, call, makers, starts)
            elif call.HasField("finish_time"):
                self._last = max(self._last, base + call.finish_time)

    def _add_call(
        self,
        known: _Calculator,
        base: int,
        call: Any,
        makers: dict[tuple[int, int], Any],
        starts: dict[tuple[int, int, int], list[int]],
    ) -> None:
        known.threads.add(call.thread_id)
        if call.HasField("start_time"):
            self._first = min(self._first, base + call.start_time)
            known.counter += 1
        if not call.HasField("finish_time"):
            return
        self._last = max(self._last, base + call.finish_time)
        start = call.start_time if call.HasField("start_time") else None
        if start is None:  # A node may be called twice at the same timestamp, through a back edge.
            before = (start for start in starts.get(_same_call(call), ()) if start <= call.finish_time)
            start = max(before, default=None)
        if start is not None:  # Otherwise it started before the log.
            known.times.append(call.finish_time - start)
            known.latencies.append(_input_latency(call, makers))

    def rows(self) -> list[CalculatorRow]:
        """Return the rows of the table, sorted by name."""
        seconds = (self._last - self._first) / 1e6
        everything = sum(sum(known.times) for known in self._calculators.values())
        return [_row(name, known, seconds, everything) for name, known in sorted(self._calculators.items())]


def _row(name: str, known: _Calculator, seconds: float, everything: int) -> CalculatorRow:
    time_mean, time_stddev, time_total = _mean_stddev_total(known.times)
    latency_mean, latency_stddev, latency_total = _mean_stddev_total(known.latencies)
    completed = len(known.times)
    whole = time_mean + latency_mean
    return CalculatorRow(
        calculator=name,
        fps=1e6 / whole if whole else 0.0,
        frequency=completed / seconds if seconds > 0 else 0.0,
        counter=known.counter,
        dropped=known.counter - completed,
        completed=completed,
        processing_rate=1e6 / time_mean if time_mean else 0.0,
        thread_count=len(known.threads),
        time_mean=time_mean,
        time_stddev=time_stddev,
        time_total=time_total,
        time_percent=100 * time_total / everything if everything else 0.0,
        input_latency_mean=latency_mean,
        input_latency_stddev=latency_stddev,
        input_latency_total=latency_total,
    )


def _mean_stddev_total(values: Sequence[int]) -> tuple[float, float, int]:
    """The standard deviation is that of a sample: 0 for fewer than two values."""
    total = sum(values)
    mean = total / len(values) if values else 0.0
    squares = sum((value - mean) ** 2 for value in values)
    return mean, math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else 0.0, total


def _same_call(call: Any) -> tuple[int, int, int]:
    return call.input_timestamp, call.node_id, call.thread_id


def _input_latency(call: Any, makers: dict[tuple[int, int], Any]) -> int:
    """Find the start of the first call that led to this one, going upstream without following loops."""
    if not call.HasField("start_time"):
        return 0
    earliest, visited, waiting = call.start_time, {call.node_id}, [call]
    while waiting:
        at = waiting.pop()
        earliest = min(earliest, at.start_time if at.HasField("start_time") else at.finish_time)
        for packet in at.input_trace:
            maker = makers.get((packet.packet_timestamp, packet.stream_id))
            if maker is not None and maker.node_id not in visited:
                visited.add(maker.node_id)
                waiting.append(maker)
    return int(call.start_time - earliest)
