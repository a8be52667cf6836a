"""Executors: the threads that run offloaded nodes.

An executor has one method, `schedule(task)`. Tasks of one executor may run at the same time and in
any order; the scheduler's queues decide which invocation a task runs when it starts. Tasks are not
bound to a graph run: one may start after its run has ended, and then finds nothing to do.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Protocol

from mpgraph.config.model import ExecutorSpec, GraphModel
from mpgraph.errors import (
    AlreadyExistsError,
    InvalidArgumentError,
    NotFoundError,
    UnavailableError,
    did_you_mean,
)

Task = Callable[[], None]


class Executor(Protocol):
    """Anything that runs tasks. Your own class can be given to `CalculatorGraph.set_executor`."""

    @abstractmethod
    def schedule(self, task: Task) -> None:
        """Run `task` soon, on some thread, and return at once."""


class ThreadPoolExecutor:
    """Up to `num_threads` threads, started when there is work for them and ended by `stop`.

    A thread is started only if no idle thread is left. `_idle` counts the idle threads that no task has
    been promised to yet: a thread adds itself after each task, `schedule` takes one for each. It is a deque,
    not a semaphore, whose lock Ctrl-C could leave locked, and which a signal's handler could not enter again.
    """

    def __init__(self, num_threads: int, name: str = "mpgraph") -> None:
        if num_threads < 1:
            raise InvalidArgumentError(
                f"The num_threads of an executor should be positive, not {num_threads}."
            )
        self.num_threads = num_threads
        self._name = name
        self.forget_threads()

    def forget_threads(self) -> None:
        """Have no threads and no tasks, in a forked child too, where the threads do not exist."""
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle: deque[None] = deque()
        self._lock = threading.RLock()  # Reentrant, as a signal's handler may cancel the graph.
        self._is_stopped = False

    def start(self) -> None:
        """Start threads again after `stop`; a new executor needs no start."""
        with self._lock:
            self._is_stopped = False

    def schedule(self, task: Task) -> None:
        """Hand a task to an idle thread, to a new thread, or to the thread that is free next."""
        # In this order: a thread that was just started, or promised, finds the task.
        self._tasks.put(task)
        try:
            self._idle.pop()
        except IndexError:
            pass
        else:
            return
        with self._lock:
            # A call after the end of a run (an alarm, a late event) must not leave a thread behind.
            if len(self._threads) < self.num_threads and not self._is_stopped:
                # A thread must not keep the graph alive, so it refers to the queue and nothing else.
                thread = threading.Thread(
                    target=_work,
                    args=(self._tasks, self._idle),
                    name=f"{self._name}-{len(self._threads)}",
                    daemon=True,
                )
                self._threads.append(thread)  # First: Ctrl-C may come while it starts.
                try:
                    thread.start()
                except RuntimeError as error:  # If there are others, one of them takes the task.
                    self._threads.remove(thread)
                    if not self._threads:
                        raise UnavailableError(
                            f"No thread can be started for the executor of the graph: {error}.",
                            hint="The process has too many threads, or the interpreter is about to exit.",
                            rule="no-thread",
                        ) from error

    def stop(self, wait: bool = True) -> None:
        """End all threads after the tasks already scheduled, and wait for them.

        wait: False leaves them to themselves: they end when their tasks return.
        """
        with self._lock:
            self._is_stopped = True
            self._tasks.put(None)
            # Threads of the next run must not find what ends those of this one.
            self._tasks, self._idle = queue.SimpleQueue(), deque()
            threads, self._threads = self._threads, []
        for thread in threads if wait else ():
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()


def _work(tasks: queue.SimpleQueue[Task | None], idle: deque[None]) -> None:
    while True:
        task = tasks.get()
        if task is None:
            tasks.put(None)  # For the next thread: how many there are, Ctrl-C may have made uncertain.
            return
        task()
        del task  # An idle thread must not keep the last task's graph alive.
        idle.append(None)


class ApplicationThreadExecutor:
    """Runs tasks only inside the graph's wait calls, on the thread that waits."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._notify: Callable[[], None] = lambda: None

    def on_task(self, notify: Callable[[], None]) -> None:
        """Call `notify` after each task that is scheduled from now on, to wake up the thread that waits."""
        self._notify = notify

    def schedule(self, task: Task) -> None:
        """Keep the task for the next wait call."""
        self._tasks.append(task)
        self._notify()

    def run_one(self) -> bool:
        """Run the oldest task, if there is one."""
        try:
            task = self._tasks.popleft()
        except IndexError:
            return False
        task()
        return True

    def forget_threads(self) -> None:
        """In a forked child: have no tasks, which were the parent's."""
        self._tasks.clear()

    def __bool__(self) -> bool:
        """Whether tasks wait."""
        return bool(self._tasks)


