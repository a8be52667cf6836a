"""Ctrl-C that lets the work in hand come to an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopRequest:
    """Whether the user has asked to stop. True in a condition once they have."""

    def __init__(self) -> None:
        self.requested = False

    def __bool__(self) -> bool:
        return self.requested


@contextmanager
def stop_on_interrupt() -> Iterator[StopRequest]:
    """Within the body the first Ctrl-C only sets the flag, which a loop then looks at; a second one raises.

    So a video can be finished and closed rather than broken off in the middle of a frame.
    """
    stop = StopRequest()

    def note(number: int, frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True

    with _handling(note, "SIGINT", "SIGTERM", "SIGHUP"):
        yield stop


@contextmanager
def terminate_like_interrupt() -> Iterator[None]:
    """Within the body being terminated, or losing the terminal, raises KeyboardInterrupt as Ctrl-C does.

    Otherwise Python would end at once and leave temporary files behind.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(interrupt, "SIGTERM", "SIGHUP"):
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
