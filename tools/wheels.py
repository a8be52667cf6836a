"""Write the table of docs/installation.md: for which platforms our dependencies have wheels.

    python tools/wheels.py

Asks the package index, by `pip index versions`, for the files of each distribution, and compares their tags
with those of the platforms; only versions that the installed mpgraph admits count. A cell has the versions of
Python with a wheel; "source" if there is none but pip may compile the sources, else "none".
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "installation.md"
BEGIN, END = "<!-- begin of tools/wheels.py -->\n", "<!-- end of tools/wheels.py -->\n"

PYTHONS = tuple((3, minor) for minor in range(10, 15))
DISTRIBUTIONS = (
    *("ai-edge-litert", "numpy", "opencv-python-headless", "opencv-python", "protobuf", "quickjs-ng"),
    *("resvg-py", "av", "pillow-heif", "wgpu", "openvino", "tflite-runtime"),
)
GLIBC = range(17, 40)
"""Minor versions of glibc 2 that wheels are built for; Debian 12 and 13, Ubuntu 24.04 have 36, 41 and 39."""

_FILE = re.compile(r"https?://\S*/([^/\s#]+\.(?:whl|tar\.gz))")


def platforms() -> dict[str, list[str]]:
    """The platform tags of each row, as of current systems."""
    rows = {}
    for machine, label in (("x86_64", "x86-64"), ("aarch64", "arm64")):
        tags = [f"manylinux_2_{minor}_{machine}" for minor in reversed(GLIBC)]
        rows[f"Linux, {label}"] = [*tags, f"manylinux2014_{machine}", f"linux_{machine}"]
    for machine, label in (("x86_64", "x86-64"), ("aarch64", "arm64")):
        rows[f"Alpine, {label}"] = [f"musllinux_1_{minor}_{machine}" for minor in (2, 1, 0)]
    for machine, label in (("x86_64", "x86-64"), ("arm64", "arm64")):
        rows[f"macOS 15, {label}"] = list(mac_platforms((15, 0), machine))
    rows["Windows, x86-64"] = ["win_amd64"]
    rows["Windows, arm64"] = ["win_arm64"]
    return rows


@dataclass(frozen=True)
class Wheels:
    """The tags of a distribution's wheels, as far as versions are admitted, and whether it has sources."""

    tags: frozenset[Tag]
    has_source: bool

    @classmethod
    def of(cls, name: str, files: Iterable[str], admitted: SpecifierSet) -> Wheels:
        """Take those of `files`, by their names, that belong to the distribution `name`."""
        tags: set[Tag] = set()
        has_source = False
        for file in files:
            try:
                if file.endswith(".whl"):
                    distribution, version, _, given = parse_wheel_filename(file)
                else:
                    (distribution, version), given = parse_sdist_filename(file), frozenset()
            except (InvalidWheelFilename, InvalidSdistFilename):  # Of a time before the rules.
                continue
            if distribution == name and version in admitted:
                tags |= given
                has_source = has_source or not given
        return cls(frozenset(tags), has_source)

    def fit(self, python: tuple[int, int], platform: Sequence[str]) -> bool:
        """Whether one of them can be installed."""
        supported = {*cpython_tags(python, platforms=platform), *compatible_tags(python, platforms=platform)}
        return not self.tags.isdisjoint(supported)

    def cell(self, platform: Sequence[str]) -> str:
        """What there is for a platform."""
        pythons = [python for python in PYTHONS if self.fit(python, platform)]
        return ranges(pythons) or ("source" if self.has_source else "none")


def requirements() -> dict[str, SpecifierSet]:
    """The versions that mpgraph admits, by the names of distributions, those of its extras included."""
    parsed = [Requirement(line) for line in metadata.requires("mpgraph") or ()]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


def files_of(name: str) -> list[str]:
    """The names of all files that the index has for a distribution."""
    command = [sys.executable, "-m", "pip", "index", "versions", "-vvv", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(set(_FILE.findall(done.stdout + done.stderr)))
    if not found:
        raise SystemExit(f"pip found no files of {name}:\n{done.stderr}")
    return found


def ranges(pythons: Sequence[tuple[int, int]]) -> str:
    """The versions in short form: "3.10–3.12, 3.14", or "all"."""
    if tuple(pythons) == PYTHONS:
        return "all"
    spans: list[list[int]] = []
    for _, minor in pythons:
        if spans and spans[-1][-1] == minor - 1:
            spans[-1].append(minor)
        else:
            spans.append([minor])
    return ", ".join(f"3.{span[0]}" + (f"–3.{span[-1]}" if len(span) > 1 else "") for span in spans)


def table(known: dict[str, Wheels]) -> str:
    """The table in Markdown: a row for each distribution, a column for each platform."""
    columns = platforms()
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for name, wheels in known.items():
        lines.append(f"| {name} | " + " | ".join(map(wheels.cell, columns.values())) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ask the index and write the page."""
    admitted = requirements()
    known = {name: Wheels.of(name, files_of(name), admitted[name]) for name in DISTRIBUTIONS}
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table(known)}\n{END}{after}", encoding="utf-8")
    print(table(known))


if __name__ == "__main__":
    main()
