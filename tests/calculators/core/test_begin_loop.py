from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.testing import CalculatorRunner, run, t


def ints(*values: int) -> Any:
    return packet_creator.create_int_vector(values)


def begin_loop() -> CalculatorRunner:
    return run("BeginLoopIntCalculator", inputs=["ITERABLE", "CLONE"], outputs=["ITEM", "CLONE", "BATCH_END"])


def test_elements_are_sent_one_by_one_at_the_times_of_the_loop() -> None:
    loop = begin_loop().send("ITERABLE", ints(5, 6) @ t(10)).send("CLONE", "e" @ t(10))
    loop.send("ITERABLE", ints(7) @ t(20)).bound("CLONE", 21)
    loop.expect("ITEM", 5 @ t(0), 6 @ t(1), 7 @ t(2)).expect("CLONE", "e" @ t(0), "e" @ t(1))
    loop.expect("BATCH_END", 10 @ t(1), 20 @ t(2))


@pytest.mark.parametrize("has_list", [True, False])
def test_empty_or_missing_list_takes_one_time_of_the_loop(has_list: bool) -> None:
    loop = begin_loop()
    loop = loop.send("ITERABLE", ints() @ t(10)) if has_list else loop.bound("ITERABLE", 11)
    loop.send("CLONE", "e" @ t(10)).send("ITERABLE", ints(7) @ t(20)).send("CLONE", "f" @ t(20))
    loop.expect("BATCH_END", 10 @ t(0), 20 @ t(1)).expect("ITEM", 7 @ t(1)).expect("CLONE", "f" @ t(1))


def test_clone_inputs_and_outputs_must_be_pairs() -> None:
    with pytest.raises(InternalError, match="1 CLONE inputs and 0 CLONE outputs"):
        run("BeginLoopIntCalculator", inputs=["ITERABLE", "CLONE"], outputs=["ITEM", "BATCH_END"])
