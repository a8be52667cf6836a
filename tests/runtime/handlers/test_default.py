"""DefaultInputStreamHandler: synchronized streams, and batches. EarlyCloseInputStreamHandler: its end."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError, NotFoundError

TWO = """
  input_stream: "x" input_stream: "y" output_stream: "out"
  node { name: "a" calculator: "%s" input_stream: "x" input_stream: "y" output_stream: "out" }
"""
BATCH = """
  input_stream: "in" output_stream: "out"
  node {
    name: "a" calculator: "RtOffset" input_stream: "in" output_stream: "out"
    input_stream_handler {
      input_stream_handler: "DefaultInputStreamHandler"
      options { [mediapipe.DefaultInputStreamHandlerOptions.ext] { batch_size: %d } }
    }
  }
"""
EARLY = """
  input_stream: "x" input_stream: "y"
  node {
    name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y"
    input_stream_handler { input_stream_handler: "EarlyCloseInputStreamHandler" }
  }
"""


def test_waits_until_every_stream_has_settled_the_time(stage: Any) -> None:
    play = stage(TWO % "RtScript").start().send("x", 1, 5).send("y", 5).idle()
    assert play.called("a") == [(1, [1, None]), (5, [5, 5])]


def test_bound_settles_a_time(stage: Any) -> None:
    play = stage(TWO % "RtScript").start().send("x", 3).send("y", (3, None)).idle()
    assert play.called("a") == [(3, [3, None])]


def test_closes_when_all_streams_have_ended(stage: Any) -> None:
    play = stage(TWO % "RtScript").start()
    play.graph.close_input_stream("x")
    play.send("y", 1).idle()
    assert play.called("a") == [(1, [None, 1])] and not play.called("a", "close")
    play.graph.close_input_stream("y")
    assert play.idle().called("a", "close")


def test_bounds_are_processed_on_request(stage: Any) -> None:
    shown: list[Any] = []
    hooks = {"process": lambda cc: shown.append((cc.t, [packet.timestamp.value for packet in cc.packets]))}
    play = stage(TWO % "RtBounds", a=hooks).start()
    play.send("x", (4, None)).idle().send("y", (6, None)).idle().send("x", 6).idle()
    assert shown == [(4, [4, 6]), (6, [6, 6])]


def test_members_of_a_batch_run_back_to_back(stage: Any) -> None:
    play = stage(BATCH % 3).start().send("in", 1, 2).idle()
    assert play.called("a") == [] and play.seen["out"] == []
    play.send("in", 3, 4).idle()
    assert play.called("a") == [(t, [t]) for t in (1, 2, 3)]
    assert play.seen["out"] == [(1, 1), (2, 2), (3, 3)]


def test_end_of_the_streams_flushes_a_partial_batch(stage: Any) -> None:
    play = stage(BATCH % 3).start().send("in", 1, 2, 3, 4, 5).finish()
    assert [t for t, _ in play.called("a")] == [1, 2, 3, 4, 5]
    assert play.called("a", "close")
    assert [t for t, _ in play.seen["out"]] == [1, 2, 3, 4, 5]


def test_batch_announces_its_first_time_only(stage: Any) -> None:
    play = stage(BATCH % 3, bounds=True).start().send("in", 1).idle().send("in", 2).idle()
    assert play.seen["out"] == [(0, None)]


def test_batch_size_must_be_positive(stage: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="Batch size has to be greater than or equal to 1."):
        stage(BATCH % 0).start()


def test_unknown_handler_is_refused(stage: Any) -> None:
    text = BATCH.replace('DefaultInputStreamHandler"', 'DefaultInputStreamHandle"', 1) % 1
    with pytest.raises(NotFoundError, match="is not a registered input stream handler.*Did you mean"):
        stage(text)


def test_early_close_synchronizes_streams(stage: Any) -> None:
    play = stage(EARLY).start().send("x", 1, 2).send("y", 2).idle()
    assert play.called("a") == [(1, [1, None]), (2, [2, 2])]


def test_early_close_closes_with_the_first_stream_that_ends(stage: Any) -> None:
    play = stage(EARLY).start().send("x", 1, 2, 3).send("y", 1)
    play.graph.close_input_stream("y")
    play.idle()
    assert play.called("a") == [(1, [1, 1])] and play.called("a", "close")


def test_many_inputs_in_any_order_are_synchronized(stage: Any) -> None:
    names = [f"i{n}" for n in range(20)]
    ports = " ".join(f'input_stream: "{name}"' for name in names)
    text = (
        f'{ports} output_stream: "o" node {{ name: "a" calculator: "RtOffset" {ports} output_stream: "o" }}'
    )
    play = stage(text, bounds=True).start()
    order = random.Random(1)
    for t in range(10):
        order.shuffle(names)
        for name in names[: 20 if t % 3 else 15]:
            play.send(name, t)
            play.idle()
    play.finish()
    for t in range(10):
        (inputs,) = [inputs for at, inputs in play.called("a") if at == t]
        assert inputs.count(t) == (20 if t % 3 else 15)
    assert [t for t, _ in play.seen["o"]] == sorted(t for t, _ in play.seen["o"])
