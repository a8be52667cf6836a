"""MockClock: time that passes only when a test says so."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.runtime.scheduler_queue import running_scheduler

if TYPE_CHECKING:
    from mpgraph.runtime.run import GraphRun
    from mpgraph.runtime.scheduler import Scheduler

_LOOK_AGAIN = 0.001
"""Seconds between two looks whether a graph rests, while calculators of it sleep."""


class MockClock:
    """A clock at 0 that stands still; given to a graph by `graph.set_clock` or `run(..., clock=...)`.

    `advance` moves it. With `autojump` it moves by itself: whenever all of a graph rests but for
    calculators that sleep, it jumps to the moment the first of them wants to wake up at. So a source that
    sends a frame each 40 ms sends a thousand of them at once, each at its time.

    rate: how many seconds pass here in one real second, 0 for none.
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
        """Let time pass: `seconds` and `us` microseconds of it. Those who sleep until then wake up."""
        step = round(seconds * 1e6) + us
        if step < 0:
            raise InvalidArgumentError(f"A clock cannot go back, by {step} microseconds.")
        with self._change:
            self._base_us += step
            self._change.notify_all()

    def sleep_until(self, time_us: int) -> None:
        """Wait until it is `time_us`, or until the run fails. While a graph is closed, its time jumps.

        Raises:
            FailedPreconditionError: called by a calculator that is not `blocking`: it would stop the graph.
        """
        if any(scheduler.owned_by_me() for scheduler in self._schedulers):
            raise FailedPreconditionError(
                "A calculator that sleeps must set blocking = True: it keeps the whole graph waiting."
            )
        scheduler = running_scheduler()
        me = threading.get_ident()
        with self._change:
            self._sleepers[me] = (time_us, scheduler)
            if scheduler is not None:
                scheduler.notify()  # Who waits for the graph to rest must look again.
            try:
                while (left := time_us - self.now_us()) > 0:
                    if scheduler is not None and scheduler.errors:
                        return  # The run ends now.
                    if self._may_jump(scheduler) and self._is_first(time_us):
                        self._base_us += left
                        self._change.notify_all()
                    else:
                        self._change.wait(_LOOK_AGAIN)
            finally:
                del self._sleepers[me]

    def _may_jump(self, scheduler: Scheduler | None) -> bool:
        if scheduler is not None and scheduler.stopping:
            return True  # Whoever closes the graph waits until it has ended, and moves no clock meanwhile.
        return self.autojump and all(map(self.rests, self._schedulers))

    def _is_first(self, time_us: int) -> bool:
        return time_us <= min(until for until, _ in self._sleepers.values())

    def next_waking(self) -> int | None:
        """The moment at which the next sleeper wakes up, None if nobody sleeps."""
        now = self.now_us()
        return min((until for until, _ in list(self._sleepers.values()) if until > now), default=None)

    # What the runtime tells, and what a test asks

    def run_starts(self, run: GraphRun) -> None:
        """A graph with this clock starts a run."""
        self._schedulers.append(run.scheduler)

    def run_ends(self, run: GraphRun) -> None:
        """A run has ended."""
        self._schedulers.remove(run.scheduler)

    def rests(self, scheduler: Scheduler) -> bool:
        """Whether nothing of a run moves: whatever is busy sleeps, and not only until now."""
        if scheduler.quiet():
            return True
        now = self.now_us()
        sleeping = sum(whose is scheduler and until > now for until, whose in list(self._sleepers.values()))
        busy = bool(scheduler.inbox or scheduler.ready)
        return sleeping > 0 and sleeping == scheduler.outstanding and not busy and not scheduler.owned()
