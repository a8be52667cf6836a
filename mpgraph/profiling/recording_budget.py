"""RecordingBudget: keeps the cost of recording below a share of the time, by recording only some packets.

A graph whose nodes do nothing but pass packets on makes a million calls a second; reading the clock for
each of them would slow it down. Such a graph is recorded for a while and left alone for a while. A graph that
computes anything is recorded without gaps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache

from mpgraph.profiling.recorder import TraceRecorder

DEFAULT_BUDGET = 0.015
"""The share of time that recording may take: a third of the promised 5 %, since its cost is an estimate."""

_WINDOW_PACKETS = 32
_WINDOW_CALLS = 256
_DRAIN_AT = 4096


class RecordingBudget:
    """Counts the packets that enter the graph while it is recorded, and closes and opens the recording.

    switch(on) starts and stops the recording; post(f, argument) has the scheduler's owner call f(argument).
    Only the owner calls `admit`. The timer's thread does nothing but post, so nothing here needs a lock.
    """

    def __init__(
        self,
        recorder: TraceRecorder,
        budget: float | None,
        switch: Callable[[bool], None],
        post: Callable[[Callable[[object], None], object], None],
    ) -> None:
        """budget: the share of time that recording may take, None for no limit."""
        self.recorder = recorder
        self._budget = budget
        self._switch = switch
        self._post = post
        self._cost = _cost_of_a_call()
        self._closed_at = 0
        self._timer: threading.Timer | None = None
        self._finished = False
        self._begin()

    def _begin(self) -> None:
        self._packets = 0
        self._calls = self.recorder.waiting_calls
        self._started = time.perf_counter_ns()

    def admit(self, count: int) -> None:
        """Count `count` packets that enter; occasionally, estimate what recording them has cost."""
        self._packets += count
        if self._packets >= _WINDOW_PACKETS:
            self._end_of_window()

    def _end_of_window(self) -> None:
        calls = self.recorder.waiting_calls - self._calls
        if calls < _WINDOW_CALLS and self._packets < 100 * _WINDOW_PACKETS:
            return
        now = time.perf_counter_ns()
        if self._budget is not None:
            owed = calls * self._cost / self._budget - (now - self._started)
            if owed > 0:
                self._close(now, owed)
        if self.recorder.waiting_calls >= _DRAIN_AT:
            self.recorder.drain()
        self._begin()

    def _close(self, now: int, owed: float) -> None:
        self._closed_at = now
        self._switch(False)
        self._timer = threading.Timer(owed / 1e9, self._post, (self._open, None))
        self._timer.name, self._timer.daemon = "mpgraph-recording-budget", True
        self._timer.start()

    def _open(self, _: object) -> None:
        if not self._finished:
            self._end_gap()
            self._begin()
            self._switch(True)

    def _end_gap(self) -> None:
        if self._closed_at:
            self.recorder.gaps.append((self._closed_at, time.perf_counter_ns()))
            self._closed_at = 0

    def finish(self) -> None:
        """Never open again; wait for the timer's thread. A gap that is not over ends here."""
        self._finished = True
        timer = self._timer
        if timer is not None:
            timer.cancel()
            if timer is not threading.current_thread():
                timer.join()
        self._end_gap()


@cache
def _cost_of_a_call() -> float:
    """Estimate the ns that recording one call costs on this machine at this moment."""
    events: list[int] = []
    clock, rounds = time.perf_counter_ns, 200
    best = float("inf")
    for _ in range(5):
        events.clear()
        started = clock()
        for index in range(rounds):
            a, b = clock(), clock()
            events.extend((a, b, index, 0, 0, 1, 0, 1))
        best = min(best, (clock() - started) / rounds)
    return 4 * best  # The rest: function calls, draining the events, colder caches.
