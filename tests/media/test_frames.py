from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.errors import InvalidArgumentError
from mpgraph.media.frames import FrameTimes, exact_rate


def corrected(times: list[int | None], interval: int = 40_000) -> list[int]:
    frame_times = FrameTimes(interval)
    return [frame_times.next(time) for time in times]


@pytest.mark.parametrize(
    ("given_times", "used"),
    [
        ([0, 40_000, 47_123, 200_000], [0, 40_000, 47_123, 200_000]),
        ([-5_000, 35_000], [0, 40_000]),
        ([-419_430_200_000, -419_430_100_000, 0], [0, 100_000, 419_430_200_000]),
        ([None, None, None], [0, 40_000, 80_000]),
        ([0, None, 90_000], [0, 40_000, 90_000]),
        ([0, 40_000, 40_000, 80_000], [0, 40_000, 60_000, 80_000]),
        ([0, 40_000, 30_000, 80_000], [0, 40_000, 60_000, 80_000]),
        ([9_000_000, 0, 40_000, 80_000], [9_000_000, 9_040_000, 9_080_000, 9_120_000]),
    ],
)
def test_times(given_times: list[int | None], used: list[int]) -> None:
    assert corrected(given_times) == used


@given(st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), max_size=30), st.integers(0, 10**6))
def test_times_always_increase(times: list[int | None], interval: int) -> None:
    used = corrected(times, interval)
    assert all(earlier < later for earlier, later in pairwise([-1, *used]))


@pytest.mark.parametrize(
    ("rate", "meant"),
    [
        (29.97, Fraction(30_000, 1001)),
        (29.97002997, Fraction(30_000, 1001)),
        (23.976, Fraction(24_000, 1001)),
        (23.98, Fraction(24_000, 1001)),
        (59.94, Fraction(60_000, 1001)),
        (119.88, Fraction(120_000, 1001)),
        (25, Fraction(25)),
        (30.0, Fraction(30)),
        (12.5, Fraction(25, 2)),
        (29.5, Fraction(59, 2)),
        (Fraction(30_000, 1001), Fraction(30_000, 1001)),
    ],
)
def test_rates(rate: float, meant: Fraction) -> None:
    assert exact_rate(rate) == meant


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), 1e9])
def test_impossible_rates(rate: float) -> None:
    with pytest.raises(InvalidArgumentError, match="frame rate"):
        exact_rate(rate)
