"""From the text of a graph, valid or not, to the model that is drawn."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.config.source import load_graph
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.errors import ConfigError, ResourceNotFoundError
from mpgraph.protos import calculator_pb2
from mpgraph.visualizer import nesting
from mpgraph.visualizer.model import DrawnGraph, DrawnNode, Structure, to_json
from mpgraph.visualizer.structure import structure_of

CHECKOUT = Path(__file__).resolve().parents[2]
SELFIE = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"


def nodes_of(graph: DrawnGraph) -> dict[str, DrawnNode]:
    found = {}
    for node in graph.nodes:
        found[node.id] = node
        if node.graph:
            found |= nodes_of(node.graph)
    return found


def only(text: str, **arguments: Any) -> DrawnNode:
    return structure_of(text, **arguments).graph.nodes[0]


def test_nesting_of_the_selfie_graph() -> None:
    graph = structure_of(SELFIE).graph
    nodes = nodes_of(graph)
    assert [node.id for node in graph.nodes] == [
        "FlowLimiterCalculator",
        "SelfieSegmentationCpu",
        "RecolorCalculator",
    ]
    assert "SelfieSegmentationCpu/SelfieSegmentationModelLoader/TfLiteModelCalculator" in nodes
    assert "SelfieSegmentationCpu/SwitchContainer/ImageToTensorCalculator_2" in nodes
    assert nodes["SelfieSegmentationCpu"].kind == "subgraph"
    assert nodes["RecolorCalculator"].kind == "calculator"


def test_nodes_and_ports_have_their_lines() -> None:
    structure = structure_of(SELFIE)
    text = structure.files[str(SELFIE)].splitlines()
    for node in structure.graph.nodes:
        assert node.location is not None
        assert text[node.location.line - 1].startswith("node {")
        assert text[node.location.end_line - 1] == "}"
        for port in (*node.inputs, *node.outputs):
            assert port.entry in text[port.line - 1]
    contained = nodes_of(structure.graph)["SelfieSegmentationCpu/SwitchContainer/ImageToTensorCalculator_1"]
    assert contained.location is not None
    inner = structure.files[contained.location.file].splitlines()
    assert inner[contained.location.line - 1].strip().startswith("contained_node")


def test_types_come_from_producers_and_consumers() -> None:
    graph = structure_of(SELFIE).graph
    types = {edge.name: edge.type for edge in graph.edges}
    assert types["throttled_input_video"] == "ImageFrame"
    assert types["segmentation_mask"] == "ImageFrame"
    assert graph.outputs[0].type == "ImageFrame"


def test_back_edges_are_marked() -> None:
    graph = structure_of(SELFIE).graph
    back = [edge for edge in graph.edges if edge.back_edge]
    assert [(edge.source.node, edge.target.node) for edge in back] == [
        ("RecolorCalculator", "FlowLimiterCalculator")
    ]
    assert [port.back_edge for port in graph.nodes[0].inputs] == [False, True]


def test_runtime_names_are_those_of_the_model() -> None:
    names = {node.runtime_name for node in nodes_of(structure_of(SELFIE).graph).values() if node.runtime_name}
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_path=SELFIE)
    assert names == {node.name for node in validated.model.nodes}


def test_option_rows_and_defaults() -> None:
    node = nodes_of(structure_of(SELFIE).graph)["RecolorCalculator"]
    rows = {row.name: row for row in node.options}
    assert node.options_type == "RecolorCalculatorOptions"
    assert (rows["color.b"].value, rows["color.b"].default) == ("255", False)
    assert (rows["mask_channel"].value, rows["mask_channel"].default) == ("RED", False)
    text = SELFIE.read_text(encoding="utf-8").splitlines()
    assert "mask_channel" in text[rows["mask_channel"].line - 1]
    limiter = nodes_of(structure_of(SELFIE).graph)["FlowLimiterCalculator"]
    assert limiter.options and all(row.default for row in limiter.options)


def test_unknown_calculator_is_drawn_from_the_text() -> None:
    node = only(
        'node { calculator: "NobodyHasCalculator" name: "it" input_stream: "IN:1:a" output_stream: "b" '
        'executor: "pool" max_in_flight: 4 source_layer: 2 buffer_size_hint: 3 '
        'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" } '
        "node_options { [type.googleapis.com/nobody.Options] "
        "{ size: 3 inner { name: 'x' } sizes: [1, 2] } } }"
    )
    assert (node.id, node.kind) == ("it", "unknown")
    assert [(port.tag, port.index, port.name) for port in node.inputs] == [("IN", 1, "a")]
    assert (node.executor, node.max_in_flight, node.source_layer, node.buffer_size_hint) == ("pool", 4, 2, 3)
    assert node.handler == "ImmediateInputStreamHandler"
    assert [(row.name, row.value) for row in node.options] == [
        ("inner.name", "'x'"),
        ("size", "3"),
        ("sizes", "[1, 2]"),
    ]
    assert node.options_type == "Options"


def test_note_of_a_subgraph_that_cannot_be_opened() -> None:
    loop = 'node { calculator: "Loop" }'
    node = only(loop, subgraphs={"Loop": loop})
    while node.graph:
        node = node.graph.nodes[0]
    assert node.kind == "subgraph"
    assert "contains itself" in node.note


def test_diagnostics_are_attached_to_their_nodes() -> None:
    structure = structure_of(
        'input_stream: "a"\nnode {\n calculator: "PassThroughCalculator"\n input_stream: "b"\n'
        ' output_stream: "c"\n}\nnode { calculator: "PassThroughCalculater" input_stream: "a" }\n'
    )
    first, second = structure.graph.nodes
    assert any("b" in each.message for each in first.diagnostics)
    assert [each.severity for each in second.diagnostics] == ["error"]
    assert "PassThroughCalculator" in second.diagnostics[0].suggestion
    assert {each.node for each in structure.diagnostics} == {first.id, second.id}


def test_text_with_unknown_fields_is_drawn() -> None:
    structure = structure_of('node { calculator: "A" input_streams: "x" output_stream: "y" }')
    assert [node.calculator for node in structure.graph.nodes] == ["A"]
    assert any("input_streams" in each.message for each in structure.diagnostics)


def test_unparsable_text_and_missing_file_are_errors() -> None:
    with pytest.raises(ConfigError, match="Expected"):
        structure_of("node {")
    with pytest.raises(ResourceNotFoundError):
        structure_of("missing.pbtxt")


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a/b", '"', "%2F", "\u2028", "x" * 5000, "../..", "__proto__"]
)
def test_any_name_gives_a_unique_id(name: str) -> None:
    config = calculator_pb2.CalculatorGraphConfig()
    for _ in range(2):
        config.node.add(calculator=name, input_stream=[name], output_stream=["x"])
    config.node.add(calculator="x", name="a")
    graph = structure_of(config).graph
    assert len({node.id for node in graph.nodes}) == 3
    assert all("/" not in node.id and len(node.id) < 200 for node in graph.nodes)


def test_any_type_of_source_is_drawn() -> None:
    text = (
        'input_stream: "a" node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
    )
    config = load_graph(text).config
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=text)
    for source in (text, config, config.SerializeToString(), validated):
        structure = structure_of(source)
        node = structure.graph.nodes[0]
        assert node.calculator == "PassThroughCalculator"
        assert node.location is not None and node.location.line > 0
        assert next(iter(structure.files.values()))


def test_undeclared_side_packets_are_implied_inputs() -> None:
    graph = structure_of('node { calculator: "X" input_side_packet: "MODEL:model" }').graph
    assert [(port.name, port.implied) for port in graph.side_inputs] == [("model", True)]
    assert [(edge.kind, edge.source.node) for edge in graph.edges] == [("side", "")]


def test_packet_generators_are_drawn_as_nodes() -> None:
    graph = structure_of(
        'packet_generator { packet_generator: "Old" output_side_packet: "A:a" }'
        'node { calculator: "X" input_side_packet: "a" }'
    ).graph
    assert [(node.id, node.kind) for node in graph.nodes] == [("X", "unknown"), ("Old", "generator")]
    assert graph.edges[0].source.node == "Old"


def test_model_is_immutable_and_converts_to_json() -> None:
    structure = structure_of(SELFIE)
    with pytest.raises(FrozenInstanceError):
        structure.graph.name = "other"  # type: ignore[misc]
    again = json.loads(json.dumps(to_json(structure)))
    assert again == to_json(structure)
    assert set(again) == {"graph", "files", "diagnostics"}
    assert again["graph"]["nodes"][1]["graph"]["nodes"]


def test_empty_graph() -> None:
    assert structure_of("") == Structure(DrawnGraph("", "", "<string>"), {"<string>": ""})


def test_graph_builder_is_drawn_like_its_text() -> None:
    graph = mp.GraphBuilder()
    graph.output("out", graph.node("PassThroughCalculator", graph.input("in", int)))
    assert structure_of(graph) == structure_of(graph.text())


def test_too_large_graph_is_an_error() -> None:
    with pytest.raises(ConfigError, match="5001 nodes are too many to draw"):
        structure_of('node { calculator: "X" }\n' * 5001)


def test_exponential_subgraphs_stay_closed_at_some_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "MAX_NODES", 100)
    subgraphs = {
        f"S{depth}": f'node {{ calculator: "S{depth + 1}" }} node {{ calculator: "S{depth + 1}" }}'
        for depth in range(8)
    }
    nodes = nodes_of(structure_of('node { calculator: "S0" }', subgraphs=subgraphs).graph)
    assert len(nodes) <= 101
    assert any("too large" in node.note for node in nodes.values())


@pytest.mark.parametrize(
    "text",
    [
        'node { calculator: "PassThroughCalculator" input_stream: "nowhere" output_stream: "x" }',
        'input_stream: "never_read" executor { name: "unused" type: "ThreadPoolExecutor" }',
        'node { calculator: "Unknown" input_streams: "x" }\nnode { calculator: "SelfieSegmentationCpu" }',
    ],
)
def test_diagnostics_are_those_of_mpgraph_check(text: str) -> None:
    drawn = {(each.severity, each.code, each.message) for each in structure_of(text).diagnostics}
    assert drawn == {(each.severity, each.code, each.message) for each in diagnose(text)}
    assert drawn
