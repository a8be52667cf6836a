"""DaemonThreads: results, errors and the end of calls that calculators give to other threads."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.testing import run, t

names: set[str] = set()


def double(value: int) -> int:
    names.add(threading.current_thread().name)
    if value < 0:
        raise ValueError("negative")
    return 2 * value


@mp.register("DoublesOnThreads")
class Doubles(mp.Calculator):
    """Doubles an int and its three successors at the same time, and adds up."""

    a = mp.Input("", int)
    b = mp.Output("", int)

    async def process(self, cc: Any) -> None:
        """Wait for the threads."""
        results = await asyncio.gather(*(asyncio.to_thread(double, cc[self.a] + i) for i in range(4)))
        cc.emit(self.b, sum(results))


GRAPH = """input_stream: "a" output_stream: "b"
node { calculator: "DoublesOnThreads" input_stream: "a" output_stream: "b" }"""


def test_calls_run_on_threads_that_end_with_the_run() -> None:
    before = set(threading.enumerate())
    run(GRAPH).send("a", 1 @ t(1), 10 @ t(2)).expect("b", 20 @ t(1), 92 @ t(2)).finish()
    assert all(name.startswith("mpgraph-to-thread") for name in names)
    assert set(threading.enumerate()) <= before


def test_errors_of_calls_are_those_of_the_calculator() -> None:
    with pytest.raises(AssertionError, match="ValueError: negative"):
        run(GRAPH).send("a", -10 @ t(1)).finish()
