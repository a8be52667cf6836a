from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.core.elements import LOOP_ITEMS
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type


def graph(item: str) -> str:
    return f"""
    input_stream: "in"
    output_stream: "out"
    node {{
      calculator: "BeginLoop{item}Calculator"
      input_stream: "ITERABLE:in"
      output_stream: "ITEM:item"
      output_stream: "BATCH_END:end"
    }}
    node {{ calculator: "PassThroughCalculator" input_stream: "item" output_stream: "same" }}
    node {{
      calculator: "EndLoop{item}Calculator"
      input_stream: "ITEM:same"
      input_stream: "BATCH_END:end"
      output_stream: "ITERABLE:out"
    }}
    """


def test_lists_come_back_at_their_time(run: Any) -> None:
    lists = [packets.make(values, packet_type.vector(packet_type.INT)) for values in ([1, 2, 3], [], [4])]
    events = [("in", t, packet) for t, packet in zip((10, 15, 20), lists, strict=True)]
    seen = run(graph("Int"), [*events, ("in", 30, None)], bounds=True, close=False)
    assert seen["out"] == [(10, [1, 2, 3]), (15, None), (20, [4]), (30, None)]


@pytest.mark.parametrize("item", LOOP_ITEMS)
def test_there_is_a_loop_for_every_type(run: Any, item: str) -> None:
    element = LOOP_ITEMS[item]
    value = ImageFrame(ImageFormat.SRGB, np.zeros((1, 1, 3), np.uint8)) if item == "ImageFrame" else None
    values = [] if value is None else [value, value]
    seen = run(graph(item), [("in", 1, packets.make(values, packet_type.vector(element)))])
    assert seen["out"] == ([(1, values)] if values else [])
