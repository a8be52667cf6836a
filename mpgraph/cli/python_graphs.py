"""Graphs in Python files: `pipeline.py`, or `pipeline.py:NAME` for one of several."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.user_modules import UserModules
from mpgraph.config.builder.graph_builder import GraphBuilder
from mpgraph.config.source import WrittenGraph
from mpgraph.config.text.printing import message_to_text
from mpgraph.errors import (
    InternalError,
    InvalidArgumentError,
    MpgraphError,
    NotFoundError,
    a_type,
    did_you_mean,
)
from mpgraph.framework.user_code import error_location

_ARGUMENT = re.compile(r"(?P<file>.+\.py)(?::(?P<name>\w+))?")
_HINT = "Assign a GraphBuilder to a name of the module, or write a function build() that returns one."


def is_python_graph(graph: str | Path) -> bool:
    """Whether an argument names a Python file rather than a graph file."""
    return _ARGUMENT.fullmatch(str(graph)) is not None


def python_file(graph: str | Path) -> Path:
    """The file of an argument such as `pipeline.py:NAME`."""
    match = _ARGUMENT.fullmatch(str(graph))
    return Path(match["file"] if match else graph)


def given_graph(graph: Path, modules: UserModules) -> Path | GraphBuilder:
    """Return the graph that an argument names: a Python file's, or the path of a graph file.

    Raises:
        MpgraphError: as `load_python_graph` and `graph_file`.
    """
    return load_python_graph(graph, modules) if is_python_graph(graph) else graph_file(graph)


def load_python_graph(graph: str | Path, modules: UserModules) -> GraphBuilder:
    """Import a Python file and return its graph.

    That is the attribute NAME, if one is given; or else the module's only GraphBuilder; or what `build()`
    returns, or the only function annotated to return a GraphBuilder. Functions are called without arguments.

    Raises:
        MpgraphError: the file cannot be imported, has no graph, or several; or its function fails.
    """
    file = python_file(graph)
    name = str(graph)[len(str(file)) + 1 :]
    module = modules.load_file(file)
    found = _named(module, name, file) if name else _only(module, file)
    return _called(found, file) if not isinstance(found, GraphBuilder) else found


def page_file(graph: str | Path) -> Path:
    """The name of a Python graph on a page of graphs, where saving writes it as a graph file."""
    file = python_file(graph)
    return file.with_name(f"{file.name}.pbtxt")


def text_of(graph: WrittenGraph) -> str:
    """A graph that was written in Python, as text."""
    return message_to_text(graph.graph_source().config)


def _named(module: ModuleType, name: str, file: Path) -> Any:
    graphs = _graphs(module)
    if not hasattr(module, name):
        near = did_you_mean(name, graphs) or (f"It has {', '.join(graphs)}." if graphs else _HINT)
        raise NotFoundError(f'"{file}" has no graph "{name}".', hint=near)
    found = getattr(module, name)
    if not isinstance(found, GraphBuilder) and not callable(found):
        raise InvalidArgumentError(
            f'"{name}" in "{file}" is {a_type(found)}, neither a GraphBuilder nor a function.', hint=_HINT
        )
    return found


def _only(module: ModuleType, file: Path) -> Any:
    graphs = _graphs(module)
    builders = {id(each): each for each in graphs.values() if isinstance(each, GraphBuilder)}
    if len(builders) == 1:
        return next(iter(builders.values()))
    functions = [each for each in graphs.values() if not isinstance(each, GraphBuilder)]
    if not builders and "build" in graphs:
        return graphs["build"]
    if not builders and len(functions) == 1:
        return functions[0]
    if not graphs:
        raise NotFoundError(f'"{file}" has no graph.', hint=_HINT)
    raise InvalidArgumentError(
        f'"{file}" has several graphs: {", ".join(graphs)}.',
        hint=f"Name one of them: {file}:{next(iter(graphs))}.",
    )


def _graphs(module: ModuleType) -> dict[str, Any]:
    """The builders of a module, and its functions that return one, by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, GraphBuilder) or _builds(name, value, module)
    }


def _builds(name: str, value: Any, module: ModuleType) -> bool:
    if not inspect.isfunction(value) or value.__module__ != module.__name__:
        return False
    annotation = value.__annotations__.get("return")
    is_builder = annotation is GraphBuilder or str(annotation).rpartition(".")[2] == GraphBuilder.__name__
    needed = [
        each
        for each in inspect.signature(value).parameters.values()
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    return (is_builder or name == "build") and not needed


def _called(function: Callable[[], Any], file: Path) -> GraphBuilder:
    name = getattr(function, "__name__", "it")
    try:
        graph = function()
    except MpgraphError:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise InternalError(f'{name}() in "{file}" failed: {text}', location=error_location(error)) from error
    if not isinstance(graph, GraphBuilder):
        raise InvalidArgumentError(
            f'{name}() in "{file}" returned {a_type(graph)}, not a GraphBuilder.', hint="Return the builder."
        )
    return graph
