"""mpgraph/profiling/report.py: figures of a log short enough to check by hand."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.profiling.report import COLUMNS, Reporter, columns_like, text_table
from mpgraph.protos import calculator_profile_pb2

PROCESS = 2


def call(trace: Any, node: int, t: int, start: int | None, finish: int | None, **packets: list[int]) -> None:
    made = trace.calculator_trace.add(node_id=node, input_timestamp=t, event_type=PROCESS, thread_id=node + 1)
    if start is not None:
        made.start_time = start
    if finish is not None:
        made.finish_time = finish
    for stream in packets.get("takes", []):
        made.input_trace.add(stream_id=stream, packet_timestamp=t)
    for stream in packets.get("sends", []):
        made.output_trace.add(stream_id=stream, packet_timestamp=t)


@pytest.fixture
def profile() -> Any:
    """Stream 1 enters, A turns it into 2, B reads 1 and 2; B drops the second packet."""
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add(base_time=1_000_000, calculator_name=["A", "B"])
    call(trace, -1, 0, None, 0, sends=[1])
    call(trace, 0, 0, 100, 500, takes=[1], sends=[2])
    call(trace, 1, 0, 600, 900, takes=[1, 2], sends=[3])
    call(trace, -1, 10, None, 1000, sends=[1])
    call(trace, 0, 10, 1200, 1700, takes=[1], sends=[2])
    call(trace, 1, 10, 2000, None, takes=[1, 2])
    return profile


def test_each_calculator_has_a_row(profile: Any) -> None:
    reporter = Reporter()
    reporter.add(profile)
    a, b = reporter.rows()
    assert (a.calculator, a.counter, a.completed, a.dropped, a.thread_count) == ("A", 2, 2, 0, 1)
    assert (b.calculator, b.counter, b.completed, b.dropped) == ("B", 2, 1, 1)
    assert (a.time_mean, a.time_total, b.time_total) == (450, 900, 300)
    assert a.time_stddev == pytest.approx(70.71, abs=0.01)
    assert (b.time_stddev, a.time_percent, b.time_percent) == (0, 75, 25)
    assert (a.input_latency_mean, a.input_latency_total) == (150, 300)
    assert b.input_latency_mean == 600
    assert a.frequency == pytest.approx(2 / 1600e-6)
    assert a.processing_rate == pytest.approx(1e6 / 450)
    assert a.fps == pytest.approx(1e6 / 600)


def test_files_add_up(profile: Any) -> None:
    reporter = Reporter()
    reporter.add(profile)
    reporter.add(profile)
    assert [row.counter for row in reporter.rows()] == [4, 4]


def test_separate_start_and_finish_records_are_merged() -> None:
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add(calculator_name=["A"])
    call(trace, 0, 5, 100, None, takes=[1])
    call(trace, 0, 5, None, 130, sends=[2])
    call(trace, 0, 6, None, 150, sends=[2])  # Started before the log.
    reporter = Reporter()
    reporter.add(profile)
    (row,) = reporter.rows()
    assert (row.counter, row.completed, row.time_total) == (1, 1, 30)


def test_latest_start_before_the_finish_counts() -> None:
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add(calculator_name=["Limiter"])
    call(trace, 0, 0, 100, None)
    call(trace, 0, 0, None, 150)
    call(trace, 0, 0, 400, None)
    reporter = Reporter()
    reporter.add(profile)
    (row,) = reporter.rows()
    assert (row.counter, row.completed, row.time_total) == (2, 1, 50)


def test_loops_terminate() -> None:
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add(calculator_name=["A", "B"])
    call(trace, 0, 5, 100, 110, takes=[2], sends=[1])
    call(trace, 1, 5, 120, 130, takes=[1], sends=[2])
    reporter = Reporter()
    reporter.add(profile)
    assert [row.input_latency_total for row in reporter.rows()] == [0, 20]


def test_figures_of_too_few_calls_are_zero() -> None:
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add(calculator_name=["Unfinished", "Single"])
    call(trace, 0, 5, 100, None)
    call(trace, 1, 5, 100, 104, sends=[1])
    reporter = Reporter()
    reporter.add(profile)
    single, unfinished = reporter.rows()
    assert (unfinished.time_mean, unfinished.time_stddev) == (0, 0)
    assert (single.time_mean, single.time_stddev) == (4, 0)


def test_columns_are_selected_by_pattern() -> None:
    assert columns_like(["*"]) == list(COLUMNS)
    assert len(COLUMNS) == 14
    assert columns_like(["time_m??n", "*latency_total", "time_*"]) == [
        "time_mean",
        "input_latency_total",
        "time_stddev",
        "time_total",
        "time_percent",
    ]
    with pytest.raises(InvalidArgumentError, match='did not match any columns. Did you mean "time_mean"'):
        columns_like(["time_men"])


def test_table_as_text(profile: Any) -> None:
    reporter = Reporter()
    reporter.add(profile)
    text = text_table(reporter.rows(), ["counter", "time_mean"])
    assert text.splitlines() == [
        "calculator counter time_mean",
        "A                2    450.00",
        "B                2    300.00",
    ]
    assert text_table(reporter.rows(), ["counter"], compact=True).splitlines()[1] == "A 2"
