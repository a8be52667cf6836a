"""A graph with its subgraphs inside its nodes, as their authors nested them; nothing is flattened."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from mpgraph.config.expansion.option_value import apply_option_values
from mpgraph.config.expansion.subgraphs import MAX_DEPTH, SubgraphNames
from mpgraph.config.flat import FlatNode, canonical_names
from mpgraph.config.options import adopt_options
from mpgraph.config.source import GraphSource, NodeSource
from mpgraph.config.text.pbtxt import TextMessage
from mpgraph.config.text.printing import graph_to_text
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.registry import CALCULATORS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.visualizer.connections import with_implied_side_inputs
from mpgraph.visualizer.examination import Analysis
from mpgraph.visualizer.model import MAX_NODES, DrawnExecutor, DrawnNode, Graph
from mpgraph.visualizer.node_ports import location_of, ports_of
from mpgraph.visualizer.option_rows import rows_of

MAX_NAME = 150
"""How long a name may be in an id; of longer ones it has the beginning and a number."""
_CLOSED = "It contains itself, or is too large to be opened."


class Nesting:
    """One graph and all that is in it. `files` are those that were read, `texts` those that were made."""

    def __init__(self, names: SubgraphNames, examination: Analysis) -> None:
        self._names = names
        self._examination = examination
        self._count = 0
        self.files: dict[str, None] = {}
        self.texts: dict[str, str] = {}

    def graph(self, source: GraphSource) -> Graph:
        """The outermost graph."""
        config = type(source.config)()
        config.CopyFrom(source.config)
        sources = [source.node_source(index) for index in range(len(config.node))]
        return self._graph(config, sources, source.graph, source.file, None, "", (), ())

    def _graph(
        self,
        config: Any,
        sources: Sequence[NodeSource],
        own: NodeSource,
        file: str,
        parent: Any,
        graph_id: str,
        path: tuple[Location | None, ...],
        keys: tuple[object, ...],
    ) -> Graph:
        """One graph: `parent` is the message of the node that stands for it, `path` leads to it."""
        self.files.setdefault(file)
        flat = [FlatNode(node, source) for node, source in zip(config.node, sources, strict=True)]
        with suppress(MpgraphError):  # The examination has it; the options are drawn as they stand.
            apply_option_values(config, flat, parent)
        nodes: list[DrawnNode] = []
        for node, name in zip(flat, canonical_names(list(config.node)), strict=True):
            nodes.append(self._node(node, name, config.package, file, graph_id, path, keys))
        nodes += self._generators(config, own, graph_id, {node.name for node in nodes})
        places = FlatNode(config, own)
        graph = Graph(
            id=graph_id,
            name=config.type or config.package,
            file=file,
            inputs=ports_of(places, "input_stream"),
            outputs=ports_of(places, "output_stream"),
            side_inputs=ports_of(places, "input_side_packet"),
            side_outputs=ports_of(places, "output_side_packet"),
            nodes=tuple(nodes),
            executors=tuple(_executors(config)),
            handler=_handler(config),
            max_queue_size=config.max_queue_size,
            num_threads=config.num_threads,
        )
        return with_implied_side_inputs(graph)

    def _node(
        self,
        flat: FlatNode,
        name: str,
        package: str,
        file: str,
        graph_id: str,
        path: tuple[Location | None, ...],
        keys: tuple[object, ...],
    ) -> DrawnNode:
        self._count += 1
        node_id = _join(graph_id, name)
        config = flat.config
        kind, note, found, inner = "", "", None, None
        try:
            found = self._names.find(config.calculator, package, file)
            if found is not None:
                kind = "subgraph"
                inner = self._inside(flat, found, node_id, path, keys)
        except MpgraphError as error:
            kind, note = "subgraph", error.message
        except Exception as error:  # A class written by anyone makes this graph.
            kind, note = "subgraph", f"{type(error).__name__}: {error}"
        if kind == "subgraph" and inner is None and not note:
            note = _CLOSED
        calculator = None
        if not kind:
            try:
                calculator = CALCULATORS.find(config.calculator, package)
            except ImportError as error:
                note = f"It cannot be loaded: {error}"
        finding = self._examination.take((*path, flat.location, config.calculator)) if not kind else None
        options = finding.options if finding else None
        options_type, rows = rows_of(options, flat.source)
        shown = calculator or (found if inspect.isclass(found) else None)
        handler = _handler(config)
        return DrawnNode(
            id=node_id,
            name=name,
            calculator=config.calculator,
            kind=kind or ("calculator" if calculator else "unknown"),
            place=location_of(flat.source),
            inputs=ports_of(flat, "input_stream", finding),
            outputs=ports_of(flat, "output_stream", finding),
            side_inputs=ports_of(flat, "input_side_packet", finding),
            side_outputs=ports_of(flat, "output_side_packet", finding),
            options_type=options_type,
            options=rows,
            executor=config.executor,
            handler=handler or (finding.handler if finding else ""),
            handler_options=rows_of(None, _handler_source(flat.source))[1],
            max_in_flight=config.max_in_flight,
            buffer_size_hint=config.buffer_size_hint,
            source_layer=config.source_layer,
            runtime_name=finding.runtime_name if finding else "",
            doc=_first_line(shown),
            note=note,
            graph=inner,
        )

    def _inside(
        self,
        flat: FlatNode,
        found: GraphSource | type[Subgraph],
        node_id: str,
        path: tuple[Location | None, ...],
        keys: tuple[object, ...],
    ) -> Graph | None:
        """The graph that a node stands for; None if it contains itself or there is too much of it."""
        adopt_options(flat.config, found, flat.source)
        key: object = id(found)
        if not isinstance(found, GraphSource):
            given = [flat.config.options, *flat.config.node_options]
            key = (found, *(options.SerializeToString() for options in given))
        if key in keys or len(keys) >= MAX_DEPTH:
            return None
        path, keys = (*path, flat.location), (*keys, key)
        if isinstance(found, GraphSource):
            config = type(found.config)()
            config.CopyFrom(found.config)
            own, file = found.graph, found.file
            sources = [found.node_source(index) for index in range(len(config.node))]
            if found.tree is None and file not in self.texts:
                self.texts[file] = graph_to_text(config)
        else:
            config = found.get_config(flat.config)
            own = NodeSource(location=flat.location)
            file = flat.location.file if flat.location else ""
            sources = _sources_inside(flat.source, len(config.node))
            _drop_unused(config, flat.config)
        if self._count + len(config.node) > MAX_NODES:
            return None
        return self._graph(config, sources, own, file, flat.config, node_id, path, keys)

    def _generators(
        self, config: Any, own: NodeSource, graph_id: str, taken: set[str]
    ) -> Iterator[DrawnNode]:
        """The packet generators of old graphs, drawn as nodes that make side packets."""
        for index, generator in enumerate(config.packet_generator):
            name = generator.packet_generator
            while name in taken:
                name += "_"
            taken.add(name)
            tree = own.tree.all("packet_generator")[index] if own.tree else None
            inner = tree.value if tree and isinstance(tree.value, TextMessage) else None
            source = NodeSource(inner, tree.location if tree else None, own.raw)
            options_type, rows = rows_of(None, source)
            places = FlatNode(_SidePackets(generator), source)
            yield DrawnNode(
                id=_join(graph_id, name),
                name=name,
                calculator=generator.packet_generator,
                kind="generator",
                place=location_of(source),
                side_inputs=ports_of(places, "input_side_packet"),
                side_outputs=ports_of(places, "output_side_packet"),
                options_type=options_type,
                options=rows,
            )


class _SidePackets:
    """A packet generator seen as a node: it has no streams."""

    input_stream: Sequence[str] = ()
    output_stream: Sequence[str] = ()

    def __init__(self, generator: Any) -> None:
        self.input_side_packet: Sequence[str] = generator.input_side_packet
        self.output_side_packet: Sequence[str] = generator.output_side_packet


def _join(graph_id: str, name: str) -> str:
    """The id of a node; a name in broken text may hold anything."""
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


def _sources_inside(outer: NodeSource, count: int) -> list[NodeSource]:
    """Where the nodes of a class stand: at its node, but contained nodes, the last ones, in its options."""
    contained = 0
    while contained < count and outer.contained(contained).tree is not None:
        contained += 1
    made = NodeSource(location=outer.location)
    return [made] * (count - contained) + [outer.contained(index) for index in range(contained)]


def _drop_unused(config: Any, node: Any) -> None:
    """Take out what a generated graph would take in but its node does not give."""
    for port_list in ("input_stream", "input_side_packet"):
        given = {entry.rpartition(":")[0] for entry in getattr(node, port_list)}
        entries = getattr(config, port_list)
        unused = {name for tag, _, name in (entry.rpartition(":") for entry in entries) if _lacks(tag, given)}
        entries[:] = [entry for entry in entries if entry.rpartition(":")[2] not in unused]
        for inner in config.node:
            inside = getattr(inner, port_list)
            inside[:] = [entry for entry in inside if entry.rpartition(":")[2] not in unused]


def _lacks(tag: str, given: set[str]) -> bool:
    return bool(tag) and tag not in given and tag.removesuffix(":0") not in given and f"{tag}:0" not in given


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
