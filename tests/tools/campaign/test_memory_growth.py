"""The growth of a process's memory: what warms up, comes and goes is none, and what stays is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HOUR = 3600


@pytest.fixture
def growth(campaign_module: Callable[[str], Any]) -> Any:
    return campaign_module("memory_growth")


def watched(growth: Any, seconds: int, kb: Callable[[int], float]) -> float | None:
    found: float | None = growth.percent_an_hour([growth.Sample(t, kb(t)) for t in range(seconds)])
    return found


def test_a_leak_is_measured_for_an_hour_whatever_the_time_watched(growth: Any) -> None:
    for seconds in (HOUR // 2, HOUR, 3 * HOUR):
        # 100 MB at the beginning of the first third after warming up, and 50 kB more each minute.
        begin = growth.WARM_UP * seconds
        found = watched(growth, seconds, lambda t, begin=begin: 100_000 + (t - begin) / 60 * 50)
        middle = 100_000 + (seconds - begin) / 6 / 60 * 50
        assert found == pytest.approx(100 * 3000 / middle, rel=0.01)


def test_warming_up_and_what_comes_and_goes_is_no_growth(growth: Any) -> None:
    assert watched(growth, HOUR, lambda t: 100_000 + 200 * min(t, 800)) == 0
    assert watched(growth, HOUR, lambda t: 100_000 + 20_000 * (t % 7 == 0)) == 0
    assert watched(growth, HOUR, lambda t: 100_000 + 100 * (t % 60)) == pytest.approx(0, abs=0.01)


def test_memory_that_is_released_shrinks(growth: Any) -> None:
    found = watched(growth, HOUR, lambda t: 200_000 - t)
    assert found is not None and found < -1


def test_minutes_are_too_short_for_a_figure(growth: Any) -> None:
    assert watched(growth, 600, lambda t: 100_000 + t) is None
    assert watched(growth, 0, lambda t: 0) is None
