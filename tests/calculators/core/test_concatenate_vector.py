from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError


def graph(options: str = "", name: str = "Float") -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    output_stream: "out"
    node {{
      calculator: "Concatenate{name}VectorCalculator"
      input_stream: "a"
      input_stream: "b"
      output_stream: "out"
      options {{ [mediapipe.ConcatenateVectorCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


LIST = packet_creator.create_float_vector([1.0, 2.0])
EVENTS = [("a", 1, LIST), ("b", 1, 3.0), ("a", 2, 4.0), ("b", 3, LIST)]


def test_elements_and_lists_are_joined(run: Any) -> None:
    assert run(graph(), EVENTS)["out"] == [(1, [1.0, 2.0, 3.0]), (2, [4.0]), (3, [1.0, 2.0])]


def test_all_may_be_needed(run: Any) -> None:
    assert run(graph("only_emit_if_all_present: true"), EVENTS)["out"] == [(1, [1.0, 2.0, 3.0])]


def test_strings_are_elements(run: Any) -> None:
    events = [("a", 1, "ab"), ("b", 1, packet_creator.create_string_vector(["c"]))]
    assert run(graph(name="String"), events)["out"] == [(1, ["ab", "c"])]


def test_other_types_are_refused(run: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="Packet type mismatch"):
        run(graph(name="Int32"), [("a", 1, LIST)])
