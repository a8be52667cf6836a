"""Damaged binary graphs: `mpgraph check` and `mpgraph viz` end in clear lines."""

from __future__ import annotations

import random
from collections.abc import Iterator

from command import in_process
from edits import Edited, edited
from part import CHECKOUT, FINE, Outcome, Part, Settings

from mpgraph.config.source import parse_graph_text
from mpgraph.errors import MpgraphError


class BinaryGraphs(Part[Edited]):
    """Checks and draws damaged graphs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._file = settings.folder / "graph.binarypb"
        self._graphs = []
        for path in sorted((CHECKOUT / "graphs").rglob("*.pbtxt")):
            try:
                config = parse_graph_text(path.read_text(encoding="utf-8")).config
            except MpgraphError:  # Some are for plug-ins.
                continue
            self._graphs.append(config.SerializeToString())
        assert self._graphs

    def make(self, choose: random.Random) -> Edited:
        """Damage one of the shipped graphs."""
        return edited(choose.choice(self._graphs), choose, ".binarypb")

    def run(self, given: Edited) -> Outcome:
        """Check it; draw some."""
        self._file.write_bytes(given.data)
        outcome = in_process("check", str(self._file))
        if outcome.kind in FINE and len(given.data) % 5 == 0:
            drawn = in_process("viz", str(self._file), "-o", str(self._file.with_suffix(".svg")))
            return drawn if drawn.kind not in FINE else outcome
        return outcome

    def smaller(self, given: Edited) -> Iterator[Edited]:
        """Yield fewer edits."""
        return given.fewer()

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the graph."""
        return given.suffix, given.data


create = BinaryGraphs
