"""TimestampAlignInputStreamHandler: streams aligned to the clock of one of them."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError

TEXT = """
  input_stream: "base" input_stream: "other"
  node {
    name: "a" calculator: "RtScript" input_stream: "BASE:base" input_stream: "OTHER:other"
    input_stream_handler {
      input_stream_handler: "TimestampAlignInputStreamHandler"
      options { [mediapipe.TimestampAlignInputStreamHandlerOptions.ext] { timestamp_base_tag_index: "%s" } }
    }
  }
"""


def test_base_is_delivered_alone_until_all_streams_have_a_packet(stage: Any) -> None:
    play = stage(TEXT % "BASE").start().send("base", 100, 110).idle()
    assert play.called("a") == [(100, [100, None]), (110, [110, None])]


def test_other_stream_is_aligned_to_the_base(stage: Any) -> None:
    times: list[Any] = []
    hooks = {"process": lambda cc: times.append([packet.timestamp.value for packet in cc.packets])}
    play = stage(TEXT % "BASE", a=hooks).start().send("other", 5).send("base", 100).idle()
    play.send("base", 110).send("other", 15).idle()
    assert [inputs for _, inputs in play.called("a")] == [[100, None], [100, 5], [110, 15]] or [
        inputs for _, inputs in play.called("a")
    ] == [[100, 5], [110, 15]]
    assert times[-1] == [110, 110]


def test_unknown_base_stream_is_refused(stage: Any) -> None:
    with pytest.raises(InvalidArgumentError, match='timestamp_base_tag_index: stream "BAS" is not found'):
        stage(TEXT % "BAS").start()


def test_closes_when_all_have_ended(stage: Any) -> None:
    play = stage(TEXT % "BASE").start().send("base", 1).send("other", 1).finish()
    assert play.called("a", "close")
