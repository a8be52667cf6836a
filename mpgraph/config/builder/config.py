"""Conversion of the handles of a finished graph to a CalculatorGraphConfig with the author's locations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from mpgraph.config.builder.checks import completion_errors
from mpgraph.config.builder.handles import Loop, OutputHandle, Source
from mpgraph.config.builder.node import NodeHandle
from mpgraph.config.builder.signature import PortKey
from mpgraph.config.port_lists import INPUT, OUTPUT, PORT_LISTS, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.config.source import GraphSource
from mpgraph.config.text.binding import ConfigErrors
from mpgraph.config.text.pbtxt import TextMessage, parse_text
from mpgraph.config.text.printing import message_to_text
from mpgraph.errors import ConfigError, Location
from mpgraph.framework.packet_type import AnyType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.protos import calculator_pb2

_Locations = dict[str, list[Location]]
"""By field, the location of each entry."""


@dataclass
class GraphDraft:
    """A graph under construction.

    base: its config without ports and nodes.
    ports: by field, the Streams and SidePacketHandles of its inputs and the handles of its outputs.
    """

    location: Location
    base: Any
    ports: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PORT_LISTS})
    loops: list[Loop[Any]] = field(default_factory=list)
    nodes: list[NodeHandle] = field(default_factory=list)

    def declared_ports(self) -> tuple[Port[Any], ...]:
        """The ports of the graph, as the ports of a node in another graph."""
        return tuple(
            kind(port._key[0], _type_of(port), index=port._key[1], optional=True)
            for name, kind in PORT_LISTS.items()
            for port in self.ports[name]
        )


def _type_of(port: Source[Any] | OutputHandle) -> TypeLike:
    if isinstance(port, Source):
        return port.type
    return port._connection.source.type if port._connection is not None else AnyType


def config_of(draft: GraphDraft) -> GraphSource:
    """Return the graph, located in its author's program. Raises ConfigErrors with everything missing."""
    errors = list(completion_errors(draft.loops, _outputs(draft), draft.nodes))
    if errors:
        raise ConfigErrors(errors)
    names = _names(draft)
    config = calculator_pb2.CalculatorGraphConfig()
    config.CopyFrom(draft.base)
    locations: _Locations = {}
    for name, ports in draft.ports.items():
        entries = [(port._key, names[_source_id(port)], port._location) for port in ports]
        _add_entries(config, locations, name, entries)
    for name in PORT_LISTS:
        _omit_index_of_single_ports(getattr(config, name))
    inside = [(node._location, _add_node(config, node, names)) for node in draft.nodes]
    tree = _relocated(parse_text(message_to_text(config)), draft.location, locations, inside)
    return GraphSource(config, tree, draft.location.file)


def _source_id(port: Source[Any] | OutputHandle) -> int:
    """The id of the stream or side packet at a port of the graph."""
    if isinstance(port, Source):
        return id(port)
    assert port._connection is not None
    return id(port._connection.source._resolved())


def _outputs(draft: GraphDraft) -> list[OutputHandle]:
    return [*draft.ports[OUTPUT], *draft.ports[SIDE_OUTPUT]]


def _add_node(config: Any, node: NodeHandle, names: Mapping[int, str]) -> _Locations:
    message = config.node.add()
    message.CopyFrom(node._message)
    locations: _Locations = {}
    for name, kind in PORT_LISTS.items():
        if kind in (Input, SideInput):
            entries = [
                (key, names[id(connection.source._resolved())], connection.location)
                for key, connection in node._inputs[kind].items()
            ]
        else:
            outputs = node._outputs[kind].items()
            entries = [(key, names[id(output)], output._location) for key, output in outputs]
        _add_entries(message, locations, name, _by_tag(entries))
        _omit_index_of_single_ports(getattr(message, name))
    for (tag, index), connection in node._inputs[Input].items():
        if connection.back_edge:
            message.input_stream_info.add(tag_index=f"{tag}:{index}" if index else tag, back_edge=True)
            locations.setdefault("input_stream_info", []).append(connection.location)
    return locations


