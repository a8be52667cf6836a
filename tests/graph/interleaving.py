"""Run functions on threads of their own, one line at a time, in an order that a seed decides.

Each thread stops before every line of the given source files. One thread at a time is let go, up to its
next such line; one that does not come to a line soon waits for another (for a lock, say), so others are let
go meanwhile. Threads that the functions start themselves run freely.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType, ModuleType
from typing import Any

PATIENCE_S = 0.002
"""After how long without reaching a line a thread is taken to wait for another one."""

_DEADLINE_S = 20.0


class _Actor:
    def __init__(self, function: Callable[[], object], files: frozenset[str]) -> None:
        self.go = threading.Semaphore(0)
        self.stopped = threading.Event()
        self.done = False
        self.error: BaseException | None = None
        self._function, self._files = function, files
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._stop()
        sys.settrace(self._trace)
        try:
            self._function()
        except BaseException as error:
            self.error = error
        finally:
            sys.settrace(None)
            self.done = True
            self.stopped.set()

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self._files:
            return None
        if event == "line":
            self._stop()
        return self._trace

    def _stop(self) -> None:
        self.stopped.set()
        self.go.acquire()


def interleaved(
    functions: Sequence[Callable[[], object]], modules: Sequence[ModuleType], seed: int
) -> list[BaseException | None]:
    """Run the functions in the order of `seed`; return what each has raised.

    Raises:
        TimeoutError: they do not end: a deadlock, or a wake-up that was lost.
    """
    files = frozenset(str(module.__file__) for module in modules)
    actors = [_Actor(function, files) for function in functions]
    for actor in actors:
        actor.thread.start()
    choose = random.Random(seed)
    deadline = time.monotonic() + _DEADLINE_S
    while running := [actor for actor in actors if not actor.done]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"seed {seed}: {len(running)} of {len(actors)} threads do not end")
        ready = [actor for actor in running if actor.stopped.is_set()]
        if not ready:
            time.sleep(PATIENCE_S / 4)
            continue
        actor = choose.choice(ready)
        actor.stopped.clear()
        actor.go.release()
        actor.stopped.wait(PATIENCE_S)
    return [actor.error for actor in actors]
