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
from multiprocessing.connection import Connection, wait
from typing import Any

from mpgraph.errors import MpgraphError, UnavailableError
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.result import MapResult
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
                    if process.task is None:
                        raise process.start_failure() from None
                    pool[pool.index(process)] = _Process(job)
                    if process.attempt <= retries:
                        waiting.appendleft((process.task, process.attempt + 1))
                    else:
                        yield process.lost()
                    continue
                if isinstance(message, MapResult):
                    yield message
    finally:
        _stop(pool)


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
        with _interrupts_ignored():
            self.process.start()
        theirs.close()  # So that the pipe breaks when the process ends.

    def give(self, task: MapTask, attempt: int) -> None:
        """Let the worker begin with a task."""
        self.task, self.attempt = task, attempt
        with suppress(OSError):  # It has died while idle; `receive` finds out.
            self.pipe.send(task)

    def receive(self) -> MapResult | None:
        """Return the result of the task, or None when the worker is ready.

        Raises:
            EOFError, OSError: the worker has died.
            MpgraphError: it cannot build the graph.
        """
        message = self.pipe.recv()
        if isinstance(message, MpgraphError):
            raise message
        if message == _READY:
            self.is_ready = True
            return None
        self.task = None
        result: MapResult = message
        return replace(result, attempts=self.attempt)

    def start_failure(self) -> MpgraphError:
        """The error for a worker that died before it was ready."""
        return UnavailableError(
            f"a worker process could not start ({self._cause()}). A program that calls map_graph needs "
            'if __name__ == "__main__": around what it runs, since workers import it.'
        )

    def lost(self) -> MapResult:
        """The result of a task whose workers died."""
        times = "once" if self.attempt == 1 else f"{self.attempt} times"
        error = f"its worker died {times} ({self._cause()}); memory may be short"
        assert self.task is not None
        return MapResult(self.task.source, "failed", error=error, attempts=self.attempt)

    def _cause(self) -> str:
        self.process.join(_PATIENCE_S)
        code = self.process.exitcode or 0
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"


def _stop(pool: Sequence[_Process]) -> None:
    """End all workers; those with a task remove what they have written of it."""
    for process in pool:
        process.pipe.close()
        if process.task or not process.is_ready:
            process.process.terminate()
    for process in pool:
        process.process.join(_PATIENCE_S)
        if process.process.is_alive():
            process.process.kill()
            process.process.join()
        process.process.close()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let processes that start in the body ignore Ctrl-C, which reaches all processes of a terminal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work(pipe: Connection[Any, Any], job: MapJob) -> None:
    """The main function of a worker: do the tasks that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        worker = MapWorker(job)
    except MpgraphError as error:
        pipe.send(error)
        return
    with suppress(EOFError, OSError):
        pipe.send(_READY)
        while True:
            pipe.send(worker.process(pipe.recv()))
