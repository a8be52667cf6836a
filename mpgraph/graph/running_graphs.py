"""The graphs that run in this process: for the end of the interpreter, forked children, and test tools."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from typing import Protocol

from mpgraph.errors import Location, MpgraphError


class RunningGraph(Protocol):
    """What this module uses of a CalculatorGraph."""

    started_at: Location | None

    def abandon(self) -> None:
        """End the run without waiting for calculators that do not return."""

    def forget_run_of_parent(self) -> None:
        """Be a graph without a run, in a forked child."""


running_graphs: weakref.WeakSet[RunningGraph] = weakref.WeakSet()
"""The graphs that have been started and not ended."""

dropped_graphs: deque[tuple[int, Location | None]] = deque(maxlen=100)
"""The last graphs that were collected while they ran, by id, and where they were started."""


@atexit.register
def _abandon_running_graphs() -> None:
    """End the graphs that still run when the interpreter exits, before it freezes their threads.

    Daemon threads that use them go on for a moment. The errors that they get say nothing about the program.
    """
    report = threading.excepthook

    def report_others(failed: threading.ExceptHookArgs) -> None:
        is_daemon = failed.thread is not None and failed.thread.daemon
        if not (is_daemon and isinstance(failed.exc_value, MpgraphError)):
            report(failed)

    threading.excepthook = report_others
    for graph in list(running_graphs):
        graph.abandon()


def _forget_runs_of_parent() -> None:
    """In a forked child: its graphs have no runs, since only the thread that forked exists here."""
    for graph in list(running_graphs):
        graph.forget_run_of_parent()
    running_graphs.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_runs_of_parent)
