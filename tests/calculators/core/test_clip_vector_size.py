from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import rect_pb2


def rects(count: int) -> list[Any]:
    return [
        rect_pb2.NormalizedRect(x_center=i, y_center=0, width=1, height=1, rect_id=i) for i in range(count)
    ]


def graph(options: str, side: str = "") -> str:
    return f"""
    input_stream: "in"
    output_stream: "out"
    node {{
      calculator: "ClipNormalizedRectVectorSizeCalculator"
      input_stream: "in"
      {side}
      output_stream: "out"
      options {{ [mediapipe.ClipVectorSizeCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


@pytest.mark.parametrize(("size", "left"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_the_first_elements_are_left(run: Any, size: int, left: int) -> None:
    packet = packet_creator.create_proto_vector(rects(3))
    assert run(graph(f"max_vec_size: {size}"), [("in", 1, packet)])["out"] == [(1, rects(left))]
    text = graph("max_vec_size: 7", 'input_side_packet: "size"')
    assert run(text, [("in", 1, packet)], {"size": size})["out"] == [(1, rects(left))]


def test_at_least_one_element_must_be_left(run: Any) -> None:
    with pytest.raises(InternalError, match="greater than or equal to 1, not 0"):
        CalculatorGraph(graph_config=graph("max_vec_size: 0"))
    packet = packet_creator.create_proto_vector(rects(1))
    with pytest.raises(InternalError, match="greater than or equal to 1, not -1"):
        run(graph("", 'input_side_packet: "size"'), [("in", 1, packet)], {"size": -1})
