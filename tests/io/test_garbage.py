"""Tests of mpgraph.io.garbage."""

from __future__ import annotations

import gc
import os
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import mpgraph as mp
from mpgraph.io.garbage import collection_paused


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def is_collected() -> bool:
    """Whether garbage is collected while many objects are created."""
    dropped = weakref.ref(Cycle())
    kept: list[list[int]] = [[] for _ in range(100_000)]
    del kept
    return dropped() is None


def test_nothing_is_collected_in_a_pause_and_again_after_it() -> None:
    with collection_paused():
        assert not is_collected()
    assert is_collected()


@contextmanager
def pause_of_another_thread() -> Iterator[Callable[[], object]]:
    """Have another thread pause the collection; yield what ends that."""
    inside, leave = threading.Event(), threading.Event()

    def pause() -> None:
        with collection_paused():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=pause)
    other.start()
    inside.wait(10)

    def end() -> None:
        leave.set()
        other.join()

    try:
        yield end
    finally:
        end()


def test_pauses_of_several_threads_last_until_the_last_one_ends() -> None:
    with pause_of_another_thread() as end_it:
        with collection_paused():
            pass
        assert not gc.isenabled()
        end_it()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_collects_although_another_thread_had_a_pause() -> None:
    with pause_of_another_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # A fork beside threads, which is the point here.
        child = os.fork()
        if child == 0:
            os._exit(0 if gc.isenabled() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_nothing_is_collected_while_a_graph_is_built() -> None:
    nodes = "".join(
        f'node {{ calculator: "PassThroughCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}'
        for i in range(1_000)
    )
    mp.CalculatorGraph(graph_config='input_stream: "s0"' + nodes)  # Loads what the first graph needs.
    started = gc.get_stats()[1]["collections"]
    graph = mp.CalculatorGraph(graph_config='input_stream: "s0"' + nodes)
    # One collection may begin once the collector is enabled again.
    assert gc.get_stats()[1]["collections"] <= started + 1
    assert len(graph.model.nodes) == 1_000
