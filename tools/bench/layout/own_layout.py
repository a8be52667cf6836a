"""Layout by mpgraph, in QuickJS as for drawings in files."""

from __future__ import annotations

import time
from collections.abc import Sequence

from drawn import Drawn, Sizes, net_of

from mpgraph.visualizer.engine import run
from mpgraph.visualizer.model import Structure, to_json


def ours(structure: Structure, expanded: Sequence[str]) -> tuple[Drawn, Sizes]:
    """Return the drawing by mpgraph and the sizes of its boxes. The time is that of the layout in QuickJS."""
    graph = to_json(structure.graph)
    start = time.perf_counter()
    geometry = run("static.js", "geometry", graph, {"expanded": list(expanded)})
    drawn = Drawn(seconds=time.perf_counter() - start)
    sizes = {}
    for box in geometry["boxes"]:
        if box["role"] == "group":
            continue
        sizes[box["id"]] = (box["width"], box["height"])
        drawn.boxes[box["id"]] = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    for wire in geometry["wires"]:
        edge = wire["edge"]
        drawn.lines.append(
            (
                net_of(edge, wire["graph"]),
                frozenset((edge["source"]["node"], edge["target"]["node"])),
                [(x, y) for x, y in wire["points"]],
            )
        )
    return drawn, sizes
