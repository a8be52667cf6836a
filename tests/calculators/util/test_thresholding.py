from __future__ import annotations

from typing import Any

import pytest


def graph(options: str = "", stream: bool = False, side: bool = False) -> str:
    return f"""
        input_stream: "value" {'input_stream: "level"' if stream else ""}
        {'input_side_packet: "level"' if side else ""}
        output_stream: "flag" output_stream: "accept" output_stream: "reject"
        node {{
          calculator: "ThresholdingCalculator" input_stream: "FLOAT:value"
          {'input_stream: "THRESHOLD:level"' if stream else ""}
          {'input_side_packet: "THRESHOLD:level"' if side else ""}
          output_stream: "FLAG:flag" output_stream: "ACCEPT:accept" output_stream: "REJECT:reject"
          options {{ [mediapipe.ThresholdingCalculatorOptions.ext] {{ {options} }} }}
        }}"""


VALUES = [("value", t, value) for t, value in enumerate((0.25, 0.5, 0.75))]


@pytest.mark.parametrize(
    ("text", "side"), [(graph("threshold: 0.5"), {}), (graph(side=True), {"level": 0.5})]
)
def test_larger_is_accepted_and_equal_is_not(run: Any, text: str, side: Any) -> None:
    assert run(text, VALUES, side) == {
        "flag": [(0, False), (1, False), (2, True)],
        "accept": [(2, True)],
        "reject": [(0, False), (1, False)],
    }


def test_the_last_threshold_of_a_stream_holds_on(run: Any) -> None:
    events = [("level", 0, None), *VALUES[:1], ("level", 1, 0.4), VALUES[1], ("level", 2, None), VALUES[2]]
    assert run(graph(stream=True), events)["flag"] == [(0, True), (1, True), (2, True)]


@pytest.mark.parametrize(
    "text",
    [graph("threshold: 1", stream=True), graph("threshold: 1", side=True), graph(stream=True, side=True)],
)
def test_the_threshold_is_given_once(run: Any, text: str) -> None:
    with pytest.raises(ValueError, match="not supported"):
        run(text)
