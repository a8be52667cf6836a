"""SchedulerQueue: the invocations that wait for one executor, highest priority first.

A task given to the executor means "run the best item now", so priorities count when a thread is
free, not when the invocation became ready.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from mpgraph.config.model import ValidatedNode
from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.executor import Executor

Event: TypeAlias = "tuple[Callable[[Any], None], Any]"
"""Something for the scheduler's owner to handle: a function, and the argument to call it with."""

Priority: TypeAlias = "tuple[int, ...]"

_this_thread = threading.local()
"""`owning_for`: the queue whose task made this thread the owner; `running`: whose user code it runs."""


class SchedulableNode(Protocol):
    """What a scheduler and its queues use of a node, whose module imports the scheduler."""

    spec: ValidatedNode
    open_key: int
    process_key: int
    in_flight: int

    @property
    def is_opened(self) -> bool:
        """Whether `open` has succeeded, even if the node has closed since."""

    @property
    def is_closed(self) -> bool:
        """Whether the node will not be called again."""

    def run(self) -> None:
        """Run the next invocation of an inline node, from start to end."""

    def run_user_code(self, context: CalculatorContext) -> None:
        """Run the calculator of an offloaded node, on any thread."""

    def finish_task(self, context: CalculatorContext) -> None:
        """Propagate the result of `run_user_code`, as the owner."""

    def schedule(self) -> None:
        """Queue invocations for as long as the inputs are ready."""

    def activate(self) -> None:
        """Start to call a source."""

    def leave_fast_path(self) -> None:
        """Queue nothing without asking `schedule` first."""


class _Scheduler(Protocol):
    """What a queue uses of its scheduler, whose module imports this one."""

    inbox: deque[Event]
    outstanding: int
    has_deferred: bool

    @property
    def is_paused(self) -> bool: ...
    def drain(self) -> bool: ...
    def record_error(self, error: BaseException) -> None: ...


def running_scheduler() -> object | None:
    """The scheduler for which this thread runs an offloaded calculator, if it does."""
    return getattr(_this_thread, "running", None)


def set_running_scheduler(scheduler: object) -> None:
    """Note that from now on this thread runs calculators of one graph only."""
    _this_thread.running = scheduler


class TaskQueue(Protocol):
    """Where the invocations of offloaded nodes wait; a scheduler uses all its queues alike."""

    deferred: int

    def push(self, priority: Priority, node: Any, context: CalculatorContext) -> None:
        """Add an item. Only the owner calls this."""

    def signal_deferred(self, keep_one_here: bool = False) -> None:
        """Have the items that were added since the last call run soon."""

    def announce_all(self) -> None:
        """Have all items run, after a pause."""

    def clear(self) -> None:
        """Give up all items, as the owner of a run that is abandoned: their nodes are not in flight."""


class CoroutineCalls(TaskQueue, Protocol):
    """The queue of calculators with coroutines, whose module is imported only where there are any."""

    def cancel(self) -> None:
        """Raise asyncio.CancelledError in the calls that await something."""

    def close_node(self, node: Any, context: CalculatorContext) -> None:
        """Call the `close` of a node after the run, and wait for its end."""

    def stop(self, patience: float | None) -> None:
        """End the event loop's thread, after the run; wait for that, for `patience` or some seconds."""


class SchedulerQueue:
    """Items wait here for an executor's thread. `deferred` counts the items not announced to it yet.

    Announcing is put off while the owner still has events to handle: if the owner is one of the
    executor's own threads, it runs one item itself afterwards, which saves a switch of threads.

    The owner pushes, any executor thread pops: `_items` is the only state of a run that two threads
    change at a time, hence the lock.
    """

    def __init__(self, scheduler: _Scheduler, executor: Executor) -> None:
        self._scheduler = scheduler
        self._executor = executor
        self._items: list[tuple[Priority, int, SchedulableNode, CalculatorContext]] = []
        self._lock = threading.Lock()
        self._order = itertools.count()
        self.deferred = 0

    def push(self, priority: Priority, node: SchedulableNode, context: CalculatorContext) -> None:
        """Add an item. Only the owner calls this."""
        # Counted before any thread can take the item, and until its result has been propagated: the
        # graph must not look idle between the two.
        self._scheduler.outstanding += 1
        self._scheduler.has_deferred = True
        with self._lock:
            # The running number keeps items of equal priority in order, and nodes from being compared.
            heapq.heappush(self._items, (priority, next(self._order), node, context))
        self.deferred += 1

    def signal_deferred(self, keep_one_here: bool = False) -> None:
        """Announce the waiting items to the executor, one fewer if this thread will run that one itself."""
        count, self.deferred = self.deferred, 0
        # This thread returns from `drain` to the loop in `run` and takes an item there without being asked.
        # If another thread is faster and takes it, one of the tasks announced here finds nothing to do.
        if keep_one_here and getattr(_this_thread, "owning_for", None) is self:
            count -= 1
        try:
            for _ in range(count):
                self._executor.schedule(self.run)
        except Exception as error:  # The executor accepts no tasks any more: what waits for it never runs.
            with self._lock:
                self._scheduler.outstanding -= len(self._items)
                self._items.clear()
            self._scheduler.record_error(error)

    def run(self) -> None:
        """Run items until none is left: the task of every executor thread."""
        scheduler = self._scheduler
        # While the run is paused, items stay in the heap; `announce_all` schedules tasks for them again.
        while not scheduler.is_paused:
            with self._lock:
                if not self._items:
                    return
                _, _, node, context = heapq.heappop(self._items)
            # An outer scheduler's, if this calculator runs inside another graph's.
            outer, _this_thread.running = running_scheduler(), scheduler
            node.run_user_code(context)
            _this_thread.running = outer
            # No `wake`: this thread tries to become the owner itself, and if there is an owner already,
            # that thread looks at the inbox again after it has given up the ownership.
            scheduler.inbox.append((node.finish_task, context))
            # Set only now, when this thread is sure to come back for another item; see `signal_deferred`.
            _this_thread.owning_for = self
            scheduler.drain()
            _this_thread.owning_for = None
            del node, context  # An idle thread must not keep the graph alive.

    def clear(self) -> None:
        """Give up all items, as the owner of a run that is abandoned: their nodes are not in flight."""
        with self._lock:
            for _, _, node, _ in self._items:
                node.in_flight -= 1
            self._items.clear()

    def announce_all(self) -> None:
        """Announce all items again, after a pause. Only the owner calls this."""
        with self._lock:
            self.deferred = len(self._items)
        self.signal_deferred()
