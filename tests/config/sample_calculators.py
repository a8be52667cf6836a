"""Calculators for the tests of the graph builder, and a check of the location of errors."""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

import mpgraph as mp
from mpgraph.errors import ConfigError


class Mode(enum.Enum):
    FAST = "fast"
    EXACT = "exact"


@mp.register
class BuildScale(mp.Calculator):
    """Scales numbers."""

    value = mp.Input("VALUE", int)
    factor = mp.SideInput("FACTOR", int, optional=True)
    scaled = mp.Output("SCALED", int)
    trace = mp.Output("TRACE", str, optional=True)

    @dataclass
    class Options:
        @dataclass
        class Part:
            weight: float = 1.0

        by: Annotated[int, mp.Range(1, 9)] = 2
        mode: Mode = Mode.FAST
        shape: Literal["round", "square"] = "round"
        names: list[str] = field(default_factory=list)
        part: Part = field(default_factory=Part)
        parts: list[Part] = field(default_factory=list)

    timestamp_offset = 0

    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.scaled, cc[self.value] * cc.options.by * cc.get(self.factor, 1))


@mp.register
class BuildJoin(mp.Calculator):
    """Adds numbers and copies them."""

    values = mp.Input("IN", int, repeated=True)
    total = mp.Output("TOTAL", int)
    copies = mp.Output("COPY", repeated=True, optional=True, same_as=values)
    timestamp_offset = 0

    def process(self, cc: mp.CalculatorContext) -> int:
        return sum(value for value in cc.values(self.values) if value is not None)


@mp.register
class BuildSame(mp.Calculator):
    """Forwards packets of any type."""

    value = mp.Input()
    same = mp.Output(same_as=value)
    timestamp_offset = 0

    def process(self, cc: mp.CalculatorContext) -> Any:
        return cc[self.value]


@mp.register
class BuildText(mp.Calculator):
    """Text only, and a side packet of it."""

    text = mp.Input("TEXT", str)
    size = mp.SideOutput("SIZE", int, optional=True)

    def process(self, cc: mp.CalculatorContext) -> None:
        """Read it."""


@mp.calculator
def build_add(x: int, /, *, amount: int = 1) -> int:
    """Add a number to each."""
    return x + amount


class Unregistered(mp.Calculator):
    value = mp.Input("VALUE", int)


@contextmanager
def refused(match: str) -> Iterator[None]:
    """Check that the next line of the caller raises a ConfigError with the location of that line."""
    frame = sys._getframe(2)
    expected = (frame.f_code.co_filename, frame.f_lineno + 1)
    with pytest.raises(ConfigError, match=match) as caught:
        yield
    location = caught.value.location
    assert location is not None
    assert (location.file, location.line) == expected, str(caught.value)
