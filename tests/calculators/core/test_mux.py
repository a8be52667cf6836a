from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.testing import CalculatorRunner, run, t

NAME = "MuxCalculator"


def mux() -> CalculatorRunner:
    return run(NAME, inputs=["INPUT:1", "SELECT"], outputs=["OUTPUT"])


def synchronized(select: str, **side: Any) -> CalculatorRunner:
    """A mux that waits for all of its inputs."""
    text = f"""
    input_stream: "a"
    input_stream: "b"
    input_stream: "select"
    output_stream: "out"
    node {{
      calculator: "{NAME}"
      input_stream: "INPUT:0:a"
      input_stream: "INPUT:1:b"
      {select}
      output_stream: "OUTPUT:out"
      input_stream_handler {{ input_stream_handler: "DefaultInputStreamHandler" }}
    }}
    """
    return run(text, side=side)


def test_selected_packet_passes() -> None:
    runner = mux().send("INPUT:0", "a1" @ t(1)).send("INPUT:1", "b1" @ t(1)).send("SELECT", 1 @ t(1))
    runner.send("INPUT:0", "a2" @ t(2)).send("SELECT", 0 @ t(2)).expect("OUTPUT", "b1" @ t(1), "a2" @ t(2))


def test_mux_waits_only_for_the_selected_stream() -> None:
    mux().send("SELECT", 1 @ t(1)).send("INPUT:1", "b1" @ t(1)).expect("OUTPUT", "b1" @ t(1))


def test_nothing_passes_where_the_selected_stream_has_no_packet() -> None:
    runner = mux().send("INPUT:0", 1 @ t(1)).send("SELECT", 1 @ t(1)).bound("INPUT:1", 2)
    runner.expect_nothing().send("SELECT", 0 @ t(2)).send("INPUT:0", 2 @ t(2)).expect("OUTPUT", 2 @ t(2))


def test_select_may_be_a_side_packet() -> None:
    runner = synchronized('input_side_packet: "SELECT:side"', side=1)
    runner.send("a", "a" @ t(1)).send("b", "b" @ t(1)).send("a", "a" @ t(2)).expect("out", "b" @ t(1))


def test_stream_that_does_not_exist_cannot_be_selected() -> None:
    runner = synchronized('input_stream: "SELECT:select"')
    runner.send("a", 1 @ t(1)).send("b", 1 @ t(1)).send("select", 2 @ t(1))
    runner.expect_error("SELECT is 2, but there are 2 INPUT streams", InternalError)


@pytest.mark.parametrize(("inputs", "side"), [([], {}), (["SELECT"], {"SELECT": 1})])
def test_exactly_one_select_is_required(inputs: list[str], side: dict[str, int]) -> None:
    with pytest.raises(InvalidArgumentError, match="SELECT either as an input stream or"):
        run(NAME, inputs=["INPUT:1", *inputs], outputs=["OUTPUT"], side=side)
