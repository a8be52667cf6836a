from __future__ import annotations

from typing import Any

from mpgraph import packet_creator

TEXT = """
input_stream: "in"
output_stream: "out"
node { calculator: "IntVectorIndicesCalculator" input_stream: "VECTOR:in" output_stream: "INDICES:out" }
"""


def test_elements_are_numbered(run: Any) -> None:
    events = [
        ("in", 1, packet_creator.create_int_vector([7, 7, 7])),
        ("in", 2, packet_creator.create_int_vector([])),
    ]
    assert run(TEXT, events)["out"] == [(1, [0, 1, 2]), (2, [])]
