from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.testing import CalculatorRunner, run, t

NAME = "ImmediateMuxCalculator"


def immediate(options: str = "") -> CalculatorRunner:
    return run(f"""
    input_stream: "a"
    input_stream: "b"
    output_stream: "out"
    output_stream: "finished"
    node {{
      calculator: "{NAME}"
      input_stream: "a"
      input_stream: "b"
      output_stream: "out"
      output_stream: "finished"
      input_stream_handler {{ input_stream_handler: "ImmediateInputStreamHandler" }}
      node_options {{ [type.googleapis.com/mediapipe.ImmediateMuxCalculatorOptions] {{ {options} }} }}
    }}
    """)


def test_late_packets_are_dropped() -> None:
    mux = immediate().send("a", "a1" @ t(1), "a5" @ t(5)).send("b", "b3" @ t(3), "b6" @ t(6))
    mux.expect("out", "a1" @ t(1), "a5" @ t(5), "b6" @ t(6))
    mux.expect("finished", *(True @ t(time) for time in (1, 5, 6, 7)))


def test_first_input_wins() -> None:
    mux = run(NAME, inputs=[":1"], outputs=[""]).send("", "a1" @ t(1)).send(":1", "b1" @ t(1), "b2" @ t(2))
    mux.close("").expect("", "a1" @ t(1), "b2" @ t(2))


def test_bounds_may_be_passed_on() -> None:
    mux = immediate("process_timestamp_bounds: true").send("a", "a1" @ t(1)).expect("out", "a1" @ t(1))
    mux.bound("a", 9).expect_bound("out", 9).send("b", "late" @ t(5)).expect_bound("out", 9)
    mux.send("b", "b9" @ t(9)).expect("out", "b9" @ t(9)).expect_bound("out", 10)
    mux.take("finished")


def test_there_are_one_or_two_outputs() -> None:
    with pytest.raises(InternalError, match="only one or two output streams"):
        run(NAME, inputs=[":1"], outputs=[":2"])
