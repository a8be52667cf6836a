"""EventLoopThread: an asyncio event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class EventLoopThread:
    """Runs a loop from its construction to `stop`. The thread keeps nothing else alive."""

    def __init__(self, name: str) -> None:
        started: threading.Event = threading.Event()
        self._running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._thread = threading.Thread(
            target=lambda running: asyncio.run(_serve(running, started)),
            args=(self._running,),
            name=name,
            daemon=True,
        )
        self._thread.start()
        started.wait()

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have the loop call a function soon; any thread may call this, after `stop` without effect."""
        loop, _ = self._running[0]
        with suppress(RuntimeError):  # The loop is closed.
            loop.call_soon_threadsafe(function, *arguments)

    def stop(self, wait: bool = True) -> None:
        """Cancel the tasks that are left and end the thread.

        wait: False leaves the thread to itself: it ends when its tasks do.
        """
        _, ended = self._running[0]
        self.call(ended.set)
        if wait and threading.current_thread() is not self._thread:
            self._thread.join()


async def _serve(
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]], started: threading.Event
) -> None:
    ended = asyncio.Event()
    running.append((asyncio.get_running_loop(), ended))
    started.set()
    await ended.wait()
