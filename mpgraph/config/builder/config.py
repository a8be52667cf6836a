"""From the handles an author connected to a CalculatorGraphConfig, with the author's places in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mpgraph.config.builder.checks import unfinished
from mpgraph.config.builder.handles import GraphOutput, Loop, PortKey, Source
from mpgraph.config.builder.names import assign_names
from mpgraph.config.builder.node import NodeHandle
from mpgraph.config.builder.signature import PORT_LISTS
from mpgraph.config.source import GraphSource
from mpgraph.config.text.binding import ConfigErrors
from mpgraph.config.text.pbtxt import TextField, TextMessage, parse_text
from mpgraph.config.text.printing import graph_to_text
from mpgraph.errors import Location
from mpgraph.framework.packet_type import AnyType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.protos import calculator_pb2

_Places = dict[str, list[Location]]


@dataclass
class Written:
    """What an author wrote so far. base: the graph's config but for its ports and nodes."""

    place: Location
    base: Any
    ports: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PORT_LISTS})
    """By list: the Streams and SidePackets that come in, the GraphOutputs that go out."""
    loops: list[Loop[Any]] = field(default_factory=list)
    nodes: list[NodeHandle] = field(default_factory=list)

    def declared_ports(self) -> tuple[Port[Any], ...]:
        """The ports of the graph, as the nodes of other graphs see them."""
        found: list[Port[Any]] = []
        for name, kind in PORT_LISTS.items():
            for port in self.ports[name]:
                tag, index = port._key
                found.append(kind(tag, _type_of(port), index=index, optional=True))
        return tuple(found)


def _type_of(port: Source[Any] | GraphOutput) -> TypeLike:
    if isinstance(port, Source):
        return port.type
    return port._connection.source.type if port._connection is not None else AnyType


def config_of(written: Written) -> GraphSource:
    """Return the graph, with its author's places. Raises ConfigErrors with all that is missing in it."""
    errors = list(unfinished(written.loops, _outputs(written), written.nodes))
    if errors:
        raise ConfigErrors(errors)
    names = _names(written)
    config = calculator_pb2.CalculatorGraphConfig()
    config.CopyFrom(written.base)
    places: _Places = {}
    for name, ports in written.ports.items():
        _list(config, places, name, [(port._key, names[_flowing(port)], port._place) for port in ports])
    for name in PORT_LISTS:
        _number(getattr(config, name))
    node_places = [_add_node(config, node, names) for node in written.nodes]
    tree = _relocated(
        parse_text(graph_to_text(config)),
        written.place,
        places,
        [node._place for node in written.nodes],
        node_places,
    )
    return GraphSource(config, tree, written.place.file)


def _flowing(port: Source[Any] | GraphOutput) -> int:
    """The id of what flows through a port of the graph."""
    if isinstance(port, Source):
        return id(port)
    assert port._connection is not None
    return id(port._connection.source._resolved())


def _outputs(written: Written) -> list[GraphOutput]:
    return [*written.ports["output_stream"], *written.ports["output_side_packet"]]


def _add_node(config: Any, node: NodeHandle, names: Mapping[int, str]) -> _Places:
    made = config.node.add()
    made.CopyFrom(node._message)
    places: _Places = {}
    for name, kind in PORT_LISTS.items():
        if kind in (Input, SideInput):
            entries = [
                (key, names[id(connection.source._resolved())], connection.place)
                for key, connection in node._inputs[kind].items()
            ]
        else:
            entries = [(key, names[id(made)], made._place) for key, made in node._outputs[kind].items()]
        _list(made, places, name, _by_tag(entries))
        _number(getattr(made, name))
    for (tag, index), connection in node._inputs[Input].items():
        if connection.back_edge:
            made.input_stream_info.add(tag_index=f"{tag}:{index}" if index else tag, back_edge=True)
            places.setdefault("input_stream_info", []).append(connection.place)
    return places


def _list(message: Any, places: _Places, name: str, entries: Sequence[tuple[PortKey, str, Location]]) -> None:
    for (tag, index), stream, place in entries:
        getattr(message, name).append(f"{tag}:{index}:{stream}" if tag else stream)
        places.setdefault(name, []).append(place)


def _by_tag(entries: Iterable[tuple[PortKey, str, Location]]) -> list[tuple[PortKey, str, Location]]:
    """Tags in the order in which they were first used, each with its indexes in order."""
    entries = list(entries)
    tags = list(dict.fromkeys(tag for (tag, _), _, _ in entries))
    return sorted(entries, key=lambda entry: (tags.index(entry[0][0]), entry[0][1]))


def _number(entries: Any) -> None:
    """Leave out the index of a tag that has only one."""
    tags = [entry.partition(":")[0] for entry in entries if ":" in entry]
    for position, entry in enumerate(entries):
        if tags.count(entry.partition(":")[0]) == 1:
            entries[position] = entry.replace(":0:", ":", 1)


def _names(written: Written) -> dict[int, str]:
    wanted: dict[int, str] = {}
    for output in _outputs(written):
        wanted.setdefault(_flowing(output), output._key[0].lower())
    names: dict[int, str] = {}
    for inputs, kind in (("input_stream", Output), ("input_side_packet", SideOutput)):
        sources = list(written.ports[inputs])
        for node in written.nodes:
            sources += node._outputs[kind].values()
        names.update(assign_names(sources, wanted))
    return names


def _relocated(
    tree: TextMessage,
    place: Location,
    places: _Places,
    nodes: Sequence[Location],
    node_places: Sequence[_Places],
) -> TextMessage:
    """The tree of the text, with the places in the author's program."""
    left = {name: list(found) for name, found in places.items()}
    indexes = iter(range(len(nodes)))
    fields = []
    for each in tree.fields:
        if each.name == "node" and isinstance(each.value, TextMessage):
            index = next(indexes)
            fields.append(_placed(each, nodes[index], node_places[index]))
        else:
            fields.append(_placed(each, left[each.name].pop(0) if left.get(each.name) else place, {}))
    return replace(tree, fields=tuple(fields), location=place)


def _placed(given: TextField, place: Location, places: _Places) -> TextField:
    """A field at a place, and all that is in it, but for the fields that have places of their own."""
    value = given.value
    if isinstance(value, TextMessage):
        left = {name: list(found) for name, found in places.items()}
        inner = [
            _placed(each, left[each.name].pop(0) if left.get(each.name) else place, {})
            for each in value.fields
        ]
        value = replace(value, fields=tuple(inner), location=place, end_line=place.line)
    else:
        value = replace(value, location=place)
    return replace(given, value=value, location=place)
