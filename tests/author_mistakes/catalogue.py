"""Reads the catalogues: text files with one mistake after another.

--- FILE                    files that all mistakes share
=== what an author does wrong
error CODE: part of what is said        (or warning)
fix: part of what is suggested          (left out where that goes without saying)
--- FILE
text, with a » where the mistake has to be shown
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

MARK = "»"


class Spot(NamedTuple):
    """Where a mark stood."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Mistake:
    """One mistake. files: by name, with the mark in one of them."""

    name: str
    severity: str
    code: str
    says: str
    fix: str
    files: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Spot:
        """Write the files without the mark, and return where it stood."""
        spots = []
        for name, text in self.files.items():
            before, mark, after = text.partition(MARK)
            if mark:
                spots.append(Spot(name, before.count("\n") + 1, len(before) - before.rfind("\n")))
            (folder / name).write_text(before + after, encoding="utf-8")
        (spot,) = spots
        return spot


def read_catalogue(name: str) -> list[Mistake]:
    """Return the mistakes of one file beside this one."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    head, *sections = re.split(r"^=== ", text, flags=re.MULTILINE)
    shared = dict(_files(head))
    return [_mistake(section, shared) for section in sections]


def _mistake(section: str, shared: dict[str, str]) -> Mistake:
    title, *parts = re.split(r"^(?=--- )", section, flags=re.MULTILINE)
    name, expected, *rest = title.splitlines()
    match = re.fullmatch(r"(error|warning) ([a-z-]+): (.*)", expected)
    assert match, f"{name}: {expected}"
    fix = rest[0].removeprefix("fix: ") if rest else ""
    return Mistake(name, match[1], match[2], match[3], fix, {**shared, **dict(_files("".join(parts)))})


def _files(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^--- ", text, flags=re.MULTILINE)[1:]:
        name, _, content = part.partition("\n")
        yield name.strip(), content
