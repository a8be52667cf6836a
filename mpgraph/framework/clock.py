"""Clock: the time for calculators, which tests can control.

A calculator uses `cc.clock` and never `time` itself; a test that gives its graph a
`mpgraph.testing.MockClock` then runs without waiting, and deterministically.
"""

from __future__ import annotations

import time
from typing import Final, Protocol

from mpgraph.framework.override import override

CLOCK_SERVICE: Final = "mpgraph.framework.clock"
"""The graph service that holds the clock; `graph.set_clock` sets it."""


class Clock(Protocol):
    """A monotonic clock."""

    def now_us(self) -> int:
        """The time in microseconds since an epoch of the clock's choice."""
        ...

    def sleep_until(self, time_us: int) -> None:
        """Wait until `time_us`. Only for calculators that are `blocking`, such as sources."""
        ...


class SystemClock(Clock):
    """Microseconds since 1970, unaffected by later changes of the system's time."""

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    @override
    def now_us(self) -> int:
        return (time.monotonic_ns() + self._offset) // 1000

    @override
    def sleep_until(self, time_us: int) -> None:
        while (left := time_us - self.now_us()) > 0:
            time.sleep(left / 1e6)


SYSTEM_CLOCK: Final[Clock] = SystemClock()
"""The clock of graphs without their own clock."""
