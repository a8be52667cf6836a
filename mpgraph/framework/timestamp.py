"""Timestamps: 64-bit microseconds, with named special values at both ends of the range.

Inside the framework a timestamp is a plain `int` (the constants and functions below), because a
graph compares millions of them; `Timestamp` is the public class. The rules are MediaPipe's
(framework/timestamp.h): two special values are allowed in a stream, PRESTREAM and POSTSTREAM, each
only as the stream's single packet.
"""

from __future__ import annotations

import functools
import math
import operator
from typing import Final, SupportsIndex

from mpgraph.errors import InvalidArgumentError

UNSET: Final = -(2**63)
UNSTARTED: Final = UNSET + 1
PRESTREAM: Final = UNSET + 2
MIN: Final = UNSET + 3
DONE: Final = 2**63 - 1
ONE_OVER_POSTSTREAM: Final = DONE - 1
POSTSTREAM: Final = DONE - 2
MAX: Final = DONE - 3

MICROSECONDS_PER_SECOND = 1_000_000

_NAMES = {
    UNSET: "UNSET",
    UNSTARTED: "UNSTARTED",
    PRESTREAM: "PRESTREAM",
    MIN: "MIN",
    MAX: "MAX",
    POSTSTREAM: "POSTSTREAM",
    ONE_OVER_POSTSTREAM: "ONEOVERPOSTSTREAM",
    DONE: "DONE",
}


def is_range(t: int) -> bool:
    """Whether `t` is an ordinary time, MIN..MAX inclusive."""
    return MIN <= t <= MAX


def is_allowed_in_stream(t: int) -> bool:
    """Whether a packet in a stream may have time `t`, PRESTREAM..POSTSTREAM."""
    return PRESTREAM <= t <= POSTSTREAM


def next_allowed(t: int) -> int:
    """The earliest time of a packet after one at `t`; ONE_OVER_POSTSTREAM if there can be none."""
    if t >= MAX or t == PRESTREAM:
        return ONE_OVER_POSTSTREAM
    return MIN if t < MIN else t + 1


def previous_allowed(t: int) -> int:
    """The latest time that is settled when the bound is `t`; UNSTARTED if there is none."""
    if t <= MIN or t == POSTSTREAM:
        return UNSTARTED
    return MAX if t > MAX else t - 1


def shifted(t: int, offset: int) -> int:
    """`t + offset` microseconds, clamped to MIN..MAX. `t` must be an ordinary time."""
    return min(max(t + offset, MIN), MAX)


def name(t: int) -> str:
    """`t` as digits, or the name of a special value."""
    return _NAMES.get(t) or str(t)


