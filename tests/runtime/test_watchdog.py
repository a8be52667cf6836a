"""The watchdog names the inline node or observer that blocks the graph, and the line."""

from __future__ import annotations

import functools
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime import watchdog

LIMIT_S = 0.02
GRAPH = """
input_stream: "i"
node { calculator: "%s" input_stream: "i" output_stream: "o" }
"""


@register
class DogSlow(Calculator):
    """Sleeps until the warning has come."""

    value = Input("", int)
    out = Output("", int)

    def process(self, cc: Any) -> None:
        wait_for_warning()
        cc.emit(self.out, cc[self.value])


@register
class DogRests(Calculator):
    """Takes a time that is not too long, but is for several."""

    value = Input("", int)
    out = Output("", int)

    def process(self, cc: Any) -> None:
        time.sleep(5 * LIMIT_S)
        cc.emit(self.out, cc[self.value])


@register
class DogThreaded(DogSlow):
    """The same on an executor's thread."""

    blocking = True


@register
class DogOpens(Calculator):
    """Is slow to open, as calculators are that load a model."""

    value = Input("", int)
    out = Output("", int)

    def open(self, cc: Any) -> None:
        time.sleep(5 * LIMIT_S)

    def process(self, cc: Any) -> None:
        for _ in range(20):
            cc.emit(self.out, cc[self.value])


WARNINGS: list[str] = []


class _Keep(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        WARNINGS.append(record.getMessage())


WAIT_S = [10.0]
"""How long the slow calculators wait for a warning at most."""


def wait_for_warning() -> None:
    end = time.monotonic() + WAIT_S[0]
    while not WARNINGS and time.monotonic() < end:
        time.sleep(0.001)


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    WARNINGS.clear()
    WAIT_S[0] = 10.0
    handler = _Keep(logging.WARNING)
    logging.getLogger("mpgraph").addHandler(handler)
    yield
    logging.getLogger("mpgraph").removeHandler(handler)


def run(calculator: str, count: int = 2, observer: Any = None) -> None:
    with watchdog.watching(LIMIT_S):
        graph = CalculatorGraph(graph_config=GRAPH % calculator)
        if observer is not None:
            graph.observe_output_stream("o", observer)
        graph.start_run()
    for t in range(count):
        graph.add_packet_to_input_stream("i", make_packet(t, t))
    graph.close()


def test_blocking_inline_node_is_reported_once_with_its_line() -> None:
    run("DogSlow")
    (warning,) = WARNINGS
    assert warning.startswith('<string>:3:1: Node "DogSlow" (DogSlow) blocks the whole graph')
    # The helper is innermost; which of its lines runs is chance.
    assert "test_watchdog.py:" in warning and "blocking = True" in warning
    assert "mpgraph-watchdog" not in {thread.name for thread in threading.enumerate()}


def test_blocking_observer_is_reported() -> None:
    def slow(stream: str, packet: Packet) -> None:
        wait_for_warning()

    run("PassThroughCalculator", observer=slow)
    (warning,) = WARNINGS
    assert warning.startswith('The observer of stream "o"') and "queue.Queue" in warning


@pytest.mark.parametrize("calculator", ["DogThreaded", "DogOpens"])
def test_offloaded_and_opening_nodes_are_not_reported(calculator: str) -> None:
    WAIT_S[0] = 5 * LIMIT_S
    if calculator == "DogOpens":
        graph_text = GRAPH % calculator
        with watchdog.watching(LIMIT_S), CalculatorGraph(graph_config=graph_text) as graph:
            graph.start_run()
            graph.wait_until_idle()
    else:
        run(calculator)
    assert WARNINGS == []


def test_many_short_calls_are_not_reported() -> None:
    with watchdog.watching(LIMIT_S):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.start_run()
    end = time.monotonic() + 4 * LIMIT_S
    t = 0
    while time.monotonic() < end:
        graph.add_packet_to_input_stream("i", make_packet(t, t))
        t += 1
    graph.close()
    assert WARNINGS == []


CHAIN = """
input_stream: "i"
node { calculator: "DogRests" input_stream: "i" output_stream: "a" }
node { calculator: "DogRests" input_stream: "a" output_stream: "b" }
node { calculator: "DogRests" input_stream: "b" output_stream: "c" }
node { calculator: "%s" input_stream: "c" output_stream: "o" }
"""


@pytest.mark.parametrize(("last", "reports"), [("DogRests", 0), ("DogSlow", 1)])
def test_calls_in_a_chain_are_told_apart(last: str, reports: int) -> None:
    with watchdog.watching(14 * LIMIT_S):
        graph = CalculatorGraph(graph_config=CHAIN % last)
        graph.start_run()
    graph.add_packet_to_input_stream("i", make_packet(0, 0))
    graph.close()
    assert len(WARNINGS) == reports
    assert all(f'Node "{last}"' in warning for warning in WARNINGS)


def test_observers_with_one_function_are_told_apart() -> None:
    def slow(stream: str, packet: Packet) -> None:
        if stream == "o":
            wait_for_warning()

    with watchdog.watching(LIMIT_S):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.observe_output_stream("i", slow)
        graph.observe_output_stream("o", functools.partial(slow))
        graph.start_run()
    graph.add_packet_to_input_stream("i", make_packet(0, 0))
    graph.close()
    (warning,) = WARNINGS
    assert warning.startswith('The observer of stream "o"')


def test_no_watchdog_runs_by_default() -> None:
    graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
    with graph:
        graph.start_run()
        watched = "mpgraph-watchdog" in {thread.name for thread in threading.enumerate()}
        assert watched is sys.flags.dev_mode


def test_dropped_graph_ends_its_watchdog() -> None:
    with watchdog.watching(LIMIT_S):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.start_run()
    graph.cancel()
    with pytest.raises(RuntimeError, match="Cancel"):
        graph.wait_until_done()
    assert "mpgraph-watchdog" not in {thread.name for thread in threading.enumerate()}
