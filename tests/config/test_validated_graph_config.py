"""ValidatedGraphConfig, compatible with MediaPipe's Python package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from mpgraph import protos
from mpgraph.config.source import load_graph
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import ConfigError, InternalError, InvalidArgumentError

TEXT = """
input_stream: "i"
num_threads: 3
node { calculator: "CfgPass" input_stream: "t" output_stream: "o" }
node { calculator: "CfgInts" input_stream: "i" output_stream: "TEXT:t" input_side_packet: "BASE:base" }
node { calculator: "CfgPass" input_stream: "j" input_side_packet: "any" }
input_stream: "j"
"""


def initialized(**kwargs: Any) -> ValidatedGraphConfig:
    config = ValidatedGraphConfig()
    config.initialize(**kwargs)
    return config


def test_empty_graph_before_initialize() -> None:
    config = ValidatedGraphConfig()
    assert not config.initialized()
    assert (config.text_config, config.binary_config) == ("", b"")
    assert config.model.nodes == []
    assert repr(config) == "<mpgraph.ValidatedGraphConfig, not initialized>"


def test_config_is_expanded_and_sorted() -> None:
    config = initialized(graph_config=TEXT)
    assert config.initialized()
    assert [node.calculator for node in load_graph(config.text_config).config.node] == [
        "CfgInts",
        "CfgPass",
        "CfgPass",
    ]
    assert load_graph(config.text_config).config == load_graph(config.binary_config).config
    assert "num_threads: 3" in config.text_config
    assert repr(config) == "<mpgraph.ValidatedGraphConfig with 3 nodes>"


def test_type_names() -> None:
    config = initialized(graph_config=TEXT)
    assert config.registered_stream_type_name("o") == "string"
    assert config.registered_stream_type_name("i") == "int"
    assert config.registered_side_packet_type_name("base") == "int"
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "j"'):
        config.registered_stream_type_name("j")
    with pytest.raises(RuntimeError, match='Unable to find the type for side packet "any"'):
        config.registered_side_packet_type_name("any")
    with pytest.raises(ValueError, match='Stream "base" is not defined in the config'):
        config.registered_stream_type_name("base")
    with pytest.raises(ValueError, match='Side packet "i" is not defined in the config'):
        config.registered_side_packet_type_name("i")


def test_type_names_of_alternatives_are_in_the_order_of_their_declaration() -> None:
    text = """
      input_stream: "image" input_stream: "number"
      node { calculator: "ToImageCalculator" input_stream: "IMAGE:image" output_stream: "IMAGE:out" }
      node { calculator: "PassThroughCalculator" input_stream: "image" output_stream: "same" }
      node { calculator: "CfgPass" input_stream: "number" output_stream: "any" }
    """
    config = initialized(graph_config=text)
    expected = "OneOf<::mediapipe::Image, ::mediapipe::ImageFrame, ::mediapipe::GpuBuffer>"
    assert config.registered_stream_type_name("image") == expected
    assert config.registered_stream_type_name("same") == expected
    assert config.registered_stream_type_name("out") == "::mediapipe::Image"
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "number"'):
        config.registered_stream_type_name("number")


def test_sources_of_graphs(tmp_path: Path) -> None:
    text_file, binary_file = tmp_path / "graph.pbtxt", tmp_path / "graph.bin"
    text_file.write_text(TEXT)
    message = load_graph(TEXT).config
    binary_file.write_bytes(message.SerializeToString())
    expected = initialized(graph_config=TEXT).binary_config
    assert initialized(graph_config=message).binary_config == expected
    assert initialized(graph_path=text_file).binary_config == expected
    assert initialized(binary_graph_path=str(binary_file)).binary_config == expected
    assert initialized(binary_graph_path=text_file).binary_config == expected


def test_messages_of_another_package() -> None:
    compiled = (Path(protos.__file__).parent / "descriptors.binpb").read_bytes()
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(compiled).file:
        pool.AddSerializedFile(file.SerializeToString())
    foreign: Any = message_factory.GetMessageClass(
        pool.FindMessageTypeByName("mediapipe.CalculatorGraphConfig")
    )
    given = foreign.FromString(load_graph(TEXT).config.SerializeToString())
    assert initialized(graph_config=given).initialized()


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Please provide either 'binary_graph_path'"):
        initialized()
    with pytest.raises(InvalidArgumentError, match="2 were given"):
        initialized(graph_config="", graph_path="x")
    with pytest.raises(FileNotFoundError, match="The path does not exist: /no/such"):
        initialized(binary_graph_path="/no/such")
    with pytest.raises(FileNotFoundError, match="cannot be read"):
        initialized(binary_graph_path=tmp_path)
    with pytest.raises(ConfigError, match="as graph_path"):
        initialized(graph_config=tmp_path)
    with pytest.raises(ConfigError, match="not int"):
        initialized(graph_config=3)


def test_second_initialize_is_an_error() -> None:
    config = initialized(graph_config="")
    with pytest.raises(InternalError, match="can be initialized only once"):
        config.initialize(graph_config="")


def test_failed_initialize_changes_nothing() -> None:
    config = ValidatedGraphConfig()
    with pytest.raises(RuntimeError):
        config.initialize(graph_config='node { calculator: "No" }')
    assert not config.initialized()


def test_subgraphs_may_be_passed() -> None:
    config = initialized(
        graph_config='node { calculator: "Sub" }', subgraphs={"Sub": 'node { calculator: "CfgPass" }'}
    )
    assert [node.name for node in config.model.nodes] == ["sub__CfgPass"]
