"""mpgraph/profiling/graph_trace.py: records in the format of MediaPipe's tracer."""

from __future__ import annotations

from typing import Any

from profiling_graphs import chain

from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling.events import Batch
from mpgraph.profiling.graph_trace import GraphTraceBuilder
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.protos import calculator_pb2

TWO_INPUTS = """
input_stream: "a" input_stream: "b" output_stream: "c" output_stream: "d"
node { calculator: "PassThroughCalculator" input_stream: "a" input_stream: "b"
       output_stream: "c" output_stream: "d" }
"""


def built(graph: CalculatorGraph, batch: Batch, **fields: Any) -> Any:
    settings = ProfilerSettings.of(calculator_pb2.ProfilerConfig(**fields))
    return GraphTraceBuilder(graph.model, settings, wall_ns=0).build(batch)


def us(start: int, end: int, t: int, present: int = 1, sent: object = 1) -> list[Any]:
    return [1000 * start, 1000 * end, 0, t, 1, present, (0, 0), sent]


def test_events_of_a_node_at_one_timestamp_are_one_record() -> None:
    arrivals = [(1000, 0, 5, 1), (2000, 1, 5, 1)]
    trace = built(CalculatorGraph(graph_config=TWO_INPUTS), Batch(us(10, 20, 5, 3, 3), arrivals))
    entered, queued, process = trace.calculator_trace
    assert (entered.node_id, entered.finish_time, len(entered.output_trace)) == (-1, 0, 2)
    assert [packet.stream_id for packet in entered.output_trace] == [1, 2]
    assert (queued.start_time, len(queued.input_trace)) == (0, 2)
    assert (process.start_time, process.finish_time) == (9, 19)
    assert (len(process.input_trace), len(process.output_trace)) == (2, 2)


def test_two_calls_at_one_timestamp_are_merged() -> None:
    calls = us(10, 20, 5, sent=0) + us(30, 40, 5, present=0)
    trace = built(chain(["PassThroughCalculator"]), Batch(calls, [(1000, 0, 5, 1)]))
    (process,) = [event for event in trace.calculator_trace if event.node_id == 0 and event.event_type == 2]
    assert (process.start_time, process.finish_time) == (9, 39)


def test_calls_without_any_packet_are_not_recorded() -> None:
    trace = built(chain(["PassThroughCalculator"]), Batch(us(10, 20, 5, present=0, sent=0)))
    assert not trace.calculator_trace


def test_full_queues_throttle() -> None:
    batch = Batch(us(10, 20, 5), [(1000, 0, 5, 1)], throttlings=[(2000, 0, 0, True), (9000, 0, 0, False)])
    trace = built(chain(["PassThroughCalculator"]), batch)
    assert [event.event_type for event in trace.calculator_trace if event.event_type in (7, 8)] == [7, 8]


def test_number_of_events_is_limited_by_the_buffer() -> None:
    calls = [value for t in range(100) for value in us(t, t + 1, t)]
    trace = built(chain(["PassThroughCalculator"]), Batch(calls), trace_log_capacity=10)
    assert len(trace.calculator_trace) <= 10
    assert trace.calculator_trace[-1].input_timestamp == 99


def test_dropping_the_oldest_calls_of_a_batch() -> None:
    batch = Batch(us(10, 20, 5) + us(30, 40, 6), [(1000, 0, 5, 1), (25_000, 0, 6, 1)])
    batch.drop_calls(1)
    assert [call[3] for call in batch.calls] == [6]
    assert [arrival[2] for arrival in batch.arrivals] == [6]
