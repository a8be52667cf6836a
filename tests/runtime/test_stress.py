"""Repeated starts and stops, cancels at any time, calculators that raise at random: no hang, no leak.

MPGRAPH_STRESS multiplies the number of rounds (default 1).
"""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from mpgraph.errors import MpgraphError
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

ROUNDS = int(os.environ.get("MPGRAPH_STRESS", "1"))
SECONDS = 100 * ROUNDS

TEXT = """
  input_stream: "in" output_stream: "out" num_threads: %d max_queue_size: 3
  executor { name: "own" type: "ThreadPoolExecutor"
             options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 2 } } }
  node { calculator: "RtCount" output_stream: "numbers" }
  node { name: "a" calculator: "RtBlocking" input_stream: "in" output_stream: "x" max_in_flight: 2 }
  node { name: "b" calculator: "RtOffset" input_stream: "x" output_stream: "y" }
  node {
    name: "c" calculator: "RtOffset" executor: "own"
    input_stream: "x" input_stream: "y" output_stream: "z"
  }
  node { name: "d" calculator: "RtPass" input_stream: "z" output_stream: "out" }
"""


@pytest.fixture(autouse=True)
def frequent_switches() -> Iterator[None]:
    """Switch threads often; a hang ends the test run with every thread's stack."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(2e-5)
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
    sys.setswitchinterval(before)


class Chaos:
    """A graph whose calculators raise with some probability, and random calls of its API."""

    def __init__(self, seed: int, risk: float) -> None:
        self.random = random.Random(seed)
        self.risk = risk
        hooks = {name: dict.fromkeys(("open", "process", "close"), self.act) for name in "abc"}
        self.graph = CalculatorGraph(graph_config=TEXT % self.random.randint(1, 4))
        self.graph.set_service("hooks", hooks)
        self.graph.set_service("calls", [])
        self.graph.set_service("count", self.random.choice([0, 3, 50, -1]))
        self.seen = 0
        self.graph.observe_output_stream("out", self.observe)

    def observe(self, name: str, packet: Any) -> None:
        self.seen += 1
        if self.random.random() < self.risk:
            raise RuntimeError("the observer")

    def act(self, cc: Any) -> None:
        cc.service("calls").clear()
        if self.random.random() < self.risk:
            raise RuntimeError("by chance")
        if self.random.random() < 0.3:
            time.sleep(0)
        if cc.t < 10**9 and cc.packets and not cc.packets[0].is_empty():
            cc.outputs[0].add_packet(cc.packets[0])

    def disturb(self) -> None:
        """Call the graph's API at random, on another thread."""
        time.sleep(self.random.random() / 2000)
        draw = self.random.random()
        try:
            if draw < 0.4:
                self.graph.cancel()
            elif draw < 0.7:
                self.graph.pause()
                self.graph.resume()
            else:
                self.graph.close_all_packet_sources()
        except MpgraphError:
            return  # The run may just have ended.

    def play(self) -> None:
        """Run the graph once, however that ends."""
        self.graph.start_run()
        other = threading.Thread(target=self.disturb)
        other.start()
        try:
            for t in range(self.random.randint(0, 12)):
                self.graph.add_packet_to_input_stream("in", make_packet(t).at(t))
                if self.random.random() < 0.1:
                    self.graph.add_packet_to_input_stream("in", make_packet(t).at(t + 1).at(t))
            self.graph.close()
        except MpgraphError:
            self.graph.abandon()
        other.join()


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("risk", [0.0, 0.05])
def test_chaos(risk: float) -> None:
    for seed in range(60 * ROUNDS):
        chaos = Chaos(seed, risk)
        for _ in range(3):
            chaos.play()


@pytest.fixture
def fast_gc() -> Iterator[None]:
    """Exclude the objects of earlier tests from collections, which would take most of the time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.mpgraph_leaks(dropped=True)
@pytest.mark.timeout(SECONDS)
@pytest.mark.usefixtures("fast_gc")
def test_dropping_running_graphs() -> None:
    for seed in range(60 * ROUNDS):
        chaos = Chaos(seed, 0.02)
        chaos.graph.set_service("count", 5)  # An endless source would keep its own graph alive.
        chaos.graph.start_run()
        try:
            for t in range(seed % 7):
                chaos.graph.add_packet_to_input_stream("in", make_packet(t).at(t))
        except MpgraphError:
            continue
        finally:
            del chaos
            gc.collect()


@pytest.mark.timeout(SECONDS)
def test_starting_and_stopping_keeps_memory_flat() -> None:
    graph = CalculatorGraph(graph_config=TEXT % 2)
    graph.set_service("hooks", {})
    graph.set_service("calls", calls := [])
    graph.set_service("count", 2)

    def rounds(count: int) -> int:
        for t in range(count):
            graph.start_run()
            graph.add_packet_to_input_stream("in", make_packet(t).at(t))
            graph.close()
            calls.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    rounds(20)
    threads = threading.active_count()
    tracemalloc.start()
    try:
        first = rounds(30)
        grown = rounds(150 * ROUNDS) - first
    finally:
        tracemalloc.stop()
    assert grown < 30_000
    assert threading.active_count() == threads
