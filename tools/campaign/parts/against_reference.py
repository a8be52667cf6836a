"""Random graphs with some number of threads: their packets and bounds are those of the reference interpreter.

The reference interpreter and the graphs are those of the tests, in tests/reference.
"""

from __future__ import annotations

import importlib
import random
import sys
from typing import Any

from part import CHECKOUT, DIFFERENCE, RUN, Outcome, Part, Settings


class AgainstReference(Part[int]):
    """Compares graphs; an input is the seed of a graph."""

    def __init__(self, settings: Settings, threads: str) -> None:
        super().__init__(settings)
        self._threads = int(threads)
        sys.path.append(str(CHECKOUT / "tests" / "reference"))
        self._graphs: Any = importlib.import_module("random_graphs")
        self._comparison: Any = importlib.import_module("comparison")
        sys.setswitchinterval(5e-5)  # 100 times as often as by default

    def make(self, choose: random.Random) -> int:
        """Choose the seed of a graph, and whether to wait after each event: the lowest bit."""
        return choose.getrandbits(32)

    def run(self, given: int) -> Outcome:
        """Run the graph."""
        plan = self._graphs.make_plan(random.Random(given))
        found = self._comparison.differences(plan, self._threads, bool(given & 1))
        return Outcome(DIFFERENCE, "; ".join(found)[:500]) if found else Outcome(RUN)


create = AgainstReference
