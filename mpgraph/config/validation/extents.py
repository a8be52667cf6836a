"""End positions of diagnostics, so that an editor can underline what they are about."""

from __future__ import annotations

import re
from pathlib import Path

# A quoted string; a name, with its value if that is a scalar; a number; otherwise one character.
_EXTENT = re.compile(
    r"""
    (?: \[ [^\]\s]* \] | [A-Za-z_]\w* )
        (?: \s* : \s* (?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [-\w.]+ ) )?
    | "(?:[^"\\]|\\.)*"? | '(?:[^'\\]|\\.)*'?
    | [-\w.]+
    | \S
    """,
    re.VERBOSE,
)


class Texts:
    """The lines of graph texts, by the file names in locations; files are read when first needed."""

    def __init__(self, name: str = "", text: str = "") -> None:
        """name, text: of a graph that is not in a file."""
        self._lines = {name: text.split("\n")} if text else {}

    def end_column(self, file: str, line: int, column: int) -> int:
        """Return the column after the token that begins at a position; 0 if it is not known."""
        if line < 1 or file.endswith(".py"):
            return 0
        if file not in self._lines:
            self._lines[file] = _read(file)
        lines = self._lines[file]
        found = _EXTENT.match(lines[line - 1], column - 1) if line <= len(lines) else None
        return found.end() + 1 if found else 0


def _read(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except (OSError, ValueError):
        return []
