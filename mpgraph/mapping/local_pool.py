"""`map_graph` on processes of this machine.

Each worker has a pipe of its own and one task at a time, so that the end of one worker concerns one task: the
pipe breaks, another worker takes its place, and the task is begun again.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from mpgraph.errors import MpgraphError, UnavailableError
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.result import MapResult
from mpgraph.mapping.storage import remove_unfinished
from mpgraph.mapping.worker import MapWorker

_READY = "ready"
_PATIENCE_S = 5.0
"""How long a worker may take to clean up when the job is stopped."""


def run_locally(job: MapJob, tasks: Sequence[MapTask], workers: int, retries: int) -> Iterator[MapResult]:
    """Yield the result of each task when it is done.

    retries: how often a task whose worker died is begun again. Workers end with the generator, and leave no
    unfinished output.

    Raises:
        MpgraphError: a worker cannot start, or cannot build the graph.
    """
    waiting = deque((task, 1) for task in tasks)
    pool = [_Process(job) for _ in range(min(workers, len(tasks)))]
    starts_left = 0  # At first a failure means that the program cannot be imported.
    try:
        while waiting or any(process.task for process in pool):
            for process in pool:
                if process.is_ready and process.task is None and waiting:
                    process.give(*waiting.popleft())
            by_pipe = {process.pipe: process for process in pool if process.task or not process.is_ready}
            for pipe in wait(list(by_pipe)):
                process = by_pipe[pipe]  # type: ignore[index] # only pipes were waited for
                try:
                    message = process.receive()
                except (EOFError, OSError):
                    pool.remove(process)
                    cause = process.bury()
                    if process.task is None and not starts_left:
                        raise _start_failure(cause) from None
                    pool.append(_Process(job))
                    if process.task is None:
                        starts_left -= 1
                    elif process.attempt <= retries:
                        waiting.appendleft((process.task, process.attempt + 1))
                    else:
                        yield _lost(process.task, process.attempt, cause)
                    continue
                if isinstance(message, MpgraphError):
                    raise message
                if message is None:
                    starts_left = len(pool)
                else:
                    yield message
    finally:
        for process in pool:
            process.stop()
        for process in pool:
            process.bury()


class _Process:
    """A worker: its process, our end of its pipe, and the task that it does.

    is_ready: whether it has built the graph. attempt: the number of the attempt at the task.
    """

    def __init__(self, job: MapJob) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.is_ready = False
        self.task: MapTask | None = None
        self.attempt = 1
        self.process = context.Process(target=_work, args=(theirs, job), name="mpgraph-map", daemon=True)
        with _interrupts_later():
            self.process.start()
        theirs.close()  # So that the pipe breaks when the process ends.

    def give(self, task: MapTask, attempt: int) -> None:
        """Let the worker begin with a task."""
        self.task, self.attempt = task, attempt
        with suppress(OSError):  # It has died while idle; `receive` finds out.
            self.pipe.send(task)

    def receive(self) -> MapResult | MpgraphError | None:
        """Return the result of the task, None when the worker is ready, or why it cannot build the graph.

        Raises:
            EOFError, OSError: the worker has died.
        """
        message = self.pipe.recv()
        if isinstance(message, MapResult):
            self.task = None
            return replace(message, attempts=self.attempt)
        if isinstance(message, MpgraphError):
            return message
        self.is_ready = True
        return None

    def stop(self) -> None:
        """Let the worker end: at once if it is busy."""
        self.pipe.close()
        if self.task or not self.is_ready:
            self.process.terminate()

    def bury(self) -> str:
        """Free what is left of a worker that ends, and return why it does."""
        self.pipe.close()
        self.process.join(_PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        self.process.close()
        if self.task is not None:
            remove_unfinished(self.task.outputs)
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"


def _start_failure(cause: str) -> MpgraphError:
    return UnavailableError(
        f"a worker process could not start ({cause}). A program that calls map_graph needs "
        'if __name__ == "__main__": around what it runs, since workers import it.'
    )


def _lost(task: MapTask, attempts: int, cause: str) -> MapResult:
    """The result of a task whose workers died."""
    times = "once" if attempts == 1 else f"{attempts} times"
    error = f"its worker died {times} ({cause}); memory may be short"
    return MapResult(task.source, "failed", error=error, attempts=attempts)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Keep Ctrl-C, which reaches all processes of a terminal, from those that start in the body.

    This process is interrupted after the body.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # When it starts, it unblocks the signal.
    seen: list[int] = []
    # Blocked for this thread and the new processes; other threads may receive it.
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before)
        if seen:
            signal.raise_signal(signal.SIGINT)


def _work(pipe: Connection[Any, Any], job: MapJob) -> None:
    """The main function of a worker: do the tasks that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        worker = MapWorker(job)
    except Exception as error:
        text = f"a worker cannot build the graph: {type(error).__name__}: {error}"
        pipe.send(error if isinstance(error, MpgraphError) else UnavailableError(text))
        return
    with suppress(EOFError, OSError):
        pipe.send(_READY)
        while True:
            pipe.send(worker.process(pipe.recv()))
