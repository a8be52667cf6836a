"""What a campaign has found so far, in a file from which it can be resumed, and the table of its figures."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from part import CRASH, DIFFERENCE, FOUND, HANG, LEFTOVER, REFUSED, RUN, TRACEBACK

MOST_PERCENT = 1.0
"""By which the memory of a process may grow in an hour."""


@dataclass
class PartResult:
    """The figures of one part.

    next: the number of its next input. kinds: the number of outcomes of each kind. slopes: by process,
    (inputs, kB of growth after the first half of them). growth: of processes that were watched long enough,
    the percentage by which their memory grows in an hour. threads, files: the most that one process has
    gained since the first quarter of its inputs.
    """

    next: int = 0
    seconds: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)
    slopes: list[tuple[int, float]] = field(default_factory=list)
    growth: list[float] = field(default_factory=list)
    threads: int = 0
    files: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str) -> None:
        """Count an outcome."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1

    def kb_a_thousand(self) -> float | None:
        """The growth of memory in kB for 1,000 inputs; None if too few were tried in one process."""
        inputs = sum(count for count, _ in self.slopes)
        return 1000 * sum(growth for _, growth in self.slopes) / inputs if inputs else None

    def leaks(self) -> list[str]:
        """Say what a process has kept that it should have released."""
        growing = [f"memory grows by {each:.1f} % an hour" for each in self.growth if each > MOST_PERCENT]
        held = ((self.threads, "threads"), (self.files, "open files"))
        return growing + [f"{count} more {what} than before" for count, what in held if count > 0]


@dataclass
class Results:
    """The figures of all parts, and the seed."""

    seed: int
    parts: dict[str, PartResult] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> Results:
        """Read what `save` has written."""
        found = json.loads(file.read_text(encoding="utf-8"))
        return cls(found["seed"], {name: PartResult(**part) for name, part in found["parts"].items()})

    def save(self, file: Path) -> None:
        """Write a file from which the campaign can go on."""
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        os.replace(part, file)

    def found(self) -> int:
        """The number of findings."""
        return sum(
            sum(part.kinds.get(kind, 0) for kind in FOUND) + len(part.leaks()) for part in self.parts.values()
        )

    def table(self) -> str:
        """The figures as a table of Markdown."""
        lines = [
            "| part | seconds | inputs | run | refused | hangs | crashes | tracebacks | differences "
            "| leftovers | kB of memory per 1,000 | % of memory an hour | threads | files |",
            "|" + "---|" * 14,
        ]
        for name, part in self.parts.items():
            figures = [part.kinds.get(kind, 0) for kind in (RUN, REFUSED, HANG, CRASH, TRACEBACK)]
            figures += [part.kinds.get(kind, 0) for kind in (DIFFERENCE, LEFTOVER)]
            growth = part.kb_a_thousand()
            cells = [name, f"{part.seconds:.0f}", sum(part.kinds.values()), *figures]
            cells += ["" if growth is None else f"{growth:.0f}"]
            cells += [f"{max(part.growth):.2f}" if part.growth else "", part.threads, part.files]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        return "\n".join(lines)
