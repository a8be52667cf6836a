"""Finds light nodes and observers that hold up everything else, and says which line of theirs does.

A light node runs on the thread that owns the graph, so while it sleeps, reads a file or computes
for long, nothing else of the graph runs. The watchdog costs the graph nothing: a thread of its own
looks now and then at what the owner's thread is doing. It is there only while a graph runs, and
only if somebody wants it: `mpgraph run` does, with `--watch` too, and so do `enable` and `python -X dev`.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mpgraph.framework.timestamp import DONE
from mpgraph.framework.user_code import is_library, is_user_code, shown_path
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.invocation import Invoker
from mpgraph.runtime.observers import Observer
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.single_input_node import SingleInputNode

LIMIT_S = 0.1
"""How long a light node may keep the graph waiting, in seconds."""

_log = logging.getLogger(__name__)
_limit: float | None = LIMIT_S if sys.flags.dev_mode else None
_NODE_RUNS = (CalculatorNode.run.__code__, SingleInputNode.run.__code__)
_OBSERVER_RUNS = Observer.take.__code__
_ONCE = (Invoker.open.__code__, Invoker.close.__code__)
# Whoever imports a module for the first time, or stops in a debugger, does not block by habit.
_EXCUSES = ("<frozen importlib", "/pdb.py", "/bdb.py", "\\pdb.py", "\\bdb.py", "pydevd")


def enable(limit_s: float | None = LIMIT_S) -> None:
    """Watch every run of a graph that starts from now on; None watches none."""
    global _limit
    _limit = limit_s


@contextmanager
def watching(limit_s: float | None = LIMIT_S) -> Iterator[None]:
    """Watch the runs that start inside the `with` block."""
    before = _limit
    enable(limit_s)
    try:
        yield
    finally:
        enable(before)


def watch(scheduler: Scheduler) -> Watchdog | None:
    """Start to watch a run, if watching is wanted; `stop` ends it."""
    return Watchdog(scheduler, _limit) if _limit is not None else None


class Watchdog:
    """Watches one run, and warns once about each node or observer through the logger `mpgraph`."""

    def __init__(self, scheduler: Scheduler, limit_s: float) -> None:
        # Not held, so that a graph which is dropped in the middle of a run ends like any other.
        self._scheduler = weakref.ref(scheduler)
        self._limit = limit_s
        self._ended = threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._look, name="mpgraph-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for that."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _look(self) -> None:
        call: FrameType | None = None
        since = 0.0
        while not self._ended.wait(self._limit / 4):
            found, top = self._running_call()
            now = time.monotonic()
            if found is None or found is not call:
                call, since = found, now
            elif top is not None and now - since >= self._limit:
                self._tell(found, top)
            del found, top  # Frames keep alive what is in them: packets, and the graph itself.

    def _running_call(self) -> tuple[FrameType | None, FrameType | None]:
        """The frame of the light call that the owner is in, and the innermost one; a frame is one call."""
        scheduler = self._scheduler()
        if scheduler is None:
            self._ended.set()
            return None, None
        top = sys._current_frames().get(scheduler.owner_thread)
        for frame in _outward(top):
            if frame.f_code in _NODE_RUNS or frame.f_code is _OBSERVER_RUNS:
                return frame, top
        return None, None

    def _tell(self, call: FrameType, top: FrameType) -> None:
        frames = list(_outward(top, call))
        if any(frame.f_code in _ONCE for frame in frames):
            return  # The node's state may tell otherwise by now, as its thread goes on meanwhile.
        files = [(frame.f_code.co_filename, frame.f_lineno) for frame in frames]
        if any(excuse in file for file, _ in files for excuse in _EXCUSES):
            return
        inside = [place for place in files if is_user_code(place[0])]
        own = [place for place in inside if not is_library(place[0])]
        runner = call.f_locals.get("self")
        if isinstance(runner, CalculatorNode) and not runner.spec.calculator.__module__.startswith(
            "mpgraph."
        ):
            own = own or inside  # It may be installed itself.
        who = _described(runner)
        if not who or who in self._told or not own:
            return
        self._told.add(who)
        file, line = own[0]
        text = "%s keeps the whole graph waiting, for more than %d ms so far, at %s:%d. %s"
        hint = _HINTS[isinstance(runner, CalculatorNode)]
        place = runner.spec.location if isinstance(runner, CalculatorNode) else None
        milliseconds = round(1000 * self._limit)
        _log.warning(text, who, milliseconds, shown_path(file), line, hint, extra={"location": place})


_HINTS = {
    True: "Set blocking = True in its class, so that it runs on a thread of its executor.",
    False: "Hand the packet to a thread of yours, through a queue.Queue for example.",
}


def _described(runner: object) -> str:
    """Who a call is of; "" for calls that may take their time, since they come once."""
    if isinstance(runner, Observer):
        return f'The observer of stream "{runner.queue.name}"'
    if not isinstance(runner, CalculatorNode) or not runner.opened or runner.context.t == DONE:
        return ""
    spec = runner.spec
    where = f"{spec.location}: " if spec.location else ""
    return f'{where}Node "{spec.name}" ({spec.config.calculator})'


def _outward(frame: FrameType | None, last: FrameType | None = None) -> Iterator[FrameType]:
    """The frames from the innermost one to `last`, or to the outermost one."""
    while frame is not None and frame is not last:
        yield frame
        frame = frame.f_back
