"""mpgraph/profiling/timeline.py, on which chrome.py, perfetto.py and svg.py are built."""

from __future__ import annotations

from profiling_graphs import CALLS, MAIN, POOL, chain, example

from mpgraph.profiling.timeline import make_timeline


def test_times_are_relative_to_the_first_event() -> None:
    timeline = example()
    assert [(piece.start, piece.end, piece.stage) for piece in timeline.slices] == [
        (0, 1000, "open"),
        (4000, 5000, "process"),
        (6000, 8000, "process"),
        (8000, 8500, "process"),
    ]
    assert timeline.origin_ns == 51_000
    assert timeline.gaps == [(8700, 8900)]
    assert timeline.end == 8500


def test_threads_nodes_and_packets() -> None:
    timeline = example()
    assert list(timeline.threads) == ["MainThread", "pool"]
    assert list(timeline.nodes) == ["PassThroughCalculator", "PrDouble"]
    assert [(piece.thread, piece.node, piece.t, piece.sent, piece.failed) for piece in timeline.slices] == [
        (0, 0, None, 0, False),
        (0, 0, 7, 1, False),
        (1, 1, 7, 2, False),
        (0, 0, 8, 0, True),
    ]
    assert {t: [piece.node for piece in pieces] for t, pieces in timeline.flows().items()} == {7: [0, 1]}


def test_queue_lengths_follow_packets_sent_and_taken() -> None:
    first, second = example().queues
    assert (first.stream, list(first.lengths)) == ("in", [(3000, 1), (3500, 2), (4000, 1), (8000, 0)])
    assert (second.stream, list(second.lengths)) == ("s1", [(5000, 1), (6000, 0)])


def test_marks_are_in_order() -> None:
    assert [(mark.at, mark.kind, mark.t) for mark in example().marks] == [
        (3000, "entered", 7),
        (3500, "entered", 8),
        (3600, "full", None),
        (4000, "free", None),
        (8600, "dropped", 9),
    ]


def test_threads_of_the_same_name_are_distinguished() -> None:
    names = {MAIN: "worker", POOL: "worker"}
    timeline = make_timeline(chain(["PassThroughCalculator", "PrDouble"]).model, CALLS, thread_names=names)
    assert list(timeline.threads) == ["worker", "worker (2)"]


def test_timeline_without_events() -> None:
    timeline = make_timeline(chain(["PassThroughCalculator"]).model, [], thread_names={})
    assert (timeline.end, list(timeline.slices), timeline.flows()) == (0, [], {})
