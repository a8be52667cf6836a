"""mpgraph/profiling/critical_path.py: where the time of a frame goes."""

from __future__ import annotations

from profiling_graphs import chain

from mpgraph.config.model import GraphModel
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling.critical_path import PathStep, critical_path
from mpgraph.profiling.events import Call

BRANCHES = """
input_stream: "in" output_stream: "out"
node { name: "split" calculator: "PassThroughCalculator" input_stream: "in" output_stream: "a" }
node { name: "quick" calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }
node { name: "slow" calculator: "PassThroughCalculator" input_stream: "a" output_stream: "c" }
node { name: "join" calculator: "PassThroughCalculator" input_stream: "b" input_stream: "c"
       output_stream: "out" output_stream: "d" }
"""


def model() -> GraphModel:
    return CalculatorGraph(graph_config=BRANCHES).model


def us(node: int, start: int, end: int, t: int = 5, present: int = 1, sent: int = 1) -> Call:
    return 1000 * start, 1000 * end, node, t, 1, present, 0, sent


def frame(t: int = 5, later: int = 0) -> list[Call]:
    return [
        us(0, later, later + 10, t),
        us(1, later + 12, later + 13, t),
        us(2, later + 14, later + 50, t),
        us(3, later + 60, later + 65, t, present=3, sent=3),
    ]


def test_path_follows_the_latest_input() -> None:
    assert critical_path(model(), frame()) == (
        PathStep("split", 10, 0),
        PathStep("slow", 36, 4),
        PathStep("join", 5, 10),
    )


def test_frames_are_averaged() -> None:
    slower = [us(0, 100, 130, 6), *frame(6, 120)[1:]]
    steps = critical_path(model(), frame() + slower)
    assert [(step.node, step.time) for step in steps] == [("split", 20), ("slow", 36), ("join", 5)]


def test_timestamps_without_a_result_are_ignored() -> None:
    dropped = [us(0, 1000, 9000, t, sent=0) for t in range(100, 110)]
    assert [step.node for step in critical_path(model(), frame() + dropped)] == ["split", "slow", "join"]


def test_without_any_result_the_path_ends_at_the_last_call() -> None:
    assert [step.node for step in critical_path(model(), frame()[:3])] == ["split", "slow"]


def test_call_after_the_result_is_not_part_of_the_path() -> None:
    again = us(1, 200, 210)
    assert [step.node for step in critical_path(model(), [*frame(), again])] == ["split", "slow", "join"]


def test_path_without_calls_is_empty() -> None:
    assert critical_path(chain(["PassThroughCalculator"]).model, []) == ()
