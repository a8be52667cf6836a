"""The fast path through inline nodes has the same results as the general path."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mpgraph.errors import CancelledError, DeadlineExceededError, GraphRunError, InvalidArgumentError
from mpgraph.framework import timestamp as ts
from mpgraph.runtime.executor import ApplicationThreadExecutor

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


NAMED = """
  input_stream: "s0" output_stream: "s3"
  node { name: "a" calculator: "RtScript" input_stream: "s0" output_stream: "s1" }
  node { name: "b" calculator: "RtScript" input_stream: "s1" output_stream: "s2" }
  node { name: "c" calculator: "RtScript" input_stream: "s2" output_stream: "s3" }
"""


def test_pausing_in_the_middle_of_a_chain_stops_it_there(stage: Any) -> None:
    def pause(cc: Any) -> None:
        cc.outputs[0].add_packet(cc.packets[0])
        play.graph.pause()

    play = stage(NAMED, b={"process": pause}).start().send("s0", 1)
    with pytest.raises(DeadlineExceededError):
        play.graph.wait_until_idle(timeout=0.05)
    assert play.called("b") == [(1, [1])] and play.called("c") == []
    play.graph.resume()
    assert play.finish().seen["s3"] == [(1, 1)]


def test_wait_with_a_limit_ends_in_the_middle_of_a_chain(stage: Any) -> None:
    # The executor never runs anything, so that the waiting thread does.
    def slow(cc: Any) -> None:
        time.sleep(0.05)
        cc.outputs[0].add_packet(cc.packets[0])

    play = stage(NAMED, a={"process": slow}, b={"process": slow})
    play.graph.set_executor("", ApplicationThreadExecutor())
    play.start().idle().send("s0", 1)
    with pytest.raises(DeadlineExceededError):
        play.graph.wait_until_idle(timeout=0.02)
    assert play.called("a") == [(1, [1])] and play.called("b") == []
    assert play.finish().seen["s3"] == [(1, 1)]


def test_failure_in_a_chain_ends_it_and_closes_its_nodes(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("no")

    play = stage(NAMED, b={"process": fail}).start().send("s0", 1)
    with pytest.raises(GraphRunError, match='node "b" failed'):
        play.finish()
    assert play.called("c") == [] and all(play.called(name, "close") for name in "abc")


def test_several_packets_of_one_call_take_the_chain_one_by_one(stage: Any) -> None:
    def twice(cc: Any) -> None:
        for t in (cc.t, cc.t + 1):
            cc.outputs[0].emit(t, t)

    play = stage(NAMED, a={"process": twice}).start().send("s0", 0, 2).finish()
    assert play.seen["s3"] == [(t, t) for t in range(4)]
    assert [name for name, kind, *_ in play.calls if kind == "process"] == ["a", *"bcbc"] * 2


def test_loop_of_single_inputs_leaves_room_for_other_events(stage: Any, watchdog: Any) -> None:
    text = """
      input_stream: "start"
      node {
        name: "merge" calculator: "RtScript" input_stream: "start" input_stream: "back" output_stream: "x"
        input_stream_info { tag_index: ":1" back_edge: true }
        input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }
      }
      node { name: "pass" calculator: "RtScript" input_stream: "x" output_stream: "y" }
      node { name: "later" calculator: "RtScript" input_stream: "y" output_stream: "back" }
    """

    def merge(cc: Any) -> None:
        packet = next(packet for packet in cc.packets if not packet.is_empty())
        cc.outputs[0].emit(packet.payload + 1, packet.timestamp.value)

    def later(cc: Any) -> None:
        cc.outputs[0].emit(cc.packets[0].payload, cc.t + 1)

    play = stage(text, merge={"process": merge}, later={"process": later}).start().send("start", 0)
    while len(play.called("later")) < 100:
        time.sleep(0.001)
    play.graph.cancel()
    with pytest.raises(CancelledError):
        watchdog(play.graph.wait_until_done)
