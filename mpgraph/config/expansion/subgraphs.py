"""Subgraphs replaced by what is in them, until only calculators are left.

The rules, the names and the order that come out are MediaPipe's (framework/tool/
subgraph_expansion.cc): in each round the nodes of all subgraphs go to the end of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from mpgraph.config.builder.graph_builder import builds, write_subgraph
from mpgraph.config.expansion.option_value import apply_option_values
from mpgraph.config.flat import PORT_LISTS, FlatNode, canonical_names, name_of, prefix_of, renamed
from mpgraph.config.model import SubgraphUse
from mpgraph.config.options import adopt_options, unread_framework_options
from mpgraph.config.problems import each_of, in_node, relayed
from mpgraph.config.source import GraphSource, NodeSource, load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.config.validation.node_contracts import bad_entries
from mpgraph.errors import ConfigError, InternalError, Location, MpgraphError, did_you_mean
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagMap
from mpgraph.framework.user_code import error_location

MAX_NODES = 20_000
"""How many nodes a graph may have after expansion."""
MAX_DEPTH = 100
"""How many subgraphs may be inside each other."""

_KINDS = {
    "input_stream": "input streams",
    "output_stream": "output streams",
    "input_side_packet": "input side packets",
    "output_side_packet": "output side packets",
}
# What only a node that runs has. `executor` and `input_stream_handler` are ignored on a subgraph.
_CALCULATOR_FIELDS = ("source_layer", "buffer_size_hint", "output_stream_handler", "input_stream_info")


class SubgraphNames:
    """What names stand for: graphs handed over, registered Subgraph classes, and files."""

    def __init__(self, local: Mapping[str, object] | Sequence[object] = (), *, lenient: bool = False) -> None:
        """lenient: how texts and files are read, as of `load_graph`."""
        self._local = _local_graphs(local, lenient)
        self._files = SubgraphFiles(lenient=lenient)
        self._calculators = frozenset(CALCULATORS.names())

    def find(self, name: str, package: str, near: str) -> GraphSource | type[Subgraph] | None:
        """What a node of the file `near` means by `name`, or None. Calculators hide files of their name."""
        scope = package.split(".") if package else []
        qualified = [".".join([*scope[:end], name]) for end in range(len(scope), -1, -1)]
        for candidate in qualified:
            if candidate in self._local:
                return self._local[candidate]
        try:
            found = SUBGRAPHS.find(name, package, in_plugins=False)
        except ImportError as error:
            raise InternalError(f'Subgraph "{name}" cannot be loaded: {error}') from error
        if found is not None or not name or not self._calculators.isdisjoint(qualified):
            return found
        # What stands in reach of the graph comes before what happens to be installed.
        file = self._files.find(name, near)
        return file if file is not None else SUBGRAPHS.find(name, package)

    def names(self, near: str) -> list[str]:
        """Every name that `find` knows, sorted."""
        return sorted({*self._local, *SUBGRAPHS.names(), *self._files.names(near)})


def _local_graphs(given: Mapping[str, object] | Sequence[object], lenient: bool) -> dict[str, GraphSource]:
    if isinstance(given, Mapping):
        return {name: load_graph(source, lenient=lenient) for name, source in given.items()}
    graphs: dict[str, GraphSource] = {}
    for source in (load_graph(each, lenient=lenient) for each in given):
        name = source.config.type
        if not name:
            raise ConfigError(
                "A subgraph needs a type, by which nodes name it.", location=source.graph.location
            )
        graphs[name] = source
    return graphs


@dataclass
class Expansion:
    """The flat graph. `lost` are the subgraph nodes that could not be replaced, for `errors`."""

    nodes: list[FlatNode] = field(default_factory=list)
    errors: list[MpgraphError] = field(default_factory=list)
    lost: list[FlatNode] = field(default_factory=list)

    def lose(self, node: FlatNode, error: MpgraphError) -> None:
        """Note that a node cannot be replaced."""
        self.add(node, [error])
        self.lost.append(node)

    def add(self, node: FlatNode, errors: Sequence[MpgraphError]) -> None:
        """Note what is wrong with what a node stands for, with the place of the node."""
        for error in each_of(errors):
            told = copy(error)  # The same ones are told of every node that uses the subgraph.
            told.__cause__ = error.__cause__
            told.location = _used_by(node, error.location)
            self.errors.append(told)


def expand(source: GraphSource, config: Any, names: SubgraphNames) -> Expansion:
    """Replace the subgraphs among the nodes of a graph.

    config: a copy of `source.config`, whose Node messages are changed; generators and status handlers
        of subgraphs are added to it.
    """
    expansion = Expansion()
    nodes = [FlatNode(node, source.node_source(index)) for index, node in enumerate(config.node)]
    try:
        apply_option_values(config, nodes, None)
    except MpgraphError as error:
        expansion.errors += each_of([error])
    pending = nodes
    while pending:
        inner = []
        for node in pending:
            try:
                graph = names.find(node.config.calculator, config.package, _file_of(node))
            except MpgraphError as error:
                if error.location is None:  # A plug-in does not keep its promise, say.
                    error = relayed(error, "", node.place("calculator", 0))
                expansion.lose(node, error)
                continue
            if graph is None:
                expansion.nodes.append(node)
            else:
                inner.append((node, graph))
        ordered = [*expansion.nodes, *(node for node, _ in inner)]
        canonical = canonical_names([node.config for node in ordered])[len(expansion.nodes) :]
        pending = []
        for (node, graph), name in zip(inner, canonical, strict=True):
            mistakes = graph.bound.errors if isinstance(graph, GraphSource) else ()
            expansion.add(node, mistakes)
            try:
                pending += _replace(node, name, graph, config)
            except MpgraphError as error:
                if mistakes and isinstance(graph, GraphSource) and graph.graph.damaged:
                    expansion.lost.append(node)  # Most likely it is the damage that does not fit.
                else:
                    expansion.lose(node, error)
            if len(pending) + len(expansion.nodes) > MAX_NODES:
                text = f"The graph has more than {MAX_NODES} nodes after the expansion of subgraphs."
                expansion.lose(node, ConfigError(text, location=node.location))
                return expansion
    return expansion


def _used_by(node: FlatNode, location: Location | None) -> Location | None:
    """A place in a subgraph's text, with that of the node which uses it; a place at the node as it is."""
    used_at = node.location
    if location is None or location.used_at or used_at is None or location.file == used_at.file:
        return location
    return replace(location, used_at=(used_at, *used_at.used_at))


