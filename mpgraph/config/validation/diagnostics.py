"""What is wrong with a graph, all of it, as plain data: for `mpgraph check`, editors and drawings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.problems import each_of
from mpgraph.config.source import GraphSource, is_path, load_graph
from mpgraph.config.validation.extents import Texts
from mpgraph.config.validation.pipeline import Pipeline
from mpgraph.errors import Location, MpgraphError

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Diagnostic:
    """One mistake, or one thing to reconsider, in a graph.

    severity: "error" (the graph cannot run) or "warning".
    code: a short name of the kind of mistake that does not change, such as "unknown-calculator".
    message: what is wrong, in one line.
    suggestion: what to do about it, "" where that goes without saying.
    file: where it is: a path, or "<string>" and the like for a graph that is no file.
    line, column: where it begins, counted from 1 in characters; 0 if it is about the whole file.
    end_line, end_column: the first place after it; 0 where that is not known.
    used_at: for a mistake in a subgraph, the nodes that use the subgraph.
    """

    severity: str
    code: str
    message: str
    suggestion: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    used_at: tuple[Location, ...] = ()

    @property
    def place(self) -> str:
        """The place in the usual form `file:line:column`, as much of it as is known."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        """The usual line of a compiler: `file:line:column: error: message suggestion`."""
        where = f"{self.place}: " if self.place else ""
        used = f" (used at {', '.join(map(str, self.used_at))})" if self.used_at else ""
        suggestion = f" {self.suggestion}" if self.suggestion else ""
        return " ".join(f"{where}{self.severity}: {self.message}{used}{suggestion}".split("\n"))

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "suggestion": self.suggestion,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "used_at": [{"file": use.file, "line": use.line, "column": use.column} for use in self.used_at],
        }


def diagnose(
    source: object, *, subgraphs: Mapping[str, object] | Sequence[object] = (), file: str = "<string>"
) -> list[Diagnostic]:
    """Return all that is wrong with a graph or worth a warning, sorted by place; nothing if all is well.

    source, subgraphs: as of `mpgraph.config.validation.pipeline.validate`, whose checks these are. Where that
    stops at the first stage that finds something, this goes on, and leaves out what only follows
    from other mistakes where that can be told. Never raises for a graph, however broken.
    file: what a graph given as text is called.
    """
    name = _file_of(source, file)
    found: list[Diagnostic] = []
    try:
        graph = load_graph(source, file, lenient=True)
        pipeline = Pipeline(graph, SubgraphNames(subgraphs, lenient=True), everything=True)
        for stage in pipeline.stages():
            found += [diagnostic_of(error, ERROR, name) for error in each_of(stage.errors)]
        if not found:  # What is wrong may be why something looks as if it were not meant.
            found = [diagnostic_of(warning, WARNING, name) for warning in pipeline.warnings()]
    except MpgraphError as error:
        found += [diagnostic_of(each, ERROR, name) for each in each_of([error])]
    text = source if isinstance(source, str) and not is_path(source) else ""
    return sorted(_with_ends(merged(found), Texts(name, text)), key=_order)


def _with_ends(diagnostics: Iterable[Diagnostic], texts: Texts) -> Iterator[Diagnostic]:
    for one in diagnostics:
        end = texts.end_column(one.file, one.line, one.column)
        yield replace(one, end_line=one.line, end_column=end) if end else one


def merged(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics, those of a subgraph that is used several times once, with all its uses."""
    by_place: dict[tuple[object, ...], dict[tuple[Location, ...], list[Diagnostic]]] = {}
    for one in dict.fromkeys(diagnostics):
        place = (one.severity, one.code, one.file, one.line, one.column)
        by_place.setdefault(place, {}).setdefault(one.used_at, []).append(one)
    result = []
    for uses in by_place.values():
        # The texts may name the node, which is another one in each use; their order is the same.
        used_at = tuple(dict.fromkeys(place for use in uses for place in use))
        longest = max(uses.values(), key=len)
        result += [replace(one, used_at=used_at) for one in longest]
    return result


def diagnostic_of(error: MpgraphError, severity: str = ERROR, file: str = "") -> Diagnostic:
    """Return an error as a diagnostic. file: where it is if the error does not say it."""
    place = error.location or Location(file, 0, 0)
    return Diagnostic(
        severity,
        error.rule or _rule_of(error),
        error.statement,
        error.hint,
        place.file,
        place.line,
        place.column,
        used_at=place.used_at,
    )


def _file_of(source: object, name_of_text: str) -> str:
    if isinstance(source, GraphSource):
        return source.file
    if isinstance(source, os.PathLike):
        return os.fsdecode(source)
    return source if isinstance(source, str) and is_path(source) else name_of_text


def _rule_of(error: MpgraphError) -> str:
    """What mistakes without a name of their own are called: `invalid-argument`."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", error.code).lower()


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.severity
