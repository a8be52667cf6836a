from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.framework import timestamp as ts
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(ports: str) -> str:
    return f"""
    input_stream: "tick"
    output_stream: "out"
    node {{ calculator: "SidePacketToStreamCalculator" {ports} }}
    """


@pytest.mark.parametrize(
    ("tag", "t"), [("AT_PRESTREAM", ts.PRESTREAM), ("AT_ZERO", 0), ("AT_POSTSTREAM", ts.POSTSTREAM)]
)
def test_the_tag_says_the_time(run: Any, tag: str, t: int) -> None:
    assert run(graph(f'input_side_packet: "s" output_stream: "{tag}:out"'), side={"s": 7})["out"] == [(t, 7)]


def test_a_side_packet_says_the_time(run: Any) -> None:
    text = graph('input_side_packet: "s" input_side_packet: "TIMESTAMP:t" output_stream: "AT_TIMESTAMP:out"')
    assert run(text, side={"s": 7, "t": packet_creator.create_int64(12)})["out"] == [(12, 7)]


@pytest.mark.parametrize(
    ("tag", "expected"), [("AT_TICK", [(1, "s"), (4, "s")]), ("AT_FIRST_TICK", [(1, "s")])]
)
def test_ticks_say_the_time(run: Any, tag: str, expected: list[tuple[int, str]]) -> None:
    text = graph(f'input_stream: "TICK:tick" input_side_packet: "s" output_stream: "{tag}:out"')
    assert run(text, [("tick", 1, 0), ("tick", 4, 0)], {"s": "s"})["out"] == expected


def test_several_side_packets_go_to_as_many_streams(run: Any) -> None:
    outputs = 'output_stream: "AT_ZERO:0:out" output_stream: "AT_ZERO:1:b"'
    text = 'output_stream: "b"' + graph(f'input_side_packet: "s" input_side_packet: "t" {outputs}')
    assert run(text, side={"s": 1, "t": "x"}) == {"out": [(0, 1)], "b": [(0, "x")]}


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ('input_side_packet: "s" output_stream: "out"', "Only one of AT_PRESTREAM"),
        ('input_side_packet: "s" output_stream: "AT_TICK:out"', "Either both TICK input and tick"),
        (
            'input_side_packet: "s" input_side_packet: "TIMESTAMP:t" output_stream: "AT_ZERO:out"',
            "Either both TIMESTAMP and AT_TIMESTAMP",
        ),
        ('output_stream: "AT_ZERO:out"', "Same number of input side packets"),
    ],
)
def test_ports_that_do_not_fit_together_are_refused(ports: str, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        CalculatorGraph(graph_config=graph(ports))
