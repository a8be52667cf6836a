from __future__ import annotations

from mpgraph.testing import run, t

NAME = "PreviousLoopbackCalculator"

CLOSED = f"""
input_stream: "main"
output_stream: "previous"
node {{
  calculator: "{NAME}"
  input_stream: "MAIN:main"
  input_stream: "LOOP:sum"
  input_stream_info {{ tag_index: "LOOP" back_edge: true }}
  output_stream: "PREV_LOOP:previous"
}}
node {{ calculator: "MergeCalculator" input_stream: "main" input_stream: "previous" output_stream: "sum" }}
"""


def test_each_packet_is_paired_with_the_previous_result() -> None:
    run(CLOSED).send("main", 1 @ t(1), 5 @ t(5), 6 @ t(6)).expect("previous", 1 @ t(5), 5 @ t(6))


def test_output_waits_for_the_result() -> None:
    runner = run(NAME).send("MAIN", 0 @ t(1), 0 @ t(2), 0 @ t(3)).expect_bound("PREV_LOOP", 2)
    runner.send("LOOP", "one" @ t(1)).expect("PREV_LOOP", "one" @ t(2)).expect_bound("PREV_LOOP", 3)


def test_missing_result_moves_the_bound() -> None:
    runner = run(NAME).send("MAIN", 0 @ t(1)).bound("LOOP", 2).expect_bound("PREV_LOOP", 2)
    runner.send("MAIN", 0 @ t(2)).expect_bound("PREV_LOOP", 3)
    runner.send("LOOP", "two" @ t(2)).bound("MAIN", 4).expect_bound("PREV_LOOP", 4)


def test_results_that_no_packet_waits_for_are_dropped() -> None:
    runner = run(NAME).send("MAIN", 0 @ t(5)).send("LOOP", "x" @ t(1), "five" @ t(5))
    runner.send("MAIN", 0 @ t(8)).expect("PREV_LOOP", "five" @ t(8))
