"""The life cycle of a graph: which call is allowed when, from which thread, and that none ever hangs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections import UserDict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from interleaving import interleaved

import mpgraph as mp
from mpgraph import errors
from mpgraph.graph import calculator_graph, life_cycle

PASS = """
    input_stream: "in" output_stream: "out" num_threads: 2
    node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "x" max_in_flight: 2 }
    node { calculator: "PassThroughCalculator" input_stream: "x" output_stream: "out" }
"""


PASS_ONE = """
    input_stream: "in" output_stream: "out"
    node { name: "a" calculator: "%s" input_stream: "in" output_stream: "out" }
"""


def number(t: int) -> mp.Packet:
    return mp.packet_creator.create_int(t).at(t)


def feed(graph: mp.CalculatorGraph, count: int = 3) -> None:
    for t in range(count):
        graph.add_packet_to_input_stream("in", number(t))


def ends_within(seconds: float, function: Callable[[], object]) -> None:
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"{function} hangs"


CALLS: dict[str, Callable[[mp.CalculatorGraph], object]] = {
    "start_run": lambda graph: graph.start_run(),
    "feed": feed,
    "close": lambda graph: graph.close(),
    "cancel": lambda graph: graph.cancel(),
    "abandon": lambda graph: graph.abandon(),
    # With a limit: another thread may end this run and start one that nobody ends, between the two calls.
    "wait_until_done": lambda graph: (graph.cancel(), graph.wait_until_done(timeout=1)),
    "wait_until_idle": lambda graph: graph.wait_until_idle(),
    "observe": lambda graph: graph.observe_output_stream("out", lambda name, packet: None),
    "statistics": lambda graph: graph.statistics(),
}


@pytest.mark.parametrize("seed", range(150))
def test_any_calls_from_three_threads_in_any_order_end(seed: int) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    names = list(CALLS)
    plans = [[names[(seed * step + thread) % len(names)] for step in (1, 2, 5)] for thread in (0, 3, 7)]

    def actor(plan: list[str]) -> Callable[[], None]:
        def call_all() -> None:
            for name in plan:
                with contextlib.suppress(errors.MpgraphError):  # Any other error fails the test.
                    CALLS[name](graph)

        return call_all

    if seed % 2:
        graph.start_run()
    raised = interleaved([actor(plan) for plan in plans], [calculator_graph, life_cycle], seed)
    assert [error for error in raised if error is not None] == []
    graph.abandon()
    assert graph.current_run is None
    seen: list[int] = []
    graph.observe_output_stream("out", lambda name, packet: seen.append(packet.timestamp.value))
    graph.start_run()
    feed(graph)
    graph.close()
    assert seen == [0, 1, 2]


def test_starting_while_another_thread_closes_never_hangs() -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    stop = threading.Event()

    def start() -> None:
        while not stop.is_set():
            try:
                graph.start_run()
                feed(graph)
            except errors.MpgraphError:
                pass

    def close() -> None:
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            with contextlib.suppress(errors.MpgraphError):  # A packet may come after the streams were closed.
                graph.close()

    thread = threading.Thread(target=start, daemon=True)
    thread.start()
    ends_within(20, close)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    graph.abandon()


@pytest.mark.parametrize(
    ("call", "fragment"),
    [
        ("start_run", "just starting its run"),
        ("feed", "called before StartRun"),
        ("close", ""),
        ("cancel", ""),
        ("abandon", ""),
        ("wait_until_done", "called before StartRun"),
        ("wait_until_idle", "called before StartRun"),
        ("observe", "just starting its run"),
    ],
)
def test_calls_of_another_thread_while_a_run_is_made_and_not_started(call: str, fragment: str) -> None:
    raised: list[str] = []

    def act() -> None:
        try:
            CALLS[call](graph)
        except errors.MpgraphError as error:
            raised.append(str(error))

    class SidePackets(UserDict[str, mp.Packet]):
        def __iter__(self) -> Iterator[str]:
            ends_within(20, act)
            return super().__iter__()

    graph = mp.CalculatorGraph(graph_config=PASS_ONE % "PassThroughCalculator" + 'input_side_packet: "side"')
    seen: list[int] = []
    graph.observe_output_stream("out", lambda name, packet: seen.append(packet.timestamp.value))
    for _ in range(2):
        raised.clear()
        graph.start_run(SidePackets(side=mp.packet_creator.create_int(1)))
        assert raised if fragment else not raised
        assert [error for error in raised if fragment not in error] == []
        feed(graph)
        ends_within(20, graph.close)
    assert seen == [0, 1, 2] * 2


@pytest.mark.parametrize(
    ("call", "fragment"),
    [
        ("start_run", "just ending its run"),
        ("close", "waits for its own graph"),
        ("wait_until_done", "waits for its own graph"),
        ("wait_until_idle", "fails, so that"),  # Idle is what the graph is.
        ("observe", "just ending its run"),
        ("cancel", ""),
        ("abandon", ""),
        ("feed", "Graph has errors"),
    ],
)
def test_calls_in_the_close_that_comes_in_the_clean_up(stage: Any, call: str, fragment: str) -> None:
    raised: list[errors.MpgraphError] = []

    def fail(cc: Any) -> None:
        raise RuntimeError("fails, so that close() comes in the clean-up")

    def close(cc: Any) -> None:
        try:
            CALLS[call](play.graph)
        except errors.MpgraphError as error:
            raised.append(error)

    play = stage(
        PASS_ONE % "RtScript",
        a={"process": fail, "close": close},
    )
    play.start().send("in", 1)
    with pytest.raises(errors.GraphRunError, match="fails, so that"):
        play.finish()
    assert play.graph.current_run is None
    assert [fragment in str(error) for error in raised] == ([True] if fragment else [])


def test_every_thread_that_waits_for_the_end_gets_the_error(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise RuntimeError("thirteen")

    play = stage(PASS_ONE % "RtScript", a={"process": fail}).start()
    seen: list[BaseException] = []

    def wait() -> None:
        try:
            play.graph.wait_until_done()
        except errors.MpgraphError as error:
            seen.append(error)

    threads = [threading.Thread(target=wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    play.send("in", 13)
    for thread in threads:
        thread.join(20)
    assert len(seen) == 4
    assert all("thirteen" in str(error) for error in seen)


@pytest.mark.parametrize("calculator", ["RtScript", "RtPass"])
def test_a_watcher_that_raises_leaves_a_graph_that_can_run(stage: Any, calculator: str) -> None:
    class Watcher:
        def __init__(self, fails: str) -> None:
            self.fails, self.calls = fails, []

        def run_starts(self, run: Any) -> None:
            self.calls.append("starts")
            if self.fails == "starts":
                raise ValueError("watcher")

        def run_ends(self, run: Any) -> None:
            self.calls.append("ends")
            if self.fails == "ends":
                raise ValueError("watcher")

    play = stage(PASS_ONE % calculator)
    first, second = Watcher(""), Watcher("starts")
    play.graph.watch_runs(first)
    play.graph.watch_runs(second)
    with pytest.raises(ValueError, match="watcher"):
        play.start()
    assert (first.calls, second.calls) == (["starts", "ends"], ["starts"])
    second.fails = "ends"
    play.start().send("in", 1)
    with pytest.raises(ValueError, match="watcher"):
        play.finish()
    assert play.graph.current_run is None
    assert play.seen["out"] == [(1, 1)]
    second.fails = ""
    play.start().send("in", 1).finish()


@pytest.mark.parametrize("calculator", ["RtScript", "RtBlocking"])
def test_a_calculator_may_feed_its_own_graph_beyond_a_full_queue(stage: Any, calculator: str) -> None:
    def process(cc: Any) -> int:
        if cc.t < 3:
            for i in range(5):
                play.graph.add_packet_to_input_stream("in", number(100 + 5 * cc.t + i))
        return cc.t

    play = stage("max_queue_size: 2 " + PASS_ONE % calculator, a={"process": process}).start()
    play.graph.add_packet_to_input_stream("in", number(0))
    ends_within(20, play.graph.wait_until_idle)
    play.graph.add_packet_to_input_stream("in", number(200))
    play.finish()
    assert [t for t, _ in play.seen["out"]] == [0, 100, 101, 102, 103, 104, 200]


# A calculator that does not return


class Stuck:
    """Hooks of a calculator that does not return until the test has ended."""

    def __init__(self) -> None:
        self._begun, self._release = threading.Event(), threading.Event()

    def hooks(self) -> dict[str, Any]:
        def process(cc: Any) -> None:
            self._begun.set()
            self._release.wait()

        return {"process": process}

    def __enter__(self) -> Stuck:
        return self

    def wait_until_it_is(self) -> None:
        assert self._begun.wait(20)

    def __exit__(self, *_: object) -> None:
        self._release.set()


def test_abandoning_closes_the_nodes_beside_the_one_that_does_not_return(stage: Any) -> None:
    text = """input_stream: "in" num_threads: 2
        node { name: "a" calculator: "RtBlocking" input_stream: "in" output_stream: "out" }
        node { name: "b" calculator: "RtScript" input_stream: "in" output_stream: "other" }"""
    with Stuck() as stuck:
        play = stage(text, a=stuck.hooks()).start().send("in", 1)
        stuck.wait_until_it_is()
        began = time.monotonic()
        play.graph.abandon()
        assert time.monotonic() - began < 10
        assert len(play.called("b", "close")) == 1
        assert play.called("a", "close") == []
        assert play.graph.current_run is None
        play.start()  # The graph can run again beside it.
        play.graph.close()


def test_an_inline_calculator_that_does_not_return_is_abandoned(stage: Any) -> None:
    with Stuck() as stuck:
        play = stage(PASS_ONE % "RtScript", a=stuck.hooks()).start().send("in", 1)
        stuck.wait_until_it_is()
        began = time.monotonic()
        play.graph.abandon()
        assert time.monotonic() - began < 10
        assert play.graph.current_run is None


def program(text: str, *arguments: str, seconds: float = 20) -> subprocess.CompletedProcess[str]:
    head = """
        import logging, os, queue, signal, sys, threading, time
        import mpgraph as mp
        logging.getLogger("mpgraph").setLevel(logging.ERROR)  # The watchdog warns where a machine is busy.
        @mp.register
        class StuckCalculator(mp.Calculator):
            blocking = sys.argv[1:] == ["blocking"]
            @classmethod
            def get_contract(cls, contract):
                contract.inputs[0].set_any()
                contract.outputs[0].set_any()
            def process(self, cc):
                queue.Queue().get()
        graph = mp.CalculatorGraph(graph_config='input_stream: "in" node { calculator: "StuckCalculator" '
                                   'input_stream: "in" output_stream: "out" }')
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        """
    source = textwrap.dedent(head) + textwrap.dedent(text)
    return subprocess.run(
        [sys.executable, "-c", source, *arguments], capture_output=True, text=True, timeout=seconds
    )


@pytest.mark.parametrize("kind", ["inline", "blocking"])
@pytest.mark.parametrize(
    "end",
    [
        "",
        "del graph",
        "sys.exit(0)",
        "graph.abandon()",
        "graph.__exit__(ValueError, None, None)",
        "threading.Thread(target=graph.wait_until_done, daemon=True).start()",
    ],
)
def test_the_process_ends_though_a_calculator_does_not_return(kind: str, end: str) -> None:
    done = program("time.sleep(0.1)\n" + end, kind)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["inline", "blocking"])
def test_ctrl_c_ends_the_wait_for_a_calculator_that_does_not_return(kind: str) -> None:
    done = program(
        """
        threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
        began = time.monotonic()
        try:
            graph.wait_until_done()
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - began < 5)
        """,
        kind,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True\n", "")


# Forked processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("kind", ["inline", "blocking"])
@pytest.mark.parametrize("end", ["", "graph.close()", "del graph", "graph.abandon()"])
def test_a_forked_child_ends_while_the_graph_runs_in_its_parent(kind: str, end: str) -> None:
    done = program(
        f"""
        time.sleep(0.1)
        child = os.fork()
        if child == 0:
            {end}
            sys.exit(5)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), graph.current_run is not None)
        """,
        kind,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "5 True\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_ends_and_can_run_the_graph_itself() -> None:
    done = program(
        """
        child = os.fork()
        if child == 0:
            assert graph.current_run is None
            try:
                graph.wait_until_idle()
            except RuntimeError as error:
                print(error, flush=True)
            graph.start_run()
            graph.close()
            sys.exit(5)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), graph.current_run is not None)
        """,
        "blocking",
    )
    assert done.returncode == 0
    assert "forked from" in done.stdout
    assert done.stdout.endswith("5 True\n")


INTERRUPTED = """
import random, signal, sys, time
import mpgraph as mp

armed = False

def interrupt(*_):
    if armed:
        raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
choose = random.Random(3)
count, end = 0, time.monotonic() + 4
while time.monotonic() < end:
    graph = mp.CalculatorGraph(graph_config=sys.argv[1])
    armed = True
    try:
        signal.setitimer(signal.ITIMER_REAL, choose.random() * 0.003 + 1e-5)
        graph.start_run()
        for t in range(20):
            graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(t).at(t))
        graph.close()
    except (mp.errors.MpgraphError, KeyboardInterrupt):
        count += 1
    finally:
        armed = False
    try:
        graph.cancel()
        graph.close()
    except mp.errors.MpgraphError:
        pass
print("ended", count > 50)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
def test_a_graph_can_be_ended_after_ctrl_c_at_any_moment() -> None:
    command = [sys.executable, "-c", INTERRUPTED, PASS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.stdout == "ended True\n", done.stderr
