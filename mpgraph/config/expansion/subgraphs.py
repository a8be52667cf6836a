"""Replace subgraphs by the nodes inside them until only calculators are left.

The rules, the names and the resulting order are MediaPipe's (framework/tool/
subgraph_expansion.cc): in each round the nodes of all subgraphs go to the end of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import Any

from mpgraph.config.expansion.option_value import apply_option_values
from mpgraph.config.expansion.tree import GraphTree, TreeNode, generated_graph, unconnected_names
from mpgraph.config.flat import (
    Connection,
    FlatNode,
    canonical_names,
    name_of,
    parse_ports,
    prefix_of,
    renamed,
)
from mpgraph.config.model import SubgraphUse
from mpgraph.config.options import adopt_options, unread_framework_options
from mpgraph.config.port_lists import INPUT, OUTPUT, PORT_LISTS, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.config.problems import each_of, in_node, with_context
from mpgraph.config.source import GraphSource, NodeSource, load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.errors import ConfigError, InternalError, Location, MpgraphError, did_you_mean
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagMap, tag_map
from mpgraph.framework.user_code import error_location

MAX_NODES = 20_000
"""The maximum number of nodes after expansion."""
MAX_DEPTH = 100
"""The maximum depth to which subgraphs may be nested."""

# Only calculators have these. `executor` and `input_stream_handler` are ignored on a subgraph.
_CALCULATOR_FIELDS = ("source_layer", "buffer_size_hint", "output_stream_handler", "input_stream_info")


class SubgraphNames:
    """Resolves names of subgraphs: graphs passed by the caller, registered Subgraph classes, and files."""

    def __init__(self, local: Mapping[str, object] | Sequence[object] = (), *, lenient: bool = False) -> None:
        """lenient: how texts and files are read, as of `load_graph`."""
        self._local = _local_graphs(local, lenient)
        self._files = SubgraphFiles(lenient=lenient)
        self._calculators = frozenset(CALCULATORS.names())

    def find(
        self, name: str, package: str, near: str, node: Any = None
    ) -> GraphSource | type[Subgraph] | None:
        """Return the subgraph that a node of the file `near` names, or None.

        package: of the outermost graph. node: the Node message, to choose between files of the name.
        Calculators hide files of the same name.
        Raises InternalError for a class that cannot be imported, ConfigError for a damaged graph file.
        """
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
        # Files near the graph take precedence over whatever plug-ins happen to be installed.
        file = self._files.find(name, near, node)
        return file if file is not None else SUBGRAPHS.find(name, package)

    def alternatives(self, found: GraphSource | type[Subgraph] | None, near: str, node: Any) -> list[str]:
        """Return the files between which `find` could not choose, if it has found one of them."""
        if not isinstance(found, GraphSource):
            return []
        files = self._files.alternatives(node.calculator, near, node)
        return files if found.file in files else []

    def names(self, near: str) -> list[str]:
        """Return every name that `find` resolves, sorted."""
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


class Expansion:
    """The tree of a graph, and the flat list of its calculators that MediaPipe runs.

    outermost: the tree; a node that cannot be replaced has its error as `problem`.
    nodes: the calculators in MediaPipe's order, complete after `flatten`.
    warnings: about nodes that may name several files.
    lost: the subgraph nodes that could not be replaced, because of `errors`.
    """

    def __init__(self, source: GraphSource, config: Any, names: SubgraphNames) -> None:
        """config: a copy of `source.config`; `flatten` adds the subgraphs' generators and handlers to it."""
        self.nodes: list[FlatNode] = []
        self.errors: list[MpgraphError] = []
        self.warnings: list[MpgraphError] = []
        self.lost: list[FlatNode] = []
        self._config = config
        self._names = names
        self.outermost = GraphTree(source, config)
        self.outermost.nodes = [
            TreeNode(
                FlatNode(
                    node, source.node_source(index), takes_options=bool(config.type and node.option_value)
                ),
                self.outermost,
                index,
            )
            for index, node in enumerate(config.node)
        ]

    def flatten(self) -> None:
        """Open every subgraph and connect what is inside, until `nodes` are calculators only."""
        try:
            apply_option_values(self._config, [node.flat for node in self.outermost.nodes], None)
        except MpgraphError as error:
            self.errors += each_of([error])
        pending = self.outermost.nodes
        while pending:
            subgraphs = []
            for node in pending:
                try:
                    self._resolve(node)
                except MpgraphError as error:
                    self._lose(node, error)
                    continue
                if node.subgraph is None:
                    self.nodes.append(node.flat)
                else:
                    subgraphs.append(node)
            ordered = [*self.nodes, *(node.flat for node in subgraphs)]
            canonical = canonical_names([flat.config for flat in ordered])[len(self.nodes) :]
            pending = []
            for node, name in zip(subgraphs, canonical, strict=True):
                pending += self._replacement(node, name)
                if len(pending) + len(self.nodes) > MAX_NODES:
                    text = f"The graph has more than {MAX_NODES} nodes after the expansion of subgraphs."
                    self._lose(node, ConfigError(text, location=node.flat.location))
                    return

    def open(self, node: TreeNode) -> GraphTree | None:
        """Return what is inside a node, even if the node cannot run; None for a calculator.

        Raises MpgraphError for what keeps it closed.
        """
        self._resolve(node)
        if node.inside is None and node.subgraph is not None:
            inside = _open(node, canonical_names(node.graph.written.node)[node.index])
            with suppress(MpgraphError):  # It does not run, and `errors` has the reason.
                apply_option_values(inside.config, [each.flat for each in inside.nodes], node.flat.config)
        return node.inside

    def _resolve(self, node: TreeNode) -> None:
        """Look up what the node's `calculator` names."""
        if node.is_resolved:
            return
        flat = node.flat
        file = flat.location.file if flat.location else ""
        try:
            node.subgraph = self._names.find(flat.config.calculator, self._config.package, file, flat.config)
        except MpgraphError as error:
            if error.location is None:  # For example, a plug-in that does not register what it promises.
                raise with_context(error, "", flat.location_of("calculator", 0)) from error
            raise
        node.is_resolved = True
        if others := self._names.alternatives(node.subgraph, file, flat.config):
            text = f'Several files are the subgraph "{flat.config.calculator}": {", ".join(others)}.'
            location = flat.location_of("calculator", 0)
            hint = "The first counts; give them different types."
            self.warnings.append(ConfigError(text, location=location, hint=hint, rule="ambiguous-subgraph"))

    def _replacement(self, node: TreeNode, name: str) -> list[TreeNode]:
        """The connected nodes that replace a subgraph node; none if it is lost."""
        found = node.subgraph
        errors = found.bound.errors if isinstance(found, GraphSource) else ()
        self._add(node, errors)
        try:
            inside = _expand_node(node, name)
        except MpgraphError as error:
            # Most likely it does not fit because of the damaged fields, which are reported already.
            is_reported = bool(errors) and isinstance(found, GraphSource) and bool(found.graph.damaged)
            self._lose(node, error, is_reported=is_reported)
            return []
        self._config.packet_generator.extend(inside.config.packet_generator)
        self._config.status_handler.extend(inside.config.status_handler)
        return inside.nodes

    def _lose(self, node: TreeNode, error: MpgraphError, *, is_reported: bool = False) -> None:
        node.problem = error
        self.lost.append(node.flat)
        self._add(node, [] if is_reported else [error])

    def _add(self, node: TreeNode, errors: Sequence[MpgraphError]) -> None:
        """Add errors in the subgraph of a node, with the location of the node."""
        for error in each_of(errors):
            copied = copy(error)  # The error object is shared by all nodes that use the subgraph.
            copied.__cause__ = error.__cause__
            copied.location = _used_by(node.flat, error.location)
            self.errors.append(copied)


