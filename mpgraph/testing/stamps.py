"""Values with a time, as tests write them: `2 @ t(10)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import Timestamp, as_int


@dataclass(frozen=True)
class Timed:
    """A payload and its time in microseconds; in an expectation the value may also be a pattern."""

    value: Any
    time: int

    def __repr__(self) -> str:
        return f"{self.value!r} @ t({ts.name(self.time)})"


class Time:
    """A time, in `microseconds`, to which `@` attaches a value. Created by `t`."""

    __slots__ = ("microseconds",)

    # Without this numpy would try to multiply matrices, item by item.
    __array_ufunc__ = None

    def __init__(self, microseconds: int) -> None:
        self.microseconds = microseconds

    def __rmatmul__(self, value: Any) -> Timed:
        return _timed(self.microseconds, value)

    def __repr__(self) -> str:
        return f"t({ts.name(self.microseconds)})"


def t(time: int | Timestamp) -> Time:
    """Return a time that `@` attaches to a value.

        2 @ t(10)

    time: microseconds, or a special time such as `Timestamp.PRESTREAM`.

    Raises:
        TypeError: it is neither an int nor a Timestamp.
        InvalidArgumentError: it is an int with the value of a special time.
    """
    return Time(as_int(Timestamp(time)))


def at(time: int | Timestamp, value: Any) -> Timed:
    """Return the same as `value @ t(time)`, for those who prefer functions."""
    return _timed(as_int(Timestamp(time)), value)


def has_time(value: object) -> bool:
    """Whether `value` is a packet whose timestamp is allowed in a stream."""
    return isinstance(value, Packet) and ts.is_allowed_in_stream(value._t)


def _timed(microseconds: int, value: Any) -> Timed:
    if isinstance(value, Timed):
        raise TypeError(f"{value!r} has a time already.")
    return Timed(value, microseconds)
