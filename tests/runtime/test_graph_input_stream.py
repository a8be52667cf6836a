"""Feeding graph input streams."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import make_packet
from mpgraph.framework.timestamp import Timestamp
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
  input_stream: "in" output_stream: "out"
  node { name: "a" calculator: "RtOffset" input_stream: "in" output_stream: "out" }
"""


def test_timestamp_comes_from_the_packet_or_the_argument(stage: Any) -> None:
    play = stage(TEXT).start()
    play.graph.add_packet_to_input_stream("in", make_packet("a").at(1))
    play.graph.add_packet_to_input_stream("in", make_packet("b"), 2)
    play.graph.add_packet_to_input_stream(stream="in", packet=make_packet("c").at(9), timestamp=Timestamp(3))
    assert play.idle().seen["out"] == [(1, "a"), (2, "b"), (3, "c")]


@pytest.mark.parametrize("t", [None, Timestamp.UNSTARTED, Timestamp.DONE])
def test_packet_without_a_valid_timestamp_is_refused(stage: Any, t: Any) -> None:
    play = stage(TEXT).start()
    with pytest.raises(InvalidArgumentError, match="timestamp not specified or set to illegal value"):
        play.graph.add_packet_to_input_stream("in", make_packet(1), t)
    play.send("in", 1).finish()
    assert play.seen["out"] == [(1, 1)]


def test_unknown_stream_is_refused(stage: Any) -> None:
    play = stage(TEXT).start()
    for call in (
        lambda: play.graph.add_packet_to_input_stream("im", make_packet(1).at(1)),
        lambda: play.graph.close_input_stream("im"),
        lambda: play.graph.set_input_stream_timestamp_bound("im", 1),
    ):
        with pytest.raises(NotFoundError, match='"im" is not a graph input stream.*The graph has: in'):
            call()


@pytest.mark.parametrize(
    "call",
    [
        lambda graph: graph.add_packet_to_input_stream("in", make_packet(1).at(1)),
        lambda graph: graph.close_input_stream("in"),
        lambda graph: graph.close_all_input_streams(),
        lambda graph: graph.close_all_packet_sources(),
        lambda graph: graph.wait_until_idle(),
        lambda graph: graph.wait_until_done(),
        lambda graph: graph.pause(),
        lambda graph: graph.resume(),
    ],
)
def test_calls_before_start_run_are_refused(call: Any) -> None:
    with pytest.raises(FailedPreconditionError, match=r"is called before StartRun\(\)"):
        call(CalculatorGraph(graph_config=TEXT))


def test_closing_an_input_twice_is_allowed(stage: Any) -> None:
    play = stage(TEXT).start().send("in", 1)
    play.graph.close_input_stream("in")
    play.graph.close_input_stream("in")
    play.finish()
    assert play.seen["out"] == [(1, 1)]


def test_application_may_set_a_bound(stage: Any) -> None:
    play = stage(TEXT, bounds=True).start()
    play.graph.set_input_stream_timestamp_bound("in", 10)
    assert play.idle().seen["out"] == [(9, None)]
    play.send("in", 9)
    with pytest.raises(InvalidArgumentError, match="minimum expected timestamp is 10 but received 9"):
        play.finish()


def test_adding_after_closing_fails_at_the_consumer(stage: Any) -> None:
    text = """
      input_stream: "in" input_stream: "other"
      node { calculator: "RtScript" input_stream: "in" input_stream: "other" }
    """
    play = stage(text).start()
    play.graph.close_input_stream("in")
    play.send("in", 5)
    with pytest.raises(InvalidArgumentError, match="minimum expected timestamp is DONE but received 5"):
        play.idle()


def test_wrong_payload_type_fails_the_call(stage: Any, watchdog: Any) -> None:
    text = 'input_stream: "in" node { calculator: "RtInts" input_stream: "in" output_stream: "out" }'
    play = stage(text).start()
    with pytest.raises(ValueError, match="(?s)Graph has errors.*calculator outputting to stream"):
        play.send("in", (1, "text"))
    with pytest.raises(ValueError, match="Packet type mismatch"):
        watchdog(play.graph.wait_until_done)


def test_adding_to_a_failed_graph_raises_its_errors(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("broken")

    play = stage(TEXT, a={"process": fail}).start().send("in", 1)
    with pytest.raises(RuntimeError, match="WaitUntilIdle"):
        play.idle()
    with pytest.raises(RuntimeError, match="(?s)Graph has errors: .*broken"):
        play.send("in", 2)


def test_several_threads_may_feed_different_streams(stage: Any) -> None:
    import threading

    names = [f"s{i}" for i in range(4)]
    ports = "".join(f'input_stream: "{name}" ' for name in names)
    text = f'{ports} node {{ name: "a" calculator: "RtOffset" {ports} output_stream: "out" }}'
    play = stage(text).start()
    threads = [threading.Thread(target=play.send, args=(name, *range(100))) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    play.finish()
    assert play.called("a") == [(t, [t] * 4) for t in range(100)]


def test_packets_of_one_run_do_not_reach_the_next(stage: Any) -> None:
    play = stage(TEXT)
    for _ in range(2):
        play.start().send("in", ts.MIN, 5).finish()
    assert [t for t, _ in play.seen["out"]] == [ts.MIN, 5] * 2
