"""Suppression of OpenCV's messages on stderr, where mpgraph raises its own error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SILENT = 0

_lock = threading.Lock()
_inside = 0
_level_before = 0


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """Keep OpenCV from writing log lines while the body runs, in any thread.

    The log level is global to the process, so it is restored when the last of overlapping bodies ends.
    """
    global _inside, _level_before
    log = _log_control()
    with _lock:
        if _inside == 0:
            _level_before = log.getLogLevel()
            log.setLogLevel(_SILENT)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                log.setLogLevel(_level_before)


def _log_control() -> Any:
    import cv2

    # OpenCV 5 has getLogLevel and setLogLevel in cv2.utils.logging, OpenCV 4 in cv2 itself.
    return getattr(cv2.utils, "logging", cv2)
