"""SchedulerQueue: the invocations that wait for one executor, highest priority first.

A task given to the executor means "run the best item now", so priorities count when a thread is
free, not when the invocation became ready.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TypeAlias

from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.executor import Executor
from mpgraph.runtime.interfaces import SchedulableNode, SchedulerShared

Priority: TypeAlias = "tuple[int, ...]"

_this_thread = threading.local()
"""`owning_for`: the queue whose task made this thread the owner; `running`: whose user code it runs."""


def running_scheduler() -> SchedulerShared | None:
    """The scheduler for which this thread runs an offloaded calculator, if it does."""
    found: SchedulerShared | None = getattr(_this_thread, "running", None)
    return found


class SchedulerQueue:
    """Items wait here for an executor's thread. `deferred` counts the items not announced to it yet.

    Announcing is put off while the owner still has events to handle: if the owner is one of the
    executor's own threads, it runs one item itself afterwards, which saves a switch of threads.

    The owner pushes, any executor thread pops: `_items` is the only state of a run that two threads
    change at a time, hence the lock.
    """

    def __init__(self, scheduler: SchedulerShared, executor: Executor) -> None:
        self._scheduler = scheduler
        self._executor = executor
        self._items: list[tuple[Priority, int, SchedulableNode, CalculatorContext]] = []
        self._lock = threading.Lock()
        self._order = itertools.count()
        self.deferred = 0

    def push(self, priority: Priority, node: SchedulableNode, context: CalculatorContext) -> None:
        """Add an item. Only the owner calls this."""
        self._scheduler.task_queued()
        with self._lock:
            # The running number keeps items of equal priority in order, and nodes from being compared.
            heapq.heappush(self._items, (priority, next(self._order), node, context))
        self.deferred += 1

    def signal_deferred(self, keep_one_here: bool = False) -> None:
        """Announce the waiting items to the executor, one fewer if this thread will run that one itself."""
        count, self.deferred = self.deferred, 0
        if keep_one_here and getattr(_this_thread, "owning_for", None) is self:
            count -= 1
        try:
            for _ in range(count):
                self._executor.schedule(self.run)
        except Exception as error:  # The executor accepts no tasks any more: what waits for it never runs.
            self._drop_all()
            self._scheduler.record_error(error)

    def run(self) -> None:
        """Run items until none is left: the task of every executor thread."""
        scheduler = self._scheduler
        while not scheduler.is_paused:
            with self._lock:
                if not self._items:
                    return
                _, _, node, context = heapq.heappop(self._items)
            # An outer scheduler's, if this calculator runs inside another graph's.
            outer, _this_thread.running = running_scheduler(), scheduler
            node.run_user_code(context)
            _this_thread.running = outer
            scheduler.inbox.append((node.finish_task, context))
            # Set only now, when this thread is sure to come back for another item; see `signal_deferred`.
            _this_thread.owning_for = self
            scheduler.drain()
            _this_thread.owning_for = None
            del node, context  # An idle thread must not keep the graph alive.

    def announce_all(self) -> None:
        """Announce all items again, after a pause. Only the owner calls this."""
        with self._lock:
            self.deferred = len(self._items)
        self.signal_deferred()

    def _drop_all(self) -> None:
        with self._lock:
            self._scheduler.tasks_ended(len(self._items))
            self._items.clear()
