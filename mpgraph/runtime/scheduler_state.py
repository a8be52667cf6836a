"""SchedulerState: the states of a run."""

from __future__ import annotations

import enum


class SchedulerState(enum.Enum):
    """The life of a run.

        NOT_STARTED --start--> RUNNING --idle, and failed or without open sources--> TERMINATED
                                |   ^
                           pause|   |resume
                                v   |
                               PAUSED

    A paused run, even a failed one, terminates only after it is resumed. A run whose calculator does not
    return is abandoned (`wait_for_cancelled`), which counts as TERMINATED.
    """

    NOT_STARTED = enum.auto()
    RUNNING = enum.auto()
    PAUSED = enum.auto()
    TERMINATED = enum.auto()
