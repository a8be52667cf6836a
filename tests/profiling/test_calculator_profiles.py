"""mpgraph/profiling/calculator_profiles.py: what graph.profiler accumulates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from profiling_graphs import chain

from mpgraph.framework import timestamp as ts
from mpgraph.profiling.calculator_profiles import CalculatorProfiles
from mpgraph.profiling.events import Batch
from mpgraph.profiling.recorder import TraceRecorder
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.protos import calculator_pb2

Run = Callable[..., None]


def settings(**fields: Any) -> ProfilerSettings:
    return ProfilerSettings.of(calculator_pb2.ProfilerConfig(enable_profiler=True, **fields))


@pytest.fixture
def recorder() -> TraceRecorder:
    recorder = TraceRecorder(chain(["PassThroughCalculator"] * 2).model, [])
    recorder.wall_ns = 0
    return recorder


def us(node: int, t: int, start: int, end: int) -> list[Any]:
    """The fields of a call with one input and one output packet, from times in microseconds."""
    return [1000 * start, 1000 * end, node, t, 1, 1, 0, 1]


def test_times_of_open_process_and_close(recorder: TraceRecorder) -> None:
    profiles = CalculatorProfiles(recorder.model, settings())
    calls = [[0, 7000, 0, ts.UNSTARTED, 1, 0, 0, 0], us(0, 5, 10, 14), us(0, 6, 20, 26)]
    calls.append([30_000, 33_000, 0, ts.DONE, 1, 0, 0, 0])
    profiles.take(Batch([value for call in calls for value in call]), recorder)
    first, second = profiles.profiles()
    assert (first.open_runtime, first.close_runtime) == (7, 3)
    assert (first.process_runtime.total, list(first.process_runtime.count)) == (10, [2])
    assert (second.process_runtime.total, list(second.process_runtime.count)) == (0, [0])
    profiles.reset()
    assert profiles.profiles()[0].process_runtime.total == 0
    assert profiles.profiles()[0].open_runtime == 7


def test_last_interval_of_a_histogram_is_open_ended(recorder: TraceRecorder) -> None:
    profiles = CalculatorProfiles(
        recorder.model, settings(histogram_interval_size_usec=5, num_histogram_intervals=3)
    )
    for took in (4, 5, 9, 14, 500):
        profiles.take(Batch(us(0, took, 0, took)), recorder)
    assert list(profiles.profiles()[0].process_runtime.count) == [1, 2, 2]


def test_latencies_reach_back_to_the_packet_that_entered(recorder: TraceRecorder) -> None:
    profiles = CalculatorProfiles(recorder.model, settings(enable_stream_latency=True))
    batch = Batch(us(0, 5, 10, 14) + us(1, 5, 20, 26), arrivals=[(3000, 0, 5, 1)])
    profiles.take(batch, recorder)
    first, second = profiles.profiles()
    assert first.process_input_latency.total == 10 - 3
    assert first.process_output_latency.total == 14 - 3
    assert second.process_input_latency.total == 20 - 3
    assert second.process_output_latency.total == 26 - 3
    assert second.input_stream_profiles[0].name == "s1"
    assert second.input_stream_profiles[0].latency.total == 20 - 14


def test_packet_timestamp_can_serve_as_arrival_time(recorder: TraceRecorder) -> None:
    fields = {"enable_stream_latency": True, "use_packet_timestamp_for_added_packet": True}
    profiles = CalculatorProfiles(recorder.model, settings(**fields))
    profiles.take(Batch(us(0, 4, 10, 14), arrivals=[(9000, 0, 4, 1)]), recorder)
    assert profiles.profiles()[0].process_input_latency.total == 10 - 4


def test_graph_with_a_profiler_config_has_profiles_without_any_call(run: Run) -> None:
    graph = chain(["PassThroughCalculator", "PrEveryOther"], "profiler_config { enable_profiler: true }")
    run(graph, 6)
    run(graph, 2)
    profiles = graph.profiler.calculator_profiles()
    assert [(each.name, sum(each.process_runtime.count)) for each in profiles] == [
        ("PassThroughCalculator", 8),
        ("PrEveryOther", 8),
    ]


def test_profiles_without_a_profiler_config_are_empty(run: Run) -> None:
    graph = chain(["PassThroughCalculator"])
    run(graph)
    assert graph.profiler.calculator_profiles()[0].process_runtime.total == 0
