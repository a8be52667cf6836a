"""The system's clock, and where calculators find it."""

from __future__ import annotations

import time

import mpgraph as mp
from mpgraph.framework.clock import SYSTEM_CLOCK, SystemClock
from mpgraph.testing import run, t


class Clocked(mp.Calculator):
    data = mp.Input("IN", int)
    out = mp.Output("CLOCK", object)

    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, cc.clock)


def test_system_clock_is_the_time_of_day_and_monotonic() -> None:
    clock = SystemClock()
    assert abs(clock.now_us() - time.time() * 1e6) < 60e6
    times = [clock.now_us() for _ in range(100)]
    assert times == sorted(times)


def test_system_clock_sleeps() -> None:
    until = SYSTEM_CLOCK.now_us() + 2_000
    SYSTEM_CLOCK.sleep_until(until)
    assert SYSTEM_CLOCK.now_us() >= until
    SYSTEM_CLOCK.sleep_until(until - 10**9)


def test_context_has_the_clock() -> None:
    run(Clocked).send("IN", 1 @ t(0)).expect("CLOCK", lambda clock: clock is SYSTEM_CLOCK).finish()
    clock = SystemClock()
    run(Clocked, clock=clock).send("IN", 1 @ t(0)).expect("CLOCK", lambda found: found is clock).finish()
