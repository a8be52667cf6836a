"""How many threads compute in all runners of this process at this moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mpgraph.io.cores import usable_cores

_lock = threading.Lock()
_threads = 0
_cores = 0
_others = 0


@contextmanager
def beside_other_work() -> Iterator[None]:
    """Say that other work of this process keeps the cores busy: runners created meanwhile use one."""
    global _others
    with _lock:
        _others += 1
    try:
        yield
    finally:
        with _lock:
            _others -= 1


def is_beside_other_work() -> bool:
    """Whether a runner that is created now leaves all cores but one to other work."""
    return _others > 0


def begin(threads: int) -> bool:
    """Count a run that begins, and return whether there are more threads than cores now."""
    global _threads, _cores
    with _lock:
        if not _cores:
            _cores = usable_cores()
        _threads += threads
        return _threads > _cores


def end(threads: int) -> None:
    """Count a run that ends."""
    global _threads
    with _lock:
        _threads -= threads


def _forget() -> None:
    """In a forked child, where none of those runs goes on."""
    global _lock, _threads
    _lock = threading.Lock()
    _threads = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
