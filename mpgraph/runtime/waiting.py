"""WaitingThreads: threads that sleep until a run is in the state that each of them waits for.

Why no thread sleeps through a change. It announces what it waits for first and asks that condition second,
both under the lock; who changes the run does so first and looks at the announcements second (`notify`).
Whichever order these four steps come in, either the thread finds its condition met, or the other one finds
the announcement, and asks the condition itself, under the lock.

Conditions must be cheap, wait for nothing and change nothing: any thread may ask them, the scheduler's owner
included.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

Condition = Callable[[], bool]


class WaitingThreads:
    """The threads that wait for one run. A thread is woken up only when it has something to do.

    A graph may look idle to a thread only between two reads of another's; `notify` is called after every
    change, so one that asked too early is followed by another.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._conditions: list[Condition] = []

    def __bool__(self) -> bool:
        """Whether any thread waits."""
        return bool(self._conditions)

    def notify(self) -> None:
        """Wake up the threads that wait if the condition of any of them is met."""
        if self._conditions:  # Seldom: the lock would be most of what a packet to an observer costs.
            with self._lock:
                if any(condition() for condition in self._conditions):
                    self._lock.notify_all()

    def sleep_until(self, condition: Condition, timeout: float | None) -> None:
        """Return when `condition` is met, after `timeout` seconds, or for no reason at all."""
        with self._lock:
            self._conditions.append(condition)
            try:
                if not condition():
                    self._lock.wait(timeout)
            finally:
                self._conditions.remove(condition)
