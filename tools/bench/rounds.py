"""Fair timing on a machine that does other things too: everybody in turn, and medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from contender import Contender, Worker
from report import Report

Block = Callable[[Worker], float]


@dataclass(frozen=True)
class Rounds:
    """How often to measure.

    Processes are started anew `starts` times, since where the system puts a process's threads may make
    it fast or slow for as long as it lives. Each time there are `rounds` rounds.
    """

    starts: int
    rounds: int

    def __post_init__(self) -> None:
        if self.starts < 1 or self.starts * self.rounds < 2:
            raise SystemExit("One round tells nothing about the spread; take two or more.")

    def __str__(self) -> str:
        return f"{self.starts} x {self.rounds} rounds"

    def of(self, what: str, entrants: Sequence[Contender], block: Block, report: Report) -> list[list[float]]:
        """What `block` gives for each entrant, a value a round."""
        return self._measure(what, [(entrant, block) for entrant in entrants], report)

    def of_tasks(
        self, what: str, contender: Contender, blocks: Sequence[Block], report: Report
    ) -> list[list[float]]:
        """What each of the blocks gives in a process of the contender, a value a round."""
        return self._measure(what, [(contender, block) for block in blocks], report)

    def _measure(
        self, what: str, turns: Sequence[tuple[Contender, Block]], report: Report
    ) -> list[list[float]]:
        # Each round begins with another one. What else the machine does thus falls on all alike, and
        # round by round they can be compared.
        report.begin(what, self.starts * self.rounds)
        results: list[list[float]] = [[] for _ in turns]
        for _ in range(self.starts):
            with ExitStack() as stack:
                workers = {
                    entrant.name: stack.enter_context(entrant.start())
                    for entrant in dict.fromkeys(entrant for entrant, _ in turns)
                }
                for first in range(self.rounds):
                    for position in range(len(turns)):
                        index = (first + position) % len(turns)
                        entrant, block = turns[index]
                        results[index].append(block(workers[entrant.name]))
                    report.step()
        return results


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, str]:
    """The median of the ratios round by round, and the middle half of them as text."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    low, _, high = quantiles(pairs, n=4)
    return median(pairs), f"{low:.2f}-{high:.2f}"
