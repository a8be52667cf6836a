"""The analysis of a graph, valid or not: all diagnostics as plain data, and what is known of each node."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from mpgraph.config.expansion.subgraphs import Expansion, SubgraphNames
from mpgraph.config.flat import FlatNode, canonical_names
from mpgraph.config.model import Types
from mpgraph.config.problems import each_of
from mpgraph.config.source import GraphSource, is_path, load_graph, readable_text
from mpgraph.config.validation.pipeline import Pipeline, handler_of
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.tags import TagIndex

ERROR = "error"
WARNING = "warning"

_OF_ONE_NODE = frozenset({"unknown-calculator", "import-failed", "legacy", "unknown-handler"})
"""The errors that leave the connections of a graph as they are."""

# What a diagnostic underlines: a name, with its value if that is a scalar; a string; a number; a character.
_EXTENT = re.compile(
    r"""
    (?: \[ [^\]\s]* \] | [A-Za-z_]\w* )
        (?: \s* : \s* (?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [-\w.]+ ) )?
    | "(?:[^"\\]|\\.)*"? | '(?:[^'\\]|\\.)*'?
    | [-\w.]+
    | \S
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Diagnostic:
    """One error or warning in a graph.

    severity: "error" (the graph cannot run) or "warning".
    code: a short, stable name of the type of error, such as "unknown-calculator".
    message: what is wrong, in one line.
    suggestion: what to do about it, "" if that is obvious.
    file: a path, or "<string>" and the like for a graph that is not in a file.
    line, column: where it begins, counted from 1 in characters; 0 if it is about the whole file.
    end_line, end_column: the first position after it; 0 if it is not known.
    used_at: for an error in a subgraph, the nodes that use the subgraph.
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
    def position(self) -> str:
        """The location as `file:line:column`, or as much of it as is known."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        """Return one line, as compilers print it: `file:line:column: error: message suggestion`."""
        where = f"{self.position}: " if self.position else ""
        used = f" (used at {', '.join(map(str, self.used_at))})" if self.used_at else ""
        suggestion = f" {self.suggestion}" if self.suggestion else ""
        return " ".join(f"{where}{self.severity}: {self.message}{used}{suggestion}".split("\n"))

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values; the format of `mpgraph check --json`."""
        uses = [{"file": use.file, "line": use.line, "column": use.column} for use in self.used_at]
        return asdict(self) | {"used_at": uses}


@dataclass(frozen=True)
class NodeInfo:
    """What validation knows of one node of the flat graph.

    runtime_name: the canonical name with which it runs.
    options: a message or a dataclass instance, as its calculator receives it; None for none or unreadable.
    handler: the name of its input stream handler.
    types: by port list ("input_stream" ...) and port, the payload types; empty if the contract is not known.
    """

    runtime_name: str
    options: Any
    handler: str
    types: Mapping[tuple[str, TagIndex], Types]


@dataclass(frozen=True)
class GraphAnalysis:
    """Everything that validation finds out about a graph, valid or not.

    diagnostics: all errors in the order of the stages, and all warnings unless an error may cause them.
    expansion: the tree of the graph.
    nodes: of the nodes of the tree that run, by their `flat`, those whose ports parse.
    """

    diagnostics: list[Diagnostic]
    expansion: Expansion
    nodes: Mapping[FlatNode, NodeInfo]


def analyse(graph: GraphSource, names: SubgraphNames, file: str = "") -> GraphAnalysis:
    """Validate a graph as far as possible, however broken it is.

    graph, names: read leniently. file: what the diagnostics without a location are about, by default the
        graph's file.

    Unlike `mpgraph.config.validation.pipeline.validate`, continues after a stage that finds errors, and
    leaves out errors that most likely only follow from others.
    """
    file = file or graph.file
    pipeline = Pipeline(graph, names, everything=True)
    found: list[Diagnostic] = []
    try:
        for stage in pipeline.stages():
            found += [diagnostic_of(error, ERROR, file) for error in each_of(stage.errors)]
        # What looks unintended may be caused by an error, but not by one that concerns a single node.
        if all(error.code in _OF_ONE_NODE for error in found):
            found += [diagnostic_of(warning, WARNING, file) for warning in pipeline.warnings()]
    except MpgraphError as error:
        found += [diagnostic_of(each, ERROR, file) for each in each_of([error])]
    runtime_names = canonical_names([node.config for node in pipeline.nodes])
    nodes = {
        node.flat: NodeInfo(name, node.options, handler_of(node).name, pipeline.types_of(node))
        for node, name in zip(pipeline.nodes, runtime_names, strict=True)
    }
    return GraphAnalysis(merged(found), pipeline.expansion, nodes)


