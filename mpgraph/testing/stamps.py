"""Values with a time, as tests write them: `2 @ t(10)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mpgraph.framework import timestamp as ts
from mpgraph.framework.timestamp import Timestamp, as_int


@dataclass(frozen=True)
class Timed:
    """A payload and its time in microseconds; as an expectation also a pattern for a payload."""

    value: Any
    time: int

    def __repr__(self) -> str:
        return f"{self.value!r} @ t({ts.name(self.time)})"


class Time:
    """A time that takes a value by `@`. Made by `t`."""

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
    """Return what stands right of the `@`: microseconds, or a special time such as `Timestamp.PRESTREAM`.

    Raises:
        TypeError: it is neither an int nor a Timestamp.
        InvalidArgumentError: it is the number of a special value.
    """
    return Time(as_int(Timestamp(time)))


def at(time: int | Timestamp, value: Any) -> Timed:
    """The same as `value @ t(time)`, for those who like functions better."""
    return _timed(as_int(Timestamp(time)), value)


def _timed(microseconds: int, value: Any) -> Timed:
    if isinstance(value, Timed):
        raise TypeError(f"{value!r} has a time already.")
    return Timed(value, microseconds)
