"""mpgraph/profiling/profile_log.py: the log files of a graph with a profiler_config."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from profiling_graphs import chain, feed

from mpgraph.protos import calculator_profile_pb2

Run = Callable[..., None]


def settings(tmp_path: Path, more: str = "") -> str:
    path = str(tmp_path / "log_").replace("\\", "/")
    return f'profiler_config {{ trace_enabled: true enable_profiler: true trace_log_path: "{path}" {more} }}'


def read(path: Path) -> Any:
    return calculator_profile_pb2.GraphProfile.FromString(path.read_bytes())


def events(profile: Any) -> list[Any]:
    return [event for trace in profile.graph_trace for event in trace.calculator_trace]


def test_run_writes_a_complete_file(run: Run, tmp_path: Path) -> None:
    run(chain(["PassThroughCalculator", "PrEveryOther"], settings(tmp_path)), 4)
    (path,) = tmp_path.iterdir()
    assert path.name == "log_0.binarypb"
    profile = read(path)
    trace = profile.graph_trace[0]
    assert list(trace.calculator_name) == ["PassThroughCalculator", "PrEveryOther"]
    assert list(trace.stream_name) == ["", "in", "s1", "out"]
    assert [node.name for node in profile.config.node] == ["PassThroughCalculator", "PrEveryOther"]
    names = calculator_profile_pb2.GraphTrace.EventType.Name
    first = [(event.node_id, names(event.event_type)) for event in events(profile)[:5]]
    assert first == [
        (-1, "PROCESS"),
        (0, "PACKET_QUEUED"),
        (0, "PROCESS"),
        (1, "PACKET_QUEUED"),
        (1, "PROCESS"),
    ]
    entered, _, passed, queued, taken = events(profile)[:5]
    assert not entered.HasField("start_time") and entered.output_trace[0].stream_id == 1
    assert passed.start_time <= passed.finish_time
    assert passed.input_trace[0].start_time == entered.finish_time
    assert taken.input_trace[0].start_time == passed.finish_time
    assert (queued.input_trace[0].event_data, taken.output_trace[0].packet_timestamp) == (1, 0)
    dropped = [event for event in events(profile) if event.node_id == 1 and event.event_type == 2][1]
    assert dropped.input_timestamp == 1000 and not dropped.HasField("finish_time")
    counts = [sum(each.process_runtime.count) for each in profile.calculator_profiles]
    assert counts == [4, 4]


def test_instant_events_are_logged_separately(run: Run, tmp_path: Path) -> None:
    run(chain(["PassThroughCalculator"], settings(tmp_path, "trace_log_instant_events: true")), 1)
    process = [event for event in events(read(tmp_path / "log_0.binarypb")) if event.event_type == 2]
    assert [(event.HasField("start_time"), event.HasField("finish_time")) for event in process] == [
        (False, True),
        (True, False),
        (False, True),
    ]


def test_disabled_events_and_filtered_calculators_are_left_out(run: Run, tmp_path: Path) -> None:
    more = 'trace_event_types_disabled: 15 calculator_filter: ".*_2"'
    run(chain(["PassThroughCalculator"] * 2, settings(tmp_path, more)), 2)
    profile = read(tmp_path / "log_0.binarypb")
    assert {event.event_type for event in events(profile)} == {2}
    assert [each.name for each in profile.calculator_profiles] == ["PassThroughCalculator_2"]


def test_files_rotate_and_each_contains_the_config(tmp_path: Path) -> None:
    more = "trace_log_interval_usec: -1 trace_log_interval_count: 1 trace_log_count: 2"
    graph = chain(["PassThroughCalculator"], settings(tmp_path, more))
    for first in (0, 10, 20):
        with graph:
            graph.start_run()
            feed(graph, 1, first)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["log_0.binarypb", "log_1.binarypb"]
    assert [read(file).graph_trace[0].base_timestamp for file in files] == [20_000, 10_000]
    assert all(read(file).HasField("config") for file in files)


def test_intervals_are_appended_to_one_file(run: Run, tmp_path: Path) -> None:
    graph = chain(["PassThroughCalculator"], settings(tmp_path, "trace_log_interval_usec: -1"))
    run(graph, 2)
    run(graph, 3)
    profile = read(tmp_path / "log_0.binarypb")
    assert len(profile.graph_trace) == 2
    assert sum(sum(each.process_runtime.count) for each in profile.calculator_profiles) == 5


def test_log_is_written_while_the_graph_runs(tmp_path: Path) -> None:
    graph = chain(["PassThroughCalculator"], settings(tmp_path, "trace_log_interval_usec: 1000"))
    with graph:
        graph.start_run()
        feed(graph, 3)
        while not (tmp_path / "log_0.binarypb").exists():
            time.sleep(0.001)


def test_nothing_is_written_when_the_log_is_disabled(run: Run, tmp_path: Path) -> None:
    run(chain(["PassThroughCalculator"], settings(tmp_path, "trace_log_disabled: true")))
    assert not list(tmp_path.iterdir())


def test_unwritable_path_warns_and_the_graph_continues(run: Run, tmp_path: Path) -> None:
    graph = chain(["PassThroughCalculator"], settings(tmp_path / "nowhere"))
    with pytest.warns(UserWarning, match="cannot be written: No such file or directory.*trace_log_path"):
        run(graph)
