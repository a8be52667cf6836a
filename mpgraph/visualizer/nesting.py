"""From the tree of an analysed graph to the nested nodes that are drawn; nothing is flattened."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from typing import Any

from mpgraph.config.expansion.tree import GraphTree, TreeNode
from mpgraph.config.flat import canonical_names, hidden_names, name_of
from mpgraph.config.model import Types
from mpgraph.config.port_lists import INPUT, PORT_ATTRIBUTES, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.config.source import NodeSource, is_path
from mpgraph.config.text.pbtxt import TextMessage
from mpgraph.config.text.printing import message_to_text
from mpgraph.config.validation.diagnostics import GraphAnalysis, NodeInfo
from mpgraph.config.validation.executors import executor_specs
from mpgraph.config.validation.pipeline import DEFAULT_HANDLER
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.framework.registry import CALCULATORS
from mpgraph.framework.tags import TagIndex, parse_entry
from mpgraph.visualizer.connections import with_implied_side_inputs
from mpgraph.visualizer.model import MAX_NODES, DrawnExecutor, DrawnGraph, DrawnNode, DrawnPort, SourceRange
from mpgraph.visualizer.option_rows import rows_of

MAX_NAME = 150
"""The maximum length of a name in an id; longer names are cut and get a hash."""
_CLOSED = "It contains itself, or is too large to be opened."


class Nesting:
    """One graph and all that is inside it.

    files: the graph files that were read. texts: the texts of those that are not text.
    """

    def __init__(self, analysis: GraphAnalysis) -> None:
        self._analysis = analysis
        self._package = analysis.expansion.outermost.config.package
        self._count = 0
        self.files: dict[str, None] = {}
        self.texts: dict[str, str] = {}

    def outermost(self) -> DrawnGraph:
        """Return the outermost graph, with subgraphs opened up to MAX_NODES nodes."""
        return self._graph(self._analysis.expansion.outermost, "")

    def _graph(self, tree: GraphTree, graph_id: str) -> DrawnGraph:
        config = tree.written
        self._note_file(tree)
        names = canonical_names(config.node)
        nodes = [self._node(node, name, graph_id) for node, name in zip(tree.nodes, names, strict=True)]
        own = tree.source.graph
        if tree.is_generated and not tree.has_text and tree.node is not None:
            own = NodeSource(location=tree.node.flat.location)
        nodes += _generators(config, own, graph_id, {node.name for node in nodes})
        graph = DrawnGraph(
            id=graph_id,
            name=config.type or config.package,
            file=tree.file,
            **_all_ports(config, own),
            nodes=tuple(nodes),
            executors=tuple(
                DrawnExecutor(spec.name, spec.type, spec.num_threads) for spec in executor_specs(config)
            ),
            handler=_handler(config),
            max_queue_size=config.max_queue_size,
            num_threads=config.num_threads,
        )
        return with_implied_side_inputs(graph)

    def _note_file(self, tree: GraphTree) -> None:
        if tree.is_generated and not is_path(tree.source.file):
            return  # A message, or a program, which is not shown.
        self.files.setdefault(tree.file)
        if tree.node is not None and tree.source.tree is None and tree.file not in self.texts:
            self.texts[tree.file] = message_to_text(tree.source.config)

    def _node(self, node: TreeNode, name: str, graph_id: str) -> DrawnNode:
        self._count += 1
        node_id = _join(graph_id, name)
        config, source = node.written, _source_of(node)
        kind, note, inner, calculator = "", "", None, None
        try:
            inside = self._analysis.expansion.open(node)
            if inside is not None:
                kind = "subgraph"
                if self._count + len(inside.nodes) <= MAX_NODES:
                    inner = self._graph(inside, node_id)
                else:
                    note = _CLOSED
        except MpgraphError as error:
            kind = "subgraph"
            note = _CLOSED if error.rule == "recursion" else error.message
        if not kind:
            try:
                calculator = CALCULATORS.find(config.calculator, self._package)
            except ImportError as error:
                note = f"It cannot be loaded: {error}"
        info = self._analysis.nodes.get(node.flat)
        options_type, rows = rows_of(info.options if info else None, source)
        inherited = info.handler if info and info.handler != DEFAULT_HANDLER else ""
        return DrawnNode(
            id=node_id,
            name=name,
            calculator=config.calculator or _unquoted(source),
            kind=kind or ("calculator" if calculator else "unknown"),
            location=_range_of(source),
            **_all_ports(config, source, info),
            options_type=options_type,
            options=rows,
            executor=config.executor,
            handler=_handler(config) or inherited,
            handler_options=rows_of(None, _handler_source(source))[1],
            max_in_flight=config.max_in_flight,
            buffer_size_hint=config.buffer_size_hint,
            source_layer=config.source_layer,
            runtime_name=info.runtime_name if info else "",
            doc=_first_line(calculator or (node.subgraph if isinstance(node.subgraph, type) else None)),
            note=note,
            graph=inner,
        )


def _unquoted(source: NodeSource) -> str:
    """The calculator that a node names without quotes, which is an error; "" if it names none."""
    return next(hidden_names([field for field in source.damaged if field.name == "calculator"]), "")


def _source_of(node: TreeNode) -> NodeSource:
    """The text of a node. A node that a class generates is at the node that uses the class, and has none."""
    outer = node.graph.node
    if outer is None or node.graph.has_text:
        return node.flat.source
    # The nodes contained in options, as of a SwitchContainer, have their own text.
    if node.graph.source.tree is None and node.flat.source.location != outer.flat.source.location:
        return node.flat.source
    return NodeSource(location=outer.flat.source.location)


def _generators(config: Any, own: NodeSource, graph_id: str, taken: set[str]) -> Iterator[DrawnNode]:
    """The packet generators of old graphs, drawn as nodes that produce side packets."""
    for index, generator in enumerate(config.packet_generator):
        name = generator.packet_generator
        while name in taken:
            name += "_"
        taken.add(name)
        tree = own.tree.all("packet_generator")[index] if own.tree else None
        inner = tree.value if tree and isinstance(tree.value, TextMessage) else None
        source = NodeSource(inner, tree.location if tree else None, own.raw)
        options_type, rows = rows_of(None, source)
        yield DrawnNode(
            id=_join(graph_id, name),
            name=name,
            calculator=generator.packet_generator,
            kind="generator",
            location=_range_of(source),
            side_inputs=_ports_of(generator, source, SIDE_INPUT),
            side_outputs=_ports_of(generator, source, SIDE_OUTPUT),
            options_type=options_type,
            options=rows,
        )


def _join(graph_id: str, name: str) -> str:
    """The id of a node; a name in broken text may contain any characters."""
    own = (name or "node").replace("%", "%25").replace("/", "%2F")
    if len(own) > MAX_NAME:
        own = f"{own[: MAX_NAME - 9]}~{hashlib.sha256(own.encode(errors='replace')).hexdigest()[:8]}"
    return f"{graph_id}/{own}" if graph_id else own


def _handler(config: Any) -> str:
    """The input stream handler that a node or graph names, "" for none."""
    named = config.HasField("input_stream_handler")
    return str(config.input_stream_handler.input_stream_handler) if named else ""


def _handler_source(source: NodeSource) -> NodeSource:
    field = source.tree.first("input_stream_handler") if source.tree else None
    return NodeSource(field.value) if field and isinstance(field.value, TextMessage) else NodeSource()


def _first_line(cls: type | None) -> str:
    doc = inspect.getdoc(cls) if cls else None
    return doc.partition("\n")[0] if doc else ""


def _ports_of(
    config: Any, source: NodeSource, port_list: str, info: NodeInfo | None = None
) -> tuple[DrawnPort, ...]:
    """The ports of one list in text order, including those that do not parse.

    config: the message of a node, graph or packet generator. source: where it is in its text.
    port_list: "input_stream" and so on. info: the node's, for the types.
    """
    back_edges = _back_edges(config) if port_list == INPUT else set()
    ports: list[DrawnPort] = []
    untagged = 0
    for position, entry in enumerate(getattr(config, port_list)):
        location = source.field_location(port_list, position)
        line = location.line if location else 0
        try:
            parsed = parse_entry(entry)
        except InvalidArgumentError:
            ports.append(DrawnPort(entry, "", untagged, name_of(entry), line=line))
            untagged += 1
            continue
        index = untagged if parsed.index is None else parsed.index
        untagged += parsed.index is None
        label = _type_label(info.types.get((port_list, TagIndex(parsed.tag, index)))) if info else ""
        is_back_edge = (parsed.tag, index) in back_edges
        ports.append(DrawnPort(entry, parsed.tag, index, parsed.name, label, line, is_back_edge))
    return tuple(ports)


def _all_ports(config: Any, source: NodeSource, info: NodeInfo | None = None) -> dict[str, Any]:
    """The ports of a node or graph, as keyword arguments of its class in the model."""
    return {
        attribute: _ports_of(config, source, port_list, info)
        for port_list, attribute in PORT_ATTRIBUTES.items()
    }


def _type_label(types: Types) -> str:
    """A short name of payload types, such as "ImageFrame" or "vector<Detection>"; "" for any type."""
    if types is None:
        return ""
    short = (
        each.name.replace("::mediapipe::", "").replace("::std::", "").replace("std::", "").removeprefix("::")
        for each in types
    )
    return " | ".join(sorted(set(short)))


def _back_edges(config: Any) -> set[tuple[str, int]]:
    found = set()
    for info in getattr(config, "input_stream_info", ()):
        if info.back_edge:
            tag, _, index = info.tag_index.partition(":")
            found.add((tag, int(index) if index.isdecimal() else 0))
    return found


def _range_of(source: NodeSource) -> SourceRange | None:
    """The lines of a node, None if it has no text."""
    if source.location is None:
        return None
    first = source.location
    return SourceRange(
        first.file, first.line, first.column, source.tree.end_line if source.tree else first.line
    )
