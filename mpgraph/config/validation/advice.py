"""Warnings of `mpgraph check`: constructs that are legal but probably unintended.

MediaPipe silently accepts each of them, but it has no effect, or not the apparent one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpgraph.config.dataclass_options import Steps
from mpgraph.config.flat import name_of
from mpgraph.config.model import Edge
from mpgraph.config.options import foreign_options, option_location, own_options
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.config.source import GraphSource
from mpgraph.config.validation.edges import Edges
from mpgraph.config.validation.executors import is_reserved
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import (
    MOST_SUGGESTIONS,
    ConfigError,
    Location,
    MpgraphError,
    ResourceNotFoundError,
    did_you_mean,
)
from mpgraph.framework.resources import find_resource
from mpgraph.framework.tags import TagMap, parse_tag_index

# Options and inputs with the names of files.
_OPTIONS = ("model_path", "resource_id")
_READERS = {"LocalFileContentsCalculator": "FILE_PATH", "ResourceProviderCalculator": "RESOURCE_ID"}
_CONSTANTS = "ConstantSidePacketCalculator"


def graph_warnings(
    nodes: Sequence[CheckedNode], edges: Edges, outputs: TagMap, source: GraphSource
) -> list[MpgraphError]:
    """Return the warnings for a graph that has no errors but unknown calculators.

    outputs: the graph's output streams. source: the outermost graph.
    """
    return [
        *_needless_back_edges(nodes, edges, source),
        *_unconnected_ports(edges, outputs, source),
        *_unread_streams(nodes, edges, outputs),
        *_undeclared_side_packets(edges, nodes, source),
        *_unused_executors(nodes, source),
        *_unread_options(nodes),
        *_missing_files(nodes, edges),
        *_negative_limits(nodes),
    ]


def _warning(text: str, location: Location | None, hint: str, rule: str) -> ConfigError:
    return ConfigError(text, location=location, hint=hint, rule=rule)


def _needless_back_edges(
    nodes: Sequence[CheckedNode], edges: Edges, source: GraphSource
) -> Iterator[ConfigError]:
    """A back edge closes a loop; on any other stream the mark only hides the true order of the nodes.

    A graph with a type is used as a node, and its input streams may close a loop outside of it.
    """
    for index, node in enumerate(nodes):
        for position in sorted(node.informed):
            name = node.inputs.names[position]
            edge = edges.streams.get(name)
            if not node.back_edges[position] or edge is None:
                continue
            if edge.producer is None:
                if source.config.type:
                    continue
                why = "it comes from outside the graph"
            elif edge.producer not in _downstream(index, nodes, edges):
                producer = nodes[edge.producer].name
                why = f'node "{producer}", which produces it, receives nothing from this node'
            else:
                continue
            port = node.inputs.ports[position]
            location = _info_location(node, str(port))
            text = f'The stream "{name}" is marked as a back edge of node "{node.name}", but {why}.'
            yield _warning(text, location, "Remove its input_stream_info.", "needless-back-edge")


def _info_location(node: CheckedNode, port: str) -> Location | None:
    for index, info in enumerate(node.config.input_stream_info):
        if str(parse_tag_index(info.tag_index)) == port:
            return node.flat.location_of("input_stream_info", index)
    return node.flat.location


def _downstream(start: int, nodes: Sequence[CheckedNode], edges: Edges) -> set[int]:
    """Every node that depends on `start` through streams and side packets, back edges included."""
    found = {start}
    waiting = [start]
    while waiting:
        node = nodes[waiting.pop()]
        produced = [edges.streams[name] for name in node.outputs.names]
        produced += [edges.side_packets[name] for name in node.side_outputs.names]
        for edge in produced:
            for reader, _ in edge.consumers:
                if reader not in found:
                    found.add(reader)
                    waiting.append(reader)
    return found


def _unconnected_ports(edges: Edges, outputs: TagMap, source: GraphSource) -> Iterator[ConfigError]:
    """Warn of the graph's own ports that no node reads or produces."""
    streams, packets = edges.streams, edges.side_packets
    inputs = set(map(name_of, source.config.input_stream))
    read_streams = {name for name, edge in streams.items() if edge.consumers} | set(outputs.names)
    read_packets = {name for name, edge in packets.items() if edge.consumers}
    produced = [name for name, edge in packets.items() if edge.producer is not None]
    inner = [name for name in streams if name not in inputs]
    connect, produce = "Remove it, or connect a node to it.", "Remove it, or give a node's output this name."
    for port_list, connected, near, text, fix in (
        (INPUT, read_streams, inner, "No node reads the graph's input stream", connect),
        (OUTPUT, streams, streams, "No node produces the graph's output stream", produce),
        (SIDE_INPUT, read_packets, packets, "No node reads the input side packet", connect),
        (SIDE_OUTPUT, produced, produced, "No node produces the output side packet", produce),
    ):
        rule = "unread-input" if fix is connect else "unmade-output"
        suggestions = 0
        for index, name in enumerate(map(name_of, getattr(source.config, port_list))):
            if name not in connected:
                suggestions += 1
                hint = did_you_mean(name, near) if suggestions <= MOST_SUGGESTIONS else ""
                location = source.field_location(port_list, index)
                yield _warning(f'{text} "{name}".', location, hint or fix, rule)


