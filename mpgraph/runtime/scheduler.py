"""The scheduler: decides which node runs next, and on which thread.

One thread at a time *owns* the graph: it alone touches streams, queues and node states, so none of
these needs a lock. A thread that has an event for the graph (a packet from the application, a finished
task of an executor) appends it to the inbox and makes sure that there is or will be an owner. The owner
handles events and runs inline nodes, downstream nodes first, until nothing is left. Offloaded nodes
(`blocking = True`) run on their executor's threads, outside the ownership.

Only executor threads and threads that wait in a call of the graph become owners, so a
calculator or observer never runs inside `add_packet_to_input_stream` unless that call has to wait.

Why no event is lost. A thread appends its event first and looks for an owner second; an owner gives up the
ownership first and looks at the inbox second. Whichever order these four steps come in, either the thread
finds no owner and sends a task that becomes one, or the owner finds the event. Both may happen: an owner
without work does no harm.

Why no waiting thread sleeps through a change: see waiting.py.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from mpgraph.errors import CancelledError, UnavailableError, UnknownError, with_text
from mpgraph.runtime.executor import ApplicationThreadExecutor, Executor
from mpgraph.runtime.scheduler_queue import (
    CoroutineCalls,
    Event,
    SchedulableNode,
    SchedulerQueue,
    TaskQueue,
    running_scheduler,
)
from mpgraph.runtime.scheduler_state import SchedulerState
from mpgraph.runtime.waiting import LateCall, WaitingThreads, waits_for_itself

STUCK_S = 0.8
"""How long nothing may happen in a run that was cancelled before it is abandoned, in seconds."""

_STEPS_BEFORE_EVENTS = 10_000
"""How many inline invocations may run in a row while an event waits in the inbox."""


class Scheduler:
    """Runs the nodes of one run of a graph. The module's docstring has the rules for threads.

    Several threads change `state`, under `_state_lock`; append to `inbox` and `errors`, which a deque and a
    list do in one step; and set the flags `stopping` and `_wake_sent`. Everything else belongs to the owner.
    """

    def __init__(
        self,
        executors: dict[str, Executor],
        *,
        has_inputs: bool,
        is_throttled: Callable[[], bool],
        unthrottle: Callable[[], list[UnavailableError]],
        on_error: Callable[[BaseException], object],
    ) -> None:
        """Build the scheduler of one run.

        executors: by name; "" is the default one.
        has_inputs: whether the graph has input streams, which are open until `inputs_closed`.
        is_throttled: whether a full queue throttles any of those.
        unthrottle: called when the graph is idle although it has packets to come: lets full queues grow, or
            returns an error for each.
        on_error: called with each error as it is recorded.
        """
        self.inbox: deque[Event] = deque()
        self.ready: list[int] = []
        """Keys of the inline invocations that are queued, as a heap; see `CalculatorNode.process_key`.

        Plain ints, since comparing them is most of what a heap does; an inline node has at most one
        invocation queued, so its key is enough.
        """
        self.changed: deque[SchedulableNode] = deque()
        """Nodes whose inputs changed since they last asked their handler."""
        self.errors: list[BaseException] = []
        self.stopping = False
        """Set by `stop_sources` and never reset: every source ends at its next turn."""
        self.owner_thread = 0
        """The thread that runs inline nodes at this moment; 0 for none."""
        self.queues = {name: SchedulerQueue(self, executor) for name, executor in executors.items()}
        self.coroutines: CoroutineCalls | None = None
        """The queue of calculators with coroutines, if there are any; set before the nodes are created."""
        self._runs: dict[int, Callable[[], None]] = {}
        self._nodes: Sequence[SchedulableNode] = ()
        self._waiting_sources: list[SchedulableNode] = []
        self._active_sources: list[SchedulableNode] = []
        self._inputs_open = has_inputs
        self.outstanding = 0
        """How many invocations wait for an executor, run on one, or have their results in the inbox."""
        self.has_deferred = False
        """Whether any queue has items that its executor does not know of yet."""
        self._is_throttled = is_throttled
        self._unthrottle = unthrottle
        self._on_error = on_error
        self._default_executor = default = executors[""]
        self._application = default if isinstance(default, ApplicationThreadExecutor) else None
        if self._application is not None:
            self._application.on_task(self.notify)
        self.state = SchedulerState.NOT_STARTED
        self.is_abandoned = False
        """Whether a calculator did not return after the run was cancelled."""
        self.can_close_nodes = True
        """Whether no other thread changes the nodes after the run has ended."""
        self.hands_over = False
        """Whether a node may run the next one itself. Set under `_state_lock`, as it depends on `state`."""
        self._one_by_one = False
        self._state_lock = threading.Lock()
        self.waiting = WaitingThreads()
        self._owner = threading.Lock()
        self._turn = 0
        self._wake_sent = False  # Whether a task that will become the owner is on its way.
        self._is_cancelled = self._is_updating = False
        self._interrupt: BaseException | None = None
        self.late = LateCall()

    def set_nodes(self, nodes: Sequence[SchedulableNode]) -> None:
        """Set the nodes to run, before the start; their constructors refer to the scheduler."""
        for node in nodes:
            self._runs[node.open_key] = self._runs[node.process_key] = node.run
        self._waiting_sources = [node for node in nodes if node.spec.is_source]
        self._nodes = nodes

    # States

    @property
    def is_paused(self) -> bool:
        """Whether the run is paused: no further invocation starts."""
        return self.state is SchedulerState.PAUSED

    @property
    def terminated(self) -> bool:
        """Whether the run has ended, with or without errors."""
        return self.state is SchedulerState.TERMINATED

    def start(self, first: Callable[[Any], None]) -> None:
        """Let the run begin, with the event `first`, once there is an owner, and end when it is idle."""
        self.inbox.append((first, None))
        self._move(SchedulerState.NOT_STARTED, SchedulerState.RUNNING)

    def pause(self) -> None:
        """Start no further invocation until `resume`."""
        self._move(SchedulerState.NOT_STARTED, SchedulerState.PAUSED)
        self._move(SchedulerState.RUNNING, SchedulerState.PAUSED)

    def resume(self) -> None:
        """Continue after `pause`."""
        self._move(SchedulerState.PAUSED, SchedulerState.RUNNING)
        self.post(self._announce_queued, None)

    def _move(self, old: SchedulerState, new: SchedulerState) -> None:
        # The application pauses while the owner may be terminating, so both compare and set under the lock.
        with self._state_lock:
            if self.state is not old:
                return
            self.state = new
            self.hands_over = new is SchedulerState.RUNNING and not self._one_by_one
        self.notify()

    def _announce_queued(self, _: object) -> None:
        for queue in self._all_queues():
            queue.announce_all()

    def inputs_closed(self, _: object = None) -> None:
        """Note that the last graph input has ended: the run may terminate when it is idle."""
        self._inputs_open = False

    def cancel(self, _: object = None) -> None:
        """End the run at the next idle moment. Once: the application's error callback may call it again."""
        if not self.terminated and not self._is_cancelled:
            self._is_cancelled = True
            self.record_error(CancelledError("CalculatorGraph::Cancel() was called."))

    def stop_sources(self) -> None:
        """Let every source end at its next turn. Any thread may call this, as the flag is only ever set."""
        self.stopping = True

    def record_error(self, error: BaseException) -> None:
        """Add an error to the run, which ends when what is queued has run."""
        self._keep_error(error)
        for (
            node
        ) in self._nodes:  # Nothing new is queued now: `schedule` looks at `errors`, the fast path does not.
            node.leave_fast_path()
        if self.coroutines is not None:
            self.coroutines.cancel()
        try:
            self._on_error(error)
        except BaseException as second:
            self._keep_error(second)
        self.notify()

    def _keep_error(self, error: BaseException) -> None:
        if not isinstance(error, Exception):
            self._interrupt = error
        self.errors.append(with_text(error))

    # Events from other threads

    def post(self, handler: Callable[[Any], None], argument: Any) -> None:
        """Have the owner call `handler(argument)`, and make sure that there is or will be an owner."""
        self.inbox.append((handler, argument))
        self.wake()

    def wake(self) -> None:
        """Have an executor's thread become the owner, unless there is one or one is on its way."""
        # Two threads may both send a task: the second finds nothing to do. If the task on its way is an older
        # one, it has not begun yet, so it will find this event. If there is an owner, `drain` has the rest.
        if not self._wake_sent and not self._owner.locked():
            self._wake_sent = True
            try:
                self._default_executor.schedule(self._drain_on_executor)
            except BaseException:  # There is no thread for it: those that wait become owners.
                self._wake_sent = False
                self.notify()
                raise

    def _drain_on_executor(self) -> None:
        # First, so that an event from now on sends a task of its own: this one may be past its last look.
        self._wake_sent = False
        self.drain()

    def owned_by_me(self) -> bool:
        """Whether the calling thread is the owner: it then runs user code of an inline node or observer."""
        return self.owner_thread == threading.get_ident()

    def runs_me(self) -> bool:
        """Whether the calling thread runs user code of this graph: waiting for it would never end."""
        return self.owned_by_me() or running_scheduler() is self

    # Owning

    def drain(self, until: Callable[[], bool] | None = None, one_by_one: bool = False) -> bool:
        """Become the owner and work until nothing is left or `until()`; False if another thread is.

        one_by_one: ask `until` after each invocation, not only after the chains of those.
        """
        if not self._owner.acquire(blocking=False):
            return False
        if one_by_one != self._one_by_one:
            with self._state_lock:
                self._one_by_one = one_by_one
                self.hands_over = self.state is SchedulerState.RUNNING and not one_by_one
        while True:
            self._turn += 1  # Before anything is changed: see `quiet`.
            self.owner_thread = threading.get_ident()
            try:
                try:
                    self._work(until)
                except BaseException as error:  # A bug here must not become a hang.
                    self.record_error(error)
                if self.has_deferred:
                    self._signal_deferred(keep_one_here=True)
            finally:
                self.owner_thread = 0
                self._owner.release()
            if until is not None and until():
                if self.has_work():  # This thread has what it waited for; the rest is another's.
                    self.wake()
                break
            # An event may have come after the last look at the inbox, from a thread that still found an owner
            # and so woke up nobody. It was appended before that look at the lock, so it is seen here. If the
            # lock is taken again by now, the new owner sees it.
            if not self.inbox or not self._owner.acquire(blocking=False):
                break
        self.notify()
        # Ctrl+C in a calculator or observer: Python raised it there, the application expects it here.
        if self._interrupt is not None and threading.current_thread() is threading.main_thread():
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        return True

    def _work(self, until: Callable[[], bool] | None) -> None:
        inbox, ready, runs = self.inbox, self.ready, self._runs
        pop, paused = heapq.heappop, SchedulerState.PAUSED
        steps = 0
        while True:
            # What is ready goes first, so that one packet has passed before the next one comes: queues stay
            # short. But a loop of nodes that is never idle must not keep out events such as a cancel.
            if ready and self.state is not paused and (steps < _STEPS_BEFORE_EVENTS or not inbox):
                steps += 1
                if self.has_deferred:  # Other threads may start on these while this one runs a node.
                    self._signal_deferred()
                runs[pop(ready)]()
                if self.changed:  # What a node announced last, when it was not ready any more.
                    self.update_readiness()
                if until is not None and until():
                    return
            elif inbox:
                steps = 0
                self.late.check()
                handler, argument = inbox.popleft()
                handler(argument)
                if self.changed:
                    self.update_readiness()
            elif not self.idle() or not self._handle_idle():
                return

    def _all_queues(self) -> list[TaskQueue]:
        own: list[TaskQueue] = [*self.queues.values()]
        return own if self.coroutines is None else [*own, self.coroutines]

    def _signal_deferred(self, keep_one_here: bool = False) -> None:
        self.has_deferred = False
        for queue in self._all_queues():
            if queue.deferred:
                queue.signal_deferred(keep_one_here)

    def update_readiness(self) -> None:
        """Have every node whose inputs changed ask its handler whether it is ready.

        A node that is not ready announces a bound, which changes the inputs of further nodes. These join the
        deque that the outermost call is working off: long chains must not become deep recursion.

        Called after each output that a node has sent, so that the consumers of one output decide before they
        get anything from the next one.
        """
        if self._is_updating:
            return
        self._is_updating = True
        changed = self.changed
        try:
            while changed:
                changed.popleft().schedule()
        finally:
            self._is_updating = False

    def has_work(self) -> bool:
        """Whether an owner would find something to do."""
        return bool(self.inbox or (self.ready and not self.is_paused))

    def idle(self) -> bool:
        """Whether nothing is queued and nothing runs, apart from what the owner does at this moment."""
        return not (self.inbox or self.ready or self.outstanding)

    # Sources, throttling, the end

    def _handle_idle(self) -> bool:
        """Find more work when nothing is left, or terminate. True if there is work."""
        if self.state is not SchedulerState.RUNNING:
            return False
        active = self._active_sources
        # Only whether any is left counts, so closed sources before an active one may stay.
        while active and active[-1].is_closed:
            active.pop()
        if self.errors or not (active or self._waiting_sources or self._inputs_open):
            self._move(SchedulerState.RUNNING, SchedulerState.TERMINATED)
            return False
        if not active and self._waiting_sources:
            return self._activate_layer()
        # An active source queues its next call at the end of each, so those that remain are throttled. All
        # is idle, so no queue will empty by itself.
        if active or self._is_throttled():
            for error in self._unthrottle():
                self.record_error(error)
            return not self.idle() or bool(self.errors)
        return False

    def _activate_layer(self) -> bool:
        layer = min(node.spec.source_layer for node in self._waiting_sources)
        chosen = [node for node in self._waiting_sources if node.spec.source_layer == layer]
        if waiting := [node for node in chosen if not node.is_opened]:
            if self._inputs_open:
                return False
            self.record_error(
                UnknownError(
                    "Detected a deadlock because source nodes cannot be activated when a source node at a "
                    "lower layer is still not opened: "
                    + ", ".join(f'node "{node.spec.name}"' for node in waiting)
                    + ". Give it its side packets, or a higher source_layer than their producer.",
                    location=waiting[0].spec.location,
                )
            )
            return True
        self._waiting_sources = [node for node in self._waiting_sources if node.spec.source_layer != layer]
        self._active_sources.extend(chosen)
        for node in chosen:
            node.activate()
        return True

    # Waiting

    def notify(self) -> None:
        """Wake up the threads that wait for what has changed."""
        self.waiting.notify()

    def check_may_wait(self, call: str) -> None:
        """Check that a calculator or observer of the graph does not call `call`, which waits for the graph.

        Raises:
            FailedPreconditionError: it does.
        """
        if self.runs_me():
            raise waits_for_itself(f"{call}() was called from a calculator or observer of the same graph")

    def wait_until_quiet(self, terminated: bool = False, timeout: float | None = None) -> bool:
        """Wait until the graph is idle, or until its run has terminated; as `wait_until`."""
        return self.wait_until(self.has_ended if terminated else self.quiet, timeout=timeout)

    def has_ended(self) -> bool:
        """Whether the run has terminated, and no thread touches it any more."""
        return self.terminated and self.quiet()

    def wait_for_cancelled(self) -> None:
        """Wait until a run that was cancelled has terminated, or abandon it if nothing moves for a second.

        The calling thread runs no calculator meanwhile, as that may not return, unless no other thread would.
        """
        self._wait_until_ended(STUCK_S / 10)  # The cancel itself changes the turn.
        turn = -1
        while not self.has_ended():
            if turn == self._turn:
                self._abandon()
                return
            turn = self._turn
            self._wait_until_ended(STUCK_S)

    def _wait_until_ended(self, timeout: float) -> None:
        if self._application is not None:
            self.wait_until(self.has_ended, timeout=timeout)
            return
        end = time.monotonic() + timeout
        while not self.has_ended() and (left := end - time.monotonic()) > 0:
            self.waiting.sleep_until(self.has_ended, left)

    def _abandon(self) -> None:
        # Whoever has the ownership changes nodes. This thread takes it for good: a calculator that returns
        # some day finds an owner, and its results are lost. If the thread of an inline node has it, that one
        # does not return, and the nodes are never closed.
        self.can_close_nodes = self._owner.acquire(blocking=False)
        self.is_abandoned = True
        if self.can_close_nodes:
            for queue in self._all_queues():
                queue.clear()
        with self._state_lock:
            self.state = SchedulerState.TERMINATED
        self.notify()

    def wait_until(
        self,
        done: Callable[[], bool],
        until: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> bool:
        """Wait for `done()`, working as the owner meanwhile when there is no other.

        until: end that work when this holds, which implies `done()`; None for when nothing is left.
        timeout: return False after this many seconds; a calculator that this thread runs is not interrupted.

        Raises:
            FailedPreconditionError: the calling thread is the owner already.
        """
        deadline = None
        if timeout is not None:
            deadline = time.monotonic() + timeout
            until = _either(until, deadline)
        while not done():
            if self.owned_by_me():
                raise waits_for_itself("A calculator or observer of a graph waits for the same graph")
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            # This thread has nothing else to do, and working here saves a switch of threads.
            if self.has_work() and self.drain(until, one_by_one=deadline is not None):
                continue
            if self._application is not None and self._application.run_one():
                continue
            self.late.check()
            self.waiting.sleep_until(lambda: done() or self._can_help(), self.late.shortened(left))
        return True

    def _can_help(self) -> bool:
        return bool(self._application) or (self.has_work() and not self._owner.locked())

    def quiet(self, sleeping: int = 0) -> bool:
        """Whether the graph is idle as seen from a thread that is not its owner.

        sleeping: this many tasks on executors are known to wait for something and do not count.
        """
        # An owner may come and go between any two of these reads, and move what waits from where it has not
        # been looked for yet to where it has: then the turn has changed, and the answer is not known.
        if self.is_abandoned:
            return True
        turn = self._turn
        if self._owner.locked() or self.inbox or self.ready or self.outstanding != sleeping:
            return False
        return turn == self._turn


def _either(done: Callable[[], bool] | None, deadline: float) -> Callable[[], bool]:
    if done is None:
        return lambda: time.monotonic() >= deadline
    return lambda: done() or time.monotonic() >= deadline
