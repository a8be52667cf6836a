"""Counts the lines of three calculators and their graph, in mpgraph and in MediaPipe's C++.

    python tools/bench/lines_of_code/count_lines.py

Blank lines, comments and docstrings do not count. The table is the one in README.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
KINDS = {
    "calculators (`.py`, `.cc`)": (".py", ".cc"),
    "options (`.proto`)": (".proto",),
    "build rules (`BUILD`)": ("BUILD",),
    "graph (`.pbtxt`)": (".pbtxt",),
}
LIBRARIES = {"mpgraph": "mpgraph", "MediaPipe, C++": "mediapipe_cpp"}

_COMMENT = {
    ".cc": re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL),
    ".proto": re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL),
    ".pbtxt": re.compile(r"^\s*#[^\n]*", re.MULTILINE),
    "BUILD": re.compile(r"^\s*#[^\n]*", re.MULTILINE),
}


def main() -> None:
    """Print the table."""
    print("\n".join(table()))


def table() -> Iterator[str]:
    """The lines of the table in Markdown."""
    yield f"| lines of | {' | '.join(LIBRARIES)} |"
    yield "|---|" + "---:|" * len(LIBRARIES)
    sums = dict.fromkeys(LIBRARIES, 0)
    for kind, suffixes in KINDS.items():
        counts = {
            library: sum(count(file) for file in files(HERE / folder, suffixes))
            for library, folder in LIBRARIES.items()
        }
        sums = {library: sums[library] + counts[library] for library in LIBRARIES}
        yield _row(kind, list(counts.values()))
    yield _row("**all**", list(sums.values()))
    yield _row("files", [len(files(HERE / folder)) for folder in LIBRARIES.values()])


def _row(name: str, counts: list[int]) -> str:
    return f"| {name} | {' | '.join(str(count or '-') for count in counts)} |"


def files(folder: Path, suffixes: tuple[str, ...] | None = None) -> list[Path]:
    """The files of a folder that count, of some kinds or of all."""
    wanted = suffixes or tuple(suffix for kind in KINDS.values() for suffix in kind)
    return [file for file in sorted(folder.iterdir()) if _kind(file) in wanted]


def count(file: Path) -> int:
    """How many lines of a file are neither blank nor comment nor docstring."""
    text = file.read_text(encoding="utf-8")
    text = _without_docstrings(text) if file.suffix == ".py" else _COMMENT[_kind(file)].sub("", text)
    return sum(bool(line.strip()) for line in text.splitlines())


def _kind(file: Path) -> str:
    return file.suffix or file.name


def _without_docstrings(text: str) -> str:
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1 : last] = [""] * (last - node.lineno + 1)
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


if __name__ == "__main__":
    main()
