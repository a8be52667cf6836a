"""Loading graphs from all sources, and the locations of nodes and fields in their text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from mpgraph import protos
from mpgraph.config.source import load_graph, load_graph_file, may_be_graph, parse_graph_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import ConfigError, Location, ResourceNotFoundError
from mpgraph.protos import calculator_pb2

TEXT = """# A graph.
input_stream: "in"
node {
  calculator: "PassThroughCalculator"
  input_stream: ["in", "other"]
  output_stream: "out"
  options { [acme.Thing.ext] { level: 3 } }
  node_options { [type.googleapis.com/acme.Other] {} }
}
node {
  calculator: "SwitchContainer"
  options {
    [mediapipe.SwitchContainerOptions.ext] {
      contained_node { calculator: "A" }
      contained_node { calculator: "B" options { [acme.Thing.ext] {} } input_stream: "x" }
    }
  }
}
graph_options { [type.googleapis.com/acme.Graph] {} }
"""


def test_text_file(tmp_path: Path) -> None:
    path = tmp_path / "graph.pbtxt"
    path.write_text(TEXT)
    source = load_graph(path)
    assert [node.calculator for node in source.config.node] == ["PassThroughCalculator", "SwitchContainer"]
    assert source.file == str(path)
    assert source.node_source(1).location == Location(str(path), 10, 1)
    assert load_graph(str(path)).config == load_graph_file(path).config == source.config
    assert load_graph(source) is source


def test_text_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "graph.txt"
    path.write_text('type: "é"', encoding="utf-8-sig")
    assert load_graph(path).config.type == "é"


def test_locations() -> None:
    source = parse_graph_text(TEXT, "g")
    assert source.field_location("input_stream") == Location("g", 2, 1)
    assert source.field_location("output_stream") == Location("g", 1, 1)
    node = source.node_source(0)
    assert node.location == Location("g", 3, 1)
    assert node.field_location("input_stream", 1) == Location("g", 5, 24)
    assert node.field_location("output_stream") == Location("g", 6, 3)
    assert node.field_location("input_side_packet") == node.location


def test_nodes_in_a_list() -> None:
    source = parse_graph_text('node: [{ calculator: "A" },\n { calculator: "B" }]', "g")
    assert source.node_source(1).location == Location("g", 2, 2)
    assert source.node_source(1).field_location("calculator") == Location("g", 2, 4)


def test_options_without_a_schema() -> None:
    source = parse_graph_text(TEXT)
    first, second = source.node_source(0), source.node_source(1)
    assert [field.label for field in first.unknown_options] == [
        "[acme.Thing.ext]",
        "[type.googleapis.com/acme.Other]",
    ]
    assert second.unknown_options == ()
    assert [field.name for field in source.graph.unknown_options] == ["type.googleapis.com/acme.Graph"]
    assert [field.name for field in second.contained(1).unknown_options] == ["acme.Thing.ext"]
    assert second.contained(0).unknown_options == ()


def test_contained_nodes_have_a_location() -> None:
    container = parse_graph_text(TEXT, "g").node_source(1)
    assert container.contained(1).location == Location("g", 15, 7)
    assert container.contained(1).field_location("input_stream") == Location("g", 15, 72)
    assert container.contained(5).location == container.location


def test_binary_graphs(tmp_path: Path) -> None:
    config = parse_graph_text('node { calculator: "A" }').config
    path = tmp_path / "graph.binarypb"
    path.write_bytes(config.SerializeToString())
    for source in (load_graph(path), load_graph(str(path)), load_graph(config.SerializeToString())):
        assert source.config == config
        assert source.tree is None
        assert source.node_source(0).location is None
        assert source.node_source(0).field_location("input_stream") is None
        assert source.node_source(0).contained(0).unknown_options == ()
        assert source.field_location("input_stream") is None


def test_messages_are_copied() -> None:
    config = calculator_pb2.CalculatorGraphConfig(type="T")
    source = load_graph(config)
    config.type = "changed"
    assert source.config.type == "T"


def test_message_of_another_pool() -> None:
    pool = DescriptorPool()
    compiled = Path(protos.__file__).with_name("descriptors.binpb").read_bytes()
    for file in FileDescriptorSet.FromString(compiled).file:
        pool.AddSerializedFile(file.SerializeToString())
    foreign: Any = message_factory.GetMessageClass(
        pool.FindMessageTypeByName("mediapipe.CalculatorGraphConfig")
    )
    source = load_graph(foreign(type="T"))
    assert isinstance(source.config, calculator_pb2.CalculatorGraphConfig)
    assert source.config.type == "T"


def test_empty_graphs(tmp_path: Path) -> None:
    for name in ("empty.pbtxt", "empty.binarypb"):
        path = tmp_path / name
        path.write_bytes(b"")
        assert load_graph(path).config == calculator_pb2.CalculatorGraphConfig()
    assert load_graph("").config == load_graph(b"").config


@pytest.mark.parametrize("data", [b"hello", b"\xff\xff", b"\x08\x01", b"\x0a\x05ab", b"node {"])
def test_invalid_binary(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "graph.binarypb"
    path.write_bytes(data)
    with pytest.raises(
        ConfigError, match=r"graph\.binarypb\" is not a binary mediapipe\.CalculatorGraphConfig"
    ):
        load_graph(path)


def test_text_is_parsed_once_unless_it_has_unknown_options() -> None:
    text = 'input_stream: "in" node { calculator: "PassThroughCalculator" input_stream: "in" }'
    assert load_graph(text) is load_graph(text)
    assert load_graph(text, "other").node_source(0).location == Location("other", 1, 20)
    assert load_graph(TEXT) is not load_graph(TEXT)


def test_graphs_of_one_text_are_independent() -> None:
    node = 'node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "a" }'
    text = f'input_stream: "in" {node}'
    changed, plain = ValidatedGraphConfig(), ValidatedGraphConfig()
    changed.initialize(graph_config=text, adjust=lambda _, nodes: nodes[0].output_stream.__setitem__(0, "b"))
    plain.initialize(graph_config=text)
    assert "b" in changed.model.streams and list(plain.model.streams) == ["in", "a"]


def test_invalid_text(tmp_path: Path) -> None:
    path = tmp_path / "graph.pbtxt"
    path.write_bytes(b'type: "\xff"')
    with pytest.raises(ConfigError, match=r"not UTF-8 text: byte 0xff at offset 7"):
        load_graph(path)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFoundError, match=r"There is no graph file .*nope\.pbtxt"):
        load_graph(tmp_path / "nope.pbtxt")
    with pytest.raises(ResourceNotFoundError, match="no graph file"):
        load_graph("nope.binarypb")
    with pytest.raises(ConfigError, match="is a folder"):
        load_graph(tmp_path)
    with pytest.raises(ResourceNotFoundError, match="cannot be read"):
        load_graph("a\0b.pbtxt")


def test_other_types_are_rejected() -> None:
    with pytest.raises(ConfigError, match="not int"):
        load_graph(3)
    with pytest.raises(ConfigError, match=r"not a mediapipe\.Color message"):
        load_graph(protos.message_class("mediapipe.Color")())


def test_comments_need_not_be_utf8(tmp_path: Path) -> None:
    """As in C++, which skips comments."""
    path = tmp_path / "a.pbtxt"
    path.write_bytes(b'# caf\xe9\ntype: "a#b"  # na\xefve\n')
    assert load_graph_file(path).config.type == "a#b"
    path.write_bytes(b'# caf\xe9\ntype: "a#\xe9"\n')
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load_graph_file(path)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("node { }", True),
        ('# A graph\ninput_stream: "x"', True),
        ("executor: {}", True),
        ('item { id: 1 name: "cat" }', False),
        ("", False),
    ],
)
def test_files_that_may_be_graphs(tmp_path: Path, text: str, may_be: bool) -> None:
    file = tmp_path / "file.pbtxt"
    file.write_text(text)
    assert may_be_graph(file) is may_be
