"""Layout by elkjs, the Eclipse Layout Kernel in JavaScript."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drawn import Drawn, Point, Sizes, net_of

from mpgraph.visualizer.model import Structure, to_json

_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.direction": "DOWN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.layered.spacing.nodeNodeBetweenLayers": "30",
    "elk.spacing.nodeNode": "26",
    "elk.layered.feedbackEdges": "true",
    "elk.spacing.edgeEdge": "9",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
}
_SIDES = {"in": "NORTH", "out": "SOUTH", "side_in": "WEST", "side_out": "EAST"}
_LISTS = {"in": "inputs", "out": "outputs", "side_in": "side_inputs", "side_out": "side_outputs"}


def elk(structures: Sequence[tuple[Structure, Sequence[str], Sizes]], folder: Path) -> list[Drawn | None]:
    """Return the drawings by elkjs, None where it failed. folder: where npm installed it."""
    lines = "\n".join(json.dumps(_elk_graph(*each)) for each in structures)
    script = Path(__file__).with_name("elk.js")
    done = subprocess.run(
        ["node", "--stack-size=50000", str(script), str(folder)],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    results: list[Drawn | None] = []
    for line in done.stdout.splitlines():
        result = json.loads(line)
        if "failed" in result:
            results.append(None)
            continue
        drawn = Drawn(seconds=result["milliseconds"] / 1000)
        origins: dict[str, Point] = {"root": (0.0, 0.0)}
        _read_elk(result, (0.0, 0.0), drawn, origins)
        _read_elk_lines(result, drawn, origins)
        results.append(drawn)
    return results


def _elk_graph(structure: Structure, expanded: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    opened = set(expanded)

    def level(graph: dict[str, Any], around: str) -> dict[str, Any]:
        children = []
        for node in graph["nodes"]:
            child: dict[str, Any] = {"id": f"n {node['id']}", "ports": []}
            for side, name in _LISTS.items():
                for index in range(len(node[name])):
                    options = {"elk.port.side": _SIDES[side]}
                    child["ports"].append(
                        {
                            "id": f"p {node['id']} {side}{index}",
                            "width": 1,
                            "height": 1,
                            "layoutOptions": options,
                        }
                    )
            child["layoutOptions"] = {"elk.portConstraints": "FIXED_SIDE"}
            if node["graph"] and node["id"] in opened:
                child.update(level(node["graph"], node["id"]))
                child["layoutOptions"]["elk.padding"] = "[top=38,left=14,bottom=38,right=14]"
                child["node"] = node
            else:
                child["width"], child["height"] = sizes[node["id"]]
            children.append(child)
        if not around:
            for side, name in _LISTS.items():
                for index, port in enumerate(graph[name]):
                    width, height = sizes[f"{side}:{port['entry']}"]
                    own: dict[str, Any] = {"id": f"n {side}:{index}", "width": width, "height": height}
                    own["ports"] = [{"id": f"p root {side}{index}", "width": 1, "height": 1}]
                    opposite = {"in": "SOUTH", "out": "NORTH", "side_in": "EAST", "side_out": "WEST"}[side]
                    own["ports"][0]["layoutOptions"] = {"elk.port.side": opposite}
                    own["layoutOptions"] = {"elk.portConstraints": "FIXED_SIDE"}
                    if side in ("in", "out"):
                        constraint = "FIRST" if side == "in" else "LAST"
                        own["layoutOptions"]["elk.layered.layering.layerConstraint"] = constraint
                    children.append(own)
        edges = []
        for edge in graph["edges"]:
            stream = edge["kind"] == "stream"
            source = _elk_end(
                edge["source"], around, "out" if stream else "side_out", "in" if stream else "side_in", nodes
            )
            target = _elk_end(
                edge["target"], around, "in" if stream else "side_in", "out" if stream else "side_out", nodes
            )
            if source and target:
                edges.append(
                    {
                        "id": f"e {net_of(edge, graph['id'])}|{edge['id']}",
                        "sources": [source],
                        "targets": [target],
                    }
                )
        return {"children": children, "edges": edges}

    nodes: dict[str, dict[str, Any]] = {}

    def collect(graph: dict[str, Any]) -> None:
        for node in graph["nodes"]:
            nodes[node["id"]] = node
            if node["graph"]:
                collect(node["graph"])

    graph = to_json(structure.graph)
    collect(graph)
    return {"id": "root", "layoutOptions": _OPTIONS, **level(graph, "")}


def _elk_end(
    end: dict[str, Any], around: str, at_node: str, at_border: str, nodes: dict[str, dict[str, Any]]
) -> str | None:
    if end["node"]:
        return f"p {end['node']} {at_node}{end['port']}"
    if not around:
        return f"p root {at_border}{end['port']}"
    node = nodes[around]
    inner = node["graph"][_LISTS[at_border]][end["port"]]
    for index, port in enumerate(node[_LISTS[at_border]]):
        if (port["tag"], port["index"]) == (inner["tag"], inner["index"]):
            return f"p {around} {at_border}{index}"
    return None


def _read_elk(node: dict[str, Any], origin: Point, drawn: Drawn, origins: dict[str, Point]) -> None:
    for child in node.get("children", ()):
        x, y = origin[0] + child["x"], origin[1] + child["y"]
        origins[child["id"]] = (x, y)
        if "node" not in child:
            drawn.boxes[child["id"][2:]] = (x, y, x + child["width"], y + child["height"])
        _read_elk(child, (x, y), drawn, origins)


def _read_elk_lines(node: dict[str, Any], drawn: Drawn, origins: dict[str, Point]) -> None:
    for edge in node.get("edges", ()):
        x, y = origins[edge.get("container", "root")]
        for section in edge.get("sections", ()):
            points = [section["startPoint"], *section.get("bendPoints", ()), section["endPoint"]]
            corners = [(x + point["x"], y + point["y"]) for point in points]
            owners = frozenset(_elk_owner(end) for end in (*edge["sources"], *edge["targets"]))
            drawn.lines.append((edge["id"].partition("|")[0], owners, corners))
    for child in node.get("children", ()):
        _read_elk_lines(child, drawn, origins)


def _elk_owner(port: str) -> str:
    owner, _, name = port[2:].rpartition(" ")
    side = name.rstrip("0123456789")
    return owner if owner != "root" else f"{side}:{name[len(side) :]}"
