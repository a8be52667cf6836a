from __future__ import annotations

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.testing import CalculatorRunner, run, t

PASS_B = 'pass_input_stream: "B" pass_output_stream: "A"'


def bypass(options: str) -> CalculatorRunner:
    return run("BypassCalculator", options, inputs=["A", "B"], outputs=["A", "Y"], side={"ANYTHING": 1})


def test_inputs_are_dropped_and_outputs_settled() -> None:
    runner = bypass("").send("A", "a1" @ t(1)).send("B", "b1" @ t(1))
    runner.expect_bound("A", 2).expect_bound("Y", 2)
    runner.send("B", "b3" @ t(3)).bound("A", 4).expect_bound("A", 4).expect_bound("Y", 4)


def test_stream_may_pass() -> None:
    runner = bypass(PASS_B).send("A", "a1" @ t(1)).send("B", "b1" @ t(1), "b3" @ t(3))
    runner.expect("A", "b1" @ t(1)).expect_bound("Y", 2)
    runner.bound("A", 4).expect("A", "b3" @ t(3)).expect_bound("A", 4).expect_bound("Y", 4)


def test_passed_streams_must_be_pairs() -> None:
    with pytest.raises(InternalError, match="1 pass_input_stream and 0 pass_output_stream"):
        bypass('pass_input_stream: "B"')


def test_passed_streams_must_exist() -> None:
    with pytest.raises(InvalidArgumentError, match='pass_output_stream "X" is no output stream'):
        bypass('pass_input_stream: "B" pass_output_stream: "X"')
