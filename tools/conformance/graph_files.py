"""Check the graph files of a MediaPipe checkout, and write what does not check clean to graph_files.md.

    python tools/conformance/graph_files.py CHECKOUT [--dry] [--errors]

CHECKOUT: MediaPipe's repository. Its own subgraphs are found as a user's would be, by MPGRAPH_RESOURCE_PATH.
A graph file is one with nodes; it is clean if `mpgraph check` finds no error. --dry prints the page instead
of writing it, --errors adds all errors. Exits with 1 if a graph lacks a name that docs/compatibility.md does
not list as missing.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpgraph.config.validation.diagnostics import ERROR, Diagnostic, diagnose
from mpgraph.framework.resources import RESOURCE_PATH_VARIABLE

HERE = Path(__file__).resolve().parent
PAGE = HERE / "graph_files.md"
DOCS = HERE.parent.parent / "docs" / "compatibility.md"

_NODE = re.compile(rb"^\s*node\s*:?\s*\{", re.MULTILINE)
_MISSING = re.compile(r'Unable to find Calculator "([\w.]+)"')
_CODE = re.compile(r"`([\w.]+)`")
_SOLUTIONS = re.compile(r"edge|face_(?!effect)|hair|hand|holistic|iris|object_detection|pose|selfie")
"""Folders of graphs/ with the demo of one solution."""


@dataclass(frozen=True)
class GraphFile:
    """A graph file of the checkout. path: below the folder `mediapipe`."""

    path: str
    errors: list[Diagnostic]

    @property
    def missing(self) -> set[str]:
        """The calculators and subgraphs that it names and that do not exist."""
        return {name for error in self.errors for name in _MISSING.findall(error.message)}

    @property
    def category(self) -> str:
        """What it is for."""
        folder, _, rest = self.path.partition("/")
        device = "GPU and mobile" if re.search(r"gpu|mobile", self.path) else "CPU"
        if folder == "modules":
            return f"modules, {device}"
        if folder == "graphs" and _SOLUTIONS.match(rest):
            return f"demos of solutions, {device}"
        return (
            "framework's tests" if folder == "framework" else "Tasks" if folder == "tasks" else "other demos"
        )


def graph_files(checkout: Path) -> Iterator[GraphFile]:
    """Check each graph file of a checkout, in the order of their paths."""
    root = checkout / "mediapipe"
    for file in sorted(root.rglob("*.pbtxt")):
        if _NODE.search(file.read_bytes()):
            errors = [found for found in diagnose(file) if found.severity == ERROR]
            yield GraphFile(file.relative_to(root).as_posix(), errors)


def documented() -> set[str]:
    """The names that docs/compatibility.md lists as not here."""
    section = DOCS.read_text("utf-8").partition("## Calculators of MediaPipe that are not here")[2]
    return set(_CODE.findall(section.partition("\n## ")[0]))


def report(found: Sequence[GraphFile]) -> str:
    """The text of graph_files.md."""
    clean = [each for each in found if not each.errors]
    lines = [
        "# MediaPipe's graph files",
        "",
        f"Of the {len(found)} graph files in MediaPipe's repository, {len(clean)} check clean. This page is",
        "written by",
        "",
        "    python tools/conformance/graph_files.py MEDIAPIPE_CHECKOUT",
        "",
        "| graphs | files | clean |",
        "|---|---|---|",
    ]
    totals, goods = (Counter(each.category for each in files) for files in (found, clean))
    lines += [f"| {name} | {totals[name]} | {goods[name]} |" for name in sorted(totals)]
    lines += [
        f"| all | {len(found)} | {len(clean)} |",
        "",
        "## Missing names, and the graphs that need them",
        "",
    ]
    needed = Counter(name for each in found for name in each.missing)
    lines += [
        f"- `{name}`: {count}" for name, count in sorted(needed.items(), key=lambda item: (-item[1], item[0]))
    ]
    lines += ["", "## Graphs that fail for another reason", ""]
    # Without the location of the producer that some messages end with: the checkout may be anywhere.
    lines += [
        f"- `{each.path}`: {each.errors[0].message.partition(', as node')[0]}"
        for each in found
        if each.errors and not each.missing
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Check all graphs, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--dry", action="store_true", help="print the page instead of writing it")
    parser.add_argument("--errors", action="store_true", help="print all errors, too")
    arguments = parser.parse_args()
    os.environ[RESOURCE_PATH_VARIABLE] = str(arguments.checkout)
    found = list(graph_files(arguments.checkout))
    if arguments.dry:
        print(report(found))
    else:
        PAGE.write_text(report(found), encoding="utf-8")
    if arguments.errors:
        print(*(error for each in found for error in each.errors), sep="\n")
    unlisted = sorted({name for each in found for name in each.missing} - documented())
    if unlisted:
        print(f"Not in {DOCS.name}: {', '.join(unlisted)}", file=sys.stderr)
    return 1 if unlisted else 0


if __name__ == "__main__":
    raise SystemExit(main())
