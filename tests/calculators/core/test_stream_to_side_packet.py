from __future__ import annotations

import pytest

from mpgraph.errors import AlreadyExistsError
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
input_stream: "in"
node { calculator: "StreamToSidePacketCalculator" input_stream: "in" output_side_packet: "side" }
"""


def test_the_packet_becomes_a_side_packet_without_a_time() -> None:
    graph = CalculatorGraph(graph_config=TEXT)
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet("x", 5))
    graph.close()
    side = graph.get_output_side_packet("side")
    assert side.payload == "x"
    assert side.timestamp == make_packet("x").timestamp


def test_a_second_packet_is_an_error() -> None:
    graph = CalculatorGraph(graph_config=TEXT)
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet("x", 5))
    graph.add_packet_to_input_stream("in", make_packet("y", 6))
    with pytest.raises(AlreadyExistsError, match="was already set"):
        graph.close()
