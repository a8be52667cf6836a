"""How far what a mistake points at goes in its text, so that an editor can underline it."""

from __future__ import annotations

import re
from pathlib import Path

# A quoted string; a name with its plain value, if it has one; a number; or else one character.
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
    """The lines of texts by the names that places have for them."""

    def __init__(self, name: str = "", text: str = "") -> None:
        """name, text: of the one that may be in no file."""
        self._lines = {name: text.split("\n")} if text else {}

    def end_column(self, file: str, line: int, column: int) -> int:
        """The column after what begins at a place; 0 if that is not known."""
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
