"""Find the Python file near a graph that defines a calculator, for the hint of an error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_MOST_FILES = 200
_MOST_BYTES = 1_000_000


def file_defining(calculator: str, graph: str) -> str:
    """Return the file beside a graph, or in the working directory, that defines a calculator; "" for none.

    calculator: the name in the graph. graph: the graph's file, or any text if there is none.
    """
    name = re.escape(calculator.rpartition(".")[2])
    function = re.escape(_snake_case(calculator.rpartition(".")[2].removesuffix("Calculator")))
    defines = re.compile(
        rf"""^class[ ]{name}\b | ^@\w*\.?(?:register|calculator)\(["']{re.escape(calculator)}["']"""
        rf"""| ^@\w*\.?calculator\b[^\n]*\n(?:async[ ])?def[ ]{function}\(""",
        re.MULTILINE | re.VERBOSE,
    )
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for file in _python_files(graph):
        try:
            if os.path.abspath(file) in imported:  # Then its calculator is registered under another name.
                continue
            if file.stat().st_size < _MOST_BYTES and defines.search(file.read_text("utf-8")):
                return str(file)
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def _python_files(graph: str) -> Iterator[Path]:
    folders = [Path()]
    if Path(graph).is_file() and Path(graph).parent != Path():
        folders.insert(0, Path(graph).parent)
    for folder in folders:
        yield from sorted(folder.glob("*.py"))[:_MOST_FILES]


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
