"""Ctrl-C and termination signals, handled so that output files are completed or removed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopRequest:
    """A flag that is true once the user has pressed Ctrl-C."""

    def __init__(self) -> None:
        self.requested = False

    def __bool__(self) -> bool:
        return self.requested


@contextmanager
def stop_on_interrupt() -> Iterator[StopRequest]:
    """Within the body, let the first Ctrl-C only set the flag, for a loop to check; a second one raises.

    This way a video is finished and closed instead of being cut off in the middle of a frame.
    """
    stop = StopRequest()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True

    with _handling(on_signal, "SIGINT", "SIGTERM", "SIGHUP"):
        yield stop


@contextmanager
def terminate_like_interrupt() -> Iterator[None]:
    """Within the body, raise KeyboardInterrupt on SIGTERM and SIGHUP, as Ctrl-C does.

    By default Python would exit without cleaning up and leave temporary files behind.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(on_signal, "SIGTERM", "SIGHUP"):
        yield


@contextmanager
def _handling(handler: Any, *names: str) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # Python delivers signals to the main thread only.
        return
    # Windows has no SIGHUP; a signal that is ignored (nohup) stays ignored.
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    replaced = [number for number in numbers if before[number] not in (signal.SIG_IGN, None)]
    for number in replaced:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in replaced:
            signal.signal(number, before[number])
