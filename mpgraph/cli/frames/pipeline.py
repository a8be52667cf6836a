"""Frames through the steps of a command: steps run concurrently, results stay in order, Ctrl-C ends early."""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from mpgraph.cli.interrupts import stop_on_interrupt

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420
    from mpgraph.media.frames import VideoFrame
    from mpgraph.session.sinks import Sink

TimedPixels = tuple["Pixels | Yuv420", int]
"""An image, uint8 HxW, HxWx3 or HxWx4 or as videos store it, and its timestamp in microseconds."""

_FRAMES_IN_FLIGHT = 6
_LIVE_FRAMES_IN_FLIGHT = 2

_END: Any = object()
_FINISH_THREADS = 2
_PATIENCE_S = 0.25
"""How long a frame may take after Ctrl-C before it counts as one that never ends."""

# Parameters of mallopt in glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_KEPT_BYTES = 256 << 20
_LARGEST_BYTES = 32 << 20  # the maximum that glibc accepts


def process_frames(
    frames: Iterable[VideoFrame],
    step: Callable[[VideoFrame], Any],
    sink: Sink,
    *,
    finish: Callable[[Any], Iterable[TimedPixels]] | None = None,
    label: str,
    total: int | None = None,
    live: bool = False,
    abandon: Callable[[], None] | None = None,
) -> tuple[int, bool]:
    """Process all frames; reading, `step`, `finish` and the sink run concurrently.

    step: returns the images for the sink or, with `finish`, the argument of `finish`. Runs for one frame at
        a time, in order; `finish` may run for two frames at once.
    label, total: text and length of the progress bar.
    live: keep few frames in flight, so that the newest is shown soon.
    abandon: makes `step` return; called after Ctrl-C if it does not do so on its own.

    The first Ctrl-C, or the viewer closing the preview, ends the loop after the current frame, so that the
    output can be completed. Returns the number of frames that went through `step`, and whether Ctrl-C ended
    the loop.
    """
    count = 0
    keep_freed_memory()
    with (
        stop_on_interrupt() as stop,
        closing(
            pipelined(
                frames,
                step,
                finish,
                depth=_LIVE_FRAMES_IN_FLIGHT if live else _FRAMES_IN_FLIGHT,
                stuck=lambda: bool(stop),
                abandon=abandon,
            )
        ) as results,
        progress_bar(label, total) as advance,
    ):
        for images in results:
            count += 1
            for image, timestamp_us in images:
                sink.put(image, timestamp_us)
            advance()
            if stop or sink.stop_requested:
                break
    return count, bool(stop)


def pipelined(
    items: Iterable[Any],
    step: Callable[[Any], Any],
    finish: Callable[[Any], Any] | None = None,
    *,
    depth: int = 4,
    finish_threads: int = _FINISH_THREADS,
    stuck: Callable[[], bool] = lambda: False,
    abandon: Callable[[], None] | None = None,
) -> Generator[Any, None, None]:
    """Yield `finish(step(item))` for each item, in order.

    `items` is iterated on one thread, `step` runs on another for one item at a time, and `finish` on
    `finish_threads`: it must not depend on the order of calls. All should release the GIL. At most `depth`
    items are in flight. An error in any of them is raised here, at its item. Close the generator
    (`contextlib.closing`) before the source of `items`: closing waits for the threads.

    stuck: whether results should come soon, as after Ctrl-C. If one does not within _PATIENCE_S, `abandon` is
    called, which may make `step` return, and no further results are yielded; a thread that continues all the
    same is left behind.
    """
    iterator = iter(items)
    reader, worker, finisher = pools = [ThreadPoolExecutor(count) for count in (1, 1, finish_threads)]
    in_flight: deque[Future[Any]] = deque()

    def has_result(futures: Iterable[Future[Any]]) -> bool:
        """Wait for all of them; False if they do not come although they should."""
        while abandon is not None:
            # `wait` never counts a future as done that was cancelled before it began.
            if not wait([each for each in futures if not each.cancelled()], _PATIENCE_S).not_done:
                break
            if stuck():
                return False
        return True

    def start_next() -> None:
        future = worker.submit(_after, reader.submit(next, iterator, _END), step)
        in_flight.append(future if finish is None else finisher.submit(_after, future, finish))

    try:
        for _ in range(depth):
            start_next()
        while has_result([in_flight[0]]) and (item := in_flight.popleft().result()) is not _END:
            start_next()
            yield item
    finally:
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        if abandon is not None and not has_result(in_flight):
            abandon()
        if has_result(in_flight):
            _shut_down(pools)


def read_ahead(items: Iterable[Any], read: Callable[[Any], Any], threads: int) -> Generator[Any, None, None]:
    """Yield `read(item)` for each item, in order; `threads` are read at once, and no more held in advance."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Any]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(read, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _shut_down(pools: Sequence[ThreadPoolExecutor]) -> None:
    """Wait for all threads, even on a second Ctrl-C: they still use the files that are closed next."""
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


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr, if that is a terminal, and yield a function that advances it by one.

    total: the number of steps, None if unknown.
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def keep_freed_memory() -> None:
    """Let malloc reuse the memory of freed images instead of returning it to the system (glibc only).

    By default the memory of every image goes back to the system when it is freed, and the pages of the next
    image are faulted in one by one: half of the time of a 720p effect, more in virtual machines.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