def _add_entries(
    message: Any, locations: _Locations, name: str, entries: Sequence[tuple[PortKey, str, Location]]
) -> None:
    for (tag, index), stream, location in entries:
        getattr(message, name).append(f"{tag}:{index}:{stream}" if tag else stream)
        locations.setdefault(name, []).append(location)


def _by_tag(entries: Iterable[tuple[PortKey, str, Location]]) -> list[tuple[PortKey, str, Location]]:
    """Sort entries by the first use of their tag, then by index."""
    entries = list(entries)
    tags = list(dict.fromkeys(tag for (tag, _), _, _ in entries))
    return sorted(entries, key=lambda entry: (tags.index(entry[0][0]), entry[0][1]))


def _omit_index_of_single_ports(entries: Any) -> None:
    """Change `TAG:0:name` to `TAG:name` where the tag has no other index."""
    tags = [entry.partition(":")[0] for entry in entries if ":" in entry]
    for position, entry in enumerate(entries):
        if tags.count(entry.partition(":")[0]) == 1:
            entries[position] = entry.replace(":0:", ":", 1)


def _names(draft: GraphDraft) -> dict[int, str]:
    preferred: dict[int, str] = {}
    for output in _outputs(draft):
        preferred.setdefault(_source_id(output), output._key[0].lower())
    names: dict[int, str] = {}
    for inputs, kind in ((INPUT, Output), (SIDE_INPUT, SideOutput)):
        sources = list(draft.ports[inputs])
        for node in draft.nodes:
            sources += node._outputs[kind].values()
        names.update(_assign_names(sources, preferred))
    return names


def _assign_names(sources: Iterable[Source[object]], preferred: Mapping[int, str]) -> dict[int, str]:
    """Return a name for each stream or side packet, by the id of its handle.

    A stream without a name is named after the graph's output that it is, else after its tag. Without a tag
    it is "blur" if its node is a BlurCalculator. If "image" is taken: "blur_image", then "blur_image_2".
    preferred: names to use if they are free, by id.
    Raises ConfigError, with the location, if two have been given the same name.
    """
    names: dict[int, str] = {}
    taken: dict[str, Source[object]] = {}
    unnamed: list[Source[object]] = []
    for source in sources:
        if not source._name:
            unnamed.append(source)
        elif source._name in taken:
            other = taken[source._name]
            raise ConfigError(
                f'Two {source.kind}s are called "{source._name}": this one and that of {other._location}.',
                location=source._location,
                hint="Give one of them another name.",
                rule="two-producers",
            )
        else:
            taken[source._name] = source
            names[id(source)] = source._name
    for source in unnamed:
        name = next(name for name in _candidates(source, preferred.get(id(source), "")) if name not in taken)
        taken[name] = source
        names[id(source)] = name
    return names


def _candidates(source: Source[object], preferred: str) -> Iterator[str]:
    tag = source._key[0].lower()
    prefix = source._producer._name_prefix() if source._producer is not None else "input"
    full = f"{prefix}_{tag}" if tag else prefix
    yield from filter(None, (preferred or tag, full))
    yield from (f"{full}_{number}" for number in count(2))


def _relocated(
    tree: TextMessage,
    location: Location,
    locations: _Locations,
    nodes: Sequence[tuple[Location, _Locations]] = (),
) -> TextMessage:
    """Return a message with its author's locations.

    location: of the message, and of everything in it that has no location of its own.
    locations: of the entries of its fields. nodes: the same of each of its nodes.
    """
    remaining = {name: iter(found) for name, found in locations.items()}
    remaining_nodes = iter(nodes)
    fields = []
    for item in tree.fields:
        at = next(remaining.get(item.name, iter(())), location)
        inside: _Locations = {}
        if nodes and item.name == "node":
            at, inside = next(remaining_nodes)
        value: Any
        if isinstance(item.value, TextMessage):
            value = _relocated(item.value, at, inside)
        else:
            value = replace(item.value, location=at)
        fields.append(replace(item, value=value, location=at))
    return replace(tree, fields=tuple(fields), location=location, end_line=location.line)
