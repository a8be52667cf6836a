"""mpgraph/profiling/statistics.py: graph.statistics()."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from profiling_graphs import chain, feed

from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling.statistics import GraphStatistics, node_statistics

Run = Callable[..., None]

LIMITED = """
input_stream: "in" output_stream: "out"
node { calculator: "FlowLimiterCalculator" input_stream: "in" input_stream: "FINISHED:out"
       input_stream_info { tag_index: "FINISHED" back_edge: true } output_stream: "let_in" }
node { calculator: "PrDouble" input_stream: "let_in" output_stream: "out" }
"""


def packets(statistics: GraphStatistics) -> dict[str, int]:
    return {stream.name: stream.packets for stream in statistics.streams}


def test_statistics_before_the_first_run_are_empty() -> None:
    statistics = chain(["PassThroughCalculator"]).statistics()
    assert (statistics.running, statistics.seconds, statistics.queues) == (False, 0, ())
    assert [(node.name, node.calls) for node in statistics.nodes] == [("PassThroughCalculator", 0)]


def test_packets_calls_and_shares(run: Run) -> None:
    graph = chain(["PassThroughCalculator", "PrEveryOther", "PrDouble"])
    graph.statistics()
    run(graph, 6)
    statistics = graph.statistics()
    assert packets(statistics)["in"] == 6
    assert [node.calls for node in statistics.nodes] == [6, 6, 3]
    assert sum(node.share for node in statistics.nodes) == pytest.approx(1)
    assert all(node.mean > 0 and node.p95 > 0 for node in statistics.nodes)
    assert [(stream.producer, stream.output) for stream in statistics.streams][:2] == [
        ("", 0),
        ("PassThroughCalculator", 0),
    ]
    assert [step.node for step in statistics.critical_path][-1] == "PrDouble"
    with pytest.raises(FrozenInstanceError):
        statistics.seconds = 3.0  # type: ignore[misc]


def test_packets_are_counted_before_the_first_call_of_statistics() -> None:
    graph = chain(["PassThroughCalculator"] * 2)
    with graph:
        graph.start_run()
        feed(graph, 4)
        statistics = graph.statistics()
        assert packets(statistics) == {"in": 4, "s1": 4, "out": 0}  # "out" has no consumer.
        assert [node.calls for node in statistics.nodes] == [0, 0]
        graph.wait_until_idle()
        feed(graph, 2, first=4)
        assert [node.calls for node in graph.statistics().nodes] == [2, 2]
        assert graph.statistics().running


def test_queue_lengths_and_throttled_inputs() -> None:
    graph = chain(["PrDouble"], "max_queue_size: 2")
    graph.statistics()
    with graph:
        graph.start_run()
        graph.wait_until_idle()
        graph.pause()
        for i in range(3):  # The first one is in flight already.
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        while packets(graph.statistics())["in"] < 3:
            time.sleep(0.001)
        statistics = graph.statistics()
        (queue,) = statistics.queues
        assert (queue.stream, queue.length, queue.high_water, queue.limit) == ("in", 2, 2, 2)
        assert statistics.throttled == ("in: in at PrDouble",)
        graph.resume()
    assert graph.statistics().throttled == ()


def test_drops_of_the_flow_limiter_have_a_reason() -> None:
    graph = CalculatorGraph(graph_config=LIMITED)
    graph.statistics()
    with graph:
        graph.start_run()
        graph.pause()
        for i in range(5):
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        graph.resume()
        graph.wait_until_idle()
    (drop,) = graph.statistics().drops
    assert (drop.node, drop.stream) == ("FlowLimiterCalculator", "in")
    assert 1 <= drop.packets <= 4
    assert drop.reason == "1 in flight (max_in_flight: 1), 0 newer frames wait (max_in_queue: 0)"


def test_drops_of_a_short_queue_have_a_reason() -> None:
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "in" input_stream: "late"
        node { calculator: "PassThroughCalculator" input_stream: "in" input_stream: "late"
               output_stream: "a" output_stream: "b"
               input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" options {
                 [mediapipe.FixedSizeInputStreamHandlerOptions.ext] {
                   trigger_queue_size: 2 target_queue_size: 1 } } } }
        """
    )
    graph.statistics()
    with graph:
        graph.start_run()
        for i in range(4):
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        graph.wait_until_idle()
        (drop,) = graph.statistics().drops
    assert (drop.stream, drop.packets, drop.reason) == ("in", 3, "2 wait, older ones make room")


def test_statistics_start_from_zero_in_a_new_run(run: Run) -> None:
    graph = chain(["PassThroughCalculator"])
    graph.statistics()
    run(graph, 5)
    run(graph, 2)
    assert [node.calls for node in graph.statistics().nodes] == [2]


def test_trace_and_statistics_at_once(run: Run) -> None:
    graph = chain(["PassThroughCalculator"])
    graph.statistics()
    with graph.trace() as trace:
        run(graph, 5)
    assert graph.statistics().nodes[0].calls == trace.nodes()[0].calls == 5


def test_percentiles() -> None:
    model = chain(["PassThroughCalculator"]).model
    calls = [(0, 1000 * i, 0, i, 1, 1, 0, 1) for i in range(1, 101)]
    (node,) = node_statistics(model, calls)
    assert (node.calls, node.mean, node.p95, node.share) == (100, 50.5, 96.0, 1.0)
