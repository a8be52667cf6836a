"""Conversion to networkx."""

from __future__ import annotations

from pathlib import Path

import networkx

import mpgraph as mp

SELFIE = Path(__file__).resolve().parents[2] / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"


def test_open_subgraphs_are_replaced_by_their_nodes() -> None:
    graph = mp.visualizer.to_networkx(SELFIE)
    mask = "SelfieSegmentationCpu/FromImageCalculator"
    assert graph.has_edge(mask, "RecolorCalculator", key="segmentation_mask")
    assert graph.nodes[mask]["path"] == ("SelfieSegmentationCpu",)
    assert networkx.has_path(graph, "in:input_video", "out:output_video")


def test_closed_subgraphs_are_nodes() -> None:
    graph = mp.visualizer.to_networkx(SELFIE, expand="none")
    assert set(graph) == {
        "in:input_video",
        "FlowLimiterCalculator",
        "SelfieSegmentationCpu",
        "RecolorCalculator",
        "out:output_video",
    }
    assert graph.nodes["SelfieSegmentationCpu"]["kind"] == "subgraph"
    data = graph.edges["FlowLimiterCalculator", "SelfieSegmentationCpu", "throttled_input_video"]
    assert data["type"] == "ImageFrame"
    assert data["target_port"] == "IMAGE:throttled_input_video"


def test_graph_without_back_edges_is_acyclic() -> None:
    graph = mp.visualizer.to_networkx(SELFIE)
    assert not networkx.is_directed_acyclic_graph(graph)
    graph.remove_edges_from(
        [(a, b, key) for a, b, key, back in graph.edges(keys=True, data="back_edge") if back]
    )
    assert networkx.is_directed_acyclic_graph(graph)


def test_stream_that_a_node_reads_twice_has_two_edges() -> None:
    graph = mp.visualizer.to_networkx(
        'input_stream: "a" node { calculator: "X" input_stream: "a" input_stream: "B:a" }'
    )
    assert sorted(graph["in:a"]["X"]) == ["a", "a (2)"]


def test_options_and_locations_are_attributes() -> None:
    node = mp.visualizer.to_networkx(SELFIE).nodes["RecolorCalculator"]
    assert node["options"]["mask_channel"] == "RED"
    assert node["file"] == str(SELFIE) and node["line"] > 1
