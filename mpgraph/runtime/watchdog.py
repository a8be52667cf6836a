"""Watchdog: reports what keeps a graph from going on, once each, through the logger `mpgraph`.

That is an inline node or observer that blocks the whole graph, with its line; and a node that waits for a
packet or bound for some seconds, with who should have sent it.

An inline node runs on the thread that owns the graph, so while it sleeps, reads a file or computes
for long, nothing else of the graph runs. The watchdog costs the graph nothing: a thread of its own
looks now and then at what the owner's thread is doing. It exists only while a graph runs: in
programs from a second after the start of a run on, since a thread costs as much as a short run; in
`mpgraph run` and with `python -X dev` from its start on, and with less patience. The environment variable
MPGRAPH_WATCHDOG=0 switches it off.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Protocol

from mpgraph.framework.user_code import is_library, is_user_code, shown_path
from mpgraph.io.garbage import collection_paused
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.explanation import ExplainedRun, waits
from mpgraph.runtime.observers import Observer

VARIABLE = "MPGRAPH_WATCHDOG"
LIMIT_S = 0.1
"""How long an inline node may block the graph, in seconds, for developers."""
WAIT_S = 5.0
"""How long a node may wait for the same packet, in seconds."""


@dataclass(frozen=True)
class Limits:
    """What the watchdog reports, in seconds.

    blocked_s: how long an inline node or observer may block the graph. waiting_s: how long a node may wait.
    after_s: how long after the start of a run it begins to look.
    """

    blocked_s: float = LIMIT_S
    waiting_s: float = WAIT_S
    after_s: float = 0.0


_log = logging.getLogger(__name__)
_limits: Limits | None = Limits() if sys.flags.dev_mode else Limits(blocked_s=0.3, after_s=1.0)
# The first import of a module and a breakpoint take long once, not for every packet.
_EXCUSES = ("<frozen importlib", "/pdb.py", "/bdb.py", "\\pdb.py", "\\bdb.py", "pydevd")


def limits() -> Limits | None:
    """The limits for a run that starts now, None to leave it alone."""
    return None if os.environ.get(VARIABLE) == "0" else _limits


@contextmanager
def watching(limits: Limits | None) -> Iterator[None]:
    """Use these limits for the runs that start inside the `with` block; None for no watchdog."""
    global _limits
    before, _limits = _limits, limits
    try:
        yield
    finally:
        _limits = before


class _Run(ExplainedRun, Protocol):
    """What the watchdog uses of a run, whose module imports this one."""

    @property
    def observers(self) -> Sequence[Observer]: ...


class Watchdog:
    """Monitors one run until `stop`, and warns once about each node or observer.

    It looks for frames of the calculators' `process` and of observers, not of the runtime, which has none
    when it is compiled. So `open` and `close` are not reported: they may take long once.
    """

    def __init__(self, run: _Run, limits: Limits) -> None:
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
        self._limit = limits.blocked_s
        self._patience = limits.waiting_s
        self._waiting: dict[tuple[int, int], float] = {}
        self._ended = threading.Event()
        self._reported: set[str] = set()
        self._thread = threading.Thread(target=self._monitor, name="mpgraph-watchdog", daemon=True)
        try:
            self._thread.start()
        except BaseException:  # Ctrl-C, while it may run already.
            self._ended.set()
            raise

    def stop(self) -> None:
        """End the thread, and wait for it."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _monitor(self) -> None:
        call: FrameType | None = None
        since = looked = 0.0
        while not self._ended.wait(self._limit / 4):
            found, top = self._running_call()
            now = time.monotonic()
            if found is None or found is not call:
                call, since = found, now
            elif top is not None and now - since >= self._limit:
                self._report(found, top)
            if now - looked >= self._patience / 5:
                looked = now
                self._look_for_waits(now)
            del found, top  # A frame keeps its variables alive: packets, and the graph itself.

    def _look_for_waits(self, now: float) -> None:
        """Report the nodes that have waited at the same time for too long while nothing ran."""
        run = self._run()
        if run is None or run.scheduler.is_paused or any(node.in_flight for node in run.nodes):
            self._waiting.clear()
            return
        found = list(waits(run))
        since = {(node.spec.id, t): now for node, t, _ in found}
        self._waiting = since | {key: begun for key, begun in self._waiting.items() if key in since}
        for node, t, line in found:
            key = node.spec.id, t
            if now - self._waiting[key] >= self._patience and node.spec.label not in self._reported:
                self._reported.add(node.spec.label)
                text = "Nothing has come for %g s: %s"
                _log.warning(text, self._patience, line, extra={"location": node.spec.location})

    def _running_call(self) -> tuple[FrameType | None, FrameType | None]:
        """The frame of the owner's present call of a calculator or observer, and its innermost frame.

        Each call has a frame object of its own, so the same object as last time means the same call.
        """
        run = self._run()
        if run is None:
            self._ended.set()
            return None, None
        found = None
        with _no_collection():
            top = sys._current_frames().get(run.scheduler.owner_thread)
            for frame in _outward(top):  # The outermost one: methods call those of their base classes.
                if frame.f_code in self._codes:
                    found = frame
        return found, top

    def _report(self, call: FrameType, top: FrameType) -> None:
        with _no_collection():
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
            is_function = hasattr(runner.spec.calculator, "function")
            where = (
                "Write @mp.calculator(blocking=True)" if is_function else "Set blocking = True in its class"
            )
            hint = f"{where}, so that it runs on a thread of its executor."
            location = runner.spec.location
        milliseconds = round(1000 * self._limit)
        _log.warning(text, subject, milliseconds, shown_path(file), line, hint, extra={"location": location})

    def _runner(self, call: FrameType) -> CalculatorNode | Observer | None:
        """The node or observer that a call belongs to."""
        run, code = self._run(), call.f_code
        if run is None:
            return None
        variables = _variables(call)
        arguments = [variables.get(name) for name in code.co_varnames[: code.co_argcount]]
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


def _no_collection() -> AbstractContextManager[None]:
    """Have no garbage collected while another thread's frames are looked at.

    `f_back` makes a frame object, and `f_locals` a dict, for which Python 3.11 may collect garbage; a
    finalizer can then let the other thread go on and return; then they read where its frame has been: any
    object, or a crash.
    """
    return nullcontext() if sys.version_info >= (3, 12) else collection_paused()


def _outward(frame: FrameType | None, last: FrameType | None = None) -> Iterator[FrameType]:
    """Yield frames from `frame` outwards, up to but without `last`."""
    while frame is not None and frame is not last:
        yield frame
        frame = frame.f_back


def _variables(frame: FrameType) -> Mapping[str, object]:
    with _no_collection():
        return frame.f_locals
