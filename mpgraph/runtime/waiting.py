"""WaitingThreads: threads that sleep until a run is in the state that each of them waits for.

Why no thread sleeps through a change. It announces what it waits for first and asks that condition second,
both under the lock; who changes the run does so first and looks at the announcements second (`notify`).
Whichever order these four steps come in, either the thread finds its condition met, or the other one finds
the announcement, and asks the condition itself, under the lock.

Conditions must be cheap, wait for nothing and change nothing: any thread may ask them, the scheduler's owner
included.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from mpgraph.errors import FailedPreconditionError

Condition = Callable[[], bool]


class WaitingThreads:
    """The threads that wait for one run. A thread is woken up only when it has something to do.

    A graph may look idle to a thread only between two reads of another's; `notify` is called after every
    change, so one that asked too early is followed by another.

    Ctrl-C may interrupt any line of threading.Condition, which is written in Python, and leave its lock
    locked, so each thread sleeps on a lock of its own. The common lock is reentrant, as a signal's handler
    may cancel the graph.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waiting: list[tuple[Condition, threading.Lock]] = []

    def __bool__(self) -> bool:
        """Whether any thread waits."""
        return bool(self._waiting)

    def notify(self) -> None:
        """Wake up the threads that wait whose condition is met."""
        if self._waiting:  # Seldom: the lock would be most of what a packet to an observer costs.
            with self._lock:
                for condition, asleep in tuple(self._waiting):
                    if asleep.locked() and condition():
                        asleep.release()

    def sleep_until(self, condition: Condition, timeout: float | None) -> None:
        """Return when `condition` is met, after `timeout` seconds, or for no reason at all."""
        asleep = threading.Lock()
        asleep.acquire()
        waiter = condition, asleep
        try:
            with self._lock:
                self._waiting.append(waiter)
                is_met = condition()
            if not is_met:
                asleep.acquire(timeout=-1 if timeout is None else max(timeout, 0))
        finally:
            with self._lock:
                if waiter in self._waiting:
                    self._waiting.remove(waiter)


class LateCall:
    """A function to call once, after a while, on a thread that owns a run or waits for it at that time."""

    def __init__(self) -> None:
        self._at = math.inf
        self._function: Callable[[], None] = lambda: None

    def set(self, seconds: float, function: Callable[[], None]) -> None:
        """Call `function` once `seconds` have passed. It may be called twice, on two threads."""
        self._at, self._function = time.monotonic() + seconds, function

    def check(self) -> None:
        """Call the function if it is time."""
        if time.monotonic() >= self._at:
            self._at = math.inf
            self._function()

    def shortened(self, timeout: float | None) -> float | None:
        """Return how long to sleep at most, so that `check` is called in time."""
        if self._at == math.inf:
            return timeout
        left = max(self._at - time.monotonic(), 0.0)
        return left if timeout is None else min(timeout, left)


def waits_for_itself(problem: str) -> FailedPreconditionError:
    """Return the error of a calculator or observer that waits for its own graph."""
    return FailedPreconditionError(
        f"{problem}, which would wait for itself.",
        hint="Wait outside, in the program that feeds the graph.",
        rule="waits-for-itself",
    )
