"""EarlyCloseInputStreamHandler: synchronized until the first stream ends."""

from __future__ import annotations

from typing import Any

TEXT = """
  input_stream: "x" input_stream: "y"
  node {
    name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y"
    input_stream_handler { input_stream_handler: "EarlyCloseInputStreamHandler" }
  }
"""


def test_streams_are_synchronized(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 1, 2).send("y", 2).idle()
    assert play.called("a") == [(1, [1, None]), (2, [2, 2])]


def test_closes_with_the_first_stream_that_ends(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 1, 2, 3).send("y", 1)
    play.graph.close_input_stream("y")
    play.idle()
    assert play.called("a") == [(1, [1, 1])] and play.called("a", "close")
