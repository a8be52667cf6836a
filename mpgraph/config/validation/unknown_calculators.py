"""Find the most likely fix for a calculator that is not registered, for the hint of the error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from mpgraph.config.validation.mediapipe_names import is_graph_file, mediapipe_folder
from mpgraph.errors import did_you_mean
from mpgraph.framework import plugins
from mpgraph.framework.registry import CALCULATORS, unregistered_class
from mpgraph.framework.resources import RESOURCE_PATH_VARIABLE

# Limits of the search for the file that defines a calculator.
_MOST_FILES = 200
_MOST_BYTES = 1_000_000


def hint_for_unknown(wanted: str, file: str, subgraphs: Sequence[str]) -> str:
    """Return the most likely fix.

    wanted: the name in the graph. file: the graph's file, or any text if there is none.
    subgraphs: the names of subgraphs that the file can use.
    """
    last = wanted.rpartition(".")[2]
    for name, cls in CALCULATORS.classes().items():
        if last in (name.rpartition(".")[2], cls.__name__):
            return f'Did you mean "{name}"?'
    if forgotten := unregistered_class(wanted):
        return f"Put @mp.register above its class ({forgotten.defined_at})."
    if defining := file_defining(wanted, file):
        return f"Import its module before the graph is created (commands: --module {defining})."
    if known := _hint_for_mediapipe(wanted):
        return known
    offered = [plugin.name for plugin in plugins.installed() if plugin.attribute]
    hint = _near(wanted, (*CALCULATORS.names(), *offered, *subgraphs))
    if broken := plugins.broken():
        names = " or ".join(f'"{plugin.distribution}"' for plugin in broken)
        return f"{hint} It may come with the plug-in {names}, which cannot be imported.".strip()
    if hint:
        return hint
    hint = "Register its class with @mpgraph.register before the graph is created (commands: --module FILE)"
    if "." in wanted:  # Subgraph files are not found by qualified names.
        return f"{hint}."
    return (
        f'{hint}, or, if it is a subgraph, put its file beside this one as "{_snake_case(wanted)}.pbtxt" or '
        f"name its folder with {RESOURCE_PATH_VARIABLE}."
    )


def _hint_for_mediapipe(wanted: str) -> str:
    """The hint for a name of MediaPipe itself; "" for other names."""
    folder = mediapipe_folder(wanted)
    if not folder:
        return ""
    if is_graph_file(wanted):
        return (
            f"It is a subgraph of MediaPipe (mediapipe/{folder}): name its folder in a checkout with "
            f"{RESOURCE_PATH_VARIABLE}."
        )
    return f"MediaPipe has it (mediapipe/{folder}), mpgraph does not yet."


@lru_cache(maxsize=1024)
def _near(wanted: str, known: tuple[str, ...]) -> str:
    return did_you_mean(wanted, known, "Calculator", only_typos=True)


def file_defining(calculator: str, graph: str) -> str:
    """Return the file beside a graph, or in the working directory, that defines a calculator; "" for none.

    calculator: the name in the graph. graph: the graph's file, or any text if there is none.
    """
    files = list(_python_files(graph))
    if not files:
        return ""
    name = re.escape(calculator.rpartition(".")[2])
    function = re.escape(_snake_case(calculator.rpartition(".")[2].removesuffix("Calculator")))
    defines = re.compile(
        rf"""^class[ ]{name}\b | ^@\w*\.?(?:register|calculator)\(["']{re.escape(calculator)}["']"""
        rf"""| ^@\w*\.?calculator\b[^\n]*\n(?:async[ ])?def[ ]{function}\(""",
        re.MULTILINE | re.VERBOSE,
    )
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for file in files:
        try:
            if os.path.abspath(file) in imported:  # Then its calculator is registered under another name.
                continue
            status = file.stat()
            if status.st_size < _MOST_BYTES and defines.search(_text(file, status.st_mtime_ns)):
                return str(file)
        except (OSError, UnicodeDecodeError):
            continue
    return ""


@lru_cache(maxsize=_MOST_FILES)
def _text(file: Path, modified_ns: int) -> str:
    del modified_ns  # Part of the cache key, so that a changed file is read again.
    return file.read_text("utf-8")


def _python_files(graph: str) -> Iterator[Path]:
    folders = [Path()]
    if Path(graph).is_file() and Path(graph).parent != Path():
        folders.insert(0, Path(graph).parent)
    for folder in folders:
        yield from sorted(folder.glob("*.py"))[:_MOST_FILES]


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