def _used_by(node: FlatNode, location: Location | None) -> Location | None:
    """A location in a subgraph's text with the location of the node that uses it; others unchanged."""
    used_at = node.location
    if location is None or location.used_at or used_at is None or location.file == used_at.file:
        return location
    return replace(location, used_at=(used_at, *used_at.used_at))


def _expand_node(node: TreeNode, name: str) -> GraphTree:
    """Open a subgraph node and connect what is inside to the graph around it, under the names that run."""
    flat = node.flat
    _refuse_calculator_fields(flat)
    outside = {port_list: _node_map(flat, port_list) for port_list in PORT_LISTS}
    inside = _open(node, name)
    if not inside.is_generated:
        for error in unread_framework_options(inside.source):
            raise error
    apply_option_values(inside.config, [each.flat for each in inside.nodes], flat.config)
    _prefix(name, inside)
    _connect(flat, name, outside, inside)
    return inside


def _open(node: TreeNode, name: str) -> GraphTree:
    """Put a copy of the subgraph that a node names inside the node. name: the node's canonical name."""
    flat, found = node.flat, node.subgraph
    assert found is not None
    adopt_options(flat.config, found, flat.source)
    keys = _keys_inside(flat, found)
    source = found if isinstance(found, GraphSource) else _generated(flat, name, found)
    config = type(source.config)()
    config.CopyFrom(source.config)
    path = (*flat.path, SubgraphUse(name, flat.config.calculator, flat.location))
    inputs = [name_of(entry) for entry in config.input_stream]
    source_of: Callable[[int], NodeSource] = source.node_source
    if source.tree is None and source is not found:
        source_of = _generated_sources(flat.source, len(config.node))
    inside = GraphTree(source, config, node)
    inside.nodes = [
        TreeNode(
            FlatNode(
                each, source_of(index), path, keys, inputs_around=inputs, takes_options=flat.takes_options
            ),
            inside,
            index,
        )
        for index, each in enumerate(config.node)
    ]
    node.inside = inside
    return inside


