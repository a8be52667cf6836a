"""CoroutineQueue: the invocations of calculators with `async def` methods, all on one event loop.

The loop has a thread of its own and never owns the graph, so neither waits for the other: while one call
awaits, further calls of other nodes begin, and of the same node up to its `max_in_flight`.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable
from typing import Any

from mpgraph.errors import CancelledError
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.event_loop import EventLoopThread
from mpgraph.runtime.invocation import take_result
from mpgraph.runtime.node_status import NodeStatus
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.scheduler_queue import Priority, set_running_scheduler

_CLOSING_S = 1.0
"""How long an abandoned run waits for the `close` of a node, in seconds."""
_TASKS_S = 5.0
"""How long a run waits for tasks that calculators have left behind and that ignore their cancellation."""


class CoroutineQueue:
    """Starts a task for each item. The loop starts with the first item and ends with the run.

    The owner appends items, the loop's thread takes them; everything else belongs to the loop's thread.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._items: deque[tuple[CalculatorNode, Any]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: EventLoopThread | None = None
        self.deferred = 0

    def push(self, priority: Priority, node: Any, context: Any) -> None:
        """Add an item. Only the owner calls this; the loop has no use for priorities."""
        self._scheduler.outstanding += 1
        self._scheduler.has_deferred = True
        self._items.append((node, context))
        self.deferred += 1

    def signal_deferred(self, keep_one_here: bool = False) -> None:
        """Have the loop start what waits. Only the owner calls this."""
        self.deferred = 0
        try:
            loop = self._running_loop()
        except RuntimeError as error:  # There is no thread or file left for it: what waits never runs.
            self._scheduler.outstanding -= len(self._items)
            self.clear()
            self._scheduler.record_error(error)
        else:
            loop.call(self._start_all)

    def announce_all(self) -> None:
        """Start what has waited during a pause. Only the owner calls this."""
        if self._items:
            self.signal_deferred()

    def clear(self) -> None:
        """Give up all items, as the owner of a run that is abandoned: their nodes are not in flight."""
        while self._items:
            self._items.popleft()[0].in_flight -= 1

    def cancel(self) -> None:
        """Raise asyncio.CancelledError in the calls that await something. Any thread may call this."""
        if self._loop is not None:
            self._loop.call(self._cancel_all)

    def close_node(self, node: CalculatorNode, context: Any) -> None:
        """Call the `close` of a node after the run, and wait for its end; what it raises is ignored."""
        done = threading.Event()

        async def close() -> None:
            try:
                await _awaited(node.invoker.close(context))
            except (Exception, asyncio.CancelledError):  # The run has ended: MediaPipe ignores them, too.
                pass
            finally:
                done.set()

        self._running_loop().call(self._start, close())
        done.wait(_CLOSING_S if self._scheduler.is_abandoned else None)

    def stop(self, patience: float | None) -> None:
        """End the loop's thread, after the run; wait for that, for at most `patience` or some seconds."""
        if self._loop is not None:
            self._loop.stop(_TASKS_S if patience is None else patience)

    def _running_loop(self) -> EventLoopThread:
        if self._loop is None:
            self._loop = EventLoopThread("mpgraph-event-loop")
            self._loop.call(set_running_scheduler, self._scheduler)
        return self._loop

    # In the loop's thread

    def _start_all(self) -> None:
        while self._items and not self._scheduler.is_paused:
            node, context = self._items.popleft()
            if self._scheduler.errors and node.status is not NodeStatus.CLOSING:
                context.error = _cancelled()
                self._scheduler.post(node.finish_task, context)
            else:
                self._start(self._run(node, context), node)

    def _start(self, coroutine: Any, node: CalculatorNode | None = None) -> None:
        task = asyncio.ensure_future(coroutine)
        # The `close` of a node is not cancelled: it flushes and releases what the node holds.
        if node is not None and node.status is not NodeStatus.CLOSING:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _cancel_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    async def _run(self, node: CalculatorNode, context: Any) -> None:
        context.error = None
        context.stopped = False
        try:
            await self._call(node, context)
        except asyncio.CancelledError:
            context.error = _cancelled()
        except GeneratorExit:  # The coroutine is collected, as at the exit of a forked child: no run is left.
            raise
        except BaseException as error:
            context.error = error
        self._scheduler.post(node.finish_task, context)

    async def _call(self, node: CalculatorNode, context: Any) -> None:
        """As CalculatorNode.run_user_code; methods without `async` run here, too."""
        if node.status is NodeStatus.OPENING:
            await _awaited(node.invoker.open(context))
        elif node.status is NodeStatus.CLOSING:
            await _awaited(node.invoker.close(context))
        elif node.spec.is_source and self._scheduler.stopping:
            context.stopped = True
        elif node.batch:
            for t, inputs, done in node.batch:
                context.t, context.packets[:], context.done[:] = t, inputs, done
                take_result(context, await _awaited(node.invoker.process(context)))
        else:
            take_result(context, await _awaited(node.invoker.process(context)))


async def _awaited(result: Any) -> Any:
    return await result if isinstance(result, Awaitable) else result


def _cancelled() -> CancelledError:
    return CancelledError("The call was cancelled while it awaited.")
