"""Compare mpgraph's layout with elkjs and Graphviz dot over graph files: a table in Markdown.

    python tools/bench/layout/layouts.py --elk FOLDER GRAPH...

FOLDER is where `npm install elkjs` was run; `dot` and `node` must be on PATH.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from dot_layout import dot
from drawn import Drawn, Measures, measured
from elk_layout import elk
from own_layout import ours

from mpgraph.errors import MpgraphError
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import expanded_ids

COLUMNS = (
    "crossings",
    "through nodes",
    "overlapping nodes",
    "coinciding lines",
    "length",
    "area",
    "median ms",
    "max ms",
)


def main() -> None:
    """Lay out every graph, collapsed and expanded, with all three engines, and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graphs", nargs="+", type=Path)
    parser.add_argument("--elk", type=Path, required=True)
    parser.add_argument("--each", action="store_true", help="Also print a line per graph.")
    arguments = parser.parse_args()
    cases = []
    for graph in arguments.graphs:
        try:
            structure = structure_of(graph)
        except MpgraphError as error:
            print(f"{graph}: {error}")
            continue
        for expand in ("none", "all"):
            expanded = expanded_ids(structure.graph, expand)
            if expand == "all" and not expanded:
                continue
            drawn, sizes = ours(structure, expanded)
            cases.append((f"{graph} {expand}", structure, expanded, sizes, drawn))
    elks = elk([(structure, expanded, sizes) for _, structure, expanded, sizes, _ in cases], arguments.elk)
    rows: dict[str, list[Measures]] = {"mpgraph": [], "elkjs": [], "dot": []}
    for (name, structure, expanded, sizes, own), other in zip(cases, elks, strict=True):
        if other is None:
            print(f"{name}: elkjs failed; omitted")
            continue
        drawings: dict[str, Drawn] = {"mpgraph": own, "elkjs": other, "dot": dot(structure, expanded, sizes)}
        for contender, drawing in drawings.items():
            rows[contender].append(measured(drawing))
            if arguments.each:
                print(f"{name} {contender}: {rows[contender][-1]}")
    count = len(rows["mpgraph"])
    print(f"\n{count} drawings of {len(arguments.graphs)} graphs\n")
    print(f"| | {' | '.join(COLUMNS)} |\n|---|{'---:|' * len(COLUMNS)}")
    for contender, measures in rows.items():
        print(f"| {contender} | {' | '.join(_summed(measures))} |")


def _summed(measures: list[Measures]) -> list[str]:
    milliseconds = [each.seconds * 1000 for each in measures]
    return [
        str(sum(each.crossings for each in measures)),
        str(sum(each.through for each in measures)),
        str(sum(each.overlaps for each in measures)),
        f"{sum(each.shared for each in measures):.0f} px",
        f"{sum(each.length for each in measures) / 1000:.0f} kpx",
        f"{sum(each.area for each in measures) / 1e6:.1f} Mpx",
        f"{statistics.median(milliseconds):.0f}",
        f"{max(milliseconds):.0f}",
    ]


if __name__ == "__main__":
    main()
