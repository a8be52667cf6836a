"""Watchdog: finds inline nodes and observers that block the whole graph, and reports the line that does.

An inline node runs on the thread that owns the graph, so while it sleeps, reads a file or computes
for long, nothing else of the graph runs. The watchdog costs the graph nothing: a thread of its own
looks now and then at what the owner's thread is doing. It exists only while a graph runs, and
only if it is enabled: by `mpgraph run`, with `--watch` too, by `enable`, and by `python -X dev`.
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

from mpgraph.framework.user_code import is_library, is_user_code, shown_path
from mpgraph.runtime.calculator_node import CalculatorNode, NodeStatus
from mpgraph.runtime.invocation import Invoker
from mpgraph.runtime.observers import Observer
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.single_input_node import SingleInputNode

LIMIT_S = 0.1
"""How long an inline node may block the graph, in seconds."""

_log = logging.getLogger(__name__)
_limit: float | None = LIMIT_S if sys.flags.dev_mode else None
_NODE_RUNS = (CalculatorNode.run.__code__, SingleInputNode.run.__code__)
_OBSERVER_RUNS = Observer.take.__code__
_ONCE = (Invoker.open.__code__, Invoker.close.__code__)
# The first import of a module and a breakpoint take long once, not for every packet.
_EXCUSES = ("<frozen importlib", "/pdb.py", "/bdb.py", "\\pdb.py", "\\bdb.py", "pydevd")


def enable(limit_s: float | None = LIMIT_S) -> None:
    """Monitor every run of a graph that starts from now on; with None, no run."""
    global _limit
    _limit = limit_s


@contextmanager
def watching(limit_s: float | None = LIMIT_S) -> Iterator[None]:
    """Monitor the runs that start inside the `with` block."""
    before = _limit
    enable(limit_s)
    try:
        yield
    finally:
        enable(before)


def watch(scheduler: Scheduler) -> Watchdog | None:
    """Start to monitor a run if that is enabled; `stop` ends it."""
    return Watchdog(scheduler, _limit) if _limit is not None else None


class Watchdog:
    """Monitors one run, and warns once about each node or observer through the logger `mpgraph`."""

    def __init__(self, scheduler: Scheduler, limit_s: float) -> None:
        # A weak reference, so that a graph which is dropped in the middle of a run ends like any other. The
        # scheduler's `owner_thread` is read without a lock: a wrong reading costs one look, not a report.
        self._scheduler = weakref.ref(scheduler)
        self._limit = limit_s
        self._ended = threading.Event()
        self._reported: set[str] = set()
        self._thread = threading.Thread(target=self._monitor, name="mpgraph-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for it."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _monitor(self) -> None:
        call: FrameType | None = None
        since = 0.0
        while not self._ended.wait(self._limit / 4):
            found, top = self._running_call()
            now = time.monotonic()
            if found is None or found is not call:
                call, since = found, now
            elif top is not None and now - since >= self._limit:
                self._report(found, top)
            del found, top  # A frame keeps its variables alive: packets, and the graph itself.

    def _running_call(self) -> tuple[FrameType | None, FrameType | None]:
        """The frame of the owner's present call of an inline node or observer, and its innermost frame.

        Each call has a frame object of its own, so the same object as last time means the same call.
        """
        scheduler = self._scheduler()
        if scheduler is None:
            self._ended.set()
            return None, None
        top = sys._current_frames().get(scheduler.owner_thread)
        for frame in _outward(top):
            if frame.f_code in _NODE_RUNS or frame.f_code is _OBSERVER_RUNS:
                return frame, top
        return None, None

    def _report(self, call: FrameType, top: FrameType) -> None:
        frames = list(_outward(top, call))
        if any(frame.f_code in _ONCE for frame in frames):
            return  # Not by the node's status: its thread may have changed that since the frames were taken.
        files = [(frame.f_code.co_filename, frame.f_lineno) for frame in frames]
        if any(excuse in file for file, _ in files for excuse in _EXCUSES):
            return
        inside = [line for line in files if is_user_code(line[0])]
        own = [line for line in inside if not is_library(line[0])]
        runner = call.f_locals.get("self")
        if isinstance(runner, CalculatorNode) and not runner.spec.calculator.__module__.startswith(
            "mpgraph."
        ):
            own = own or inside  # The calculator may come from an installed package.
        subject = _described(runner)
        if not subject or subject in self._reported or not own:
            return
        self._reported.add(subject)
        file, line = own[0]
        text = "%s blocks the whole graph, for more than %d ms so far, at %s:%d. %s"
        hint, location = "Hand the packet to another thread, through a queue.Queue for example.", None
        if isinstance(runner, CalculatorNode):
            hint = "Set blocking = True in its class, so that it runs on a thread of its executor."
            location = runner.spec.location
        milliseconds = round(1000 * self._limit)
        _log.warning(text, subject, milliseconds, shown_path(file), line, hint, extra={"location": location})


def _described(runner: object) -> str:
    """The node or observer that a call belongs to; "" for open and close, which may take long once."""
    if isinstance(runner, Observer):
        return f'The observer of stream "{runner.queue.name}"'
    if not isinstance(runner, CalculatorNode) or runner.status is not NodeStatus.OPENED:
        return ""
    spec = runner.spec
    where = f"{spec.location}: " if spec.location else ""
    return f'{where}Node "{spec.name}" ({spec.config.calculator})'


def _outward(frame: FrameType | None, last: FrameType | None = None) -> Iterator[FrameType]:
    """Yield frames from `frame` outwards, up to but without `last`."""
    while frame is not None and frame is not last:
        yield frame
        frame = frame.f_back
