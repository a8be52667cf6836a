"""Layout and drawing in QuickJS: invariants for random graphs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from nested_graphs import RandomGraph, random_graphs

from mpgraph.errors import InternalError
from mpgraph.framework.resources import shipped_graphs
from mpgraph.visualizer.engine import run, svg_text
from mpgraph.visualizer.model import to_json
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import expanded_ids

Geometry = dict[str, Any]
Box = dict[str, Any]

some_graphs = settings(max_examples=60)


def json_of(graph: RandomGraph) -> tuple[dict[str, Any], list[str]]:
    model = structure_of(graph.text, subgraphs=graph.subgraphs)
    return to_json(model.graph), expanded_ids(model.graph, "all")


def geometry_of(graph: RandomGraph) -> Geometry:
    model, expanded = json_of(graph)
    return dict(run("static.js", "geometry", model, {"expanded": expanded}))


def parent_of(box: Box) -> str:
    return str(box["graph"])


def level_name(wire_or_box: dict[str, Any]) -> str:
    return str(wire_or_box["graph"])


def overlap(a: Box, b: Box) -> bool:
    return bool(
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def segments_of(wire: dict[str, Any]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    yield from pairwise(map(tuple, wire["points"]))


def check_boxes_of_a_graph_do_not_overlap(geometry: Geometry) -> None:
    boxes = geometry["boxes"]
    for one, other in combinations(boxes, 2):
        if level_name(one) == level_name(other):
            assert not overlap(one, other), (one["id"], other["id"])


def check_open_subgraphs_enclose_their_content(geometry: Geometry) -> None:
    groups = {box["id"]: box for box in geometry["boxes"] if box["role"] == "group"}
    whole = {"x": 0, "y": 0, "width": geometry["width"], "height": geometry["height"]}
    for box in geometry["boxes"]:
        outer = groups.get(parent_of(box), whole)
        assert outer["x"] <= box["x"] and box["x"] + box["width"] <= outer["x"] + outer["width"]
        assert outer["y"] <= box["y"] and box["y"] + box["height"] <= outer["y"] + outer["height"]
    for wire in geometry["wires"]:
        outer = groups.get(level_name(wire), whole)
        for x, y in wire["points"]:
            assert outer["x"] <= x <= outer["x"] + outer["width"]
            assert outer["y"] <= y <= outer["y"] + outer["height"]


def check_lines_connect_ports_by_axis_parallel_segments(geometry: Geometry) -> None:
    groups = {box["id"]: box for box in geometry["boxes"] if box["role"] == "group"}
    by_id = {box["id"]: box for box in geometry["boxes"]}
    for wire in geometry["wires"]:
        edge = wire["edge"]
        stream = edge["kind"] == "stream"
        for end, place, at_node, at_border in (
            (edge["source"], wire["points"][0], "out", "in"),
            (edge["target"], wire["points"][-1], "in", "out"),
        ):
            side = at_node if end["node"] else at_border
            side = side if stream else f"side_{side}"
            if end["node"]:
                ports = [port for port in by_id[end["node"]]["ports"] if port["index"] == end["port"]]
            elif wire["graph"]:
                ports = [port for port in groups[wire["graph"]]["ports"] if port["inner"] == end["port"]]
            else:
                ends = [box for box in geometry["boxes"] if not box["node"]]
                ports = [port for box in ends for port in box["ports"] if port["index"] == end["port"]]
            places = [(port["x"], port["y"]) for port in ports if port["side"] == side]
            if wire["graph"] and not end["node"] and stream:
                # Inside an open subgraph the line begins below the label of the port, or ends above it.
                assert place[0] in [x for x, _ in places]
            else:
                assert tuple(place) in places
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in segments_of(wire))


def check_lines_do_not_cross_boxes(geometry: Geometry) -> None:
    for wire in geometry["wires"]:
        for box in geometry["boxes"]:
            if level_name(box) != level_name(wire):
                continue
            left, top = box["x"], box["y"]
            right, bottom = left + box["width"], top + box["height"]
            for (x1, y1), (x2, y2) in segments_of(wire):
                inside = (
                    min(x1, x2) < right - 0.5
                    and max(x1, x2) > left + 0.5
                    and min(y1, y2) < bottom - 0.5
                    and max(y1, y2) > top + 0.5
                )
                assert not inside, (wire["id"], box["id"])


def check_lines_of_different_streams_do_not_overlap(geometry: Geometry) -> None:
    wires = geometry["wires"]
    pieces = [
        ((wire["graph"], str(wire["edge"]["source"]), wire["edge"]["kind"]), a, b)
        for wire in wires
        for a, b in segments_of(wire)
    ]
    for (one, a, b), (other, c, d) in combinations(pieces, 2):
        if one == other or one[0] != other[0]:
            continue
        for axis in (0, 1):
            across = 1 - axis
            if a[across] == b[across] == c[across] == d[across]:
                common = min(max(a[axis], b[axis]), max(c[axis], d[axis])) - max(
                    min(a[axis], b[axis]), min(c[axis], d[axis])
                )
                assert common <= 0.5, (one, other, a, b, c, d)


@some_graphs
@given(random_graphs())
def test_layout_of_random_graphs(graph: RandomGraph) -> None:
    geometry = geometry_of(graph)
    check_boxes_of_a_graph_do_not_overlap(geometry)
    check_open_subgraphs_enclose_their_content(geometry)
    check_lines_connect_ports_by_axis_parallel_segments(geometry)
    check_lines_do_not_cross_boxes(geometry)
    check_lines_of_different_streams_do_not_overlap(geometry)


@some_graphs
@given(random_graphs())
def test_drawing_is_deterministic_and_well_formed(graph: RandomGraph) -> None:
    model, expanded = json_of(graph)
    first = svg_text(model, {"expanded": expanded, "options": "all"}, {"theme": "auto"})
    assert svg_text(model, {"expanded": expanded, "options": "all"}, {"theme": "auto"}) == first
    root = ElementTree.fromstring(first)
    assert root.attrib["role"] == "img"
    nodes = [each for each in root.iter() if "node" in each.attrib.get("class", "").split()]
    boxes = run("static.js", "geometry", model, {"expanded": expanded})["boxes"]
    closed = [box for box in boxes if box["role"] == "node"]
    assert {each.attrib["data-id"] for each in nodes} == {box["id"] for box in closed}


def test_any_selection_of_open_subgraphs_can_be_drawn() -> None:
    outer = (
        'input_stream: "IN:a" output_stream: "OUT:b" '
        'node { calculator: "Inner" input_stream: "IN:a" output_stream: "OUT:b" }'
    )
    inner = outer.replace("Inner", "X")
    top = outer.replace("Inner", "Outer")
    model = to_json(structure_of(top, subgraphs={"Inner": inner, "Outer": outer}).graph)
    found = {}
    for expanded in ([], ["Outer"], ["Outer", "Outer/Inner"], ["Outer/Inner"]):
        geometry = run("static.js", "geometry", model, {"expanded": expanded})
        found[tuple(expanded)] = [box["id"] for box in geometry["boxes"] if box["node"]]
    assert found[()] == ["Outer"]
    assert found["Outer",] == ["Outer", "Outer/Inner"]
    assert found["Outer", "Outer/Inner"] == ["Outer", "Outer/Inner", "Outer/Inner/X"]
    assert found["Outer/Inner",] == ["Outer"]


def test_error_in_a_script_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match="layout"):
        run("static.js", "geometry", {"nodes": None}, {})


TWO_CHAINS = """
input_stream: "a" output_stream: "b" output_stream: "c"
node { calculator: "LimiterCalculator" output_stream: "k" }
node { calculator: "GateCalculator" input_stream: "ALLOW:a" input_stream: "k" output_stream: "d" }
node { calculator: "LimiterCalculator" input_stream: "e" input_stream: "FINISHED:c" output_stream: "f" }
node { calculator: "SourceCalculator" output_stream: "e" }
node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:g" }
node { calculator: "ConstantSidePacketCalculator" }
node { calculator: "FaceLandmarks" input_stream: "d" input_side_packet: "FACES:faces" output_stream: "b" }
node { calculator: "Segmentation" input_stream: "f" output_stream: "MASK:h" }
node { calculator: "FilterCalculator" input_side_packet: "ENABLE:g" input_stream: "i" output_stream: "j" }
node { calculator: "ToImageCalculator" input_stream: "h" output_stream: "IMAGE:i" }
node { calculator: "FromImageCalculator" input_stream: "j" output_stream: "c" }
"""


def test_chains_stand_side_by_side() -> None:
    geometry = run("static.js", "geometry", to_json(structure_of(TWO_CHAINS).graph), {})
    widest = max(box["width"] for box in geometry["boxes"])
    assert geometry["width"] < 4 * widest


def test_graph_of_many_open_subgraphs_is_compact() -> None:
    graph = structure_of(shipped_graphs() / "modules/holistic_landmark/holistic_landmark_cpu.pbtxt").graph
    settings = {"expanded": expanded_ids(graph, "all")}
    geometry = run("static.js", "geometry", to_json(graph), settings)
    assert geometry["width"] * geometry["height"] < 1.5 * 78e6  # Graphviz dot's area for the same boxes.
    nodes = [box for box in geometry["boxes"] if box["role"] == "node"]
    covered = sum(box["width"] * box["height"] for box in nodes)
    assert covered / (geometry["width"] * geometry["height"]) > 0.06
