"""Timestamps: order, named values, arithmetic and the rules of streams."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.timestamp import Timestamp

NAMED = ["UNSET", "UNSTARTED", "PRESTREAM", "MIN", "MAX", "POSTSTREAM", "ONE_OVER_POSTSTREAM", "DONE"]
ORDINARY = st.integers(ts.MIN + 1, ts.MAX - 1)
RANGE = st.integers(ts.MIN, ts.MAX)
ALL = st.one_of(ORDINARY, st.sampled_from([getattr(ts, name) for name in NAMED]))


def stamp(value: int) -> Timestamp:
    return Timestamp._wrap(value)


@given(ORDINARY)
def test_microseconds(value: int) -> None:
    made = Timestamp(value)
    assert made.value == made.microseconds() == value
    assert made == value and value == made
    assert Timestamp(made) == made
    assert made.seconds() == value / 1_000_000
    assert repr(made) == str(made) == f"<mediapipe.Timestamp with value: {value}>"


@pytest.mark.parametrize("value", [np.int64(5), np.uint8(5), np.array(5)])
def test_integers_of_any_class_are_accepted(value: Any) -> None:
    assert Timestamp(value) == 5
    assert Timestamp(5) == np.int64(5)
    assert Timestamp(4) < np.int64(5)


@pytest.mark.parametrize("value", ["5", 5.0, None, np.float32(5), 2**63, -(2**63) - 1, [5]])
def test_values_that_are_not_integers_are_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        Timestamp(value)


@pytest.mark.parametrize("name", NAMED)
def test_special_values_cannot_be_created_from_their_number(name: str) -> None:
    named: Timestamp = getattr(Timestamp, name)
    assert named.value == getattr(ts, name)
    assert Timestamp(named) == named
    with pytest.raises(InvalidArgumentError, match="special value"):
        Timestamp(named.value)
    assert repr(named) == f"<mediapipe.Timestamp with value: {name.replace('ONE_OVER_', 'ONEOVER')}>"


def test_order_of_special_values() -> None:
    values = [getattr(Timestamp, name).value for name in NAMED]
    assert values == [-(2**63) + i for i in range(4)] + [2**63 - 4 + i for i in range(4)]


@given(ALL, ALL)
def test_timestamps_compare_as_their_numbers(a: int, b: int) -> None:
    for right in (stamp(b), b):
        assert (stamp(a) < right) == (a < b)
        assert (stamp(a) <= right) == (a <= b)
        assert (stamp(a) > right) == (a > b)
        assert (stamp(a) >= right) == (a >= b)
        assert (stamp(a) == right) == (a == b)
    assert (hash(stamp(a)) == hash(stamp(b))) or a != b


def test_other_things_are_unequal_and_have_no_order() -> None:
    assert Timestamp(5) != "5"
    assert Timestamp(5) != None  # noqa: E711 (the operator is what is tested)
    with pytest.raises(TypeError):
        _ = Timestamp(5) < "5"


@pytest.mark.parametrize(
    ("name", "special", "ranged", "in_stream"),
    [
        ("UNSET", True, False, False),
        ("UNSTARTED", True, False, False),
        ("PRESTREAM", True, False, True),
        ("MIN", True, True, True),
        ("MAX", True, True, True),
        ("POSTSTREAM", True, False, True),
        ("ONE_OVER_POSTSTREAM", True, False, False),
        ("DONE", True, False, False),
    ],
)
def test_special_values(name: str, special: bool, ranged: bool, in_stream: bool) -> None:
    named: Timestamp = getattr(Timestamp, name)
    assert named.is_special_value() == special
    assert named.is_range_value() == ranged
    assert named.is_allowed_in_stream() == in_stream


@given(ORDINARY)
def test_ordinary_times(value: int) -> None:
    made = Timestamp(value)
    assert not made.is_special_value()
    assert made.is_range_value() and made.is_allowed_in_stream()


@pytest.mark.parametrize(
    ("seconds", "microseconds"),
    [
        (1, 1_000_000),
        (5e-7, 1),
        (-5e-7, -1),
        (4.9e-7, 0),
        (1.5e-6, 2),
        (-1.4e-6, -1),
        (0, 0),
        (1 / 3, 333333),
    ],
)
def test_seconds_round_to_the_nearest_and_halves_outward(seconds: float, microseconds: int) -> None:
    assert Timestamp.from_seconds(seconds) == microseconds


@given(st.integers(-(2**50), 2**50))
def test_seconds_round_trip(microseconds: int) -> None:
    """2**50 microseconds are 35 years, where a double still distinguishes microseconds."""
    assert Timestamp.from_seconds(float(Fraction(microseconds, 1_000_000))) == microseconds


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -float("inf")])
def test_invalid_seconds_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidArgumentError):
        Timestamp.from_seconds(seconds)


@pytest.mark.parametrize("seconds", [1e13, -1e300])
def test_seconds_beyond_64_bits(seconds: float) -> None:
    with pytest.raises(TypeError, match="64 bits"):
        Timestamp.from_seconds(seconds)


@given(RANGE, st.integers(-(2**64), 2**64))
def test_sums_stay_in_range(value: int, offset: int) -> None:
    assert stamp(value) + offset == min(max(value + offset, ts.MIN), ts.MAX)
    assert offset + stamp(value) == stamp(value) + offset
    assert stamp(value) - offset == stamp(value) + -offset


@given(st.integers(-(2**61), 2**61), st.integers(-(2**61), 2**61))
def test_differences(a: int, b: int) -> None:
    assert Timestamp(a) - Timestamp(b) == a - b


@pytest.mark.parametrize("name", ["UNSET", "UNSTARTED", "PRESTREAM", "POSTSTREAM", "DONE"])
def test_no_arithmetic_with_values_outside_of_the_range(name: str) -> None:
    named: Timestamp = getattr(Timestamp, name)
    for calculation in (lambda: named + 1, lambda: named - 1, lambda: Timestamp(1) - named):
        with pytest.raises(ValueError, match=f"special value Timestamp.{name}"):
            calculation()


def test_timestamps_are_not_added() -> None:
    with pytest.raises(TypeError):
        _ = Timestamp(1) + Timestamp(2)  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Timestamp(1) + 0.5  # type: ignore[operator]


@given(ALL)
def test_next_allowed_time_in_a_stream(value: int) -> None:
    following = stamp(value).next_allowed_in_stream()
    if value == ts.PRESTREAM or value >= ts.MAX:
        assert following == Timestamp.ONE_OVER_POSTSTREAM
    else:
        assert following == max(value + 1, ts.MIN)


@given(ALL)
def test_bound_settles_the_times_before_it(value: int) -> None:
    settled = stamp(value).previous_allowed_in_stream()
    if value <= ts.MIN or value == ts.POSTSTREAM:
        assert settled == Timestamp.UNSTARTED
    else:
        assert settled == min(value - 1, ts.MAX)


def test_timestamp_is_an_index() -> None:
    assert range(10)[Timestamp(3)] == 3
    assert ts.as_int(Timestamp(3)) == ts.as_int(3) == 3
