"""The processor cores that mpgraph uses: those of the process, or fewer."""

from __future__ import annotations

import os
from contextlib import suppress

CORES_VARIABLE = "MPGRAPH_CORES"
"""An environment variable with the most cores that inference and video codecs of a process use."""


def usable_cores() -> int:
    """The number of cores that this process may use; a container or taskset may allow fewer than exist."""
    has_affinity = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(cores, core_limit() or cores)


def core_limit() -> int | None:
    """The number in MPGRAPH_CORES, None without one."""
    with suppress(ValueError):
        return max(1, int(os.environ[CORES_VARIABLE])) if CORES_VARIABLE in os.environ else None
    return None
