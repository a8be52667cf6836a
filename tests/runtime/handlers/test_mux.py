"""MuxInputStreamHandler: the control stream selects what is delivered."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError

TEXT = """
  input_stream: "x" input_stream: "y" input_stream: "which"
  node {
    name: "a" calculator: "RtScript"
    input_stream: "INPUT:0:x" input_stream: "INPUT:1:y" input_stream: "SELECT:which"
    input_stream_handler { input_stream_handler: "MuxInputStreamHandler" }
  }
"""


def test_only_the_selected_stream_is_delivered(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 1, 2).send("y", 1, 2).send("which", (1, 0), (2, 1)).idle()
    assert play.called("a") == [(1, [1, None, 0]), (2, [None, 2, 1])]


def test_only_the_selected_stream_is_waited_for(stage: Any) -> None:
    play = stage(TEXT).start().send("which", (5, 1)).idle()
    assert play.called("a") == []
    play.send("y", 5).idle()
    assert play.called("a") == [(5, [None, 5, 1])]


def test_later_packet_settles_the_selected_stream(stage: Any) -> None:
    play = stage(TEXT).start().send("which", (5, 0)).send("x", 9).idle()
    assert play.called("a") == [(5, [None, None, 0])]


def test_packets_of_other_streams_are_dropped(stage: Any) -> None:
    play = stage(TEXT).start().send("y", 1, 2, 3).send("x", 3).send("which", (3, 0)).send("which", (4, 1))
    play.send("y", 4).idle()
    assert play.called("a") == [(3, [3, None, 0]), (4, [None, 4, 1])]


def test_closes_with_the_control_stream(stage: Any) -> None:
    play = stage(TEXT).start().send("x", 1)
    play.graph.close_input_stream("which")
    assert play.idle().called("a", "close") and not play.called("a")


@pytest.mark.parametrize("value", [2, -1, "x"])
def test_invalid_control_value_is_refused(stage: Any, value: Any) -> None:
    play = stage(TEXT).start().send("which", (1, value)).send("x", 1)
    with pytest.raises(
        InvalidArgumentError, match=r'"which" of a MuxInputStreamHandler must carry ints in 0..1'
    ):
        play.finish()
