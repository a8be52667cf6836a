"""Ctrl-C and termination signals, handled so that output files are completed or removed."""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

INTERRUPTED = 130
"""The exit code after Ctrl-C and termination signals, 128 + SIGINT, as shells report it."""

_PAUSE_S = 0.01
"""After this time the finalizer that an interrupt came in has ended, in seconds."""


def exit_code_of(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; INTERRUPTED, and one line, whenever a signal ends it.

    A signal that comes while the process already exits ends it at once, without further output.
    """
    signals = signal_numbers("SIGINT", "SIGTERM", "SIGHUP")
    sys.unraisablehook = _raise_later
    # The last thing before the interpreter takes its handlers away, which lets signals kill the process.
    atexit.register(_set_all, signals, signal.SIG_IGN)
    try:
        try:
            _set_all(signals, _raise_interrupt)
            code = command()
        except KeyboardInterrupt:
            code = INTERRUPTED
            print("interrupted", file=sys.stderr)
        _set_all(signals, _exit_at_once)
        # If a signal came while a text was executed (as for each dataclass), CPython remembers that and would
        # end by SIGINT after all. Executing another text makes it forget.
        exec("")
        if code == INTERRUPTED and _threads_remain():
            sys.stdout.flush()
            os._exit(code)
    except KeyboardInterrupt:  # A second one, before the line above.
        os._exit(INTERRUPTED)
    return code


def _threads_remain() -> bool:
    """Whether threads continue that the interpreter would wait for: of a calculator that never returns."""
    main = threading.main_thread()
    return any(not thread.daemon for thread in threading.enumerate() if thread is not main)


def _raise_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _raise_later(unraisable: sys.UnraisableHookArgs) -> None:
    """Interrupt again if the interrupt came in a finalizer, which Python leaves with nothing but a report.

    Imports have many: one removes the lock of each module.
    """
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
        return
    number = unraisable.exc_value.args[:1] if unraisable.exc_value is not None else ()
    again = threading.Timer(_PAUSE_S, _interrupt_main_thread, number)
    again.daemon = True
    again.start()


def _interrupt_main_thread(number: signal.Signals = signal.SIGINT) -> None:
    """Send a signal again. On Windows, it does not end what the thread waits for."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(number)


def _exit_at_once(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def _set_all(signals: list[int], handler: Any) -> None:
    for number in signals:
        signal.signal(number, handler)


def signal_numbers(*names: str) -> list[int]:
    """Return the signals of these names that exist here and are not ignored, as `nohup` has it.

    Empty unless called on the main thread, the only one to which Python delivers signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return []
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]  # Windows has no SIGHUP.
    return [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]


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
    with _handling(_raise_interrupt, "SIGTERM", "SIGHUP"):
        yield


@contextmanager
def _handling(handler: Any, *names: str) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in signal_numbers(*names)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
