"""Trying something in a forked process, which may crash or hang."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable

from part import CRASH, HANG, TRACEBACK, Outcome, described


def outcome_of(call: Callable[[], Outcome], limit_s: float) -> Outcome:
    """Return the outcome of a function that is called in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.dup2(2, 1)
            try:
                outcome = call()
            except BaseException as error:
                outcome = Outcome(TRACEBACK, described(error))
            os.write(writing, json.dumps(outcome).encode()[:4000])
        finally:
            os._exit(0)
    os.close(writing)
    try:
        return _answer(child, reading, limit_s)
    finally:
        os.close(reading)


def _answer(child: int, reading: int, limit_s: float) -> Outcome:
    end = time.monotonic() + limit_s
    ready, _, _ = select.select([reading], [], [], limit_s)
    answer = os.read(reading, 4096) if ready else b""
    if answer:
        _wait(child, end)
        with contextlib.suppress(ValueError):
            return Outcome(*json.loads(answer))
        return Outcome(TRACEBACK, "its outcome is too long to tell")
    if not ready:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return Outcome(HANG, f"took more than {limit_s:g} s")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Outcome(CRASH, ended(status))


def _wait(child: int, end: float) -> None:
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.0005)


def ended(code: int) -> str:
    """Say how a process ended, from its exit code: negative for a signal."""
    with contextlib.suppress(ValueError):
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with the exit code {code}"
