"""Count the lines of three calculators and their graph, in mpgraph and in MediaPipe's C++.

    python tools/bench/lines_of_code/count_lines.py

Blank lines, comments and docstrings do not count. The table is the one in README.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
CATEGORIES = {
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
    """Yield the lines of the table in Markdown."""
    yield f"| lines of | {' | '.join(LIBRARIES)} |"
    yield "|---|" + "---:|" * len(LIBRARIES)
    sums = dict.fromkeys(LIBRARIES, 0)
    for category, suffixes in CATEGORIES.items():
        counts = {
            library: sum(count(file) for file in files(HERE / folder, suffixes))
            for library, folder in LIBRARIES.items()
        }
        sums = {library: sums[library] + counts[library] for library in LIBRARIES}
        yield _row(category, list(counts.values()))
    yield _row("**all**", list(sums.values()))
    yield _row("files", [len(files(HERE / folder)) for folder in LIBRARIES.values()])


def _row(name: str, counts: list[int]) -> str:
    return f"| {name} | {' | '.join(str(count or '-') for count in counts)} |"


def files(folder: Path, suffixes: tuple[str, ...] | None = None) -> list[Path]:
    """The files of a folder with the given suffixes, by default those of all categories."""
    selected = suffixes or tuple(suffix for category in CATEGORIES.values() for suffix in category)
    return [file for file in sorted(folder.iterdir()) if _suffix(file) in selected]


def count(file: Path) -> int:
    """The number of lines that are not blank, comment or docstring."""
    text = file.read_text(encoding="utf-8")
    text = _without_docstrings(text) if file.suffix == ".py" else _COMMENT[_suffix(file)].sub("", text)
    return sum(bool(line.strip()) for line in text.splitlines())


def _suffix(file: Path) -> str:
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
