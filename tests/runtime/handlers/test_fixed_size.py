"""FixedSizeInputStreamHandler: short queues, from which old packets are dropped."""

from __future__ import annotations

from typing import Any

TEXT = """
  input_stream: "x" input_stream: "y" output_stream: "out"
  max_queue_size: 3
  node {
    name: "a" calculator: "RtOffset" input_stream: "x" input_stream: "y" output_stream: "out"
    input_stream_handler {
      input_stream_handler: "FixedSizeInputStreamHandler"
      options { [mediapipe.FixedSizeInputStreamHandlerOptions.ext] { %s } }
    }
  }
"""
DEFAULTS = TEXT % ""


def test_newest_packets_are_kept(stage: Any) -> None:
    play = stage(DEFAULTS).start().send("x", 1, 2, 3, 4).send("y", 4).idle()
    assert play.called("a") == [(4, [4, 4])]


def test_late_packets_below_the_cut_are_dropped(stage: Any) -> None:
    play = stage(DEFAULTS).start().send("x", 1, 2, 3, 4).idle().send("y", 1, 2, 3, 4).idle()
    assert play.called("a") == [(4, [4, 4])]


def test_nothing_is_dropped_below_the_trigger_size(stage: Any) -> None:
    play = stage(TEXT % "trigger_queue_size: 5 target_queue_size: 3").start()
    play.send("x", 1, 2, 3, 4).send("y", 1, 2, 3, 4).idle()
    assert [t for t, _ in play.called("a")] == [1, 2, 3, 4]


def test_queue_is_cut_to_the_target_size(stage: Any) -> None:
    play = stage(TEXT % "trigger_queue_size: 3 target_queue_size: 2").start()
    play.send("x", 1, 2, 3).idle().send("y", 3).idle()
    assert play.called("a") == [(2, [2, None]), (3, [3, 3])]


def test_fixed_min_size_waits_for_all_streams(stage: Any) -> None:
    play = stage(TEXT % "trigger_queue_size: 2 target_queue_size: 1 fixed_min_size: true").start()
    play.send("x", 1, 2, 3).idle()
    assert play.called("a") == []
    play.send("y", 3).idle()
    assert [t for t, _ in play.called("a")] == [1, 2, 3]


def test_dropping_ends_throttling(stage: Any, watchdog: Any) -> None:
    play = stage(DEFAULTS).start()
    watchdog(lambda: play.send("x", *range(50)).send("y", 49).idle())
    assert play.called("a") == [(49, [49, 49])]


def test_dropping_announces_no_bounds(stage: Any) -> None:
    play = stage(DEFAULTS, bounds=True).start().send("x", 1, 2, 3, 4).idle()
    assert play.seen["out"] == []
    play.send("y", 4).idle()
    assert play.seen["out"] == [(4, 4)]
