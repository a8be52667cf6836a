"""Ctrl-C at any line that starts or joins threads: the graph does not hang, and leaves none behind."""

from __future__ import annotations

import contextlib
import linecache
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import mpgraph as mp

TEXT = """
    input_stream: "a" output_stream: "d" num_threads: 2
    profiler_config {{ trace_enabled: true trace_log_path: "{folder}/" }}
    node {{ calculator: "InterruptedCalculator" input_stream: "a" output_stream: "b" }}
    node {{ calculator: "InterruptedCoroutine" input_stream: "b" output_stream: "c" }}
    node {{ calculator: "InterruptedCalculator" input_stream: "c" output_stream: "d" }}
"""
FUNCTIONS = {
    ("threading.py", "start"),
    ("threading.py", "join"),
    ("calculator_graph.py", "start_run"),
    ("run.py", "start"),
    ("executor.py", "schedule"),
}


@mp.register
class InterruptedCalculator(mp.Calculator):
    value = mp.Input("", int)
    out = mp.Output("", int)
    blocking = True

    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, cc[self.value])


@mp.register
class InterruptedCoroutine(mp.Calculator):
    value = mp.Input("", int)
    out = mp.Output("", int)

    async def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, cc[self.value])


class Interrupt:
    """Raises KeyboardInterrupt on the present thread at the `number`th line of FUNCTIONS."""

    def __init__(self, number: int) -> None:
        self.number, self.count, self.line = number, 0, ""

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if (Path(code.co_filename).name, code.co_name) not in FUNCTIONS:
            return None
        # At these the body of a `with` or `try` is left, or not entered: no interrupt comes then.
        line = linecache.getline(code.co_filename, frame.f_lineno).strip()
        if event == "line" and not line.startswith(("with ", "try:")):
            self.count += 1
            if self.count == self.number:
                self.line = f"{code.co_filename}:{frame.f_lineno}: {line}"
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.trace


def interrupted(number: int, folder: Path) -> Interrupt:
    """Start, feed and end a graph, with an interrupt."""
    graph = mp.CalculatorGraph(graph_config=TEXT.format(folder=folder))
    interrupt = Interrupt(number)
    before = sys.gettrace()
    with contextlib.suppress(KeyboardInterrupt):
        try:
            sys.settrace(interrupt.trace)
            with graph:
                graph.start_run()
                for t in range(2):
                    graph.add_packet_to_input_stream("a", mp.make_packet(t, t))
                graph.wait_until_idle()
        finally:
            sys.settrace(before)
    return interrupt


def own_threads() -> list[str]:
    threads = threading.enumerate()  # Including those that an interrupt kept from starting.
    return [each.name for each in threads if each.name.startswith("mpgraph") and each.is_alive()]


@pytest.mark.mpgraph_leaks  # `threading` keeps what an interrupt kept from starting.
def test_no_interrupt_hangs_a_graph_or_leaves_threads(tmp_path: Path) -> None:
    lines = interrupted(0, tmp_path).count
    assert lines > 40
    for number in range(1, lines + 1):
        interrupt = interrupted(number, tmp_path)
        deadline = time.monotonic() + 20  # Those that were told to end may still be at it.
        while own_threads() and time.monotonic() < deadline:
            time.sleep(0.001)
        assert not own_threads(), interrupt.line
