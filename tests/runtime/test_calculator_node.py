"""The life of a node: opening, processing, closing, side packets, errors."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from mpgraph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    GraphRunError,
    InvalidArgumentError,
    UnknownError,
)
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import STOP
from mpgraph.framework.packet import make_packet

CHAIN = """
  input_stream: "in"
  output_stream: "out"
  node { name: "a" calculator: "RtScript" input_stream: "in" output_stream: "mid" }
  node { name: "b" calculator: "RtScript" input_stream: "mid" output_stream: "out" }
"""


def order(stage: Any) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, _, _ in stage.calls]


def test_nodes_open_and_close_in_data_flow_order(stage: Any) -> None:
    play = stage(CHAIN).start().send("in", 1).finish()
    assert order(play) == [(n, k) for k in ("open", "process", "close") for n in "ab"]


def test_input_timestamps_of_open_and_close(stage: Any) -> None:
    play = stage(CHAIN).start().send("in", 1).finish()
    assert play.called("a", "open") == [(ts.UNSTARTED, [None])]
    assert play.called("a", "close") == [(ts.DONE, [None])]


def test_packets_emitted_in_open_arrive_after_it(stage: Any) -> None:
    hooks = {"open": lambda cc: cc.outputs[0].emit("early", 5)}
    play = stage(CHAIN, a=hooks).start().send("in", 7).finish()
    assert play.called("b", "open") == [(ts.UNSTARTED, [None])]
    assert play.seen["out"] == [(5, "early"), (7, 7)]


def test_packets_emitted_in_close_are_sent(stage: Any) -> None:
    play = stage(CHAIN, a={"close": lambda cc: cc.outputs[0].emit("late", 9)}).start().send("in", 7).finish()
    assert play.seen["out"] == [(7, 7), (9, "late")]


def test_packet_at_max_closes_the_node_afterwards(stage: Any) -> None:
    play = stage(CHAIN).start().send("in", ts.MAX).idle()
    assert sorted(order(play)[2:]) == [(n, k) for n in "ab" for k in ("close", "process")]


def test_open_fails(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("no luck")

    play = stage(CHAIN, b={"open": fail}).start()
    with pytest.raises(
        GraphRunError, match='Calculator::Open\\(\\) for node "b" failed: ValueError: no luck'
    ):
        play.finish()
    assert not play.called("b") and not play.called("b", "close")
    assert play.called("a", "close") == [(ts.DONE, [None])]


def test_process_error_keeps_traceback_and_location(stage: Any) -> None:
    def fail(cc: Any) -> None:
        cc.outputs[0].emit("lost", cc.t)
        raise KeyError("where")

    play = stage(CHAIN, a={"process": fail}).start()
    with pytest.raises(UnknownError, match='Calculator::Process\\(\\) for node "a" failed: KeyError') as info:
        play.send("in", 1).finish()
    text = "".join(traceback.format_exception(None, info.value, info.value.__traceback__))
    assert "in fail\n" in text and 'raise KeyError("where")' in text
    assert info.value.causes[0].location.line == 4  # type: ignore[attr-defined]
    assert play.seen["out"] == []
    assert [name for name, kind in order(play) if kind == "close"] == ["a", "b"]


def test_error_in_close_still_ends_the_streams(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise RuntimeError("too late")

    play = stage(CHAIN, a={"close": fail}).start().send("in", 1)
    with pytest.raises(GraphRunError, match='Calculator::Close\\(\\) for node "a" failed'):
        play.finish()
    assert play.seen["out"] == [(1, 1)]


def test_errors_of_mpgraph_keep_their_class(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise FailedPreconditionError("not yet")

    with pytest.raises(FailedPreconditionError, match="not yet"):
        stage(CHAIN, a={"process": fail}).start().send("in", 1).finish()


def test_errors_in_close_after_a_failed_run_are_ignored(stage: Any) -> None:
    def fail(cc: Any) -> None:
        cc.outputs[0].emit("nobody sees this", 100)
        raise RuntimeError("second failure")

    def first(cc: Any) -> None:
        raise RuntimeError("first failure")

    play = stage(CHAIN, a={"close": fail}, b={"process": first}).start().send("in", 1)
    with pytest.raises(GraphRunError):
        play.idle()
    with pytest.raises(GraphRunError) as info:
        play.graph.wait_until_done()
    assert play.called("a", "close")
    assert "first failure" in str(info.value) and "second failure" not in str(info.value)
    assert play.seen["out"] == []


def test_stop_returned_by_a_node_with_inputs_stops_the_sources(stage: Any) -> None:
    text = """
      output_stream: "out"
      max_queue_size: 1
      node { calculator: "RtCount" output_stream: "numbers" }
      node { name: "a" calculator: "RtScript" input_stream: "numbers" output_stream: "out" }
    """
    play = stage(text, a={"process": lambda cc: STOP if cc.t == 3 else None})
    play.graph.set_service("count", -1)
    play.start()
    play.graph.wait_until_done()
    assert 4 <= len(play.called("a")) < 20


def test_returning_a_value_emits_it_from_the_only_output(stage: Any) -> None:
    play = stage(CHAIN, a={"process": lambda cc: f"{cc.packets[0].payload}!"}).start().send("in", 1).finish()
    assert play.seen["out"] == [(1, "1!")]


def test_returning_a_value_requires_exactly_one_output(stage: Any) -> None:
    text = 'input_stream: "in" node { name: "a" calculator: "RtScript" input_stream: "in" }'
    with pytest.raises(InvalidArgumentError, match="the node has 0 output streams"):
        stage(text, a={"process": lambda cc: 5}).start().send("in", 1).finish()


SIDE = """
  input_stream: "in"
  output_stream: "out"
  node { name: "maker" calculator: "RtScript" input_stream: "in" output_side_packet: "made" }
  node {
    name: "user" calculator: "RtScript"
    input_stream: "in" input_side_packet: "made" output_stream: "out"
  }