def diagnose(
    source: object,
    *,
    subgraphs: Mapping[str, object] | Sequence[object] = (),
    file: str = "<string>",
    names: SubgraphNames | None = None,
) -> list[Diagnostic]:
    """Return every error in a graph, and every warning unless an error may cause it, sorted by location.

    Those in the graph's own file come first.

    source, subgraphs: as of `mpgraph.config.validation.pipeline.validate`.
    file: what a graph given as text is called.
    names: used instead of `subgraphs`, to read the subgraphs of several graphs once.
    Never raises for a graph, however broken.
    """
    name = _file_of(source, file)
    try:
        graph = load_graph(source, file, lenient=True)
        found = analyse(graph, names or SubgraphNames(subgraphs, lenient=True), name).diagnostics
    except MpgraphError as error:
        found = merged(diagnostic_of(each, ERROR, name) for each in each_of([error]))
    text = source if isinstance(source, str) and not is_path(source) else ""
    return sorted(_with_ends(found, Texts(name, text)), key=lambda each: (each.file != name, *_order(each)))


def _with_ends(diagnostics: Iterable[Diagnostic], texts: Texts) -> Iterator[Diagnostic]:
    for diagnostic in diagnostics:
        end = texts.end_column(diagnostic.file, diagnostic.line, diagnostic.column)
        yield replace(diagnostic, end_line=diagnostic.line, end_column=end) if end else diagnostic


class Texts:
    """The lines of graph texts, by the file names in locations; files are read when first needed."""

    def __init__(self, name: str = "", text: str = "") -> None:
        """name, text: of a graph that is not in a file."""
        self._lines = {name: text.split("\n")} if text else {}

    def end_column(self, file: str, line: int, column: int) -> int:
        """Return the column after the token that begins at a position; 0 if it is not known."""
        if line < 1 or file.endswith(".py"):
            return 0
        if file not in self._lines:
            self._lines[file] = readable_text(file).split("\n")
        lines = self._lines[file]
        found = _EXTENT.match(lines[line - 1], column - 1) if line <= len(lines) else None
        return found.end() + 1 if found else 0


def merged(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics without repetitions: those of a subgraph once, with all its uses."""
    by_position: dict[tuple[object, ...], dict[tuple[Location, ...], list[Diagnostic]]] = {}
    for each in dict.fromkeys(diagnostics):
        position = (each.severity, each.code, each.file, each.line, each.column)
        by_position.setdefault(position, {}).setdefault(each.used_at, []).append(each)
    result = []
    for uses in by_position.values():
        # Messages may name the node, which differs between uses: the messages of one use represent all.
        used_at = tuple(dict.fromkeys(location for use in uses for location in use))
        longest = max(uses.values(), key=len)
        result += [replace(each, used_at=used_at) for each in longest]
    return result


def diagnostic_of(error: MpgraphError, severity: str = ERROR, file: str = "") -> Diagnostic:
    """Return an error as a diagnostic. file: used if the error has no location."""
    location = error.location or Location(file, 0, 0)
    return Diagnostic(
        severity,
        error.rule or _rule_of(error),
        error.statement,
        error.hint,
        location.file,
        location.line,
        location.column,
        used_at=location.used_at,
    )


def _file_of(source: object, name_of_text: str) -> str:
    if isinstance(source, GraphSource):
        return source.file
    if isinstance(source, os.PathLike):
        return os.fsdecode(source)
    return source if isinstance(source, str) and is_path(source) else name_of_text


def _rule_of(error: MpgraphError) -> str:
    """The code of an error without a rule, from its status: `invalid-argument`."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", error.code).lower()


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.severity
