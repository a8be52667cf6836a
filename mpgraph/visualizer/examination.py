"""What validation finds out about a graph, valid or not: types, options, names that run, mistakes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.flat import PORT_LISTS, canonical_names
from mpgraph.config.model import Types
from mpgraph.config.problems import each_of
from mpgraph.config.source import GraphSource
from mpgraph.config.validation.diagnostics import ERROR, WARNING, Diagnostic, diagnostic_of, merged
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.config.validation.pipeline import Pipeline, handler_of
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.tags import TagIndex, TagMap

Key: TypeAlias = "tuple[Location | str | None, ...]"
"""A node of the expanded graph: where the subgraphs stand that it came through, and where it stands."""


@dataclass(frozen=True)
class NodeInfo:
    """What is known of one node of the expanded graph."""

    runtime_name: str
    options: Any
    handler: str
    types: Mapping[tuple[str, TagIndex], str]


@dataclass
class Analysis:
    """All nodes of the expanded graph by where they stand; several made by one class share a key."""

    findings: dict[Key, deque[NodeInfo]] = field(default_factory=lambda: defaultdict(deque))
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def take(self, key: Key) -> NodeInfo | None:
        """The next finding of that key."""
        waiting = self.findings.get(key)
        return waiting.popleft() if waiting else None


def examine(source: GraphSource, names: SubgraphNames) -> Analysis:
    """Validate a graph as far as it goes; the diagnostics are those of `mpgraph check`."""
    pipeline = Pipeline(source, names, everything=True)
    result = Analysis()
    found: list[Diagnostic] = []
    try:
        for stage in pipeline.stages():
            found += [diagnostic_of(error, ERROR, source.file) for error in each_of(stage.errors)]
        if not found:
            found = [diagnostic_of(warning, WARNING, source.file) for warning in pipeline.warnings()]
    except MpgraphError as error:
        found += [diagnostic_of(each, ERROR, source.file) for each in each_of([error])]
    result.diagnostics = merged(found)
    runtime_names = canonical_names([node.config for node in pipeline.nodes])
    for node, name in zip(pipeline.nodes, runtime_names, strict=True):
        path = (use.location for use in node.flat.path)
        key = (*path, node.flat.location, node.config.calculator)
        result.findings[key].append(_finding(node, name, pipeline))
    return result


def _finding(node: CheckedNode, name: str, pipeline: Pipeline) -> NodeInfo:
    types: dict[tuple[str, TagIndex], str] = {}
    if node.contract is not None and pipeline.types is not None:
        contract = node.contract
        lists = (
            (node.inputs, contract.inputs),
            (node.outputs, contract.outputs),
            (node.side_inputs, contract.side_inputs),
            (node.side_outputs, contract.side_outputs),
        )
        for port_list, (ports, specs) in zip(PORT_LISTS, lists, strict=True):
            labels = map(type_label, pipeline.types.all_of(specs))
            types.update(_by_port(port_list, ports, labels))
    handler = handler_of(node.config, node).name
    return NodeInfo(name, node.options, "" if handler == "DefaultInputStreamHandler" else handler, types)


def _by_port(port_list: str, ports: TagMap, labels: Iterable[str]) -> dict[tuple[str, TagIndex], str]:
    return {(port_list, port): label for port, label in zip(ports.ports, labels, strict=True) if label}


def type_label(types: Types) -> str:
    """A short name for people: "ImageFrame", "vector<Detection>"; "" for any type."""
    if types is None:
        return ""
    short = (
        kind.name.replace("::mediapipe::", "").replace("::std::", "").replace("std::", "").removeprefix("::")
        for kind in types
    )
    return " | ".join(sorted(set(short)))
