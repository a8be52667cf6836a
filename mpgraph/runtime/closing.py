"""OpenNodes: closing the nodes that a run has left open when it ended, as after `cancel` or an error."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.scheduler_queue import set_running_scheduler


class OpenNodes:
    """Closes the nodes of one run, once, on whichever thread asks first or on one that can be left to itself.

    Outside of any ownership: the run has terminated, so nothing else touches the nodes.
    """

    def __init__(self, nodes: Sequence[CalculatorNode], scheduler: Scheduler) -> None:
        self._nodes = nodes
        self._scheduler = scheduler
        self._lock = threading.Lock()
        self._is_claimed = False
        self._done = threading.Event()
        self._count = 0  # How many nodes are done.

    @property
    def in_close(self) -> CalculatorNode | None:
        """The node that is closed at this moment, which may not return."""
        return self._nodes[self._count] if self._is_claimed and self._count < len(self._nodes) else None

    def close(self) -> None:
        """Close the nodes, or wait until another thread has; for as long as the calculators want."""
        if self._claim():
            self._close()
        self._done.wait()

    def close_within(self, timeout: float) -> bool:
        """Close the nodes on another thread; return whether that has ended, after at most `timeout` seconds.

        It may be called again, to wait longer.
        """
        if self._claim():
            thread = threading.Thread(target=self._close_elsewhere, name="mpgraph-closing", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # None can be started, as while the interpreter exits (Python 3.12).
                self._close()
        return self._done.wait(max(timeout, 0.0))

    def close_while_moving(self, patience: float) -> bool:
        """Close the nodes on another thread, each within `patience` seconds; return whether all were."""
        before = -1
        while not self.close_within(patience):
            if before == self._count:
                return False
            before = self._count
        return True

    def _claim(self) -> bool:
        with self._lock:
            is_first, self._is_claimed = not self._is_claimed, True
        return is_first

    def _close_elsewhere(self) -> None:
        set_running_scheduler(self._scheduler)  # So that a `close` that waits for the graph gets an error.
        self._close()

    def _close(self) -> None:
        try:
            for node in self._nodes:
                node.close_after_run()
                self._count += 1
        finally:
            self._done.set()
