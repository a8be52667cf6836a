"""BarrierInputStreamHandler: one packet from every stream, whatever their timestamps."""

from __future__ import annotations

from typing import Any

TEXT = """
  input_stream: "x" input_stream: "y"
  node {
    name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y"
    input_stream_handler { input_stream_handler: "BarrierInputStreamHandler" }
  }
"""


def test_joins_packets_of_any_times(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 10, 20).send("y", 3).idle()
    assert play.called("a") == [(3, [10, 3])]
    play.send("y", 100).idle()
    assert play.called("a")[1:] == [(20, [20, 100])]


def test_closes_with_the_first_stream_that_ends(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 1, 2).send("y", 1)
    play.graph.close_input_stream("y")
    play.idle()
    assert len(play.called("a")) == 1 and play.called("a", "close")
