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
        self._present: set[object] = set()
        self._was_enabled = False

    def begin(self, pause: object) -> None:
        with self._lock:
            if not self._present:
                self._was_enabled = gc.isenabled()
            self._present.add(pause)  # First, so that whatever is interrupted, `end` enables it again.
            gc.disable()

    def end(self, pause: object) -> None:
        """End a pause, if it has begun."""
        with self._lock:
            if pause not in self._present:
                return
            self._present.remove(pause)
            if not self._present and self._was_enabled:
                gc.enable()

    def forget(self) -> None:
        """In a forked child, where the other threads, and so their pauses, do not exist."""
        self._lock = threading.Lock()
        if self._present and self._was_enabled:
            gc.enable()
        self._present = set()


_pauses = _Pauses()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Have no garbage collected meanwhile, by any thread: for short work, most of whose objects stay."""
    pause = object()
    try:  # Ctrl-C may come at any moment, also while the pause begins.
        _pauses.begin(pause)
        yield
    finally:
        _pauses.end(pause)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pauses.forget)
