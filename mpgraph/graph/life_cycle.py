"""LifeCycle: whether a graph has a run, and which thread may start or end one.

            claim_start              started               claim_end
    IDLE --------------> STARTING -----------> RUNNING ---------------> ENDING
     ^                       | release                          release |
     +-----------------------+------------------------------------------+

A run is visible to other threads in RUNNING and ENDING. What the calls of a graph do in each state, from any
thread but one that runs a calculator or observer of this graph:

| call | IDLE | STARTING | RUNNING | ENDING |
|---|---|---|---|---|
| start_run | starts | error | error | error |
| observe..., set_executor, set_service | done | error | error | error |
| add_packet..., close_input_stream, pause... | error | error | done | no effect: the run has terminated |
| wait_until_done | error | error | waits, ends the run | waits for the thread that ends it |
| close, cancel, abandon | no effect | no effect | done | close waits, abandon for a second |

A handler of a signal may call `cancel`, `pause`, `resume` and `explain`. It may not wait for the graph: it
comes in the middle of any call of its thread, which the graph may wait for.

A calculator or observer of the graph that calls what waits for the graph gets an error, as does one whose
`close` is called while the run ends.
"""

from __future__ import annotations

import contextlib
import enum
import threading
from collections.abc import Iterator

from mpgraph.errors import FailedPreconditionError
from mpgraph.runtime.run import GraphRun


class GraphState(enum.Enum):
    """The states of the diagram above."""

    IDLE = enum.auto()
    STARTING = enum.auto()
    RUNNING = enum.auto()
    ENDING = enum.auto()


class LifeCycle:
    """The state machine of one graph. Every change of `state` and `run` happens under `_lock`.

    `run` may be read without the lock: a thread that read it just before the run ended finds a scheduler
    that has terminated, which ignores events and lets nobody wait.

    Every claim is made inside a block that ends with `release`, so that an exception, Ctrl-C included, leaves
    no state that nobody will change.
    """

    def __init__(self) -> None:
        self.run: GraphRun | None = None
        """The run, from the moment when other threads may use it until it has been cleaned up."""
        self.state = GraphState.IDLE
        self._lock = threading.RLock()  # As in WaitingThreads, not that of a condition.
        self._change = threading.Condition(self._lock)
        self._claimed_by = 0  # The thread that starts or ends a run at this moment.

    def check_idle(self, problem: str, fix: str = "Do it first, or end the run") -> None:
        """Check that the graph has no run.

        Raises:
            FailedPreconditionError: it has; `problem` says what that prevents.
        """
        state = self.state
        if state is not GraphState.IDLE:
            now = "running" if state is GraphState.RUNNING else f"just {state.name.lower()} its run"
            raise FailedPreconditionError(
                f"{problem}; this graph is {now}.",
                hint=f"{fix} with wait_until_done() or close().",
                rule="already-running",
            )

    @contextlib.contextmanager
    def starting(self) -> Iterator[contextlib.ExitStack]:
        """Within the body, which calls `started`, the calling thread starts a run.

        The body puts on the stack what undoes each of its steps, for when it raises or is interrupted
        (Ctrl-C) before the run is known to those who would end it.

        Raises:
            FailedPreconditionError: see `claim_start`.
        """
        undo = contextlib.ExitStack()
        try:
            self.claim_start()
            yield undo
        except BaseException:
            if self.run is None:  # The interrupt may come when `started` is done.
                undo.close()
            raise
        finally:
            self.release()

    def claim_start(self) -> None:
        """IDLE to STARTING: the calling thread will start a run.

        Raises:
            FailedPreconditionError: the graph has a run, or another thread starts one.
        """
        with self._lock:
            self.check_idle("start_run() was called twice", "End the run first")
            self._claimed_by = threading.get_ident()
            self.state = GraphState.STARTING

    def started(self, run: GraphRun) -> None:
        """STARTING to RUNNING: show the run to other threads."""
        with self._lock:
            self.run = run
            self.state = GraphState.RUNNING
            self._claimed_by = 0

    def claim_end(self, run: GraphRun, patience: float | None = None) -> bool:
        """RUNNING to ENDING, for one thread, which then cleans up: it gets True.

        Any other thread waits until the run has been cleaned up, for at most `patience` seconds, and gets
        False.

        Raises:
            FailedPreconditionError: the calling thread is cleaning up: a calculator's `close` called this.
        """
        with self._lock:
            while self.run is run:
                if self.state is GraphState.RUNNING:
                    self._claimed_by = threading.get_ident()
                    self.state = GraphState.ENDING
                    return True
                self.check_not_ending()
                if not self._change.wait(patience):
                    break
            return False

    def check_not_ending(self) -> None:
        """Check that the calling thread is not the one that cleans up.

        Raises:
            FailedPreconditionError: it is: a calculator's `close` called something that waits for the graph.
        """
        if self._claimed_by == threading.get_ident():
            raise FailedPreconditionError(
                "A calculator waits for its own graph while that starts or ends its run, so it would wait "
                "for itself.",
                hint="Wait outside, in the program that feeds the graph.",
                rule="waits-for-itself",
            )

    def release(self) -> None:
        """STARTING or ENDING to IDLE, if the calling thread has claimed that: there is no run any more."""
        with self._lock:
            if self._claimed_by == threading.get_ident():
                self._claimed_by = 0
                self.run = None
                self.state = GraphState.IDLE
                self._change.notify_all()
