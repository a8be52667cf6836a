"""Streams: bounds, offsets, order, and which packets are valid."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError, UnknownError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import empty as empty_packet
from mpgraph.framework.packet import make_packet

ONE = """
  input_stream: "in"
  output_stream: "out"
  node { name: "a" calculator: "%s" input_stream: "in" output_stream: "out" }
"""
SCRIPT, OFFSET = ONE % "RtScript", ONE % "RtOffset"


def nothing(cc: Any) -> None:
    """Emit nothing."""


def test_offset_zero_settles_the_output_without_a_packet(stage: Any) -> None:
    play = stage(OFFSET, bounds=True, a={"process": nothing}).start().send("in", 3, 8).idle()
    assert play.seen["out"] == [(3, None), (8, None)]


def test_without_an_offset_nothing_is_settled(stage: Any) -> None:
    play = stage(SCRIPT, bounds=True, a={"process": nothing}).start().send("in", 3, 8).idle()
    assert play.seen["out"] == []


def test_bound_alone_passes_an_offset_without_process(stage: Any) -> None:
    play = stage(OFFSET, bounds=True).start().send("in", (4, None)).idle()
    assert play.seen["out"] == [(4, None)] and play.called("a") == []


def test_bound_passes_a_long_chain(stage: Any) -> None:
    nodes = "".join(
        f'node {{ calculator: "RtPass" input_stream: "s{i}" output_stream: "s{i + 1}" }}' for i in range(20)
    )
    play = stage(f'input_stream: "s0" output_stream: "s20" {nodes}', bounds=True).start()
    for event in (1, (5, None), 9):
        play.send("s0", event).idle()
    assert play.seen["s20"] == [(1, 1), (5, None), (9, 9)]


@pytest.mark.parametrize(("offset", "settled"), [(0, 10), (5, 15), (-3, 7)])
def test_offsets_of_any_size(stage: Any, offset: int, settled: int) -> None:
    hooks = {"open": lambda cc: cc.set_offset(offset), "process": nothing}
    play = stage(SCRIPT, bounds=True, a=hooks).start().send("in", 10).idle()
    assert play.seen["out"] == [(settled, None)]


def test_explicit_bound(stage: Any) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].set_next_timestamp_bound(cc.t + 50)}
    play = stage(SCRIPT, bounds=True, a=hooks).start().send("in", 1).idle()
    assert play.seen["out"] == [(50, None)]


def test_empty_packet_is_a_bound(stage: Any) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].add_packet(empty_packet(cc.t + 50))}
    play = stage(SCRIPT, bounds=True, a=hooks).start().send("in", 1).idle()
    assert play.seen["out"] == [(51, None)]


def test_packets_below_an_announced_bound_are_refused_by_the_consumer(stage: Any) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].emit("x", 5)}
    play = stage(SCRIPT, a=hooks).start().send("in", 1, 2)
    words = 'receiving from stream "out". Current minimum expected timestamp is 6 but received 5'
    with pytest.raises(InvalidArgumentError, match=words):
        play.finish()


def test_packets_without_a_consumer_are_never_refused(stage: Any) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].emit("x", 5)}
    stage(SCRIPT.replace('output_stream: "out"', "", 1), a=hooks).start().send("in", 1, 2).finish()


def test_decreasing_bound_is_refused(stage: Any) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].set_next_timestamp_bound(50 - cc.t)}
    play = stage(SCRIPT, a=hooks).start().send("in", 1, 2)
    with pytest.raises(UnknownError, match="SetNextTimestampBound"):
        play.finish()


@pytest.mark.parametrize("bound", [ts.UNSET, ts.UNSTARTED])
def test_invalid_bounds_are_refused(stage: Any, bound: int) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].set_next_timestamp_bound(bound)}
    with pytest.raises(InvalidArgumentError, match="timestamp bound set to illegal value"):
        stage(SCRIPT, a=hooks).start().send("in", 1).finish()


@pytest.mark.parametrize("t", [ts.UNSET, ts.UNSTARTED, ts.ONE_OVER_POSTSTREAM, ts.DONE])
def test_invalid_timestamps_are_refused(stage: Any, t: int) -> None:
    hooks = {"process": lambda cc: cc.outputs[0].emit("x", t)}
    with pytest.raises(InvalidArgumentError, match="timestamp not specified or set to illegal value"):
        stage(SCRIPT, a=hooks).start().send("in", 1).finish()


def test_closed_stream_refuses_packets(stage: Any) -> None:
    def emit(cc: Any) -> None:
        cc.outputs[0].emit(cc.t, cc.t)
        cc.outputs[0].close()

    play = stage(SCRIPT, a={"process": emit}).start().send("in", 1).idle()
    assert play.seen["out"] == [(1, 1)]
    play.send("in", 2)
    with pytest.raises(FailedPreconditionError, match="Packet sent to closed stream"):
        play.finish()


def test_consumers_continue_after_a_stream_closed_early(stage: Any) -> None:
    text = """
      input_stream: "in" output_stream: "out"
      node { name: "a" calculator: "RtScript" input_stream: "in" output_stream: "mid" }
      node { name: "b" calculator: "RtOffset" input_stream: "in" input_stream: "mid" output_stream: "out" }
    """
    play = stage(text, a={"process": lambda cc: cc.outputs[0].close()}).start().send("in", 1, 2, 3).idle()
    assert play.called("b") == [(t, [t, None]) for t in (1, 2, 3)]


def test_prestream_must_be_alone(stage: Any) -> None:
    play = stage(SCRIPT).start().send("in", ts.PRESTREAM).idle()
    assert play.seen["out"] == [(ts.PRESTREAM, ts.PRESTREAM)]
    assert play.called("a", "close")


def test_poststream_must_be_alone(stage: Any) -> None:
    def emit(cc: Any) -> None:
        cc.outputs[0].emit("first", 1)
        cc.outputs[0].emit("end", ts.POSTSTREAM)

    play = stage(SCRIPT, a={"process": emit}).start().send("in", 1)
    with pytest.raises(InvalidArgumentError, match=r"must be the only Packet"):
        play.finish()


def test_single_packet_at_poststream(stage: Any) -> None:
    play = stage(SCRIPT).start().send("in", ts.POSTSTREAM).finish()
    assert play.seen["out"] == [(ts.POSTSTREAM, ts.POSTSTREAM)]


def test_wrong_payload_type_fails_at_the_producer(stage: Any) -> None:
    text = """
      input_stream: "in"
      node { name: "a" calculator: "RtScript" input_stream: "in" output_stream: "mid" }
      node { name: "b" calculator: "RtInts" input_stream: "mid" output_stream: "out" }
    """
    play = stage(text, a={"process": lambda cc: cc.outputs[0].emit("text", cc.t)}).start().send("in", 1)
    with pytest.raises(InvalidArgumentError, match=r'The Packet stores ".*string", but "int'):
        play.finish()


def test_packets_of_one_call_keep_their_order(stage: Any) -> None:
    def emit(cc: Any) -> None:
        for i in range(5):
            cc.outputs[0].emit(i, cc.t + i)

    play = stage(SCRIPT, a={"process": emit}).start().send("in", 0, 5).finish()
    assert [t for t, _ in play.seen["out"]] == list(range(10))


def test_late_packet_on_one_of_two_streams(stage: Any) -> None:
    text = """
      input_stream: "x" input_stream: "y" output_stream: "out"
      node { name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y" output_stream: "out" }
    """
    play = stage(text).start().send("x", 1, 2, 3).idle()
    assert play.called("a") == []
    play.send("y", 2).idle()
    assert play.called("a") == [(1, [1, None]), (2, [2, 2])]
    play.graph.close_input_stream("y")
    assert play.idle().called("a")[2:] == [(3, [3, None])]


def test_empty_input_has_the_settled_time(stage: Any) -> None:
    text = """
      input_stream: "x" input_stream: "y"
      node { name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y" }
    """
    shown: list[int] = []
    play = stage(text, a={"process": lambda cc: shown.append(cc.packets[1].timestamp.value)}).start()
    play.send("y", 9).send("x", 1, 4).idle()
    assert shown == [8, 8]


def test_closed_node_drops_packets(stage: Any) -> None:
    play = stage(SCRIPT).start().send("in", ts.MAX).idle()
    play.graph.close_input_stream("in")
    play.send("in", 5)
    play.finish()
    assert play.seen["out"] == [(ts.MAX, ts.MAX)]


def test_next_bound_includes_packets_and_bounds_of_the_call(stage: Any) -> None:
    bounds: list[int] = []

    def emit(cc: Any) -> None:
        shard = cc.outputs[0]
        bounds.append(shard.next_bound())
        shard.set_next_timestamp_bound(cc.t + 5)
        bounds.append(shard.next_bound())
        shard.add_packet(make_packet(1).at(cc.t + 7))
        bounds.append(shard.next_bound())

    stage(SCRIPT, a={"process": emit}).start().send("in", 10, 20).finish()
    assert bounds == [ts.PRESTREAM, 15, 18, 18, 25, 28]


def test_bounds_wait_until_all_outputs_are_sent(stage: Any) -> None:
    """The bound of `x` arrives while the first output is sent; it must wait for the second."""
    text = """
      input_stream: "x" input_stream: "y" output_stream: "out0" output_stream: "out1"
      node { name: "sum" calculator: "RtOffset" input_stream: "x" input_stream: "y" output_stream: "s" }
      node {
        name: "both" calculator: "RtOffset" input_stream: "s" input_stream: "x"
        output_stream: "out0" output_stream: "out1"
      }
    """
    play = stage(text).start().send("x", 11, (15, None))
    play.graph.close_input_stream("y")
    play.finish()
    assert play.seen == {"out0": [(11, 11)], "out1": [(11, 11)]}


def test_bounds_announced_after_the_last_call_arrive_downstream(stage: Any) -> None:
    text = """
      input_stream: "x" input_stream: "y" output_stream: "out"
      node { name: "a" calculator: "RtOffset" input_stream: "x" input_stream: "y" output_stream: "s" }
      node { calculator: "RtOffset" input_stream: "s" output_stream: "out" }
    """
    play = stage(text, bounds=True, a={"process": nothing}).start()
    play.send("x", 4, (10, None)).idle().send("y", (10, None)).idle()
    assert play.seen["out"] == [(4, None), (10, None)]
