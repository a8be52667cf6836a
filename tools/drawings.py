"""Draw the graphs of the documentation: `python tools/drawings.py`, after a graph or the layout changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GRAPHS = Path(__file__).resolve().parent.parent / "graphs"


def drawn_graphs() -> list[Path]:
    """The graphs that have a drawing next to them: an .svg file of the same name."""
    return sorted([*GRAPHS.glob("examples/*/*.pbtxt"), *GRAPHS.glob("selfie_effects/*.pbtxt")])


def command(graph: Path, output: Path) -> list[str]:
    """The command that draws a graph, with the calculators of the Python file next to it."""
    module = graph.with_suffix(".py")
    modules = ["--module", str(module)] if module.exists() else []
    return [sys.executable, "-m", "mpgraph", "viz", str(graph), "-o", str(output), *modules]


def main() -> None:
    """Write all drawings."""
    for graph in drawn_graphs():
        subprocess.run(command(graph, graph.with_suffix(".svg")), check=True)


if __name__ == "__main__":
    main()