def _refuse_calculator_fields(node: FlatNode) -> None:
    for name in _CALCULATOR_FIELDS:
        if any(descriptor.name == name for descriptor, _ in node.config.ListFields()):
            label, hint = (
                node.config.name or node.config.calculator,
                "Set it on the nodes inside the subgraph.",
            )
            text = f'Subgraph "{label}" has a field that is only applicable to calculators: "{name}".'
            location = node.location_of(name, 0)
            raise ConfigError(text, location=location, hint=hint, rule="not-for-subgraphs")


def _keys_inside(node: FlatNode, graph: GraphSource | type[Subgraph]) -> tuple[object, ...]:
    """The keys of the nodes inside; an error if expansion would continue forever."""
    key: object = id(graph)
    if not isinstance(graph, GraphSource):
        # With other options a class writes another graph, so it may legitimately contain itself.
        given = [node.config.options, *node.config.node_options]
        key = (graph, *(options.SerializeToString() for options in given))
    name = node.config.calculator
    chain = " > ".join([*(use.type for use in node.path[-10:]), name])
    if len(node.keys) >= MAX_DEPTH:
        raise ConfigError(
            f'Subgraph "{name}" is inside more than {MAX_DEPTH} others: ... > {chain}.',
            location=node.location_of("calculator", 0),
            hint="Subgraphs are expanded to this depth at most.",
            rule="recursion",
        )
    if key in node.keys:
        raise ConfigError(
            f'Subgraph "{name}" contains itself: {chain}.',
            location=node.location_of("calculator", 0),
            hint="Remove the node, or name another subgraph.",
            rule="recursion",
        )
    return (*node.keys, key)


def _generated(node: FlatNode, name: str, cls: type[Subgraph]) -> GraphSource:
    """The graph that a class writes for a node; if a GraphBuilder wrote it, it has its own locations."""
    try:
        return generated_graph(cls, node.config)
    except Exception as error:
        # User code may raise anything; the error must still name the node.
        location = error_location(error) or node.location
        raise with_context(error, "", location, in_node(node, name)) from error


def _generated_sources(outer: NodeSource, count: int) -> Callable[[int], NodeSource]:
    """Return the sources of the nodes that a class generates, by index.

    They are at the node that uses the class, as are the options that they take over from it. Contained
    nodes, always the last, have their own text in its options.
    """
    contained = 0
    while contained < count and outer.contained(contained).tree is not None:
        contained += 1
    generated = NodeSource(location=outer.location) if contained else outer.options_only()

    def source_of(index: int) -> NodeSource:
        ordinal = index - (count - contained)
        return outer.contained(ordinal) if ordinal >= 0 else generated

    return source_of


