"""Runners that were closed and wait to be used again, since loading a model takes as long as several runs.

Programs that create a solution for each image would load its models each time. At most `_MOST` runners wait,
with models of `_MOST_BYTES` in all; the one that has waited longest goes first.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Hashable
from typing import Protocol

from mpgraph.io import native

_MOST = 8
_MOST_BYTES = 48_000_000


class Reusable(Protocol):
    """A runner that nobody else has."""

    def free(self) -> None:
        """Free the backend's resources."""


_waiting: list[tuple[Hashable, int, Reusable]] = []
_lock = threading.Lock()


def take(key: Hashable) -> Reusable | None:
    """Return a runner that waits under `key`, which is the caller's from now on; None without one."""
    with _lock:
        for index in range(len(_waiting) - 1, -1, -1):
            if _waiting[index][0] == key:
                return _waiting.pop(index)[2]
    return None


def keep(key: Hashable, size: int, runner: Reusable) -> None:
    """Let a runner wait under `key`. size: of its model, in bytes."""
    with _lock:
        _waiting.append((key, size, runner))
        surplus = []
        while len(_waiting) > _MOST or sum(size for _, size, _ in _waiting) > _MOST_BYTES:
            surplus.append(_waiting.pop(0)[2])
    for old in surplus:
        old.free()


@atexit.register
def free_all() -> None:
    """Free the runners that wait; further ones may be kept."""
    with _lock:
        waiting = [runner for _, _, runner in _waiting]
        _waiting.clear()
    for runner in waiting:
        runner.free()


def _forget() -> None:
    """In a forked process, whose runners lack their threads: they can be neither used nor freed."""
    global _lock
    _lock = threading.Lock()
    native.never_free(_waiting[:])
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
