"""Executors: which threads run which nodes, and that the threads end."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    GraphRunError,
    InvalidArgumentError,
    NotFoundError,
)
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime.executor import ApplicationThreadExecutor, ThreadPoolExecutor

TEXT = """
  input_stream: "in" output_stream: "out" %s
  node { name: "a" calculator: "RtBlocking" input_stream: "in" output_stream: "out" %s }
"""
POOL = "[mediapipe.ThreadPoolExecutorOptions.ext]"


class Submitting(mp.Executor):
    """A user's executor: tasks go to a pool of the standard library."""

    def __init__(self, pool: concurrent.futures.Executor) -> None:
        self._pool = pool

    def schedule(self, task: Any) -> None:
        self._pool.submit(task)


def threads_of(stage: Any, text: str, executor: tuple[str, Any] | None = None, packets: int = 20) -> set[str]:
    names: set[str] = set()

    def note(cc: Any) -> None:
        names.add(threading.current_thread().name)
        cc.outputs[0].add_packet(cc.packets[0])

    play = stage(text, a={"process": note})
    if executor is not None:
        play.graph.set_executor(*executor)
    play.start().send("in", *range(packets)).finish()
    assert [t for t, _ in play.seen["out"]] == list(range(packets))
    return names


def test_blocking_nodes_run_on_the_default_executor(stage: Any) -> None:
    names = threads_of(stage, TEXT % ("num_threads: 2", ""))
    assert all(name.startswith("mpgraph-default-") for name in names) and len(names) <= 2


def test_named_executor_runs_its_nodes(stage: Any) -> None:
    options = (
        f'type: "ThreadPoolExecutor" options {{ {POOL} {{ num_threads: 1 thread_name_prefix: "own" }} }}'
    )
    names = threads_of(stage, TEXT % (f'executor {{ name: "e" {options} }}', 'executor: "e"'))
    assert names == {"own-0"}


def test_application_thread_runs_everything(stage: Any) -> None:
    text = TEXT % ('executor { type: "ApplicationThreadExecutor" }', "")
    assert threads_of(stage, text) == {threading.current_thread().name}


def test_application_thread_runs_parallel_nodes_and_sources_fairly(stage: Any) -> None:
    text = """
      executor { type: "ApplicationThreadExecutor" } output_stream: "out"
      node { calculator: "RtCount" output_stream: "x" }
      node { calculator: "RtCount" output_stream: "y" }
      node {
        calculator: "RtScript" max_in_flight: 3
        input_stream: "x" input_stream: "y" output_stream: "out"
      }
    """
    play = stage(text)
    play.graph.set_service("count", 30)
    play.start()
    play.graph.wait_until_done()
    assert play.seen["out"] == [(i, i) for i in range(30)]


def test_nothing_runs_on_an_application_thread_that_does_not_wait(stage: Any) -> None:
    play = stage(TEXT % ('executor { type: "ApplicationThreadExecutor" }', "")).start().send("in", 1)
    assert play.calls == []
    play.finish()
    assert play.seen["out"] == [(1, 1)]


