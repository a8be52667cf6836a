"""Names of nodes, and changes of port lists that keep locations."""

from __future__ import annotations

from mpgraph.config.flat import FlatNode, canonical_names, debug_label, parse_ports
from mpgraph.config.source import parse_graph_text
from mpgraph.protos import calculator_pb2

Node = calculator_pb2.CalculatorGraphConfig.Node


def test_nodes_that_share_a_name_are_numbered() -> None:
    nodes = [Node(calculator="A"), Node(name="A"), Node(calculator="B"), Node(calculator="A", name="x")]
    assert canonical_names(nodes) == ["A_1", "A_2", "B", "x"]


def test_label_of_an_unnamed_node_lists_its_streams() -> None:
    assert debug_label(Node(calculator="A", name="n", input_stream=["x"])) == "n"
    assert (
        debug_label(Node(calculator="A", input_stream=["x"])) == "[A, input stream: x, and no output streams]"
    )
    many = Node(calculator="A", input_stream=["x", "T:y"], output_stream=["z"])
    assert debug_label(many) == "[A, input streams: <x,T:y>, and output stream: z]"


def test_locations_follow_their_entries() -> None:
    source = parse_graph_text('node {\n input_stream: "A:x"\n input_stream: "B:y"\n input_stream: "z"\n}')
    node = FlatNode(source.config.node[0], source.node_source(0))
    node.drop("input_stream", {"x"})
    node.rename("input_stream", str.upper)
    assert list(node.config.input_stream) == ["B:Y", "Z"]
    place = node.location_of("input_stream", 1)
    assert place is not None and place.line == 4
    assert node.location_of("executor", 0) == node.location


def test_nodes_without_text_have_no_locations() -> None:
    node = FlatNode(Node(input_stream=["x"]), parse_graph_text("").node_source(0))
    assert node.location is None
    assert node.location_of("input_stream", 0) is None


def test_gap_among_indexes_is_at_the_entry_after_it() -> None:
    assert [index for _, index in parse_ports(["T:0:a", "T:2:a"])[1]] == [1]
    assert [index for _, index in parse_ports(["U:0:u", "T:3:a", "T:0:b", "T:1:c", "T:2:d", "V:1:v"])[1]] == [
        5
    ]
