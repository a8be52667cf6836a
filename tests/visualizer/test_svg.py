"""Graphs in notebooks."""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.visualizer.svg import notebook_html

SELFIE = Path(__file__).resolve().parents[2] / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"


def test_graphs_have_an_html_representation() -> None:
    with mp.CalculatorGraph(graph_path=SELFIE) as graph:
        html = graph._repr_html_()
    assert "<svg" in html and "SelfieSegmentationCpu" in html
    assert "<script" not in html
    validated = mp.ValidatedGraphConfig()
    assert "<svg" in validated._repr_html_()
    validated.initialize(graph_path=SELFIE)
    assert validated._repr_html_() == html


def test_passed_subgraphs_are_drawn() -> None:
    validated = mp.ValidatedGraphConfig()
    inner = (
        'input_stream: "a" output_stream: "b" '
        'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
    )
    text = 'input_stream: "a" node { calculator: "Handed" input_stream: "a" output_stream: "b" }'
    validated.initialize(graph_config=text, subgraphs={"Handed": inner})
    assert "kind-subgraph" in validated._repr_html_()


def test_builder_has_an_html_representation() -> None:
    builder = mp.GraphBuilder()
    frames = builder.input("a")
    builder.output("b", builder.node("PassThroughCalculator", frames))
    assert "PassThroughCalculator" in builder._repr_html_()


def test_invalid_graph_is_html_as_error_message() -> None:
    assert notebook_html("node { <").startswith("<pre>") and "&lt;" in notebook_html("node { <")