class GraphExecutors:
    """The executors of one graph by name, "" for the default one, used by one run after another.

    Raises:
        NotFoundError: an executor's type is unknown.
        InvalidArgumentError: a thread pool has no positive number of threads.
    """

    def __init__(self, model: GraphModel) -> None:
        self._specs = model.executors
        self._by_name: dict[str, Executor] = {}
        for spec in self._specs:
            kind = spec.type or ("" if spec.name else "ThreadPoolExecutor")
            if kind == "ApplicationThreadExecutor" and not spec.name:
                self._by_name[""] = ApplicationThreadExecutor()
            elif kind == "ThreadPoolExecutor":
                self._by_name[spec.name] = _make_pool(spec, len(model.nodes))
            elif kind:
                if kind == "ApplicationThreadExecutor":
                    hint = " An ApplicationThreadExecutor can only be the default executor, without a name."
                else:
                    hint = did_you_mean(kind, ("ThreadPoolExecutor",))
                raise NotFoundError(f'Executor "{spec.name}" has the unknown type "{kind}".{hint}')
        if "" not in self._by_name:
            self._by_name[""] = ThreadPoolExecutor(_default_threads(len(model.nodes)))

    def set(self, name: str, executor: Executor) -> None:
        """Use the application's executor; CalculatorGraph.set_executor documents the errors."""
        if not callable(getattr(executor, "schedule", None)):
            raise InvalidArgumentError(
                f'The executor "{name}", of class {type(executor).__name__}, has no method schedule(task).',
                hint="Derive the executor's class from mpgraph.Executor.",
            )
        spec = next((spec for spec in self._specs if spec.name == name), None)
        if spec is None and name:
            raise InvalidArgumentError(
                f'The executor "{name}" is not declared in an ExecutorConfig.'
                + did_you_mean(name, [spec.name for spec in self._specs])
            )
        if spec is not None and spec.type:
            raise AlreadyExistsError(
                f'The executor "{name}" has the type "{spec.type}" in the graph; leave the type out to '
                "supply it with set_executor()."
            )
        self._by_name[name] = executor

    def for_run(self) -> dict[str, Executor]:
        """Return all executors by name.

        Raises:
            InvalidArgumentError: one has no type, and the application has not supplied it.
        """
        for spec in self._specs:
            if spec.name not in self._by_name:
                raise InvalidArgumentError(
                    f'ExecutorConfig for "{spec.name}" does not have a "type" field: the executor must be '
                    "given with a SetExecutor() call, set_executor() here."
                )
        return self._by_name

    def start(self) -> None:
        """Let thread pools start threads again, for a new run."""
        for pool in self._pools():
            pool.start()

    def stop(self, wait: bool = True) -> None:
        """End the threads of thread pools after a run, and wait for them if `wait`."""
        with contextlib.ExitStack() as stops:  # All of them, though Ctrl-C interrupts the wait for one.
            for pool in self._pools():
                stops.callback(pool.stop, wait)

    def forget_threads(self) -> None:
        """In a forked child: have executors without threads and tasks."""
        for executor in self._by_name.values():
            if isinstance(executor, (ThreadPoolExecutor, ApplicationThreadExecutor)):
                executor.forget_threads()

    def _pools(self) -> list[ThreadPoolExecutor]:
        return [each for each in self._by_name.values() if isinstance(each, ThreadPoolExecutor)]


def _make_pool(spec: ExecutorSpec, node_count: int) -> ThreadPoolExecutor:
    prefix = spec.thread_name_prefix or f"mpgraph-{spec.name or 'default'}"
    if not spec.name and spec.num_threads <= 0:
        return ThreadPoolExecutor(_default_threads(node_count), prefix)
    if not spec.has_options:
        raise InvalidArgumentError(f'num_threads is not specified in the options of executor "{spec.name}".')
    return ThreadPoolExecutor(spec.num_threads, prefix)


def _default_threads(node_count: int) -> int:
    return min(os.cpu_count() or 1, max(node_count, 1))