def _file_of(node: FlatNode) -> str:
    return node.location.file if node.location else ""


def _replace(node: FlatNode, name: str, graph: GraphSource | type[Subgraph], config: Any) -> list[FlatNode]:
    """The nodes that take the place of a subgraph node; its generators go into `config`."""
    _refuse_calculator_fields(node)
    outside = {port_list: _node_map(node, port_list) for port_list in PORT_LISTS}
    adopt_options(node.config, graph, node.source)
    keys = _keys_inside(node, graph)
    inner = type(config)()
    source_of: Callable[[int], NodeSource]
    if isinstance(graph, GraphSource):
        for error in unread_framework_options(graph):
            raise error
        written = graph
    else:
        written = _generated(node, name, graph)
    inner.CopyFrom(written.config)
    if written.tree is None and not isinstance(graph, GraphSource):
        source_of = _generated_sources(node.source, len(inner.node))
    else:
        source_of = written.node_source
    path = (*node.path, SubgraphUse(name, node.config.calculator, node.location))
    nodes = [FlatNode(each, source_of(index), path, keys) for index, each in enumerate(inner.node)]
    inputs = [name_of(entry) for entry in inner.input_stream]
    for each in nodes:
        each.inputs_around = inputs
    apply_option_values(inner, nodes, node.config)
    _prefix(name, inner, nodes)
    _connect(node, outside, inner, nodes, written if written.tree or written is graph else None)
    config.packet_generator.extend(inner.packet_generator)
    config.status_handler.extend(inner.status_handler)
    return nodes


def _refuse_calculator_fields(node: FlatNode) -> None:
    for name in _CALCULATOR_FIELDS:
        if any(descriptor.name == name for descriptor, _ in node.config.ListFields()):
            raise ConfigError(
                f'Subgraph "{node.config.name or node.config.calculator}" has a field that is only '
                f'applicable to calculators: "{name}".',
                location=node.place(name, 0),
                hint="Set it on the nodes inside the subgraph.",
                rule="not-for-subgraphs",
            )


def _keys_inside(node: FlatNode, graph: GraphSource | type[Subgraph]) -> tuple[object, ...]:
    """The keys of the nodes inside; an error if expansion would go on forever."""
    key: object = id(graph)
    if not isinstance(graph, GraphSource):
        # A class makes another graph of other options, so it may well contain itself.
        given = [node.config.options, *node.config.node_options]
        key = (graph, *(options.SerializeToString() for options in given))
    if key in node.keys or len(node.keys) >= MAX_DEPTH:
        name = node.config.calculator
        chain = " > ".join([*(use.type for use in node.path[-10:]), name])
        raise ConfigError(
            f'Subgraph "{name}" contains itself: {chain}.',
            location=node.place("calculator", 0),
            hint="Take the node out, or name another subgraph.",
            rule="recursion",
        )
    return (*node.keys, key)


def _generated(node: FlatNode, name: str, cls: type[Subgraph]) -> GraphSource:
    """The graph that a class makes for a node; written by a GraphBuilder it has places of its own."""
    try:
        if builds(cls):
            return load_graph(write_subgraph(cls, node.config))
        return load_graph(cls.get_config(node.config))
    except Exception as error:
        # Written by anyone, so it may raise anything; none of it may hide which node it was.
        place = error_location(error) or node.location
        raise relayed(error, "", place, in_node(node, name)) from error


