"""How many cores this process may compute on, which is often fewer than the machine has processors."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

CORES_VARIABLE = "MPGRAPH_CORES"
"""An environment variable with the most cores that inference and video codecs of a process use."""

_PROCESSORS = Path("/sys/devices/system/cpu")
_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUPS = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """The physical cores that affinity (taskset), cgroup quotas (containers) and MPGRAPH_CORES leave to us.

    Two hardware threads of one core count once: arithmetic gains nothing from the second.
    """
    cores = _physical(_allowed())
    cores = min(cores, core_limit() or cores)
    for share in _quotas():
        cores = min(cores, int(share))
    return max(cores, 1)


def core_limit() -> int | None:
    """The number in MPGRAPH_CORES, None without one."""
    with suppress(ValueError):
        return max(1, int(os.environ[CORES_VARIABLE])) if CORES_VARIABLE in os.environ else None
    return None


def _allowed() -> frozenset[int]:
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


@functools.cache
def _physical(processors: frozenset[int]) -> int:
    """The number of cores that processors belong to."""
    cores = set()
    for number in processors:
        siblings = _read(_PROCESSORS / f"cpu{number}" / "topology" / "thread_siblings_list")
        cores.add(siblings.strip() or str(number))
    return len(cores)


def _quotas() -> Iterator[float]:
    """The processors' worth of time that each cgroup around this process grants it."""
    for line in _read(_OWN_CGROUPS).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:  # Version 2, one hierarchy for everything.
            for folder in _upwards(_CGROUPS, path):
                yield from _share(*_read(folder / "cpu.max").split())
        elif "cpu" in controllers.split(","):
            for folder in _upwards(_CGROUPS / "cpu", path):
                quota, period = (_read(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
                yield from _share(*(each for each in (quota, period) if each))


def _upwards(root: Path, path: str) -> Iterator[Path]:
    """The folder of a cgroup and of those around it; a container sees its own as the root."""
    inside = PurePosixPath(path.lstrip("/"))
    for part in (inside, *inside.parents):
        yield root / part


def _share(*numbers: str) -> Iterator[float]:
    if len(numbers) == 2 and all(number.isdigit() for number in numbers) and int(numbers[1]):
        yield int(numbers[0]) / int(numbers[1])


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError):  # Another system, or a limit that is not set.
        return ""
