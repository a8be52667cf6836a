"""Reads the catalogues of authors' errors: text files with one example after another.

--- FILE                      files that all examples share
=== title
error RULE: part of the message           (or warning)
fix: part of the hint                     (absent if the message needs none)
--- FILE
text, with a » at the position that must be reported
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

MARK = "»"


class Position(NamedTuple):
    """The position of the mark."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Example:
    """An error of an author and its report. files: texts by name, with the mark in one of them."""

    title: str
    severity: str
    rule: str
    message: str
    hint: str
    files: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Position:
        """Write the files without the mark, and return its position."""
        positions = []
        for name, text in self.files.items():
            before, mark, after = text.partition(MARK)
            if mark:
                positions.append(Position(name, before.count("\n") + 1, len(before) - before.rfind("\n")))
            (folder / name).write_text(before + after, encoding="utf-8")
        (position,) = positions
        return position


def read_catalogue(name: str) -> list[Example]:
    """Return the examples of a catalogue in this folder."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    head, *sections = re.split(r"^=== ", text, flags=re.MULTILINE)
    shared = dict(_files(head))
    return [_example(section, shared) for section in sections]


def _example(section: str, shared: dict[str, str]) -> Example:
    head, *parts = re.split(r"^(?=--- )", section, flags=re.MULTILINE)
    title, expected, *rest = head.splitlines()
    match = re.fullmatch(r"(error|warning) ([a-z-]+): (.*)", expected)
    assert match, f"{title}: {expected}"
    hint = rest[0].removeprefix("fix: ") if rest else ""
    return Example(title, match[1], match[2], match[3], hint, {**shared, **dict(_files("".join(parts)))})


def _files(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^--- ", text, flags=re.MULTILINE)[1:]:
        name, _, content = part.partition("\n")
        yield name.strip(), content