def _prefix(name: str, inside: GraphTree) -> None:
    """Put the subgraph's name before every name in it, so that names of two subgraphs never collide."""
    config, nodes = inside.config, [node.flat for node in inside.nodes]
    if config.packet_factory:
        raise InternalError(
            f'The subgraph of node "{name}" has a packet_factory, which no subgraph may have.'
        )
    prefix = prefix_of(name)

    def prefixed(text: str) -> str:
        return prefix + text

    for port_list in PORT_LISTS:
        entries = getattr(config, port_list)
        entries[:] = [renamed(entry, prefixed) for entry in entries]
    for node, node_name in zip(nodes, canonical_names([node.config for node in nodes]), strict=True):
        node.config.name = prefix + node_name
        node.hidden[:] = map(prefixed, node.hidden)
        for port_list in PORT_LISTS:
            node.rename(port_list, prefixed)


def _connect(node: FlatNode, label: str, outside_maps: Mapping[str, TagMap], inside: GraphTree) -> None:
    """Give the subgraph's ports their names outside; drop the inputs that the node leaves out.

    label: the node's canonical name.
    """
    passed = _connections(node, label, outside_maps)
    renames: dict[str, dict[str, str]] = {}
    unconnected: dict[str, set[str]] = {}
    for port_list in PORT_LISTS:
        ports, outside = _inner_map(node, inside, port_list), outside_maps[port_list]
        renames[port_list] = _matched(node, port_list, ports, outside)
        unconnected[port_list] = unconnected_names(ports, outside)
    streams = renames[INPUT] | renames[OUTPUT]
    side_packets = renames[SIDE_INPUT] | renames[SIDE_OUTPUT]
    for flat in (each.flat for each in inside.nodes):
        flat.passed = passed
        flat.hidden[:] = [streams.get(name, name) for name in flat.hidden]
        for port_list in PORT_LISTS:
            names = streams if port_list in (INPUT, OUTPUT) else side_packets
            flat.rename(port_list, _renaming(names))
        for port_list in (INPUT, SIDE_INPUT):
            flat.drop(port_list, unconnected[port_list])


def _connections(
    node: FlatNode, label: str, outside: Mapping[str, TagMap]
) -> dict[tuple[str, str], Connection]:
    """The names that a subgraph's node passes in and out, each with the outermost node that does so."""
    found = dict(node.passed)
    for port_list, ports in outside.items():
        for name, position in zip(ports.names, ports.positions, strict=True):
            connection = Connection(node, label, node.location_of(port_list, position))
            found.setdefault((port_list, name), connection)
    return {key: found[key] for key in found if key[1] in outside[key[0]].names}


def _renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: names.get(name, name)


def _matched(node: FlatNode, port_list: str, inside: TagMap, outside: TagMap) -> dict[str, str]:
    """Map the names inside to the names outside. Raises ConfigError for ports that the subgraph lacks."""
    for tag in outside.tags:
        if outside.count(tag) <= inside.count(tag):
            continue
        location = node.location_of(port_list, outside.positions[outside.id(tag, inside.count(tag)) or 0])
        if inside.has(tag):
            text = f'Tag "{tag}" has {outside.count(tag)} indexes in the subgraph node but has only '
            text += f"{inside.count(tag)} indexes in the subgraph config."
            hint = "Remove the surplus ones, or add them to the subgraph."
        else:
            known = ", ".join(f'"{tag}"' for tag in inside.tags) or "none"
            text = f'Tag "{tag}" does not exist in the subgraph config. Its tags here: {known}.'
            hint = did_you_mean(tag, inside.tags) or "Use one of these, or add it to the subgraph."
        text = _where(node, port_list) + text
        raise ConfigError(text, location=location, hint=hint, rule="unknown-port")
    names = {}
    for port, name in outside:
        position = inside.id(port.tag, port.index)
        assert position is not None
        names[inside.names[position]] = name
    return names


def _inner_map(node: FlatNode, inside: GraphTree, port_list: str) -> TagMap:
    try:
        return tag_map(tuple(getattr(inside.config, port_list)))
    except MpgraphError as error:
        location = node.location
        if inside.source.tree is not None or not inside.is_generated:
            location = inside.source.field_location(port_list)
        raise with_context(error, f"{port_list} of subgraph {node.config.calculator}: ", location) from error


def _node_map(node: FlatNode, port_list: str) -> TagMap:
    ports, errors = parse_ports(getattr(node.config, port_list))
    for error, index in errors:
        location = node.location_of(port_list, index)
        raise with_context(error, _where(node, port_list), location) from error
    return ports


def _where(node: FlatNode, port_list: str) -> str:
    words = port_list.replace("_", " ")
    return f"while processing the {words}s of subgraph node {node.config.calculator}: "
