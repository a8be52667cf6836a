"""The fast path through inline nodes has the same results as the general path."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts

EVENTS: list[list[Any]] = [
    [1, 2, 3],
    [1, (5, None), 6],
    [(0, None), 1, (1, None), 9],
    [ts.PRESTREAM],
    [ts.MIN, 0, ts.MAX],
    [ts.POSTSTREAM],
    [],
]


def chain(extra: str) -> str:
    node = f'node {{ calculator: "RtPass" input_stream: "s%d" output_stream: "s%d" {extra} }}'
    return 'input_stream: "s0" output_stream: "s3"' + "".join(node % (i, i + 1) for i in range(3))


@pytest.mark.parametrize("events", EVENTS)
@pytest.mark.parametrize("bounds", [False, True])
def test_fast_path_equals_general_path(stage: Any, events: list[Any], bounds: bool) -> None:
    seen = []
    for extra in ("", "max_in_flight: 2"):
        play = stage(chain(extra), bounds=bounds).start()
        for event in events:
            play.send("s0", event).idle()
        seen.append(play.finish().seen["s3"])
    assert seen[0] == seen[1]
    assert [event for event in seen[0] if event[1] is not None] == [(t, t) for t in events if type(t) is int]


def test_wrong_types_are_refused(stage: Any) -> None:
    text = 'input_stream: "in" node { calculator: "RtInts" input_stream: "in" output_stream: "out" }'
    play = stage(text).start().send("in", 1).idle()
    with pytest.raises(InvalidArgumentError, match="Packet type mismatch"):
        play.send("in", (2, "two"))
    with pytest.raises(InvalidArgumentError, match="Packet type mismatch"):
        play.finish()


def test_late_packets_are_refused(stage: Any) -> None:
    play = stage(chain("")).start().send("s0", 5).idle().send("s0", 5)
    with pytest.raises(InvalidArgumentError, match="minimum expected timestamp is 6 but received 5"):
        play.finish()


def test_burst_is_delivered_in_order(stage: Any) -> None:
    play = stage(chain("")).start().send("s0", *range(500)).finish()
    assert play.seen["s3"] == [(t, t) for t in range(500)]


def test_inputs_are_released_after_the_call(stage: Any) -> None:
    text = 'input_stream: "in" node { name: "a" calculator: "RtScript" input_stream: "in" }'
    play = stage(text).start().send("in", 1).finish()
    assert play.called("a", "close") == [(ts.DONE, [None])]


def test_after_an_error_nothing_new_is_queued(stage: Any) -> None:
    text = """
      input_stream: "in"
      node { name: "a" calculator: "RtScript" input_stream: "in" output_stream: "x" output_stream: "y" }
      node { name: "late" calculator: "RtScript" input_stream: "y" output_stream: "z" }
      node { name: "bad" calculator: "RtInts" input_stream: "x" output_stream: "w" }
    """

    def both(cc: Any) -> None:
        cc.outputs[0].emit("text", cc.t)
        cc.outputs[1].emit("text", cc.t)

    play = stage(text, a={"process": both}).start().send("in", 1)
    with pytest.raises(InvalidArgumentError, match="Packet type mismatch"):
        play.finish()
    assert play.called("late") == []
