"""CalculatorGraph: runs, their end, errors, side packets, and the exit of the interpreter."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import (
    CancelledError,
    FailedPreconditionError,
    GraphRunError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    UnavailableError,
    UnknownError,
)
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

PASS = """
  input_stream: "in" output_stream: "out"
  node { name: "a" calculator: "%s" input_stream: "in" output_stream: "out" }
"""
SIDE = 'node { name: "a" calculator: "RtScript" input_side_packet: "given" output_side_packet: "made" }'


def test_runs_one_after_another(stage: Any) -> None:
    play = stage(PASS % "RtScript")
    for run in range(3):
        play.start().send("in", run).finish()
    assert play.seen["out"] == [(0, 0), (1, 1), (2, 2)]
    assert len(play.called("a", "open")) == len(play.called("a", "close")) == 3


def test_second_start_is_refused(stage: Any) -> None:
    play = stage(PASS % "RtPass").start()
    with pytest.raises(FailedPreconditionError, match="this graph is running"):
        play.graph.start_run()


def test_runs_again_after_an_error(stage: Any) -> None:
    def fail(cc: Any) -> Any:
        if cc.t == 13:
            raise ValueError("thirteen")
        return cc.t

    play = stage(PASS % "RtScript", a={"process": fail}).start().send("in", 13)
    with pytest.raises(GraphRunError, match="(?s)CalculatorGraph::Run.. failed: .*thirteen"):
        play.finish()
    assert not play.graph.has_error()
    play.start().send("in", 1).finish()
    assert play.seen["out"] == [(1, 1)]


def test_errors_stay_until_the_run_is_over(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("once")

    play = stage(PASS % "RtScript", a={"process": fail}).start().send("in", 1)
    for _ in range(2):
        with pytest.raises(GraphRunError, match="(?s)WaitUntilIdle.* failed: .*once"):
            play.idle()
    assert play.graph.has_error() and "once" in play.graph.get_combined_error_message()
    with pytest.raises(GraphRunError, match="once"):
        play.graph.wait_until_done()
    assert not play.graph.has_error() and play.graph.get_combined_error_message() == ""


def test_cancel(stage: Any) -> None:
    play = stage(PASS % "RtPass").start().send("in", 1)
    play.graph.cancel()
    with pytest.raises(CancelledError, match=r"CalculatorGraph::Cancel\(\) was called"):
        play.graph.wait_until_done()
    play.start().send("in", 2).finish()


def test_cancel_without_a_run_has_no_effect(stage: Any) -> None:
    stage(PASS % "RtPass").graph.cancel()


def test_cancel_ends_endless_sources(stage: Any, watchdog: Any) -> None:
    play = stage('output_stream: "x" node { calculator: "RtCount" output_stream: "x" }')
    play.graph.set_service("count", -1)
    play.start()
    play.graph.wait_for_observed_output()
    play.graph.cancel()
    with pytest.raises(CancelledError):
        watchdog(play.graph.wait_until_done)


def test_error_callback_receives_every_error(stage: Any) -> None:
    def fail(cc: Any) -> None:
        raise ValueError("heard")

    heard: list[str] = []
    play = stage(PASS % "RtScript", a={"process": fail})
    play.graph.set_error_callback(lambda error: heard.append(str(error)))
    play.start().send("in", 1)
    with pytest.raises(GraphRunError):
        play.finish()
    assert len(heard) == 1 and "heard" in heard[0]


def test_error_in_the_error_callback_is_recorded(stage: Any, watchdog: Any) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("from the calculator")

    def callback(error: BaseException) -> None:
        raise LookupError("from the callback")

    play = stage(PASS % "RtBlocking", a={"process": fail})
    play.graph.set_error_callback(callback)
    play.start().send("in", 1)
    with pytest.raises(GraphRunError, match="(?s)from the calculator.*from the callback"):
        watchdog(play.finish)


def test_run_is_refused_with_graph_inputs(stage: Any) -> None:
    with pytest.raises(InternalError, match=r"CalculatorGraph::Run\(\) may not be used"):
        stage(PASS % "RtPass").graph.run()


def test_output_side_packets(stage: Any) -> None:
    play = stage(SIDE, a={"open": lambda cc: cc.side_outputs[0].emit(cc.side_packets[0].payload + 1, 0)})
    with pytest.raises(UnavailableError, match='"made" is unavailable'):
        play.graph.get_output_side_packet("made")
    with pytest.raises(NotFoundError, match='"mad" because it doesn.t exist. Did you mean "made"'):
        play.graph.get_output_side_packet("mad")
    with pytest.raises(NotFoundError, match="doesn't exist"):
        play.graph.get_output_side_packet("given")
    play.graph.run({"given": make_packet(1)})
    assert play.graph.get_output_side_packet("made").payload == 2


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({}, InvalidArgumentError, 'Side packet "given" is required but was not provided.'),
        ({"given": make_packet(None)}, InvalidArgumentError, 'Side packet "given" failed validation'),
        ({"given": make_packet(1), "made": make_packet(1)}, UnknownError, "is both provided and generated"),
    ],
)
def test_side_packets_are_checked_before_the_run(stage: Any, given: Any, error: Any, words: str) -> None:
    play = stage(SIDE)
    with pytest.raises(error, match=words):
        play.graph.start_run(given)
    play.graph.run({"given": make_packet(1)})


def test_leaving_the_context_closes_the_graph(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    with play.graph:
        play.start().send("in", 1)
    assert play.seen["out"] == [(1, 1)]


def test_leaving_the_context_by_an_exception_cancels_the_run(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    with pytest.raises(LookupError), play.graph:  # noqa: PT012
        play.start().send("in", 1)
        raise LookupError
    play.start().send("in", 2).finish()


def test_close_without_a_run_has_no_effect(stage: Any) -> None:
    stage(PASS % "RtPass").graph.close()


@pytest.mark.mpgraph_leaks(dropped=True)
@pytest.mark.parametrize("kind", ["RtPass", "RtBlocking"])
def test_running_graph_can_be_dropped(kind: str) -> None:
    graph = CalculatorGraph(graph_config=PASS % kind)
    graph.set_service("hooks", {})
    graph.set_service("calls", [])
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet(1).at(1))
    gone = weakref.ref(graph)
    del graph
    gc.collect()
    assert gone() is None


@pytest.mark.mpgraph_leaks(dropped=True)
def test_failed_graph_can_be_dropped() -> None:
    graph = CalculatorGraph(graph_config=PASS % "RtInts")
    graph.start_run()
    with pytest.raises(ValueError, match="Graph has errors"):
        graph.add_packet_to_input_stream("in", make_packet("x").at(1))
    del graph
    gc.collect()


def test_run_keeps_nothing_of_the_previous_run() -> None:
    class Payload:
        pass

    graph = CalculatorGraph(graph_config=PASS % "RtPass")
    graph.start_run()
    payload = Payload()
    gone = weakref.ref(payload)
    graph.add_packet_to_input_stream("in", make_packet(payload).at(1))
    del payload
    graph.wait_until_idle()
    gc.collect()
    assert gone() is None
    graph.close()


@pytest.mark.parametrize(
    "arguments", [{}, {"graph_config": "", "graph_path": "x"}, {"graph_path": "a", "binary_graph_path": "b"}]
)
def test_exactly_one_argument_is_required(arguments: Any) -> None:
    with pytest.raises(ValueError, match="Please provide one of the following"):
        CalculatorGraph(**arguments)


def test_unknown_argument_is_reported() -> None:
    """MediaPipe raises a RuntimeError, too."""
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match='Unknown kwargs input argument: "graph". Did you mean "graph_path"'):
            CalculatorGraph(graph="graph.pbtxt")  # type: ignore[arg-type]
        with pytest.raises(kind, match='Unknown kwargs input argument: "text"'):
            ValidatedGraphConfig().initialize(text="")  # type: ignore[arg-type]


def test_only_a_validated_graph_config_is_taken_for_one() -> None:
    with pytest.raises(InvalidArgumentError, match="is a ValidatedGraphConfig, not an int"):
        CalculatorGraph(validated_graph_config=5)  # type: ignore[arg-type]


def test_only_packets_are_taken_for_packets() -> None:
    graph = CalculatorGraph(graph_config='input_stream: "x" input_side_packet: "s"')
    with pytest.raises(InvalidArgumentError, match='side packet "s" is an int, not a Packet'):
        graph.start_run({"s": 5})  # type: ignore[dict-item]
    graph.start_run()
    with pytest.raises(TypeError, match="A Packet is needed, not a NoneType"):
        graph.add_packet_to_input_stream("x", None, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="The stream comes first"):
        graph.add_packet_to_input_stream(make_packet(1), "x", 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="The name of a stream is a str, not an int"):
        graph.add_packet_to_input_stream(1, make_packet(1), 1)  # type: ignore[arg-type]
    graph.close()


@pytest.mark.parametrize("handler", ["", "InOrderOutputStreamHandler"])
def test_output_stream_handler(handler: str) -> None:
    text = """
        input_stream: "x"
        node {
          calculator: "PassThroughCalculator" input_stream: "x" output_stream: "y"
          output_stream_handler { output_stream_handler: "%s" }
        }"""
    CalculatorGraph(graph_config=text % handler)
    with pytest.raises(RuntimeError, match='"Fast" is not a registered output stream handler'):
        CalculatorGraph(graph_config=text % "Fast")


def test_missing_file_is_reported() -> None:
    with pytest.raises(FileNotFoundError):
        CalculatorGraph(graph_path="no/such/graph.pbtxt")


def test_waiting_from_another_thread(stage: Any) -> None:
    play = stage(PASS % "RtBlocking").start()
    outcome: list[Any] = []
    waiter = threading.Thread(target=lambda: outcome.append(play.graph.wait_until_done()))
    waiter.start()
    play.send("in", *range(20))
    play.graph.close_all_input_streams()
    waiter.join(20)
    assert outcome == [None] and len(play.seen["out"]) == 20


def test_late_calls_of_other_threads_leave_no_thread(stage: Any) -> None:
    play = stage(PASS % "RtPass")
    for _ in range(30):
        play.start()
        run = play.graph.current_run
        canceller = threading.Thread(target=play.graph.cancel)
        canceller.start()
        with contextlib.suppress(CancelledError):
            play.finish()
        canceller.join()
        run.scheduler.post(lambda _: None, None)


def program(text: str) -> subprocess.CompletedProcess[str]:
    start = """
        import threading, time
        from mpgraph.framework.calculator import Calculator
        from mpgraph.framework.packet import make_packet
        from mpgraph.framework.ports import Input, Output
        from mpgraph.framework.registry import register
        from mpgraph.graph.calculator_graph import CalculatorGraph

        @register
        class Slow(Calculator):
            data = Input()
            out = Output(same_as=data)
            blocking = True
            def process(self, cc):
                time.sleep(0.01)
                cc.forward(self.out, cc.packet(self.data))
            def close(self, cc):
                print("closed")

        graph = CalculatorGraph(graph_config='input_stream: "in" node { calculator: "Slow" '
                                             'input_stream: "in" output_stream: "out" }')
    """
    code = textwrap.dedent(start) + textwrap.dedent(text)
    checkout = Path(__file__).resolve().parent.parent.parent
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=checkout, check=False
    )


def test_interpreter_exits_while_a_graph_runs() -> None:
    done = program(
        """
        graph.start_run()
        for t in range(5):
            graph.add_packet_to_input_stream("in", make_packet(t).at(t))
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\n", "")


def test_interpreter_exits_while_a_graph_is_paused() -> None:
    done = program(
        """
        graph.start_run()
        graph.wait_until_idle()
        graph.pause()
        graph.add_packet_to_input_stream("in", make_packet(1).at(1))
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\n", "")


def test_ctrl_c_in_a_wait_call_exits_cleanly() -> None:
    done = program(
        """
        import signal
        graph.start_run()
        main = threading.main_thread().ident
        threading.Timer(0.1, signal.pthread_kill, [main, signal.SIGINT]).start()
        try:
            with graph:
                graph.wait_until_done()
        except KeyboardInterrupt:
            print("interrupted")
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\ninterrupted\n", "")


def test_wait_until_done_waits_for_a_slow_calculator(stage: Any) -> None:
    entered = threading.Event()

    def process(cc: Any) -> None:
        entered.set()
        time.sleep(0.02)

    play = stage(PASS % "RtBlocking", a={"process": process}).start().send("in", 1)
    assert entered.wait(10)
    play.graph.abandon()
    assert [kind for _, kind, _, _ in play.calls] == ["open", "process", "close"]
