from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.util.smoothing_filters import LowPassFilter, OneEuroFilter, RelativeVelocityFilter

ONE = np.float32(1)
FRAME_US = 33333
FREQUENCY = 1e6 / FRAME_US


def floats(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def weight(cutoff: float, frequency: float = FREQUENCY) -> float:
    return 1 / (1 + frequency / (2 * math.pi * cutoff))


def test_low_pass_mixes_new_values_with_the_last_result() -> None:
    low_pass = LowPassFilter(0.25)
    assert low_pass.last is None
    assert low_pass.apply(floats(1, 0)).tolist() == [1, 0]
    assert low_pass.apply(floats(0, 4)).tolist() == [0.75, 1]
    assert low_pass.apply(floats(8, 8), floats(0.5, 1)).tolist() == [4.375, 8]
    assert low_pass.last is not None and low_pass.last.tolist() == [8, 8]


def test_low_pass_keeps_its_weight_if_the_new_one_is_impossible() -> None:
    low_pass = LowPassFilter(0.25)
    low_pass.apply(floats(0, 0))
    assert low_pass.apply(floats(4, 4), floats(1.5, -1)).tolist() == [1, 1]


def test_one_euro_smooths_slow_values_at_its_minimum_cutoff() -> None:
    one_euro = OneEuroFilter(30, 1, 0, 1)
    assert one_euro.apply(FRAME_US, ONE, floats(5)).tolist() == [5]
    assert one_euro.apply(2 * FRAME_US, ONE, floats(6)) == pytest.approx(5 + weight(1))


def test_one_euro_raises_the_cutoff_with_the_smoothed_speed() -> None:
    one_euro = OneEuroFilter(30, 1, 2, 0.5)
    one_euro.apply(FRAME_US, ONE, floats(5, 5))
    found = one_euro.apply(2 * FRAME_US, np.float32(0.1), floats(6, 3))
    expected = []
    for change in (1, -2):
        speed = weight(0.5) * 0.1 * change * FREQUENCY
        expected.append(5 + change * weight(1 + 2 * abs(speed)))
    assert found == pytest.approx(expected, rel=1e-5)


def test_one_euro_has_its_own_frequency_until_two_times_are_known() -> None:
    for start, frequency in ((0, 10.0), (FRAME_US, FREQUENCY)):
        one_euro = OneEuroFilter(10, 1, 0, 1)
        one_euro.apply(start, ONE, floats(5))
        assert one_euro.apply(start + FRAME_US, ONE, floats(6)) == pytest.approx(5 + weight(1, frequency))


def test_velocity_filter_weighs_fast_values_more() -> None:
    velocity = RelativeVelocityFilter(2, 3)
    assert velocity.apply(FRAME_US, ONE, floats(5, 5)).tolist() == [5, 5]
    found = velocity.apply(2 * FRAME_US, ONE, floats(6, 5.5))
    # The window is filled with changes that took no time.
    expected = [5 + change * (1 - 1 / (1 + 3 * change * FREQUENCY)) for change in (1, 0.5)]
    assert found == pytest.approx(expected, rel=1e-5)


def test_velocity_filter_averages_the_changes_of_its_window() -> None:
    velocity = RelativeVelocityFilter(1, 3)
    results = [
        velocity.apply(time * FRAME_US, ONE, floats(value)) for time, value in ((1, 0), (2, 4), (3, 4))
    ]
    speed = 4 / (2 * FRAME_US * 1e-6)
    assert results[2] == pytest.approx(results[1] + (4 - results[1]) * (1 - 1 / (1 + 3 * speed)), rel=1e-5)


def test_velocity_filter_ignores_changes_that_are_too_old() -> None:
    velocity = RelativeVelocityFilter(2, 3)
    velocity.apply(FRAME_US, ONE, floats(0))
    velocity.apply(2 * FRAME_US, ONE, floats(4))
    last = velocity.apply(6 * FRAME_US, ONE, floats(4))
    assert last == pytest.approx(velocity.apply(6 * FRAME_US + 1000, ONE, last), rel=1e-3)


@pytest.mark.parametrize("make", [lambda: OneEuroFilter(30, 1, 1, 1), lambda: RelativeVelocityFilter(3, 1)])
def test_values_are_returned_as_they_are_unless_the_time_advances(make: object) -> None:
    assert callable(make)
    smoothing, same = make(), make()
    for each in (smoothing, same):
        each.apply(2 * FRAME_US, ONE, floats(1))
    assert smoothing.apply(2 * FRAME_US, ONE, floats(9)).tolist() == [9]
    assert smoothing.apply(FRAME_US, ONE, floats(8)).tolist() == [8]
    later = 3 * FRAME_US, ONE, floats(2)
    assert smoothing.apply(*later).tolist() == same.apply(*later).tolist()
