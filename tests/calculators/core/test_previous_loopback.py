from __future__ import annotations

from typing import Any

LOOSE = """
input_stream: "main"
input_stream: "loop"
output_stream: "previous"
node {
  calculator: "PreviousLoopbackCalculator"
  input_stream: "MAIN:main"
  input_stream: "LOOP:loop"
  output_stream: "PREV_LOOP:previous"
}
"""

CLOSED = """
input_stream: "main"
output_stream: "previous"
output_stream: "sum"
node {
  calculator: "PreviousLoopbackCalculator"
  input_stream: "MAIN:main"
  input_stream: "LOOP:sum"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV_LOOP:previous"
}
node { calculator: "MergeCalculator" input_stream: "main" input_stream: "previous" output_stream: "sum" }
"""


def test_each_packet_meets_the_result_of_the_one_before(run: Any) -> None:
    seen = run(CLOSED, [("main", t, t) for t in (1, 5, 6)])
    assert seen["previous"] == [(5, 1), (6, 5)]


def test_the_result_is_waited_for(run: Any) -> None:
    events = [("main", 1, 0), ("main", 2, 0), ("main", 3, 0), ("loop", 1, "one")]
    assert run(LOOSE, events, close=False)["previous"] == [(2, "one")]


def test_a_missing_result_moves_the_bound(run: Any) -> None:
    events = [("main", 1, 0), ("loop", 1, None), ("main", 2, 0), ("loop", 2, "two"), ("main", 3, None)]
    seen = run(LOOSE, events, bounds=True, close=False)
    assert seen["previous"] == [(1, None), (2, None), (3, None)]


def test_results_that_nobody_waits_for_are_dropped(run: Any) -> None:
    events = [("main", 5, 0), ("loop", 1, "x"), ("loop", 5, "five"), ("main", 8, 0)]
    assert run(LOOSE, events)["previous"] == [(8, "five")]
