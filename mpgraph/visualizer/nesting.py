"""From the tree of an analysed graph to the nested nodes that are drawn; nothing is flattened."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from typing import Any

from mpgraph.config.expansion.tree import GraphTree, TreeNode
from mpgraph.config.flat import canonical_names
from mpgraph.config.source import NodeSource, is_path
from mpgraph.config.text.pbtxt import TextMessage
from mpgraph.config.text.printing import graph_to_text
from mpgraph.config.validation.diagnostics import GraphAnalysis
from mpgraph.config.validation.pipeline import DEFAULT_HANDLER
from mpgraph.errors import MpgraphError
from mpgraph.framework.registry import CALCULATORS
from mpgraph.visualizer.connections import with_implied_side_inputs
from mpgraph.visualizer.model import MAX_NODES, DrawnExecutor, DrawnGraph, DrawnNode
from mpgraph.visualizer.node_ports import ports_of, range_of
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
            inputs=ports_of(config, own, "input_stream"),
            outputs=ports_of(config, own, "output_stream"),
            side_inputs=ports_of(config, own, "input_side_packet"),
            side_outputs=ports_of(config, own, "output_side_packet"),
            nodes=tuple(nodes),
            executors=tuple(_executors(config)),
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
            self.texts[tree.file] = graph_to_text(tree.source.config)

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
            calculator=config.calculator,
            kind=kind or ("calculator" if calculator else "unknown"),
            place=range_of(source),
            inputs=ports_of(config, source, "input_stream", info),
            outputs=ports_of(config, source, "output_stream", info),
            side_inputs=ports_of(config, source, "input_side_packet", info),
            side_outputs=ports_of(config, source, "output_side_packet", info),
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


def _source_of(node: TreeNode) -> NodeSource:
    """The text of a node. A node that a class generates is at the node that uses the class, and has none."""
    outer = node.graph.node
    if outer is None or node.graph.has_text:
        return node.flat.source
    # The nodes contained in options, as of a SwitchContainer, have text of their own.
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
            place=range_of(source),
            side_inputs=ports_of(generator, source, "input_side_packet"),
            side_outputs=ports_of(generator, source, "output_side_packet"),
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


def _executors(config: Any) -> Iterator[DrawnExecutor]:
    for executor in config.executor:
        threads = 0
        for descriptor, options in executor.options.ListFields():
            if descriptor.is_extension:
                threads = getattr(options, "num_threads", 0)
        yield DrawnExecutor(executor.name, executor.type, threads)


def _first_line(cls: type | None) -> str:
    doc = inspect.getdoc(cls) if cls else None
    return doc.partition("\n")[0] if doc else ""
