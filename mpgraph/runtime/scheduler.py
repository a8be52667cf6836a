"""The scheduler: decides which node runs next, and who runs it.

One thread at a time *owns* the graph: it alone touches streams, queues and node states, so none of
these needs a lock. Whoever has news (a packet from the application, a finished task of an
executor) puts it into the inbox and tries to become the owner; if somebody is, that one will find
it. The owner takes news and runs light nodes, downstream ones first, until nothing is left. Nodes
that block run on their executor's threads, outside the ownership.

Only executor threads and threads that wait in a call of the graph become owners, so a
calculator or observer never runs inside `add_packet_to_input_stream` unless that call has to wait.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mpgraph.errors import CancelledError, FailedPreconditionError, UnavailableError, UnknownError
from mpgraph.runtime.executor import ApplicationThreadExecutor, Executor
from mpgraph.runtime.scheduler_queue import SchedulerQueue, running_scheduler

if TYPE_CHECKING:
    from mpgraph.runtime.calculator_node import CalculatorNode

Event = tuple[Callable[[Any], None], Any]

_STEPS_BEFORE_NEWS = 10_000


class Scheduler:
    """Runs the nodes of one run of a graph. See the module's text for the threads' rules."""

    def __init__(self, executors: dict[str, Executor], report_deadlock: bool) -> None:
        """executors: by name; "" is the default one."""
        self.inbox: deque[Event] = deque()
        self.ready: list[int] = []
        self.changed: deque[CalculatorNode] = deque()
        self._runs: dict[int, Callable[[], None]] = {}
        self.deferred = 0
        self.sources: list[CalculatorNode] = []
        self._nodes: Sequence[CalculatorNode] = ()
        self.active_sources: list[CalculatorNode] = []
        self.outstanding = 0
        self.errors: list[BaseException] = []
        self.stopping = False
        self.paused = False
        self.started = False
        self.terminated = False
        self.inputs_open = False
        self.is_throttled: Callable[[], bool] = lambda: False
        self.unthrottle: Callable[[], list[UnavailableError]] = list
        self.on_error: Callable[[BaseException], object] = lambda error: None
        self.report_deadlock = report_deadlock
        self.default_executor = executors[""]
        self.queues = {name: SchedulerQueue(self, executor) for name, executor in executors.items()}
        self.application: ApplicationThreadExecutor | None = None
        if isinstance(self.default_executor, ApplicationThreadExecutor):
            self.application = self.default_executor
            self.application.on_task = self.notify
        self._owner = threading.Lock()
        self.owner_thread = 0
        """Which thread runs light nodes at this moment; 0 for none."""
        self._news = threading.Condition()
        self._waiters = 0
        self._wake_sent = False
        self._settling = False
        self._interrupt: BaseException | None = None

    def set_nodes(self, nodes: Sequence[CalculatorNode]) -> None:
        """Tell which node a key in `ready` means."""
        for node in nodes:
            self._runs[node.open_key] = self._runs[node.process_key] = node.run
        self.sources = [node for node in nodes if node.spec.is_source]
        self._nodes = nodes

    # News from outside

    def post(self, handler: Callable[[Any], None], argument: Any) -> None:
        """Hand news to the owner, and make sure that there is or will be one."""
        self.inbox.append((handler, argument))
        self.wake()

    def wake(self) -> None:
        """Have an executor's thread become the owner, unless somebody is or is on the way."""
        if not self._wake_sent and not self._owner.locked():
            self._wake_sent = True
            self.default_executor.schedule(self._drain_on_executor)

    def _drain_on_executor(self) -> None:
        self._wake_sent = False
        self.drain()

    def owned_by_me(self) -> bool:
        """Whether the calling thread is the owner: it then runs user code of a light node."""
        return self.owner_thread == threading.get_ident()

    def owned(self) -> bool:
        """Whether some thread is the owner."""
        return self._owner.locked()

    def runs_here(self) -> bool:
        """Whether the calling thread runs user code of this graph, light or not."""
        return self.owned_by_me() or running_scheduler() is self

    # Owning

    def drain(self, until: Callable[[], bool] | None = None) -> bool:
        """Become the owner and work until nothing is left or `until()`; False when somebody else is."""
        if not self._owner.acquire(blocking=False):
            return False
        while True:
            self.owner_thread = threading.get_ident()
            try:
                self._work(until)
            except BaseException as error:  # A bug here must not become a hang.
                self.record_error(error)
            finally:
                if self.deferred:
                    self._signal_deferred(keep_one_here=True)
                self.owner_thread = 0
                self._owner.release()
            if until is not None and until():
                if self.has_work():
                    self.wake()
                break
            # News may have come after the last look at the inbox, from someone who saw an owner.
            if not self.inbox or not self._owner.acquire(blocking=False):
                break
        if self._waiters:
            self.notify()
        if self._interrupt is not None and threading.current_thread() is threading.main_thread():
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        return True

    def _work(self, until: Callable[[], bool] | None) -> None:
        inbox, ready, runs, pop = self.inbox, self.ready, self._runs, heapq.heappop
        steps = 0
        while True:
            # What is ready goes first, so that one packet has passed before the next one comes; but a
            # loop of nodes that never rests must not keep out news such as a cancel.
            if ready and not self.paused and (steps < _STEPS_BEFORE_NEWS or not inbox):
                steps += 1
                if self.deferred:  # Others may start on these while we run the light node.
                    self._signal_deferred()
                runs[pop(ready)]()
                if self.changed:  # What a node announced last, when it was not ready any more.
                    self.settle()
                if until is not None and until():
                    return
            elif inbox:
                steps = 0
                handler, argument = inbox.popleft()
                handler(argument)
                if self.changed:
                    self.settle()
            elif not self.idle() or not self._handle_idle():
                return

    def _signal_deferred(self, keep_one_here: bool = False) -> None:
        self.deferred = 0
        for queue in self.queues.values():
            if queue.deferred:
                queue.signal_deferred(keep_one_here)

    def enqueue(self, key: int) -> None:
        """Queue a light node's next invocation. Only the owner calls this."""
        heapq.heappush(self.ready, key)

    def settle(self) -> None:
        """Let every node whose inputs changed look whether it is ready."""
        if self._settling:  # Further changes are found by the loop that is running.
            return
        self._settling = True
        changed = self.changed
        try:
            while changed:
                changed.popleft().schedule()
        finally:
            self._settling = False

    def has_work(self) -> bool:
        """Whether an owner would find something to do."""
        return bool(self.inbox or (self.ready and not self.paused))

    def idle(self) -> bool:
        """Whether nothing is queued and nothing runs, apart from what the owner does at this moment."""
        return not (self.inbox or self.ready or self.outstanding)

    # Sources, throttling, the end

    def _handle_idle(self) -> bool:
        """What to do when nothing is left; True when that gave new work. MediaPipe's HandleIdle."""
        if self.terminated or not self.started or self.paused:
            return False
        active = self.active_sources
        while active and active[-1].closed:
            active.pop()
        if self.errors or not (active or self.sources or self.inputs_open):
            self.terminated = True
            self.notify()
            return False
        if not active and self.sources:
            return self._activate_layer()
        if active or self.is_throttled():
            for error in self.unthrottle():
                self.record_error(error)
            return not self.idle() or bool(self.errors)
        return False

    def _activate_layer(self) -> bool:
        layer = min(node.spec.source_layer for node in self.sources)
        chosen = [node for node in self.sources if node.spec.source_layer == layer]
        if waiting := [node for node in chosen if not node.opened]:
            if self.inputs_open:
                return False
            self.record_error(
                UnknownError(
                    "Detected a deadlock because source nodes cannot be activated when a source node at a "
                    "lower layer is still not opened: "
                    + ", ".join(f'node "{node.spec.name}"' for node in waiting)
                    + ". Give it its side packets, or a higher source_layer than the node that makes them.",
                    location=waiting[0].spec.location,
                )
            )
            return True
        self.sources = [node for node in self.sources if node.spec.source_layer != layer]
        self.active_sources.extend(chosen)
        for node in chosen:
            node.activate()
        return True

    def record_error(self, error: BaseException) -> None:
        """Note an error; the graph ends when what is queued has run."""
        if not isinstance(error, Exception) and not isinstance(error, CancelledError):
            self._interrupt = error
        self.errors.append(error)
        for node in self._nodes:
            node.idle = False  # Nothing new is queued after an error, not even the short way.
        try:
            self.on_error(error)
        except Exception as second:
            self.errors.append(second)
        self.notify()

    def resume(self, _: object) -> None:
        """Announce again what a pause left in the executors' queues."""
        for queue in self.queues.values():
            queue.announce_all()

    def cancel(self, _: object = None) -> None:
        """End the run at the next idle moment."""
        if not self.terminated:
            self.record_error(CancelledError("CalculatorGraph::Cancel() was called."))

    # Waiting

    def notify(self) -> None:
        """Wake up every thread that waits for a change."""
        with self._news:
            self._news.notify_all()

    def wait_until_quiet(self, terminated: bool = False) -> None:
        """Wait until the graph is idle, or until its run has ended."""
        if terminated:
            self.wait_until(lambda: self.terminated and self.quiet(), stop_early=False)
        else:
            self.wait_until(self.quiet, stop_early=False)

    def wait_until(self, done: Callable[[], bool], stop_early: bool = True) -> None:
        """Wait for `done()`, working as the owner meanwhile when there is no other.

        stop_early: look at `done()` after each step of that work, not only when nothing is left.
        """
        until = done if stop_early else None
        while not done():
            if self.owned_by_me():
                raise FailedPreconditionError(
                    "A calculator or observer of a graph must not wait for the same graph: it would wait "
                    "for itself.",
                    hint="Wait outside, in the program that feeds the graph.",
                    rule="waits-for-itself",
                )
            if self.application is not None and self.application.run_one():
                continue
            if self.has_work() and self.drain(until):
                continue
            with self._news:
                self._waiters += 1
                try:
                    if not done() and not self._can_help():
                        self._news.wait()
                finally:
                    self._waiters -= 1

    def _can_help(self) -> bool:
        return bool(self.application) or (self.has_work() and not self._owner.locked())

    def quiet(self) -> bool:
        """Whether the graph is idle as seen from a thread that is not its owner."""
        return self.idle() and not self._owner.locked()
