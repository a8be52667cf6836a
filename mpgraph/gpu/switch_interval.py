"""A shorter switch interval of Python's interpreter lock while graphs use a GPU.

On a frame's way to the GPU and back a thread waits for the interpreter lock four times: when a node is
scheduled, when the commands are submitted, when the result arrives, and when the application is notified.
Next to a thread that computes in pure Python each wait takes `sys.getswitchinterval()`, 5 ms by default:
longer than the whole frame. From the first graph on a GPU to the last the interval is at most INTERVAL.
"""

from __future__ import annotations

import sys
import threading

INTERVAL = 0.0005
"""Seconds."""

_lock = threading.Lock()
_users = 0
_before = 0.0


def acquire() -> None:
    """Shorten the interval until the matching `release`."""
    global _users, _before
    with _lock:
        _users += 1
        if _users == 1:
            _before = sys.getswitchinterval()
            if _before > INTERVAL:
                sys.setswitchinterval(INTERVAL)


def release() -> None:
    """Restore the interval after the last user, unless the application has set another one meanwhile."""
    global _users
    with _lock:
        _users -= 1
        if _users == 0 and _before > INTERVAL and abs(sys.getswitchinterval() - INTERVAL) < 1e-6:
            sys.setswitchinterval(_before)
