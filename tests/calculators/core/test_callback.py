from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError, UnknownError
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(ports: str) -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    node {{ calculator: "CallbackCalculator" {ports} }}
    """


ONE = graph('input_stream: "a" input_side_packet: "CALLBACK:call"')
TWO = 'input_stream: "a" input_stream: "b" input_side_packet: "VECTOR_CALLBACK:call"'


def test_a_function_gets_every_packet(run: Any) -> None:
    seen: list[Packet] = []
    run(ONE, [("a", 1, "x"), ("a", 2, None), ("a", 3, 5)], {"call": seen.append})
    assert [(packet.timestamp, packet.payload) for packet in seen] == [(1, "x"), (3, 5)]


def test_a_function_may_get_the_packets_of_several_streams(run: Any) -> None:
    seen: list[list[Any]] = []
    events = [("a", 1, "x"), ("b", 1, "y"), ("b", 2, "z")]
    run(graph(TWO), events, {"call": lambda packets: seen.append([packet.payload for packet in packets])})
    assert seen == [["x", "y"], [None, "z"]]


def test_bounds_may_be_observed(run: Any) -> None:
    seen: list[Packet] = []
    text = ONE.replace("}", 'input_side_packet: "OBSERVE_TIMESTAMP_BOUNDS:observe" }')
    run(text, [("a", 1, "x"), ("a", 4, None)], {"call": seen.append, "observe": True})
    assert [(packet.timestamp, packet.payload) for packet in seen] == [(1, "x"), (4, None)]
    with pytest.raises(InvalidArgumentError, match="must be set to true"):
        run(text, [("a", 1, "x")], {"call": seen.append, "observe": False})


def test_what_the_function_raises_ends_the_run(run: Any) -> None:
    def fail(packet: Packet) -> None:
        raise KeyError("my own")

    with pytest.raises(UnknownError, match="KeyError: 'my own'"):
        run(ONE, [("a", 1, "x")], {"call": fail})


def test_other_things_than_functions_are_refused(run: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="missing callback: the side packet CALLBACK holds an int"):
        run(ONE, [("a", 1, "x")], {"call": 5})


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ('input_stream: "a"', "InputSidePackets must use tags"),
        (TWO.replace("VECTOR_", ""), "CALLBACK takes one input stream"),
    ],
)
def test_ports_that_do_not_fit_together_are_refused(ports: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        CalculatorGraph(graph_config=graph(ports))