def _unread_streams(nodes: Sequence[CheckedNode], edges: Edges, outputs: TagMap) -> Iterator[ConfigError]:
    if not len(outputs):  # The application probably observes the streams by name.
        return
    for node in nodes:
        if node.flat.path or (node.contract is None and node.calculator is not None):
            continue

        def unread(edge: Edge) -> bool:
            return not edge.consumers and edge.name not in outputs.names

        streams = [edges.streams[name] for name in node.outputs.names]
        has_side_outputs = len(node.side_outputs) > 0
        is_useless = bool(streams) and not has_side_outputs and all(map(unread, streams))
        for position, edge in enumerate(streams):
            if unread(edge) and (
                is_useless or (node.contract is not None and node.contract.outputs[position].is_optional)
            ):
                location = node.location_of(OUTPUT, position)
                text = f'No node reads the stream "{edge.name}" of node "{node.name}".'
                hint = "Remove it, or name it in the graph's output_stream if the program observes it."
                yield _warning(text, location, hint, "unread-stream")


def _undeclared_side_packets(
    edges: Edges, nodes: Sequence[CheckedNode], source: GraphSource
) -> Iterator[ConfigError]:
    known = edges.side_packets
    declared = {name_of(entry): None for entry in source.config.input_side_packet}
    near = [*declared, *(name for name, edge in known.items() if edge.producer is not None)]
    compared = 0
    for name, edge in known.items():
        if edge.producer is not None or not edge.consumers or name in declared:
            continue
        # A graph need not declare what is passed to start_run, so only likely typos are reported.
        compared += 1
        hint = did_you_mean(name, near, only_typos=True) if compared <= MOST_SUGGESTIONS else ""
        if name in edges.streams:
            hint = f'"{name}" is a stream: write input_stream instead of input_side_packet.'
        if hint:
            reader, position = edge.consumers[0]
            location = nodes[reader].location_of(SIDE_INPUT, position)
            text = (
                f'No node produces the side packet "{name}", and the graph does not declare it as an input.'
            )
            yield _warning(text, location, hint, "undeclared-side-packet")


def _unused_executors(nodes: Sequence[CheckedNode], source: GraphSource) -> Iterator[ConfigError]:
    used = {node.config.executor for node in nodes}
    for index, executor in enumerate(source.config.executor):
        if executor.name and executor.name not in used and not is_reserved(executor.name):
            location = source.field_location("executor", index)
            text = f'No node uses the executor "{executor.name}".'
            hint = f'Name it in a node, executor: "{executor.name}", or remove it.'
            yield _warning(text, location, hint, "unused-executor")


def _unread_options(nodes: Sequence[CheckedNode]) -> Iterator[ConfigError]:
    for node in nodes:
        if node.calculator is None:
            continue
        own = own_options(node.calculator)
        for name in foreign_options(node.config, node.calculator):
            text = f'{node.config.calculator} does not read the options "{name}" of node "{node.name}".'
            hint = f'Its own are "{own}".' if own else "It has none: remove them."
            location = node.flat.location_of("node_options" if node.config.node_options else "options", 0)
            yield _warning(text, location, hint, "unread-options")


def _negative_limits(nodes: Sequence[CheckedNode]) -> Iterator[ConfigError]:
    for node in nodes:
        for name, least in (("max_in_flight", 0), ("buffer_size_hint", -1)):
            value = getattr(node.config, name)
            if value < least:
                text = f'"{name}" of node "{node.name}" is {value}, which has no effect.'
                hint = "Use 1 or more, or leave it out."
                yield _warning(text, node.flat.location_of(name, 0), hint, "bad-value")


def _missing_files(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[MpgraphError]:
    """Warn of each file that a node will not find when it opens.

    Only paths that the graph itself contains are known: those in options, and those in constants that
    file-reading calculators receive as side packets.
    """
    for node in nodes:
        for path, steps in [*_paths_in_options(node), *_constant_paths(node, nodes, edges)]:
            if "://" in path:
                continue  # A URL, not a path.
            try:
                find_resource(path)
            except ResourceNotFoundError as error:
                option = option_location(node.flat.source, node.calculator, steps)
                location = node.flat.with_uses(option)
                yield error.with_context(f'Node "{node.name}": ', location=location, rule="missing-file")


def _paths_in_options(node: CheckedNode) -> Iterator[tuple[str, Steps]]:
    for name in _OPTIONS:
        value = getattr(node.options, name, None)
        if isinstance(value, str) and value:
            yield value, (name,)
        elif name == "resource_id" and node.config.calculator in _READERS:
            yield from ((path, (name, index)) for index, path in enumerate(value or ()) if path)


def _constant_paths(
    node: CheckedNode, nodes: Sequence[CheckedNode], edges: Edges
) -> Iterator[tuple[str, Steps]]:
    if node.config.calculator != _CONSTANTS:
        return
    for position, name in enumerate(node.side_outputs.names):
        index = node.side_outputs.ports[position].index
        packets = node.options.packet if node.options is not None else ()
        path = packets[index].string_value if index < len(packets) else ""
        if path and any(_reads_file(nodes[id_], at) for id_, at in edges.side_packets[name].consumers):
            yield path, ("packet", index, "string_value")


def _reads_file(node: CheckedNode, position: int) -> bool:
    return _READERS.get(node.config.calculator) == node.side_inputs.ports[position].tag
