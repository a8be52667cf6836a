from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import flow_limiter_calculator_pb2


def graph(options: str = "", more: str = "") -> str:
    return f"""
    input_stream: "in"
    input_stream: "aux"
    input_stream: "finished"
    output_stream: "out"
    output_stream: "aux_out"
    output_stream: "allow"
    node {{
      calculator: "FlowLimiterCalculator"
      input_stream: "in"
      input_stream: "aux"
      input_stream: "FINISHED:finished"
      output_stream: "out"
      output_stream: "aux_out"
      output_stream: "ALLOW:allow"
      options {{ [mediapipe.FlowLimiterCalculatorOptions.ext] {{ {options} }} }}
      {more}
    }}
    """


FRAMES = [("in", 10 * i, i) for i in range(1, 6)]


def test_one_frame_is_let_in_at_a_time(run: Any) -> None:
    seen = run(graph(), [*FRAMES[:3], ("finished", 10, "done"), *FRAMES[3:]], close=False)
    assert seen["out"] == [(10, 1), (40, 4)]
    assert seen["allow"] == [(10, True), (20, False), (30, False), (40, True), (50, False)]


def test_dropped_frames_leave_a_bound(run: Any) -> None:
    seen = run(graph(), FRAMES[:3], bounds=True, close=False)
    assert seen["out"] == [(10, 1), (20, None), (30, None)]


def test_a_bound_finishes_a_frame_too(run: Any) -> None:
    assert run(graph(), [FRAMES[0], ("finished", 10, None), FRAMES[1]])["out"] == [(10, 1), (20, 2)]


def test_the_newest_frames_wait_in_the_queue(run: Any) -> None:
    events = [*FRAMES[:4], ("finished", 10, 0)]
    assert run(graph("max_in_queue: 2"), events, close=False)["out"] == [(10, 1), (30, 3)]


def test_more_frames_may_be_in_flight(run: Any) -> None:
    assert run(graph("max_in_flight: 2"), FRAMES, close=False)["out"] == [(10, 1), (20, 2)]


@pytest.mark.parametrize(
    ("side", "value"),
    [
        ("MAX_IN_FLIGHT", 3),
        ("OPTIONS", flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions(max_in_flight=3)),
    ],
)
def test_side_packets_override_the_options(run: Any, side: str, value: object) -> None:
    text = graph("max_in_flight: 2", f'input_side_packet: "{side}:side"')
    assert run(text, FRAMES, {"side": value}, close=False)["out"] == [(10, 1), (20, 2), (30, 3)]


def test_options_may_change_while_running(run: Any) -> None:
    text = 'input_stream: "opts"\n' + graph(more='input_stream: "OPTIONS:opts"')
    options = packet_creator.create_proto(
        flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions(max_in_flight=2)
    )
    assert run(text, [FRAMES[0], FRAMES[1], ("opts", 1, options), FRAMES[2]], close=False)["out"] == [
        (10, 1),
        (30, 3),
    ]


def test_frames_that_take_too_long_are_given_up(run: Any) -> None:
    assert run(graph("in_flight_timeout: 15"), FRAMES, close=False)["out"] == [(10, 1), (30, 3), (50, 5)]


def test_auxiliary_packets_pass_where_frames_do(run: Any) -> None:
    events = [
        ("aux", 5, "a"),
        *FRAMES[:2],
        ("aux", 12, "b"),
        ("aux", 20, "c"),
        ("finished", 10, 0),
        FRAMES[2],
    ]
    seen = run(graph(), events, close=False)
    assert seen["aux_out"] == [(5, "a"), (12, "b")]


def test_a_loop_through_the_graph_lets_every_frame_in_when_it_is_idle(run: Any) -> None:
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
    assert run(text, FRAMES)["out"] == [(t, value) for _, t, value in FRAMES]


def test_inputs_and_outputs_go_in_pairs() -> None:
    text = graph().replace('output_stream: "aux_out"\n      output_stream: "ALLOW', 'output_stream: "ALLOW')
    with pytest.raises(InternalError, match="2 untagged inputs and 1 untagged outputs"):
        CalculatorGraph(graph_config=text)
