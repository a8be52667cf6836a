"""Damaged traces and profiler logs: `mpgraph profile` and the page's loader end in clear lines."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from command import in_process
from edits import Edited, edited
from part import FINE, Outcome, Part, Settings, attempt

import mpgraph as mp
from mpgraph.profiling.saved import load_trace

GRAPH = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "a" }
node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "out" }
"""
PROFILER = 'profiler_config { trace_enabled: true enable_profiler: true trace_log_path: "%s" }'


def traces_of_a_run(folder: Path) -> list[tuple[str, bytes]]:
    """Return the suffixes and contents of a trace in each format, and of a profiler log."""
    graph = mp.CalculatorGraph(graph_config=GRAPH + PROFILER % (folder / "log_"))
    with graph.trace() as recorded, graph:
        graph.start_run()
        for t in range(20):
            graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(t).at(t))
    for suffix in (".json", ".perfetto-trace"):
        recorded.save(folder / f"trace{suffix}")
    files = [*folder.glob("trace.*"), *folder.glob("log_*.binarypb")]
    assert len(files) >= 3
    return [(path.suffix, path.read_bytes()) for path in sorted(files)]


class Traces(Part[Edited]):
    """Loads damaged traces."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._folder = settings.folder
        self._traces = traces_of_a_run(settings.folder)

    def make(self, choose: random.Random) -> Edited:
        """Damage one of the files."""
        suffix, data = choose.choice(self._traces)
        return edited(data, choose, suffix)

    def run(self, given: Edited) -> Outcome:
        """Load it for the page; make a table of a log."""
        file = self._folder / f"damaged{given.suffix}"
        file.write_bytes(given.data)
        loaded = attempt(lambda: load_trace(file))
        if loaded.kind not in FINE:
            return loaded
        profiled = in_process("profile", str(file))
        return loaded if profiled.kind in FINE else profiled

    def smaller(self, given: Edited) -> Iterator[Edited]:
        """Yield fewer edits."""
        return given.fewer()

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the trace."""
        return given.suffix, given.data


create = Traces
