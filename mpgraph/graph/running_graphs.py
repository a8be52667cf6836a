"""The graphs that run at this moment: for test tools, and for the end of the interpreter."""

from __future__ import annotations

import atexit
import weakref
from collections import deque
from typing import Protocol

from mpgraph.errors import Location


class RunningGraph(Protocol):
    """A graph that has been started; `started_at` says where."""

    started_at: Location | None

    def abandon(self) -> None:
        """End the run at once."""


running: weakref.WeakSet[RunningGraph] = weakref.WeakSet()

dropped: deque[tuple[int, Location | None]] = deque(maxlen=100)
"""The last graphs that were collected while they ran, by id, and where they were started."""


def running_graphs() -> list[RunningGraph]:
    """The graphs that have been started and not ended."""
    return list(running)


@atexit.register
def _abandon_all() -> None:
    """End the graphs that still run when the interpreter exits, before their threads are frozen."""
    for graph in running_graphs():
        graph.abandon()
