"""Doing the steps of a job on different frames at the same time, frames staying in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_END: Any = object()


def overlapped(
    items: Iterable[Any], *steps: Callable[[Any], Any], depth: int = 4
) -> Generator[Any, None, None]:
    """Yield `last_step(... first_step(item))` for each item, in order.

    The items and each step have a thread of their own, so the steps should be ones that release
    the GIL. At most `depth` items are on their way. An error of any step is raised here. Close the
    generator (`contextlib.closing`) before what `items` reads from: it then waits for its threads.
    """
    iterator = iter(items)
    reader, *workers = [ThreadPoolExecutor(1) for _ in range(len(steps) + 1)]
    on_their_way: deque[Future[Any]] = deque()

    def start_next() -> None:
        future = reader.submit(next, iterator, _END)
        for worker, step in zip(workers, steps, strict=True):
            future = worker.submit(_after, future, step)
        on_their_way.append(future)

    try:
        for _ in range(depth):
            start_next()
        while (item := on_their_way.popleft().result()) is not _END:
            start_next()
            yield item
    finally:
        for pool in (reader, *workers):
            pool.shutdown(wait=True, cancel_futures=True)


def _after(before: Future[Any], step: Callable[[Any], Any]) -> Any:
    item = before.result()
    return item if item is _END else step(item)
