"""EventLoopThread: an asyncio event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor as StandardThreadPool
from contextlib import suppress
from functools import partial
from typing import Any

from mpgraph.errors import UnavailableError
from mpgraph.framework.override import override
from mpgraph.io import native
from mpgraph.runtime.executor import ThreadPoolExecutor

_MOST_THREADS = 32
"""How many calls `asyncio.to_thread` runs at a time, as in asyncio."""


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
        loop, ended = self._running[0]
        self.call(ended.set)
        if threading.current_thread() is self._thread:
            return
        self._thread.join(patience)
        if self._thread.is_alive():  # Else the end of the interpreter would report each as destroyed.
            native.never_free(asyncio.all_tasks(loop))


def _run(running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]], started: threading.Event) -> None:
    try:
        with suppress(OSError):  # The one that waits for `started` finds nothing running.
            asyncio.run(_serve(running, started))
    finally:
        started.set()


async def _serve(
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]], started: threading.Event
) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().set_default_executor(_DaemonThreads())
    running.append((asyncio.get_running_loop(), ended))
    started.set()
    await ended.wait()


class _DaemonThreads(StandardThreadPool):
    """Runs what calculators give to `asyncio.to_thread`.

    The interpreter waits for the threads of concurrent.futures when it exits, even for a call that never
    returns. asyncio takes only executors of this class.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self._pool = ThreadPoolExecutor(_MOST_THREADS, "mpgraph-to-thread")

    @override
    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._pool.schedule(partial(_complete, future, partial(function, *args, **kwargs)))
        return future

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.stop(wait=False)


def _complete(future: Future[Any], call: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)
