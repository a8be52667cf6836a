"""MockClock: time that passes only when a test makes it."""

from __future__ import annotations

import threading
import time

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.runtime.run import GraphRun
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.scheduler_queue import running_scheduler

_POLL_S = 0.001
"""Seconds between two checks whether a graph is at rest, while calculators of it sleep."""


class MockClock:
    """A clock that stands still at 0; given to a graph by `graph.set_clock` or `run(..., clock=...)`.

    `advance` moves it. With `autojump` it moves on its own: whenever everything in a graph is at rest except
    for calculators that sleep, it jumps to the earliest time that any of them sleeps until. So a source that
    sends a frame every 40 ms sends a thousand of them at once, each at its time.

    rate: how many seconds pass on this clock in one real second, 0 for none.
    """

    def __init__(self, start_us: int = 0, *, rate: float = 0.0, autojump: bool = False) -> None:
        if rate < 0:
            raise InvalidArgumentError(f"A clock cannot go back: rate is {rate}.")
        self.autojump = autojump
        self._rate = rate
        self._base_us = start_us
        self._real_base = time.monotonic()
        self._change = threading.Condition()
        self._sleepers: dict[int, tuple[int, Scheduler | None]] = {}
        self._schedulers: list[Scheduler] = []

    def now_us(self) -> int:
        """Return the time in microseconds."""
        return self._base_us + int((time.monotonic() - self._real_base) * 1e6 * self._rate)

    def advance(self, seconds: float = 0.0, *, us: int = 0) -> None:
        """Let `seconds` and `us` microseconds pass, and wake up the calculators that sleep until then."""
        step = round(seconds * 1e6) + us
        if step < 0:
            raise InvalidArgumentError(f"A clock cannot go back, by {step} microseconds.")
        with self._change:
            self._base_us += step
            self._change.notify_all()

    def sleep_until(self, time_us: int) -> None:
        """Wait until the time is `time_us`, or until the run fails. While a graph is closed, its time jumps.

        Raises:
            FailedPreconditionError: the calculator that calls is not `blocking`: it would block the graph.
        """
        if any(scheduler.owned_by_me() for scheduler in self._schedulers):
            raise FailedPreconditionError(
                "A calculator that sleeps must set blocking = True: it blocks the whole graph."
            )
        running = running_scheduler()
        scheduler = next((each for each in self._schedulers if each is running), None)
        me = threading.get_ident()
        with self._change:
            self._sleepers[me] = (time_us, scheduler)
            if scheduler is not None:
                scheduler.notify()  # A test that waits for the graph to be at rest must check again.
            try:
                while (left := time_us - self.now_us()) > 0:
                    if scheduler is not None and scheduler.errors:
                        return  # The run ends now.
                    if self._may_jump(scheduler) and self._is_first(time_us):
                        self._base_us += left
                        self._change.notify_all()
                    else:
                        self._change.wait(_POLL_S)
            finally:
                del self._sleepers[me]

    def _may_jump(self, scheduler: Scheduler | None) -> bool:
        if scheduler is not None and scheduler.stopping:
            return True  # The thread that closes the graph waits for its end, and moves no clock meanwhile.
        return self.autojump and all(map(self.rests, self._schedulers))

    def _is_first(self, time_us: int) -> bool:
        return time_us <= min(until for until, _ in self._sleepers.values())

    def next_waking(self) -> int | None:
        """Return the time at which the next sleeper wakes up, None if nothing sleeps."""
        now = self.now_us()
        return min((until for until, _ in list(self._sleepers.values()) if until > now), default=None)

    # Called by the runtime and by tests

    def run_starts(self, run: GraphRun) -> None:
        """Follow a run of a graph with this clock."""
        self._schedulers.append(run.scheduler)

    def run_ends(self, run: GraphRun) -> None:
        """Forget a run that has ended."""
        self._schedulers.remove(run.scheduler)

    def rests(self, scheduler: Scheduler) -> bool:
        """Whether nothing of a run moves: whatever is busy sleeps, until a time that is still to come."""
        now = self.now_us()
        sleeping = sum(owner is scheduler and until > now for until, owner in list(self._sleepers.values()))
        return scheduler.quiet() or (sleeping > 0 and scheduler.quiet(sleeping))