def test_executor_supplied_by_the_application(stage: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(2, "theirs") as pool:
        text = TEXT % ('executor { name: "e" }', 'executor: "e"')
        names = threads_of(stage, text, ("e", Submitting(pool)))
        assert all(name.startswith("theirs") for name in names)


def test_default_executor_supplied_by_the_application(stage: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(2, "theirs") as pool:
        names = threads_of(stage, TEXT % ("", ""), ("", Submitting(pool)))
        assert all(name.startswith("theirs") for name in names)


def test_executor_that_runs_tasks_at_once(stage: Any) -> None:
    class Inline:
        def schedule(self, task: Any) -> None:
            task()

    for name in ("", "e"):
        text = TEXT % ('executor { name: "e" }' if name else "", f'executor: "{name}"' if name else "")
        threads_of(stage, text, (name, Inline()))


@pytest.mark.parametrize("name", ["", "e"])
def test_executor_that_raises_ends_the_run(stage: Any, watchdog: Any, name: str) -> None:
    pool = concurrent.futures.ThreadPoolExecutor(1)
    play = stage(TEXT % ('executor { name: "e" }', 'executor: "e"'))
    play.graph.set_executor("e", Submitting(pool))
    play.start().idle()
    pool.shutdown()
    play.send("in", 1)
    with pytest.raises(GraphRunError, match="cannot schedule new futures after shutdown"):
        watchdog(play.finish)


@pytest.mark.parametrize(
    ("config", "error", "words"),
    [
        ('executor { name: "e" type: "NoSuchExecutor" }', NotFoundError, "unknown type"),
        ('executor { name: "e" type: "ApplicationThreadExecutor" }', NotFoundError, "only be the default"),
        ('executor { name: "e" type: "ThreadPoolExecutor" }', InvalidArgumentError, "num_threads"),
        (
            f'executor {{ name: "e" type: "ThreadPoolExecutor" options {{ {POOL} {{ num_threads: -2 }} }} }}',
            InvalidArgumentError,
            "should be positive",
        ),
    ],
)
def test_invalid_executor_configs(config: str, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        CalculatorGraph(graph_config=config)


def test_executor_without_schedule_is_refused() -> None:
    class Incomplete(mp.Executor):
        pass

    with pytest.raises(TypeError, match="schedule"):
        Incomplete()  # type: ignore[abstract]
    graph = CalculatorGraph(graph_config='executor { name: "e" }')
    pool = concurrent.futures.ThreadPoolExecutor(1)
    with pytest.raises(InvalidArgumentError, match=r'"e".*no method schedule.*from mpgraph\.Executor'):
        graph.set_executor("e", pool)  # type: ignore[arg-type]


def test_set_executor_is_checked() -> None:
    options = f"options {{ {POOL} {{ num_threads: 1 }} }}"
    graph = CalculatorGraph(
        graph_config='executor { name: "e" } '
        f'executor {{ name: "mine" type: "ThreadPoolExecutor" {options} }}'
    )
    with pytest.raises(InvalidArgumentError, match='"minor" is not declared.*Did you mean "mine"'):
        graph.set_executor("minor", ThreadPoolExecutor(1))
    with pytest.raises(AlreadyExistsError, match="leave the type out"):
        graph.set_executor("mine", ThreadPoolExecutor(1))
    with pytest.raises(InvalidArgumentError, match="SetExecutor"):
        graph.start_run()
    graph.set_executor("e", ThreadPoolExecutor(1))
    graph.start_run()
    with pytest.raises(FailedPreconditionError, match="before start_run"):
        graph.set_executor("e", ThreadPoolExecutor(1))
    graph.close()


def test_pool_starts_no_more_threads_than_it_needs() -> None:
    pool = ThreadPoolExecutor(3, "few")
    done = threading.Semaphore(0)
    for _ in range(5):
        pool.schedule(done.release)  # type: ignore[arg-type]
        assert done.acquire(timeout=10)
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("few")]) <= 3
    gate = threading.Barrier(4)
    for _ in range(3):  # Three tasks that wait for each other need three threads.
        pool.schedule(lambda: gate.wait(10) and None)
    gate.wait(10)
    pool.stop()


def test_stopped_pool_starts_no_thread_before_it_is_restarted() -> None:
    pool = ThreadPoolExecutor(1, "stopped")
    pool.stop()
    ran = threading.Event()
    pool.schedule(ran.set)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("stopped")]
    pool.start()
    pool.schedule(lambda: None)
    assert ran.wait(10)
    pool.stop()


def test_pool_requires_a_positive_number_of_threads() -> None:
    with pytest.raises(InvalidArgumentError, match="should be positive"):
        ThreadPoolExecutor(0)


def test_application_thread_runs_one_task_at_a_time() -> None:
    executor = ApplicationThreadExecutor()
    ran: list[int] = []
    for i in range(3):
        executor.schedule(lambda i=i: ran.append(i))  # type: ignore[misc]
    assert executor and executor.run_one() and ran == [0]
    assert executor.run_one() and executor.run_one() and not executor.run_one()
    assert ran == [0, 1, 2] and not executor


def test_ctrl_c_while_a_thread_starts_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        raise KeyboardInterrupt

    pool = ThreadPoolExecutor(2, "interrupted")
    done: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.schedule(lambda: done.append(1))
    pool.schedule(lambda: done.append(2))
    pool.stop()
    assert sorted(done) == [1, 2]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("interrupted")]
    pool.start()
    pool.schedule(lambda: done.append(3))
    pool.stop()
    assert done[-1] == 3
