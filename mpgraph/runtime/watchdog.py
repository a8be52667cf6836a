"""Watchdog: finds inline nodes and observers that block the whole graph, and reports the line that does.

An inline node runs on the thread that owns the graph, so while it sleeps, reads a file or computes
for long, nothing else of the graph runs. The watchdog costs the graph nothing: a thread of its own
looks now and then at what the owner's thread is doing. It exists only while a graph runs, and
only if it is enabled: by `mpgraph run`, with `--watch` too, by `enable`, and by `python -X dev`.
"""

from __future__ import annotations

import functools
import logging
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Protocol

from mpgraph.framework.user_code import is_library, is_user_code, shown_path
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.observers import Observer
from mpgraph.runtime.scheduler import Scheduler

LIMIT_S = 0.1
"""How long an inline node may block the graph, in seconds."""

_log = logging.getLogger(__name__)
_limit: float | None = LIMIT_S if sys.flags.dev_mode else None
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


class _Run(Protocol):
    """What the watchdog uses of a run, whose module imports this one."""

    @property
    def scheduler(self) -> Scheduler: ...
    @property
    def nodes(self) -> Sequence[CalculatorNode]: ...
    @property
    def observers(self) -> Sequence[Observer]: ...


def watch(run: _Run) -> Watchdog | None:
    """Start to monitor a run if that is enabled; `stop` ends it."""
    return Watchdog(run, _limit) if _limit is not None else None


class Watchdog:
    """Monitors one run, and warns once about each node or observer through the logger `mpgraph`.

    It looks for frames of the calculators' `process` and of observers, not of the runtime, which has none
    when it is compiled. So `open` and `close` are not reported: they may take long once.
    """

    def __init__(self, run: _Run, limit_s: float) -> None:
        # A weak reference, so that a graph which is dropped in the middle of a run ends like any other. The
        # scheduler's `owner_thread` is read without a lock: a wrong reading costs one look, not a report.
        self._run = weakref.ref(run)
        self._codes = {
            _code_of(each)
            for each in (
                *(node.spec.calculator.process for node in run.nodes),
                *(observer.callback for observer in run.observers),
            )
        }
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
        """The frame of the owner's present call of a calculator or observer, and its innermost frame.

        Each call has a frame object of its own, so the same object as last time means the same call.
        """
        run = self._run()
        if run is None:
            self._ended.set()
            return None, None
        top = sys._current_frames().get(run.scheduler.owner_thread)
        found = None
        for frame in _outward(top):  # The outermost one: methods call those of their base classes.
            if frame.f_code in self._codes:
                found = frame
        return found, top

    def _report(self, call: FrameType, top: FrameType) -> None:
        files = [(frame.f_code.co_filename, frame.f_lineno) for frame in _outward(top, call.f_back)]
        if any(excuse in file for file, _ in files for excuse in _EXCUSES):
            return
        inside = [line for line in files if is_user_code(line[0])]
        own = [line for line in inside if not is_library(line[0])]
        runner = self._runner(call)
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

    def _runner(self, call: FrameType) -> CalculatorNode | Observer | None:
        """The node or observer that a call belongs to."""
        run, code = self._run(), call.f_code
        if run is None:
            return None
        arguments = [call.f_locals.get(name) for name in code.co_varnames[: code.co_argcount]]
        for node in run.nodes:
            if arguments and node.invoker.calculator is arguments[0]:
                return node
        observers = [each for each in run.observers if _code_of(each.callback) is code]
        # Several may share a function, which gets the name of the stream.
        named = [each for each in observers if each.queue.name in arguments]
        return next(iter([*named, *observers]), None)


def _code_of(call: object) -> CodeType | None:
    """The code of a function, a method, a partial, or an object with `__call__`; None for a built-in."""
    while isinstance(call, functools.partial):
        call = call.func
    if not hasattr(call, "__code__") and not hasattr(call, "__func__"):
        call = getattr(type(call), "__call__", None)  # noqa: B004 - not whether it is there, but its code.
    found = getattr(getattr(call, "__func__", call), "__code__", None)
    return found if isinstance(found, CodeType) else None


def _described(runner: CalculatorNode | Observer | None) -> str:
    if isinstance(runner, Observer):
        return f'The observer of stream "{runner.queue.name}"'
    if runner is None:
        return ""
    spec = runner.spec
    where = f"{spec.location}: " if spec.location else ""
    return f'{where}Node "{spec.name}" ({spec.config.calculator})'


def _outward(frame: FrameType | None, last: FrameType | None = None) -> Iterator[FrameType]:
    """Yield frames from `frame` outwards, up to but without `last`."""
    while frame is not None and frame is not last:
        yield frame
        frame = frame.f_back