"""


@pytest.mark.parametrize("when", ["open", "process", "close"])
def test_side_packets_are_set_in_every_stage(stage: Any, when: str) -> None:
    def emit(cc: Any) -> None:
        if cc.t != 2:
            cc.side_outputs[0].emit("value", 0)

    play = stage(SIDE, maker={when: emit}).start().send("in", 1, 2)
    if when == "close":
        play.graph.close_input_stream("in")
    play.idle()
    assert play.graph.get_output_side_packet("made").payload == "value"
    assert play.seen["out"] == [(1, 1), (2, 2)]
    play.finish()
    assert play.graph.get_output_side_packet("made").payload == "value"


def test_node_without_its_side_packet_does_not_open(stage: Any) -> None:
    play = stage(SIDE).start().send("in", 1).finish()
    assert not play.called("user", "open") and not play.called("user", "close")


@pytest.mark.parametrize(
    ("emit", "error", "words"),
    [
        (lambda slot: [slot.emit(1, 0), slot.emit(2, 0)], AlreadyExistsError, "was already set."),
        (lambda slot: slot.add_packet(make_packet(1).at(5)), InvalidArgumentError, "has a timestamp"),
        (lambda slot: slot.add_packet(make_packet(None)), InvalidArgumentError, "must not be empty"),
    ],
)
def test_wrong_side_packets(stage: Any, emit: Any, error: Any, words: str) -> None:
    play = stage(SIDE, maker={"open": lambda cc: emit(cc.side_outputs[0])}).start()
    with pytest.raises(error, match=words):
        play.finish()


def test_constant_nodes_are_cached_while_their_side_packets_are_unchanged(stage: Any) -> None:
    text = """
      node { name: "made" calculator: "RtScript" input_side_packet: "given" output_side_packet: "doubled" }
      node { name: "used" calculator: "RtScript" input_side_packet: "doubled" }
    """
    hooks = {"open": lambda cc: cc.side_outputs[0].emit(cc.side_packets[0].payload * 2, 0)}
    play = stage(text, made=hooks)
    given = make_packet("ab")
    for _ in range(3):
        play.graph.run({"given": given})
        assert play.graph.get_output_side_packet("doubled").payload == "abab"
    assert order(play) == [("made", "open"), ("used", "open"), ("made", "close"), ("used", "close")]
    play.graph.run({"given": make_packet("xy")})
    assert play.graph.get_output_side_packet("doubled").payload == "xyxy"
    assert len(play.called("made", "open")) == 2


def test_node_without_streams_opens_and_closes(stage: Any) -> None:
    play = stage('node { name: "a" calculator: "RtScript" input_side_packet: "given" }')
    play.graph.run({"given": make_packet(1)})
    assert order(play) == [("a", "open"), ("a", "close")]


def test_back_edges_do_not_delay_opening(stage: Any) -> None:
    text = """
      input_stream: "in"
      node {
        name: "a" calculator: "RtScript" input_stream: "MAIN:in" input_stream: "LOOP:back"
        input_stream_info { tag_index: "LOOP" back_edge: true }
        input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }
        output_stream: "front"
      }
      node { name: "b" calculator: "RtOffset" input_stream: "front" output_stream: "back" }
    """
    play = stage(text, a={"process": lambda cc: None}).start().send("in", 1, 2).idle()
    assert [t for t, _ in play.called("a")] == [1, 2]
    play.graph.cancel()
    with pytest.raises(RuntimeError, match="CalculatorGraph::Cancel"):
        play.graph.wait_until_done()


def test_headers_are_available_in_open_and_locked_afterwards(stage: Any) -> None:
    heard: list[Any] = []

    def late(cc: Any) -> None:
        cc.outputs[0].set_header(make_packet("too late"))

    text = CHAIN
    play = stage(
        text,
        a={"open": lambda cc: cc.outputs[0].set_header(make_packet("head")), "process": late},
        b={"open": lambda cc: heard.append(cc.headers[0].payload)},
    )
    with pytest.raises(FailedPreconditionError, match=r"must be called from Calculator::Open\(\)"):
        play.start().send("in", 1).finish()
    assert heard == ["head"]


def test_set_offset_is_refused_outside_open(stage: Any) -> None:
    play = stage(CHAIN, a={"process": lambda cc: cc.set_offset(0)}).start().send("in", 1)
    with pytest.raises(FailedPreconditionError, match=r"must be called from Calculator::Open\(\)"):
        play.finish()


def test_batching_cannot_be_combined_with_parallel_execution(stage: Any) -> None:
    text = """
      input_stream: "in"
      node {
        calculator: "RtScript" input_stream: "in" max_in_flight: 2
        input_stream_handler {
          input_stream_handler: "DefaultInputStreamHandler"
          options { [mediapipe.DefaultInputStreamHandlerOptions.ext] { batch_size: 2 } }
        }
      }
    """
    with pytest.raises(InvalidArgumentError, match="Batching cannot be combined"):
        stage(text).start()
