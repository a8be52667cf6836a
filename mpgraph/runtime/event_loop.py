"""EventLoopThread: an asyncio event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mpgraph.errors import UnavailableError


class EventLoopThread:
    """Runs a loop from its construction to `stop`. The thread keeps nothing else alive.

    Raises:
        UnavailableError: the system has no files left for a loop.
        RuntimeError: it has no thread left.
    """

    def __init__(self, name: str) -> None:
        started: threading.Event = threading.Event()
        self._running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._thread = threading.Thread(target=_run, args=(self._running, started), name=name, daemon=True)
        self._thread.start()
        started.wait()
        if not self._running:
            raise UnavailableError(
                "No event loop can be started for the calculators with coroutines.",
                hint="The process may have too many open files.",
                rule="no-thread",
            )

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have the loop call a function soon; any thread may call this, after `stop` without effect."""
        loop, _ = self._running[0]
        with suppress(RuntimeError):  # The loop is closed.
            loop.call_soon_threadsafe(function, *arguments)

    def stop(self, patience: float) -> None:
        """Cancel the tasks that are left and end the thread.

        patience: how long to wait for that, in seconds; then the thread is left to itself, and ends when its
            tasks do.
        """
        _, ended = self._running[0]
        self.call(ended.set)
        if threading.current_thread() is not self._thread:
            self._thread.join(patience)


def _run(running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]], started: threading.Event) -> None:
    try:
        with suppress(OSError):  # The one that waits for `started` finds nothing running.
            asyncio.run(_serve(running, started))
    finally:
        started.set()


async def _serve(
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]], started: threading.Event
) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(_report)
    with suppress(RuntimeError):  # The interpreter exits: concurrent.futures has no threads any more.
        from mpgraph.runtime.daemon_threads import DaemonThreads

        loop.set_default_executor(DaemonThreads())
    running.append((loop, ended))
    started.set()
    await ended.wait()


def _report(loop: asyncio.AbstractEventLoop, problem: dict[str, Any]) -> None:
    """As asyncio does it, but for tasks that never return, which the end of the process collects."""
    if not str(problem.get("message")).startswith("Task was destroyed"):
        loop.default_exception_handler(problem)
