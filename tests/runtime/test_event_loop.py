"""EventLoopThread: start, calls from other threads, end."""

from __future__ import annotations

import asyncio
import threading

from mpgraph.runtime.event_loop import EventLoopThread


def test_calls_run_on_the_loops_thread_until_it_is_stopped() -> None:
    loop = EventLoopThread("test-loop")
    names: list[str] = []
    called = threading.Event()
    loop.call(lambda: names.append(threading.current_thread().name))
    loop.call(called.set)
    assert called.wait(10)
    loop.stop(10.0)
    assert names == ["test-loop"]
    assert "test-loop" not in [thread.name for thread in threading.enumerate()]
    loop.call(names.append, "after the end")
    loop.stop(10.0)
    assert names == ["test-loop"]


def test_the_end_cancels_the_tasks_that_are_left() -> None:
    loop = EventLoopThread("test-loop")
    events: list[str] = []
    begun = threading.Event()

    async def wait() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            events.append("ended")

    tasks: list[asyncio.Task[None]] = []
    loop.call(lambda: tasks.append(asyncio.ensure_future(wait())))
    assert begun.wait(10)
    loop.stop(10.0)
    assert events == ["ended"]
