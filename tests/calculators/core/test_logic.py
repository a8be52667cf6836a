from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.testing import CalculatorRunner, run, t

NAME = "LogicCalculator"


def of_all_pairs(options: str, side: dict[str, Any] | None = None) -> CalculatorRunner:
    """The result of false false, false true, true false, true true at 0..3."""
    runner = run(NAME, options, side=side).send("", *((time >= 2) @ t(time) for time in range(4)))
    return runner.send(":1", *((time % 2 == 1) @ t(time) for time in range(4)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("op: AND", [False, False, False, True]),
        ("op: OR", [False, True, True, True]),
        ("op: XOR", [False, True, True, False]),
        ("op: AND negate: true", [True, True, True, False]),
        ("op: OR input_value: true", [True, True, True, True]),
        ("op: XOR input_value: true input_value: true input_value: true", [True, False, False, True]),
    ],
)
def test_all_values_are_combined(options: str, expected: list[bool]) -> None:
    of_all_pairs(options).expect("", *(value @ t(time) for time, value in enumerate(expected)))


def test_side_packets_count_too() -> None:
    of_all_pairs("op: AND", {"": False}).expect("", *(False @ t(time) for time in range(4)))


def test_missing_value_is_an_error() -> None:
    runner = run(NAME, "op: AND").send(":0", True @ t(1)).bound(":1", 2)
    runner.expect_error('input stream "in_1" has no packet at 1', InvalidArgumentError)


def test_there_is_one_result() -> None:
    with pytest.raises(InternalError, match="exactly one output stream"):
        run(NAME, inputs=[""], outputs=["", "X"])
