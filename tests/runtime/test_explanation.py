"""What a graph says about what it waits for."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mpgraph.errors import DeadlineExceededError, GraphRunError, OutOfRangeError

TWO_INPUTS = """
    input_stream: "in" input_stream: "late" output_stream: "out"
    node { name: "filter" calculator: "RtScript" input_stream: "in" output_stream: "kept" }
    node { name: "copy" calculator: "RtScript" input_stream: "late" output_stream: "copied" }
    node { name: "join" calculator: "RtScript" input_stream: "in" input_stream: "%s" output_stream: "out" }
"""


def no_output(cc: Any) -> None:
    """What a filter that drops its packet does."""


def test_a_node_that_sends_neither_packet_nor_bound_is_named(stage: Any) -> None:
    play = stage(TWO_INPUTS % "kept", filter={"process": no_output}).start().send("in", 5).idle()
    text = play.graph.explain()
    assert 'node "join" holds a packet at 5 on "in", and waits for "kept"' in text
    assert '"kept" comes from' in text and 'node "filter", whose inputs are settled beyond that' in text
    assert "timestamp_offset = 0" in text
    play.finish()


def test_a_graph_input_that_got_nothing_is_named_through_the_nodes_between(stage: Any) -> None:
    play = stage(TWO_INPUTS % "copied").start().send("late", 3).send("in", 5).idle()
    text = play.graph.explain()
    assert 'waits for "copied", which is settled up to 3' in text
    assert 'The graph input "late" got nothing at 5 or later' in text
    play.finish()
    assert play.graph.explain() == "The graph has no run: call start_run()."


def test_waits_end_with_the_explanation_when_their_time_is_up(stage: Any) -> None:
    release = threading.Event()
    play = stage(
        TWO_INPUTS.replace('"copy" calculator: "RtScript"', '"copy" calculator: "RtBlocking"') % "copied",
        copy={"process": lambda cc: release.wait(20) and cc.t},
    )
    poller = play.graph.add_output_stream_poller("out")
    play.start().send("in", 1).send("late", 1)
    with pytest.raises(TimeoutError, match=r'took longer than 0.05 s.(?s:.*)node "copy" has a call running'):
        play.graph.wait_until_idle(timeout=0.05)
    with pytest.raises(DeadlineExceededError, match=r'node "join" holds a packet at 1.*which is busy'):
        play.graph.wait_for_observed_output(timeout=0.05)
    with pytest.raises(TimeoutError, match=r"wait_until_done\(\) took longer"):
        play.graph.wait_until_done(timeout=0.05)
    with pytest.raises(TimeoutError, match='No packet of stream "out" came within 0.05 s'):
        poller.next(timeout=0.05)
    release.set()
    play.graph.wait_until_idle(timeout=20)
    assert poller.next(timeout=20).timestamp.value == 1
    assert 'The graph inputs "in", "late" are open' in play.graph.explain()
    play.finish()
    play.start()
    play.graph.close_all_packet_sources()
    with pytest.raises(OutOfRangeError):
        play.graph.wait_for_observed_output(timeout=20)
    play.graph.wait_until_done(timeout=20)


def test_paused_failed_and_unopened_graphs_say_so(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("thirteen")

    play = stage(TWO_INPUTS % "kept", filter={"process": fail}).start().idle()
    play.graph.pause()
    assert "The run is paused" in play.graph.explain()
    play.graph.resume()
    play.send("in", 13)
    with pytest.raises(GraphRunError, match="thirteen"):
        play.graph.wait_until_idle(timeout=20)
    assert "The run has failed: " in play.graph.explain()
    play.graph.abandon()


def test_a_node_without_its_side_packet_has_not_opened(stage: Any) -> None:
    play = stage(
        """input_stream: "in"
        node { name: "maker" calculator: "RtScript" input_stream: "in" output_side_packet: "made" }
        node { name: "user" calculator: "RtScript" input_stream: "in" input_side_packet: "made" }"""
    )
    play.start().idle()
    assert 'node "user" has not opened: it waits for side packet "made"' in play.graph.explain()
    play.graph.abandon()


def test_a_full_poller_that_throttles_an_input_is_named(stage: Any) -> None:
    play = stage(TWO_INPUTS % "copied")
    poller = play.graph.add_output_stream_poller("kept")
    poller.set_max_queue_size(2)
    play.start().send("in", 1).send("in", 2).idle()
    assert '"in" is throttled: a poller of "kept" is full.' in play.graph.explain()
    assert poller.next(timeout=20).timestamp.value == 1
    play.idle()
    assert "throttled" not in play.graph.explain()
    play.finish()
