"""Observers and pollers of streams."""

from __future__ import annotations

import threading
import time
import traceback
from typing import Any

import pytest

from mpgraph.errors import FailedPreconditionError, GraphRunError, NotFoundError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

PASS = """
  input_stream: "in" output_stream: "out"
  node { name: "a" calculator: "%s" input_stream: "in" output_stream: "out" }
"""


def test_every_stream_can_be_observed(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    seen: list[Any] = []
    play.graph.observe_output_stream("in", lambda name, packet: seen.append((name, packet.payload)))
    play.start().send("in", 1).finish()
    assert seen == [("in", 1)]


def test_observing_an_unknown_stream_is_refused(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    with pytest.raises(
        NotFoundError, match='Unable to attach observer to output stream "oud".*Did you mean "out"'
    ):
        play.graph.observe_output_stream("oud", lambda name, packet: None)
    with pytest.raises(NotFoundError, match="Unable to attach observer"):
        play.graph.add_output_stream_poller("oud")


def test_observing_during_a_run_is_refused(stage: Any) -> None:
    play = stage(PASS % "RtPass").start()
    with pytest.raises(FailedPreconditionError, match="before start_run"):
        play.graph.observe_output_stream("out", lambda name, packet: None)
    with pytest.raises(FailedPreconditionError, match="before start_run"):
        play.graph.add_output_stream_poller("out")


def test_observers_receive_bounds_on_request(stage: Any) -> None:
    play = stage(PASS % "RtPass", bounds=True).start()
    for event in (1, (5, None), 7):
        play.send("in", event).idle()
    assert play.finish().seen["out"] == [(1, 1), (5, None), (7, 7)]


def test_end_of_a_stream_is_not_reported_as_a_bound(stage: Any) -> None:
    play = stage(PASS % "RtPass", bounds=True).start().send("in", 1).finish()
    assert play.seen["out"] == [(1, 1)]


def test_max_and_poststream_as_bounds(stage: Any) -> None:
    play = stage(PASS % "RtPass", bounds=True).start().send("in", (ts.MAX - 1, None)).idle()
    assert play.seen["out"] == [(ts.MAX - 1, None)]


def test_error_in_an_observer_ends_the_run_and_keeps_its_traceback(stage: Any) -> None:
    play = stage(PASS % "RtPass")

    def observe(name: str, packet: Packet) -> None:
        raise LookupError("the observer's own")

    play.graph.observe_output_stream("out", observe)
    play.start().send("in", 1)
    with pytest.raises(GraphRunError, match="the observer's own") as info:
        play.finish()
    text = "".join(traceback.format_exception(None, info.value, info.value.__traceback__))
    assert "in observe\n" in text
    assert any('observer of stream "out"' in note for note in info.value.causes[0].__notes__)  # type: ignore[attr-defined]


def test_observers_of_one_stream_never_overlap(stage: Any) -> None:
    play = stage((PASS % "RtBlocking").replace('"out" }', '"out" max_in_flight: 3 }'))
    inside: list[int] = []

    def observe(name: str, packet: Packet) -> None:
        inside.append(1)
        time.sleep(0)
        assert len(inside) == 1
        inside.pop()

    play.graph.observe_output_stream("out", observe)
    play.start().send("in", *range(50)).finish()


def test_observer_may_feed_the_graph(stage: Any) -> None:
    play = stage(PASS % "RtPass")

    def feed(name: str, packet: Packet) -> None:
        if packet.payload < 10:
            play.graph.add_packet_to_input_stream(
                "in", make_packet(packet.payload + 1).at(packet.payload + 1)
            )

    play.graph.observe_output_stream("out", feed)
    play.start().send("in", 0).idle()
    assert play.seen["out"] == [(t, t) for t in range(11)]


@pytest.mark.parametrize("call", ["wait_until_idle", "wait_until_done", "wait_for_observed_output"])
def test_observer_must_not_wait_for_the_graph(stage: Any, watchdog: Any, call: str) -> None:
    play = stage(PASS % "RtPass")
    play.graph.observe_output_stream("in", lambda name, packet: getattr(play.graph, call)())
    play.start().send("in", 1)
    with pytest.raises(FailedPreconditionError, match="itself"):
        watchdog(play.finish)


def test_blocking_calculator_must_not_wait_for_the_graph(stage: Any, watchdog: Any) -> None:
    play = stage(PASS % "RtBlocking", a={"process": lambda cc: play.graph.wait_until_idle()})
    play.start().send("in", 1)
    with pytest.raises(FailedPreconditionError, match="itself"):
        watchdog(play.finish)


def test_poller_returns_packets_one_by_one(stage: Any) -> None:
    play = stage(PASS % "RtBlocking")
    poller = play.graph.add_output_stream_poller("out")
    play.start().send("in", 1, 2)
    first = poller.next()
    assert first is not None and first.payload == 1
    play.graph.close_all_input_streams()
    assert [packet.payload for packet in poller] == [2]
    assert poller.next() is None
    play.graph.wait_until_done()


def test_poller_with_bounds(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    poller = play.graph.add_output_stream_poller("out", observe_timestamp_bounds=True)
    play.start().send("in", (4, None)).idle().send("in", 6).finish()
    assert [(packet.timestamp.value, packet.payload) for packet in poller] == [(4, None), (6, 6)]


def test_poller_of_a_failed_run_ends(stage: Any, watchdog: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("no")

    play = stage(PASS % "RtBlocking", a={"process": fail})
    poller = play.graph.add_output_stream_poller("out")
    play.start().send("in", 1)
    assert watchdog(poller.next) is None


def test_poller_is_empty_before_the_first_run(stage: Any) -> None:
    poller = stage(PASS % "RtPass").graph.add_output_stream_poller("out")
    assert poller.next() is None and poller.queue_size() == 0


@pytest.mark.parametrize("size", [1, 2, 7])
def test_full_poller_throttles_the_sources(stage: Any, watchdog: Any, size: int) -> None:
    play = stage('node { calculator: "RtCount" output_stream: "numbers" }')
    poller = play.graph.add_output_stream_poller("numbers")
    poller.set_max_queue_size(size)
    play.graph.set_service("count", 200)
    play.start()
    sizes = []

    def drain() -> list[Any]:
        taken = []
        while (packet := poller.next()) is not None:
            taken.append(packet.payload)
            sizes.append(poller.queue_size())
        return taken

    assert watchdog(drain) == list(range(200))
    assert max(sizes) <= size + 1
    play.graph.wait_until_done()


def test_poller_can_be_emptied_after_the_run(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    poller = play.graph.add_output_stream_poller("out")
    poller.set_max_queue_size(100)
    play.start().send("in", 1, 2, 3).finish()
    assert poller.queue_size() == 3
    assert [packet.payload for packet in poller] == [1, 2, 3]


def test_poller_works_in_the_next_run(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    poller = play.graph.add_output_stream_poller("out")
    for run in range(3):
        play.start().send("in", run).finish()
        assert [packet.payload for packet in poller] == [run]


def test_two_threads_may_share_a_poller(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    poller = play.graph.add_output_stream_poller("out")
    poller.set_max_queue_size(1)
    taken: list[int] = []
    threads = [threading.Thread(target=lambda: taken.extend(p.payload for p in poller)) for _ in range(2)]
    play.start()
    for thread in threads:
        thread.start()
    play.send("in", *range(100))
    play.graph.close_all_input_streams()
    for thread in threads:
        thread.join(20)
    play.graph.wait_until_done()
    assert sorted(taken) == list(range(100))


def test_waiting_for_observed_output(stage: Any) -> None:
    play = stage(PASS % "RtBlocking").start().send("in", 1)
    play.graph.wait_for_observed_output()
    assert play.seen["out"] == [(1, 1)]
    play.graph.close_all_input_streams()
    with pytest.raises(RuntimeError, match="Graph is done."):
        play.graph.wait_for_observed_output()
    play.graph.wait_until_done()
    play.graph.wait_for_observed_output()


def test_graph_without_observers_runs() -> None:
    graph = CalculatorGraph(graph_config=PASS % "RtPass")
    with graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1).at(1))
