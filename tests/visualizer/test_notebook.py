"""Graphs in notebooks."""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.visualizer.notebook import notebook_html

SELFIE = Path(__file__).resolve().parents[2] / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"


def test_graphs_show_themselves_with_their_subgraphs() -> None:
    with mp.CalculatorGraph(graph_path=SELFIE) as graph:
        shown = graph._repr_html_()
    assert "<svg" in shown and "SelfieSegmentationCpu" in shown
    assert "<script" not in shown
    validated = mp.ValidatedGraphConfig()
    assert "<svg" in validated._repr_html_()
    validated.initialize(graph_path=SELFIE)
    assert validated._repr_html_() == shown


def test_subgraphs_that_were_handed_over_are_there() -> None:
    validated = mp.ValidatedGraphConfig()
    inner = (
        'input_stream: "a" output_stream: "b" '
        'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
    )
    text = 'input_stream: "a" node { calculator: "Handed" input_stream: "a" output_stream: "b" }'
    validated.initialize(graph_config=text, subgraphs={"Handed": inner})
    assert "kind-subgraph" in validated._repr_html_()


def test_a_builder_shows_what_is_there_so_far() -> None:
    builder = mp.GraphBuilder()
    frames = builder.input("a")
    builder.output("b", builder.node("PassThroughCalculator", frames))
    assert "PassThroughCalculator" in builder._repr_html_()


def test_what_cannot_be_drawn_is_told() -> None:
    assert notebook_html("node { <").startswith("<pre>") and "&lt;" in notebook_html("node { <")
