"""Clock: the time, for calculators that need it, and for tests that decide how it passes.

A calculator asks `cc.clock` and never `time` itself; then a test that gives its graph a
`mpgraph.testing.MockClock` runs without waiting, and always alike.
"""

from __future__ import annotations

import time
from typing import Final, Protocol

CLOCK_SERVICE: Final = "mpgraph.framework.clock"
"""The graph service that holds the clock; `graph.set_clock` sets it."""


class Clock(Protocol):
    """A clock that never goes back."""

    def now_us(self) -> int:
        """The time in microseconds; since when is the clock's affair."""
        ...

    def sleep_until(self, time_us: int) -> None:
        """Wait until it is `time_us`. Only for calculators that are `blocking`, such as sources."""
        ...


class SystemClock:
    """Microseconds since 1970, steady even when the system's time is set meanwhile."""

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    def now_us(self) -> int:
        """Return the time in microseconds."""
        return (time.monotonic_ns() + self._offset) // 1000

    def sleep_until(self, time_us: int) -> None:
        """Wait until it is `time_us`; not at all if it has been."""
        while (left := time_us - self.now_us()) > 0:
            time.sleep(left / 1e6)


SYSTEM_CLOCK: Final[Clock] = SystemClock()
"""What `cc.clock` is when nobody set another."""
