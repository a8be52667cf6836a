from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.framework.packet import Packet
from mpgraph.protos import detection_pb2

ITEMS = [detection_pb2.Detection(detection_id=i) for i in range(3)]
LIST = packet_creator.create_proto_vector(ITEMS)


def graph(options: str = "", index: str = 'input_stream: "INDEX:index"') -> str:
    return f"""
    input_stream: "in"
    input_stream: "index"
    output_stream: "out"
    node {{
      calculator: "GetDetectionVectorItemCalculator"
      input_stream: "VECTOR:in"
      {index}
      output_stream: "ITEM:out"
      options {{ [mediapipe.GetVectorItemCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


@pytest.mark.parametrize("index", [2, packet_creator.create_uint64(2)])
def test_the_stream_says_which(run: Any, index: int | Packet) -> None:
    assert run(graph("item_index: 1"), [("in", 1, LIST), ("index", 1, index)])["out"] == [(1, ITEMS[2])]


def test_the_option_says_which_else(run: Any) -> None:
    events = [("in", 1, LIST), ("index", 1, None), ("index", 2, 0)]
    assert run(graph("item_index: 1"), events)["out"] == [(1, ITEMS[1])]
    assert run(graph(), events)["out"] == []
    assert run(graph("item_index: 1", ""), events)["out"] == [(1, ITEMS[1])]


@pytest.mark.parametrize(("index", "message"), [(3, "past the end of a list of 3"), (-1, "negative")])
def test_an_index_outside_is_an_error(run: Any, index: int, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        run(graph(), [("in", 1, LIST), ("index", 1, index)])


def test_an_index_past_the_end_may_give_nothing(run: Any) -> None:
    assert run(graph("item_index: 3 output_empty_on_oob: true", ""), [("in", 1, LIST)])["out"] == []


def test_an_index_is_needed(run: Any) -> None:
    with pytest.raises(InternalError, match="INDEX or the option item_index"):
        run(graph("", ""), [("in", 1, LIST)])
