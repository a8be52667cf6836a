"""The watchdog names the inline node or observer that blocks the graph, and the line."""

from __future__ import annotations

import functools
import gc
import itertools
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
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
    with watchdog.watching(watchdog.Limits(LIMIT_S)):
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
        with watchdog.watching(watchdog.Limits(LIMIT_S)), CalculatorGraph(graph_config=graph_text) as graph:
            graph.start_run()
            graph.wait_until_idle()
    else:
        run(calculator)
    assert WARNINGS == []


def test_many_short_calls_are_not_reported() -> None:
    with watchdog.watching(watchdog.Limits(LIMIT_S)):
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
    with watchdog.watching(watchdog.Limits(14 * LIMIT_S)):
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

    with watchdog.watching(watchdog.Limits(LIMIT_S)):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.observe_output_stream("i", slow)
        graph.observe_output_stream("o", functools.partial(slow))
        graph.start_run()
    graph.add_packet_to_input_stream("i", make_packet(0, 0))
    graph.close()
    (warning,) = WARNINGS
    assert warning.startswith('The observer of stream "o"')


def has_watchdog() -> bool:
    return "mpgraph-watchdog" in {thread.name for thread in threading.enumerate()}


def test_short_runs_have_no_watchdog_by_default() -> None:
    graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
    with graph:
        graph.start_run()
        graph.wait_until_idle()
        assert has_watchdog() is sys.flags.dev_mode


def test_watchdog_starts_later_while_a_thread_waits() -> None:
    with watchdog.watching(watchdog.Limits(LIMIT_S, after_s=2 * LIMIT_S)):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        poller = graph.add_output_stream_poller("o")
        graph.start_run()
    with graph:
        assert not has_watchdog()
        with pytest.raises(TimeoutError):
            poller.next(timeout=20 * LIMIT_S)
        assert has_watchdog()
    assert not has_watchdog()


def test_watchdog_starts_later_while_packets_come() -> None:
    with watchdog.watching(watchdog.Limits(LIMIT_S, after_s=2 * LIMIT_S)):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.start_run()
    with graph:
        end = time.monotonic() + 10
        for t in itertools.count():
            graph.add_packet_to_input_stream("i", make_packet(t, t))
            time.sleep(LIMIT_S)
            if has_watchdog():
                break
            assert time.monotonic() < end


def test_environment_switches_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_WATCHDOG", "0")
    with watchdog.watching(watchdog.Limits(LIMIT_S)):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.start_run()
        assert not has_watchdog()
        graph.close()


WAITS = """
input_stream: "a"
input_stream: "b"
output_stream: "c"
node {
  calculator: "PassThroughCalculator"
  input_stream: "a"
  input_stream: "b"
  output_stream: "c"
  output_stream: "d"
}
"""


def test_node_that_waits_is_reported_once() -> None:
    with watchdog.watching(watchdog.Limits(LIMIT_S, waiting_s=5 * LIMIT_S)):
        graph = CalculatorGraph(graph_config=WAITS)
        graph.start_run()
    with graph:
        for t in range(3):
            graph.add_packet_to_input_stream("a", make_packet(t, t))
        wait_for_warning()
        (line,) = graph.statistics().waiting
        time.sleep(10 * LIMIT_S)
    (warning,) = WARNINGS
    assert warning == f"Nothing has come for 0.1 s: {line}"
    assert 'holds a packet at 0 on "a", and waits for "b"' in line
    assert 'The graph input "b" got nothing at 0 or later' in line


def test_graph_that_works_or_has_nothing_to_do_is_not_reported() -> None:
    with watchdog.watching(watchdog.Limits(1.0, waiting_s=2 * LIMIT_S)):
        graph = CalculatorGraph(graph_config=WAITS)
        graph.start_run()
    with graph:
        graph.wait_until_idle()
        time.sleep(6 * LIMIT_S)
        for t in range(12):
            graph.add_packet_to_input_stream("a", make_packet(t, t))
            time.sleep(LIMIT_S / 2)
            graph.add_packet_to_input_stream("b", make_packet(t, t))
            time.sleep(LIMIT_S / 2)
        assert graph.statistics().waiting == ()
    assert WARNINGS == []


SCRIPT = """
import time
import mpgraph as mp

@mp.calculator
def sleepy(a: int, /) -> int:
    time.sleep(0.5)
    return a

graph = mp.CalculatorGraph(graph_config='''
    input_stream: "a" output_stream: "b"
    node { calculator: "SleepyCalculator" input_stream: "a" output_stream: "b" }
''')
with graph:
    graph.start_run()
    for t in range(5):
        graph.add_packet_to_input_stream("a", mp.make_packet(t).at(t))
"""


def test_plain_script_is_told_which_line_blocks(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    (line,) = done.stderr.splitlines()
    assert 'Node "SleepyCalculator" (SleepyCalculator) blocks the whole graph' in line
    assert "script.py:7. Write @mp.calculator(blocking=True)" in line


def test_dropped_graph_ends_its_watchdog() -> None:
    with watchdog.watching(watchdog.Limits(LIMIT_S)):
        graph = CalculatorGraph(graph_config=GRAPH % "PassThroughCalculator")
        graph.start_run()
    graph.cancel()
    with pytest.raises(RuntimeError, match="Cancel"):
        graph.wait_until_done()
    assert "mpgraph-watchdog" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="these collect garbage between two bytecodes only")
def test_no_garbage_is_collected_while_frames_are_looked_at() -> None:
    collected_in: set[str] = set()

    def note(phase: str, info: object) -> None:
        frame = sys._getframe(1)
        if threading.current_thread().name == "mpgraph-watchdog":
            collected_in.add(frame.f_code.co_name)

    thresholds = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(1)
    try:
        run("DogSlow")
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(note)
    assert WARNINGS and gc.isenabled()
    assert "_outward" not in collected_in


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="these collect garbage between two bytecodes only")
def test_no_garbage_is_collected_while_variables_are_read() -> None:
    class Frame:
        @property
        def f_locals(self) -> dict[str, object]:
            return {"collects": gc.isenabled()}

    frame: Any = Frame()
    assert watchdog._variables(frame) == {"collects": False} and gc.isenabled()
