"""Tests of a calculator: packets that are sent, and packets that are expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from moving_average import MovingAverageCalculator

import mpgraph as mp
from mpgraph.testing import run, t

Options = MovingAverageCalculator.Options


def test_partial_window_is_averaged() -> None:
    run(MovingAverageCalculator, Options(window=3)).send("IN", 4.0 @ t(0), 8.0 @ t(5)).expect(
        "OUT", 4.0 @ t(0), 6.0 @ t(5)
    )


def test_old_numbers_leave_the_window() -> None:
    numbers = (value @ t(time) for time, value in enumerate((100.0, 1.0, 2.0, 3.0)))
    run(MovingAverageCalculator, Options(window=2)).send("IN", *numbers).expect(
        "OUT", 100.0 @ t(0), 50.5 @ t(1), 1.5 @ t(2), 2.5 @ t(3)
    )


def test_output_is_settled_without_a_number() -> None:
    run(MovingAverageCalculator).bound("IN", 7).expect_nothing("OUT").settles("OUT", 6)


def test_empty_window_is_rejected() -> None:
    with pytest.raises(mp.MpgraphError, match="window"):
        run(MovingAverageCalculator, "window: 0").send("IN", 1.0 @ t(0))


def test_graph() -> None:
    graph = Path(__file__).with_name("moving_average.pbtxt")
    run(graph).send("numbers", 3.0 @ t(0), 6.0 @ t(1)).expect("mean", 3.0 @ t(0), 4.5 @ t(1))
