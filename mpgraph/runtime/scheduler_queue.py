"""SchedulerQueue: the work that waits for one executor, best first.

A task given to the executor means "run the best item now", so priorities count when a thread is
free, not when the work became ready.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TYPE_CHECKING

from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.executor import Executor

if TYPE_CHECKING:
    from mpgraph.runtime.calculator_node import CalculatorNode
    from mpgraph.runtime.scheduler import Scheduler

Priority = tuple[int, ...]

_here = threading.local()
"""What this thread is doing: `draining`, the queue whose task owns the graph; `running`, user code's."""


def running_scheduler() -> Scheduler | None:
    """The scheduler whose calculator this thread runs as an executor's task, None for none."""
    found: Scheduler | None = getattr(_here, "running", None)
    return found


class SchedulerQueue:
    """Items wait here for an executor's thread. `deferred` counts items not announced to it yet.

    Announcing is put off while the owner still has news to take: if the owner is one of the
    executor's own threads, it takes one item itself, which saves a switch of threads.
    """

    def __init__(self, scheduler: Scheduler, executor: Executor) -> None:
        self._scheduler = scheduler
        self._executor = executor
        self._items: list[tuple[Priority, int, CalculatorNode, CalculatorContext]] = []
        self._lock = threading.Lock()
        self._order = itertools.count()
        self.deferred = 0

    def push(self, priority: Priority, node: CalculatorNode, context: CalculatorContext) -> None:
        """Add an item. Only the owner calls this."""
        self._scheduler.outstanding += 1
        self._scheduler.deferred += 1
        with self._lock:
            heapq.heappush(self._items, (priority, next(self._order), node, context))
        self.deferred += 1

    def signal_deferred(self, keep_one_here: bool = False) -> None:
        """Announce the waiting items to the executor, but one fewer when this thread runs it anyway."""
        count, self.deferred = self.deferred, 0
        if keep_one_here and getattr(_here, "draining", None) is self:
            count -= 1
        try:
            for _ in range(count):
                self._executor.schedule(self.run)
        except Exception as error:  # The executor takes nothing more: what waits for it never runs.
            self._drop_all()
            self._scheduler.record_error(error)

    def run(self) -> None:
        """Run items until none is left; what every executor task does."""
        scheduler = self._scheduler
        while not scheduler.paused:
            with self._lock:
                if not self._items:
                    return
                _, _, node, context = heapq.heappop(self._items)
            outer, _here.running = running_scheduler(), scheduler
            node.run_user_code(context)
            _here.running = outer
            scheduler.inbox.append((node.finish_task, context))
            # Only now is this thread sure to come back for another item.
            _here.draining = self
            scheduler.drain()
            _here.draining = None
            del node, context

    def announce_all(self) -> None:
        """Announce all items again, after a pause. Only the owner calls this."""
        with self._lock:
            self.deferred = len(self._items)
        self.signal_deferred()

    def _drop_all(self) -> None:
        with self._lock:
            self._scheduler.outstanding -= len(self._items)
            self._items.clear()
