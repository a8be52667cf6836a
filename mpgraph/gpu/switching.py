"""Switching: how soon a thread gets Python's interpreter lock while graphs run on a GPU.

A frame's way to the GPU and back has four moments at which a thread waits for the lock: a node's turn
comes, the commands are submitted, the result is there, the application learns of it. Beside a thread that
computes in pure Python each takes `sys.getswitchinterval()`, 5 ms by default: longer than the whole frame.
While graphs use a GPU the interval is INTERVAL, if it is not shorter anyway; with the last one ends that.
"""

from __future__ import annotations

import sys
import threading

INTERVAL = 0.0005
"""Seconds."""

_lock = threading.Lock()
_users = 0
_before = 0.0


def begin() -> None:
    """A graph that uses a GPU starts."""
    global _users, _before
    with _lock:
        _users += 1
        if _users == 1:
            _before = sys.getswitchinterval()
            if _before > INTERVAL:
                sys.setswitchinterval(INTERVAL)


def end() -> None:
    """One has ended. An interval that somebody else has set meanwhile stays."""
    global _users
    with _lock:
        _users -= 1
        if _users == 0 and _before > INTERVAL and abs(sys.getswitchinterval() - INTERVAL) < 1e-6:
            sys.setswitchinterval(_before)
