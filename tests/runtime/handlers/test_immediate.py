"""ImmediateInputStreamHandler: each stream on its own."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts

TEXT = """
  input_stream: "x" input_stream: "y" output_stream: "out"
  node {
    name: "a" calculator: "%s" input_stream: "x" input_stream: "y" output_stream: "out"
    input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }
  }
"""


def test_packets_are_delivered_without_waiting(stage: Any) -> None:
    play = stage(TEXT % "RtScript").start()
    play.send("x", 5).idle().send("y", 7).idle()
    assert play.called("a") == [(5, [5, None]), (7, [None, 7])]


def test_equal_timestamps_are_delivered_together(stage: Any) -> None:
    gate = threading.Event()
    play = stage(TEXT % "RtBlocking", a={"process": lambda cc: gate.wait(10) and None}).start()
    play.send("x", 5, 6).send("y", 6)
    gate.set()
    assert play.idle().called("a") == [(5, [5, None]), (6, [6, 6])]


def test_timestamps_increase_per_stream_only(stage: Any) -> None:
    play = stage(TEXT % "RtScript", a={"process": lambda cc: None}).start()
    play.send("x", 10).idle().send("y", 3).idle()
    assert play.called("a") == [(10, [10, None]), (3, [None, 3])]


def test_decreasing_output_timestamps_are_an_error(stage: Any) -> None:
    def both(cc: Any) -> None:
        packet = next(packet for packet in cc.packets if not packet.is_empty())
        cc.outputs[0].add_packet(packet)

    play = stage(TEXT % "RtScript", a={"process": both}).start().send("x", 10).idle().send("y", 3)
    with pytest.raises(InvalidArgumentError, match="Packet timestamp mismatch"):
        play.finish()


def test_end_of_a_stream_causes_one_more_call(stage: Any) -> None:
    play = stage(TEXT % "RtScript").start().send("x", 1).idle()
    play.graph.close_input_stream("x")
    play.idle()
    assert [inputs for _, inputs in play.called("a")] == [[1, None], [None, None]]
    play.graph.close_input_stream("y")
    assert play.idle().called("a", "close")


def test_with_bounds_end_of_a_stream_is_reported_at_max(stage: Any) -> None:
    shown: list[Any] = []
    hooks = {"process": lambda cc: shown.append((cc.t, [packet.timestamp.value for packet in cc.packets]))}
    play = stage(TEXT % "RtBounds", a=hooks).start().send("x", 1).idle()
    play.graph.close_input_stream("x")
    play.idle()
    assert shown == [(1, [1, ts.UNSTARTED]), (ts.MAX, [ts.MAX, ts.UNSTARTED])]


def test_with_bounds_each_input_has_its_own_settled_time(stage: Any) -> None:
    shown: list[Any] = []
    hooks = {"process": lambda cc: shown.append((cc.t, [packet.timestamp.value for packet in cc.packets]))}
    play = stage(TEXT % "RtBounds", a=hooks).start()
    play.send("x", (4, None)).idle().send("y", 2).idle()
    assert shown == [(4, [4, ts.UNSTARTED]), (2, [4, 2])]