@functools.total_ordering
class Timestamp:
    """A moment in microseconds, comparable with `int` and other timestamps.

    Special values have names and cannot be created from their number:
    `Timestamp.UNSET < UNSTARTED < PRESTREAM < MIN <= ordinary <= MAX < POSTSTREAM < DONE`, and
    ONE_OVER_POSTSTREAM between the last two: the bound of a stream whose last packet was at POSTSTREAM.
    """

    __slots__ = ("_value",)

    _value: int

    UNSET: Timestamp
    UNSTARTED: Timestamp
    PRESTREAM: Timestamp
    MIN: Timestamp
    MAX: Timestamp
    POSTSTREAM: Timestamp
    ONE_OVER_POSTSTREAM: Timestamp
    DONE: Timestamp

    def __init__(self, value: SupportsIndex) -> None:
        if isinstance(value, Timestamp):
            self._value = value._value
            return
        try:
            number = operator.index(value)
        except TypeError:
            raise TypeError(
                f"Timestamp needs an int (microseconds) or a Timestamp, not {type(value).__name__}."
            ) from None
        if not UNSET <= number <= DONE:
            raise TypeError(f"Timestamp {number} does not fit into 64 bits.")
        if not MIN < number < MAX:
            raise InvalidArgumentError(
                f"Cannot make a Timestamp from the special value {number}; "
                f"use Timestamp.{name(number)} instead."
            )
        self._value = number

    @classmethod
    def _wrap(cls, value: int) -> Timestamp:
        """A timestamp for any value, special ones included; for the framework's own use."""
        timestamp = object.__new__(cls)
        timestamp._value = value
        return timestamp

    @classmethod
    def from_seconds(cls, seconds: float) -> Timestamp:
        """The timestamp nearest to `seconds`, halves rounded away from zero."""
        scaled = seconds * MICROSECONDS_PER_SECOND
        if not math.isfinite(scaled):
            raise InvalidArgumentError(f"Cannot make a Timestamp from {seconds} seconds.")
        return cls(math.floor(abs(scaled) + 0.5) * (1 if scaled >= 0 else -1))

    @property
    def value(self) -> int:
        """The raw number of microseconds."""
        return self._value

    def seconds(self) -> float:
        """The time in seconds."""
        return self._value / MICROSECONDS_PER_SECOND

    def microseconds(self) -> int:
        """The time in microseconds."""
        return self._value

    def is_special_value(self) -> bool:
        """Whether this is one of the named values; MIN and MAX count."""
        return self._value <= MIN or self._value >= MAX

    def is_range_value(self) -> bool:
        """Whether this is an ordinary time, MIN..MAX inclusive."""
        return is_range(self._value)

    def is_allowed_in_stream(self) -> bool:
        """Whether a packet in a stream may have this time: PRESTREAM..POSTSTREAM."""
        return is_allowed_in_stream(self._value)

    def next_allowed_in_stream(self) -> Timestamp:
        """The earliest time that may follow this one in a stream."""
        return Timestamp._wrap(next_allowed(self._value))

    def previous_allowed_in_stream(self) -> Timestamp:
        """The latest time that is settled when this one is a stream's bound."""
        return Timestamp._wrap(previous_allowed(self._value))

    def __add__(self, offset: int) -> Timestamp:
        if isinstance(offset, Timestamp) or not hasattr(offset, "__index__"):
            return NotImplemented
        self._need_range("add to")
        return Timestamp._wrap(shifted(self._value, offset.__index__()))

    __radd__ = __add__

    def __sub__(self, other: int | Timestamp) -> Timestamp:
        """Timestamp minus microseconds, or the difference of two timestamps; both as a Timestamp."""
        self._need_range("subtract from")
        if isinstance(other, Timestamp):
            other._need_range("subtract")
            return Timestamp(self._value - other._value)
        if not hasattr(other, "__index__"):
            return NotImplemented
        return Timestamp._wrap(shifted(self._value, -other.__index__()))

    def _need_range(self, action: str) -> None:
        if not is_range(self._value):
            raise InvalidArgumentError(f"Cannot {action} the special value Timestamp.{name(self._value)}.")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Timestamp):
            return self._value == other._value
        return self._value == other.__index__() if hasattr(other, "__index__") else NotImplemented

    def __lt__(self, other: int | Timestamp) -> bool:
        if isinstance(other, Timestamp):
            return self._value < other._value
        return self._value < other.__index__() if hasattr(other, "__index__") else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __index__(self) -> int:
        return self._value

    def __repr__(self) -> str:
        # MediaPipe's own text: programs written for it compare it.
        return f"<mediapipe.Timestamp with value: {name(self._value)}>"


for _value, _name in _NAMES.items():
    attribute = "ONE_OVER_POSTSTREAM" if _value == ONE_OVER_POSTSTREAM else _name
    setattr(Timestamp, attribute, Timestamp._wrap(_value))


def from_raw(value: int) -> Timestamp:
    """The timestamp of a raw value as stored in a packet, special ones included; the inverse of `as_int`."""
    return Timestamp._wrap(value)


def as_int(t: int | Timestamp) -> int:
    """The microseconds of a timestamp in either representation.

    Raises:
        InvalidArgumentError: it is neither, such as a float of seconds.
    """
    if type(t) is int:
        return t
    if isinstance(t, Timestamp):
        return t._value
    try:
        return operator.index(t)
    except TypeError:
        raise InvalidArgumentError(
            f"A time is an int (microseconds) or a Timestamp, not {t!r}.",
            hint="Convert seconds with round(seconds * 1_000_000).",
            rule="timestamp",
        ) from None
