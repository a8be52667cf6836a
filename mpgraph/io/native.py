"""Objects with threads, native libraries or files of their own, when the process is forked or ends.

Only the thread that forked exists in the child. There, a destructor that joins the others (FFmpeg's,
TfLite's, OpenVINO's) waits for ever or crashes, at the latest when the interpreter exits; a lock that another
thread held is never released; and a file would be written by two processes. So in a child these objects
belong to the parent: they refuse, and what they hold is never freed.

When the interpreter exits, it ends daemon threads as soon as they want to continue with Python. Inside a C++
library, such as OpenCV, that aborts the process. So the exit takes the locks under which native code runs and
keeps them: a thread that is in there has a moment to come out, and none goes in any more.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from typing import Protocol

_EXIT_S = 1.0
"""How long the exit waits for native code that other threads run, in seconds."""


class NativeObject(Protocol):
    """What this module uses of an object that is watched."""

    def left_to_parent(self) -> None:
        """In a forked child: refuse to be used, and replace what is locked. Called once."""


_watched: weakref.WeakSet[NativeObject] = weakref.WeakSet()
_locks: weakref.WeakValueDictionary[int, NativeLock] = weakref.WeakValueDictionary()


class NativeLock:
    """A reentrant lock under which one thread at a time runs native code for an object."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks[id(self)] = self

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def take_for_good(self, timeout: float) -> None:
        """Keep out all other threads from now on."""
        self._lock.acquire(timeout=timeout)


def watch(each: NativeObject) -> None:
    """Leave an object to this process when it forks."""
    _watched.add(each)


def never_free(value: object) -> None:
    """Keep a value alive beyond the end of the interpreter."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))


def _leave_to_parent() -> None:
    for each in list(_watched):
        never_free(dict(vars(each)))
        each.left_to_parent()
    _watched.clear()


@atexit.register
def _keep_threads_out() -> None:
    deadline = time.monotonic() + _EXIT_S
    for lock in list(_locks.values()):
        lock.take_for_good(max(deadline - time.monotonic(), 0.0))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
