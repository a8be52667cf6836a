"""Pauses of the garbage collector."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pauses:
    """Those of all threads: the collector is one for the whole process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._was_enabled = False

    def begin(self) -> None:
        with self._lock:
            if not self._count:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._count += 1

    def end(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count and self._was_enabled:
                gc.enable()

    def forget(self) -> None:
        """In a forked child, where the other threads, and so their pauses, do not exist."""
        self._lock = threading.Lock()
        if self._count and self._was_enabled:
            gc.enable()
        self._count = 0


_pauses = _Pauses()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Have no garbage collected meanwhile, by any thread: for short work, most of whose objects stay."""
    _pauses.begin()
    try:
        yield
    finally:
        _pauses.end()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pauses.forget)
