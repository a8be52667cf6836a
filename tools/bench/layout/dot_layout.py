"""Layout by Graphviz's dot.

It has no ports at the borders of clusters: its lines go straight from node to node, and start and end in the
middle of a side. Both are to its advantage.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any

from drawn import Box, Drawn, Point, Sizes

from mpgraph.visualizer.model import Structure
from mpgraph.visualizer.visible import Line, visible


def dot(structure: Structure, expanded: Sequence[str], sizes: Sizes) -> Drawn:
    """Return the drawing by dot, with curves approximated by short straight lines."""
    view = visible(structure, expanded)
    names = {end: f"e{index}" for index, (end, _, _) in enumerate(view.ports)}
    names.update({node.id: f"n{index}" for index, (node, _) in enumerate(view.nodes)})
    text = [
        "digraph g {",
        "rankdir=TB; nodesep=0.36; ranksep=0.42;",
        'node [shape=box, fixedsize=true, label=""];',
    ]
    for name in names:
        width, height = sizes[name]
        text.append(f"{names[name]} [width={width / 72:.3f}, height={height / 72:.3f}];")
    text += _clusters(structure, set(expanded), names)
    for index, line in enumerate(view.lines):
        text.append(_dot_edge(line, index, names))
    start = time.perf_counter()
    done = subprocess.run(
        ["dot", "-Tjson0"], input="\n".join([*text, "}"]), capture_output=True, text=True, check=True
    )
    drawn = Drawn(seconds=time.perf_counter() - start)
    by_name = {short: long for long, short in names.items()}
    result = json.loads(done.stdout)
    for node in result.get("objects", ()):
        if node["name"] in by_name:
            identifier = by_name[node["name"]]
            x, y = (float(part) for part in node["pos"].split(","))
            width, height = sizes[identifier]
            drawn.boxes[identifier] = _box(x, y, width, height)
    for edge in result.get("edges", ()):
        line = view.lines[int(edge["id"])]
        net = f"{line.kind} {line.source.id} {line.source.index}"
        drawn.lines.append((net, frozenset((line.source.id, line.target.id)), _curve(edge["pos"])))
    return drawn


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _clusters(structure: Structure, expanded: set[str], names: dict[str, str]) -> Iterator[str]:
    def walk(graph: Any) -> Iterator[str]:
        for node in graph.nodes:
            if node.graph is not None and node.id in expanded:
                yield f'subgraph "cluster_{node.id}" {{ margin=14; label="x";'
                yield from walk(node.graph)
                yield "}"
            else:
                yield f"{names[node.id]};"

    return walk(structure.graph)


def _dot_edge(line: Line, index: int, names: dict[str, str]) -> str:
    tail, head = ("s", "n") if line.kind == "stream" else ("e", "w")
    back = ", constraint=false" if line.back_edge else ""
    ends = f"{names[line.source.id]}:{tail} -> {names[line.target.id]}:{head}"
    return f'{ends} [id="{index}"{back}, arrowhead=none];'


def _curve(position: str) -> list[Point]:
    points = [
        tuple(map(float, part.split(",")[-2:]))
        for part in position.split()
        if not part.startswith(("e", "s"))
    ]
    corners = [(points[0][0], points[0][1])]
    for start in range(0, len(points) - 3, 3):
        p0, p1, p2, p3 = points[start : start + 4]
        for step in range(1, 9):
            t = step / 8
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            corners.append(
                (a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1])
            )
    return corners
