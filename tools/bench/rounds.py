"""Fair timing on a machine with other load: all contenders in turn, and medians."""

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

    Processes are restarted `starts` times, because the placement of a process's threads on CPUs may make it
    fast or slow for its whole life. Each of them runs `rounds` rounds.
    """

    starts: int
    rounds: int

    def __post_init__(self) -> None:
        if self.starts < 1 or self.starts * self.rounds < 2:
            raise SystemExit("One round does not show the spread; use two or more.")

    def __str__(self) -> str:
        return f"{self.starts} x {self.rounds} rounds"

    def of(self, what: str, entrants: Sequence[Contender], block: Block, report: Report) -> list[list[float]]:
        """The results of `block` for each entrant, one value per round."""
        return self.of_turns(what, [(entrant, block) for entrant in entrants], report)

    def of_tasks(
        self, what: str, contender: Contender, blocks: Sequence[Block], report: Report
    ) -> list[list[float]]:
        """The results of each block in a process of the contender, one value per round."""
        return self.of_turns(what, [(contender, block) for block in blocks], report)

    def of_turns(
        self, what: str, turns: Sequence[tuple[Contender, Block]], report: Report
    ) -> list[list[float]]:
        """The results of each contender's block, one value per round."""
        # Each round starts with another entrant. Other load thus affects all of them equally, and they can be
        # compared round by round.
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
    """The median of the ratios round by round, and their interquartile range as text."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    low, _, high = quantiles(pairs, n=4)
    return median(pairs), f"{low:.2f}-{high:.2f}"
