from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.protos import flow_limiter_calculator_pb2
from mpgraph.testing import CalculatorRunner, Timed, run, t

NAME = "FlowLimiterCalculator"
FRAMES = [i @ t(10 * i) for i in range(1, 6)]


def limiter(options: str = "", *, more: str = "", **side: Any) -> CalculatorRunner:
    """A limiter of a main stream and an auxiliary one, ":1"."""
    inputs = [":1", "FINISHED", *more.split()]
    return run(NAME, options, inputs=inputs, outputs=[":1", "ALLOW"], side=side)


def allowed(*values: bool) -> list[Timed]:
    return [value @ t(10 * i) for i, value in enumerate(values, 1)]


def test_one_frame_is_let_in_at_a_time() -> None:
    runner = limiter().send("", *FRAMES[:3]).send("FINISHED", "done" @ t(10)).send("", *FRAMES[3:])
    runner.expect("", 1 @ t(10), 4 @ t(40)).expect("ALLOW", *allowed(True, False, False, True, False))


def test_dropped_frames_leave_a_bound() -> None:
    runner = limiter().send("", FRAMES[0]).expect("", 1 @ t(10)).expect_bound("", 11)
    runner.send("", FRAMES[1]).expect_bound("", 21).send("", FRAMES[2]).expect_bound("", 31)
    runner.expect("ALLOW", *allowed(True, False, False))


def test_bound_finishes_a_frame_too() -> None:
    runner = limiter().send("", FRAMES[0]).bound("FINISHED", 11).send("", FRAMES[1])
    runner.expect("", *FRAMES[:2]).expect("ALLOW", *allowed(True, True))


def test_newest_frames_wait_in_the_queue() -> None:
    runner = limiter("max_in_queue: 2").send("", *FRAMES[:4]).send("FINISHED", 0 @ t(10))
    runner.expect("", 1 @ t(10), 3 @ t(30)).expect("ALLOW", *allowed(True, False, True))
    runner.close().expect("", 4 @ t(40)).expect("ALLOW", True @ t(40))


def test_several_frames_may_be_in_flight() -> None:
    runner = limiter("max_in_flight: 2").send("", *FRAMES)
    runner.expect("", *FRAMES[:2]).expect("ALLOW", *allowed(True, True, False, False, False))


@pytest.mark.parametrize(
    "side",
    [
        {"MAX_IN_FLIGHT": 3},
        {"OPTIONS": flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions(max_in_flight=3)},
    ],
    ids=str,
)
def test_side_packets_override_the_options(side: dict[str, Any]) -> None:
    runner = limiter("max_in_flight: 2", **side).send("", *FRAMES)
    runner.expect("", *FRAMES[:3]).expect("ALLOW", *allowed(True, True, True, False, False))


def test_options_may_change_while_running() -> None:
    options = flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions(max_in_flight=2)
    runner = limiter(more="OPTIONS").send("", *FRAMES[:2])
    runner.send("OPTIONS", packet_creator.create_proto(options) @ t(1)).send("", FRAMES[2])
    runner.expect("", 1 @ t(10), 3 @ t(30)).expect("ALLOW", *allowed(True, False, True))


def test_frame_in_flight_for_too_long_counts_as_done() -> None:
    runner = limiter("in_flight_timeout: 15").send("", *FRAMES).expect("", *FRAMES[::2])
    runner.expect("ALLOW", *allowed(True, False, True, False, True))


def test_auxiliary_packets_pass_where_frames_do() -> None:
    runner = limiter().send(":1", "a" @ t(5)).send("", *FRAMES[:2]).send(":1", "b" @ t(12), "c" @ t(20))
    runner.send("FINISHED", 0 @ t(10)).send("", FRAMES[2]).expect(":1", "a" @ t(5), "b" @ t(12))
    runner.expect("", 1 @ t(10), 3 @ t(30)).expect("ALLOW", *allowed(True, False, True))


def test_loop_through_the_graph_lets_in_every_frame_while_it_is_idle() -> None:
    text = """
    input_stream: "in"
    output_stream: "out"
    node {
      calculator: "FlowLimiterCalculator"
      input_stream: "in"
      input_stream: "FINISHED:out"
      input_stream_info { tag_index: "FINISHED" back_edge: true }
      output_stream: "limited"
    }
    node { calculator: "PassThroughCalculator" input_stream: "limited" output_stream: "out" }
    """
    run(text).send("in", *FRAMES).expect("out", *FRAMES)


def test_inputs_and_outputs_must_be_pairs() -> None:
    with pytest.raises(InternalError, match="2 untagged inputs and 1 untagged outputs"):
        run(NAME, inputs=[":1", "FINISHED"], outputs=["", "ALLOW"])
