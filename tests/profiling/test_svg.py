"""mpgraph/profiling/svg.py: timelines as images."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from profiling_graphs import example

from mpgraph.profiling.svg import to_svg


def test_svg_has_a_bar_for_each_call() -> None:
    svg = to_svg(example())
    root = ElementTree.fromstring(svg)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "4 calls on 2 threads in 8 µs"
    assert "PrDouble.process at 7: 2 µs" in titles


def test_hostile_names_are_escaped() -> None:
    timeline = example()
    hostile = replace(timeline, nodes=["<script>alert(1)</script>", 'x" onload="y'])
    svg = to_svg(hostile)
    assert "<script" not in svg and 'onload="' not in svg
    ElementTree.fromstring(svg)


def test_number_of_calls_is_limited_with_a_note() -> None:
    timeline = example()
    many = replace(timeline, slices=list(timeline.slices) * 1000)
    assert "the first 2000 of 4000 calls" in to_svg(many)


def test_empty_timeline() -> None:
    ElementTree.fromstring(to_svg(replace(example(), slices=[], threads=[])))
