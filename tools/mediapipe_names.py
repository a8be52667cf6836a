"""Extract the names of MediaPipe's own calculators and subgraphs from a checkout, for the hints of errors.

    python tools/mediapipe_names.py CHECKOUT

Writes mpgraph/config/mediapipe_names.txt: a line for each folder with calculators, and the names registered
there, without tests. Only names are extracted, which are facts about MediaPipe's graphs.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "mpgraph" / "config" / "mediapipe_names.txt"

_REGISTRATION = re.compile(
    r"""\b(?: (?:MEDIAPIPE_)?REGISTER_(?:CALCULATOR|NODE|MEDIAPIPE_GRAPH) \( \s* ([\w:]+) \s* \)
      | MEDIAPIPE_NODE_INTERFACE \( \s* (\w+)
      | kCalculatorName\[?\]? \s* = \s* "(\w+)"
      | register_as \s* = \s* "(\w+)" )""",
    re.VERBOSE,
)
_USE = re.compile(r"""\bAddNode(?:<\s*([\w:]+)\s*>|\(\s*"(\w+)")""")
"""A use of a name, which stands for its registration where that is written in another way."""
_CODE = {".cc", ".h", ".mm"}


def names_by_folder(checkout: Path) -> dict[str, set[str]]:
    """Return the names that are registered in each folder below `mediapipe`."""
    found = _matches(checkout / "mediapipe", _REGISTRATION)
    registered = set().union(*found.values())
    for folder, names in _matches(checkout / "mediapipe", _USE).items():
        found[folder] |= names - registered
    return {folder: names for folder, names in found.items() if names}


def _matches(root: Path, pattern: re.Pattern[str]) -> dict[str, set[str]]:
    """The names that a pattern finds, by folder."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(root.rglob("*")):
        is_code = file.suffix in _CODE or file.name == "BUILD"
        if not is_code or re.search("test", file.relative_to(root).as_posix()) or not file.is_file():
            continue
        for match in pattern.finditer(file.read_text("utf-8", errors="replace")):
            name = next(filter(None, match.groups())).rpartition("::")[2]
            if name[0].isupper() and not re.search(r"^T$|^MyClass$|Test|Impl$", name):
                found[file.parent.relative_to(root).as_posix()].add(name)
    return found


def main() -> None:
    """Write the data."""
    found = names_by_folder(Path(sys.argv[1]))
    lines = [f"{folder}: {' '.join(sorted(names))}\n" for folder, names in sorted(found.items())]
    DATA.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
