from __future__ import annotations

import pytest

from mpgraph.calculators.core.families import LOOP_ITEMS
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet
from mpgraph.testing import CalculatorRunner, run, solid, t


def loop(item: str) -> CalculatorRunner:
    return run(f"""
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
    """)


def ints(*values: int) -> Packet:
    return packets.make(list(values), packet_type.vector(packet_type.INT))


def test_lists_come_back_at_their_time() -> None:
    runner = loop("Int").send("in", ints(1, 2, 3) @ t(10)).expect("out", [1, 2, 3] @ t(10))
    runner.send("in", ints() @ t(15)).expect_bound("out", 16)
    runner.send("in", ints(4) @ t(20)).expect("out", [4] @ t(20)).bound("in", 31).expect_bound("out", 31)


@pytest.mark.parametrize("item", LOOP_ITEMS)
def test_there_is_a_loop_for_every_type(item: str) -> None:
    values = [solid(0, 1, 1), solid(9, 1, 1)] if item == "ImageFrame" else []
    runner = loop(item).send("in", packets.make(values, packet_type.vector(LOOP_ITEMS[item])) @ t(1))
    if values:
        runner.expect("out", values @ t(1))
    runner.expect_bound("out", 2)