def _generated_sources(outer: NodeSource, count: int) -> Callable[[int], NodeSource]:
    """Where the nodes of a class stand: at its node, but contained nodes, the last ones, in its options.

    Options that they have from that node stand there too.
    """
    contained = 0
    while contained < count and outer.contained(contained).tree is not None:
        contained += 1
    made = NodeSource(location=outer.location) if contained else outer.options_only()

    def source_of(index: int) -> NodeSource:
        ordinal = index - (count - contained)
        return outer.contained(ordinal) if ordinal >= 0 else made

    return source_of


def _prefix(name: str, inner: Any, nodes: Sequence[FlatNode]) -> None:
    """Put the subgraph's name before every name in it, so that two of them do not meet."""
    if inner.packet_factory:
        raise InternalError(
            f'The subgraph of node "{name}" has a packet_factory, which no subgraph may have.'
        )
    prefix = prefix_of(name)

    def prefixed(text: str) -> str:
        return prefix + text

    for port_list in PORT_LISTS:
        entries = getattr(inner, port_list)
        entries[:] = [renamed(entry, prefixed) for entry in entries]
    for node, node_name in zip(nodes, canonical_names([node.config for node in nodes]), strict=True):
        node.config.name = prefix + node_name
        node.hidden[:] = map(prefixed, node.hidden)
        for port_list in PORT_LISTS:
            node.rename(port_list, prefixed)


def _connect(
    node: FlatNode,
    outside_maps: Mapping[str, TagMap],
    inner: Any,
    nodes: Sequence[FlatNode],
    graph: GraphSource | None,
) -> None:
    """Give what goes in and out of the subgraph its names outside; take out the inputs that are not used."""
    renames: dict[str, dict[str, str]] = {}
    unused: dict[str, set[str]] = {}
    for port_list in PORT_LISTS:
        inside = _inner_map(node, inner, port_list, graph)
        outside = outside_maps[port_list]
        renames[port_list] = _matched(node, port_list, inside, outside)
        unused[port_list] = {name for port, name in inside if outside.id(port.tag, port.index) is None}
    streams = {**renames["input_stream"], **renames["output_stream"]}
    side_packets = {**renames["input_side_packet"], **renames["output_side_packet"]}
    for flat in nodes:
        flat.hidden[:] = [streams.get(name, name) for name in flat.hidden]
        for port_list in PORT_LISTS:
            names = streams if port_list.endswith("_stream") else side_packets
            flat.rename(port_list, _renaming(names))
        for port_list in ("input_stream", "input_side_packet"):
            flat.drop(port_list, unused[port_list])


def _renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: names.get(name, name)


def _matched(node: FlatNode, port_list: str, inside: TagMap, outside: TagMap) -> dict[str, str]:
    """The names inside and what they are called outside."""
    for tag in outside.tags:
        if outside.count(tag) <= inside.count(tag):
            continue
        place = node.place(port_list, outside.positions[outside.id(tag, inside.count(tag)) or 0])
        where = f"while processing the {_KINDS[port_list]} of subgraph node {node.config.calculator}: "
        if not inside.has(tag):
            known = ", ".join(f'"{tag}"' for tag in inside.tags) or "none"
            raise ConfigError(
                f'{where}Tag "{tag}" does not exist in the subgraph config. Its tags here: {known}.',
                location=place,
                hint=did_you_mean(tag, inside.tags) or "Use one of these, or add it to the subgraph.",
                rule="unknown-port",
            )
        raise ConfigError(
            f'{where}Tag "{tag}" has {outside.count(tag)} indexes in the subgraph node but has only '
            f"{inside.count(tag)} indexes in the subgraph config.",
            location=place,
            hint="Remove what is too many, or add it there.",
            rule="unknown-port",
        )
    names = {}
    for port, name in outside:
        position = inside.id(port.tag, port.index)
        assert position is not None
        names[inside.names[position]] = name
    return names


def _inner_map(node: FlatNode, inner: Any, port_list: str, graph: GraphSource | None) -> TagMap:
    try:
        return TagMap(getattr(inner, port_list))
    except MpgraphError as error:
        place: Location | None = graph.field_location(port_list) if graph else node.location
        raise relayed(error, f"{port_list} of subgraph {node.config.calculator}: ", place) from error


def _node_map(node: FlatNode, port_list: str) -> TagMap:
    try:
        return TagMap(getattr(node.config, port_list))
    except MpgraphError as first:
        where = f"while processing the {_KINDS[port_list]} of subgraph node {node.config.calculator}: "
        error, index = next(bad_entries(getattr(node.config, port_list), first))
        raise relayed(error, where, node.place(port_list, index)) from error
