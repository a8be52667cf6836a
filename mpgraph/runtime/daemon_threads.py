"""DaemonThreads: the threads of `asyncio.to_thread` in calculators, which exits do not wait for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from functools import partial
from typing import Any

from mpgraph.framework.override import override
from mpgraph.runtime.executor import ThreadPoolExecutor

_MOST_THREADS = 32
"""How many calls run at a time, as in asyncio."""


class DaemonThreads(futures.ThreadPoolExecutor):
    """Runs calls on threads for which the exit of the interpreter does not wait.

    The base class is there because asyncio takes no other; none of its threads is started.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self._pool = ThreadPoolExecutor(_MOST_THREADS, "mpgraph-to-thread")
        self._calls: set[futures.Future[Any]] = set()

    @override
    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> futures.Future[Any]:
        """Call a function soon; the future has its result."""
        future: futures.Future[Any] = futures.Future()
        self._calls.add(future)
        future.add_done_callback(self._calls.discard)
        self._pool.schedule(partial(_complete, future, partial(function, *args, **kwargs)))
        return future

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads when their calls return; wait for that if all have."""
        self._pool.stop(wait=not self._calls)


def _complete(future: futures.Future[Any], call: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)
