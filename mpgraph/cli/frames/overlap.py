"""Doing the steps of a job on different frames at the same time, frames staying in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_END: Any = object()
_FINISHERS = 2


def overlapped(
    items: Iterable[Any],
    step: Callable[[Any], Any],
    finish: Callable[[Any], Any] | None = None,
    *,
    depth: int = 4,
) -> Generator[Any, None, None]:
    """Yield `finish(step(item))` for each item, in order.

    The items come from a thread of their own, `step` runs on another, one item after the other,
    and `finish` on two at once: it must not depend on the order. All should be functions that
    release the GIL. At most `depth` items are on their way. An error of any of them is raised
    here. Close the generator (`contextlib.closing`) before what `items` reads from: it then waits
    for its threads.
    """
    iterator = iter(items)
    reader, worker, finisher = ThreadPoolExecutor(1), ThreadPoolExecutor(1), ThreadPoolExecutor(_FINISHERS)
    on_their_way: deque[Future[Any]] = deque()

    def start_next() -> None:
        future = worker.submit(_after, reader.submit(next, iterator, _END), step)
        on_their_way.append(future if finish is None else finisher.submit(_after, future, finish))

    try:
        for _ in range(depth):
            start_next()
        while (item := on_their_way.popleft().result()) is not _END:
            start_next()
            yield item
    finally:
        _end((reader, worker, finisher))


def _end(pools: Sequence[ThreadPoolExecutor]) -> None:
    """Wait for all threads, also when an impatient Ctrl-C comes: they still use what is closed next."""
    for pool in pools:
        pool.shutdown(wait=False, cancel_futures=True)
    try:
        for pool in pools:
            pool.shutdown(wait=True)
    except KeyboardInterrupt:
        for pool in pools:
            pool.shutdown(wait=True)
        raise


def _after(before: Future[Any], step: Callable[[Any], Any]) -> Any:
    item = before.result()
    return item if item is _END else step(item)
