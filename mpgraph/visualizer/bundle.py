"""Bundle ES modules into one script, in pure Python: the visualizer's, or those of another folder.

Modules import each other by relative path and by name, and export functions, constants and classes
where they are declared, or pass on exports of another module by name. Any other form of import or export is
an error; `import(...)` while running stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from mpgraph.errors import InternalError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_IMPORT = re.compile(
    r"""^import\s*(?:\{(?P<names>[^}]*)\}|\*\s*as\s+(?P<all>\w+))?\s*(?:from\s*)?"(?P<path>\.[^"]+)";?[^\S\n]*$""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?P<rest>(?:async\s+)?function\s*\*?\s*(?P<f>\w+)|class\s+(?P<c>\w+)|(?:const|let)\s+(?P<v>\w+))",
    re.MULTILINE,
)
_PASSED_ON = re.compile(
    r'^export\s*\{(?P<names>[^}]*)\}\s*from\s*"(?P<path>\.[^"]+)";?[^\S\n]*$', re.MULTILINE
)
_EMPTY_EXPORT = re.compile(r"^export\s*\{\s*\};?[^\S\n]*$", re.MULTILINE)
_REST = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


@cache
def bundle(entry: str, name: str = "mpgraphVisualizer", source: Callable[[str], str] | None = None) -> str:
    """Return a script that defines the constant `name` as the exports of a module.

    entry: the path of the module, such as "layout/layout.js".
    source: returns the text of a module by its path; of the files below web/ unless given.
    Raises InternalError for a module with unsupported imports or exports, or an import cycle.
    """
    read = source or source_of
    order: list[str] = []
    _visit(entry, order, (), read)
    numbers = {path: f"module{index}" for index, path in enumerate(order)}
    parts = [_wrapped(path, numbers, read(path)) for path in order]
    body = "\n".join(parts)
    return f'const {name} = (() => {{\n"use strict";\n{body}\nreturn {numbers[entry]};\n}})();\n'


def source_of(path: str) -> str:
    """Return the text of a file. path: below web/."""
    found: Traversable = files("mpgraph.visualizer").joinpath("web")
    for part in path.split("/"):
        found = found.joinpath(part)
    return found.read_text(encoding="utf-8")


def _visit(path: str, order: list[str], open_modules: tuple[str, ...], read: Callable[[str], str]) -> None:
    if path in order:
        return
    if path in open_modules:
        raise InternalError(f"Modules import each other in a circle: {' > '.join((*open_modules, path))}.")
    text = read(path)
    for match in sorted([*_IMPORT.finditer(text), *_PASSED_ON.finditer(text)], key=re.Match.start):
        _visit(_resolved(path, match["path"]), order, (*open_modules, path), read)
    order.append(path)


def _resolved(path: str, relative: str) -> str:
    parts = path.split("/")[:-1]
    for part in relative.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _wrapped(path: str, numbers: dict[str, str], text: str) -> str:
    def imported(match: re.Match[str]) -> str:
        module = numbers[_resolved(path, match["path"])]
        if match["all"]:
            return f"const {match['all']} = {module};"
        if match["names"] is None:
            return ""
        names = re.sub(r"(\w+)\s+as\s+(\w+)", r"\1: \2", " ".join(match["names"].split()))
        return f"const {{ {names} }} = {module};"

    exported = [match["f"] or match["c"] or match["v"] for match in _EXPORT.finditer(text)]
    for match in _PASSED_ON.finditer(text):
        module = numbers[_resolved(path, match["path"])]
        exported += [f"{named}: {module}.{named}" for named in re.findall(r"\w+", match["names"])]
    text = _IMPORT.sub(imported, _PASSED_ON.sub("", text))
    text = _EMPTY_EXPORT.sub("", _EXPORT.sub(lambda match: match["rest"], text))
    if rest := _REST.search(text):
        raise InternalError(f'{path}: the bundler does not understand "{rest[0]}".')
    return f"const {numbers[path]} = (() => {{\n{text}\nreturn {{ {', '.join(exported)} }};\n}})();"
