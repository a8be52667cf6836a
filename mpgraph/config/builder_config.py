"""From the handles an author connected to a CalculatorGraphConfig, with the author's places in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mpgraph.calculator_base import Calculator
from mpgraph.config.binding import ConfigErrors, RawOption, find_message
from mpgraph.config.builder_handles import (
    Connection,
    GraphOutput,
    Loop,
    PortKey,
    Source,
    port_text,
    refuse_mismatch,
)
from mpgraph.config.builder_names import assign_names
from mpgraph.config.builder_node import Node
from mpgraph.config.builder_options import put_options
from mpgraph.config.builder_signature import PORT_LISTS, PortKind
from mpgraph.config.pbtxt import TextField, TextMessage, parse_text
from mpgraph.config.printing import graph_to_text, message_to_text
from mpgraph.config.source import GraphSource
from mpgraph.errors import ConfigError, Location
from mpgraph.ports import Input, Output, SideInput, SideOutput
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
    nodes: list[Node] = field(default_factory=list)
    options: dict[int, Any] = field(default_factory=dict)
    """The options' message of a node, by the node's id."""


def config_of(written: Written) -> GraphSource:
    """Return the graph, with its author's places. Raises ConfigErrors with all that is missing in it."""
    errors = list(_missing(written))
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
    node_places = [_add_node(config, node, written.options.get(id(node)), names) for node in written.nodes]
    tree = _relocated(
        parse_text(_text_of(config, written)),
        written.place,
        places,
        [node._place for node in written.nodes],
        node_places,
    )
    return GraphSource(config, tree, written.place.file)


def text_of(written: Written) -> str:
    """Return the graph as text; options of a Python dataclass stand in it like all others."""
    return _text_of(config_of(written).config, written)


def _flowing(port: Source[Any] | GraphOutput) -> int:
    """The id of what flows through a port of the graph."""
    if isinstance(port, Source):
        return id(port)
    assert port._connection is not None
    return id(port._connection.source._resolved())


def _outputs(written: Written) -> list[GraphOutput]:
    return [*written.ports["output_stream"], *written.ports["output_side_packet"]]


def _add_node(config: Any, node: Node, options: Any, names: Mapping[int, str]) -> _Places:
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
    if options is not None:
        put_options(made, options)
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
    entries[:] = [
        entry.replace(":0:", ":") if tags.count(entry.partition(":")[0]) == 1 else entry for entry in entries
    ]


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


def _missing(written: Written) -> Iterator[ConfigError]:
    """What the author has yet to do."""
    for loop in written.loops:
        if isinstance(loop._resolved(), Loop):
            yield ConfigError(
                "This loop is never closed. Send the stream that comes round into it: stream >> loop.",
                location=loop._place,
            )
    for output in _outputs(written):
        if output._connection is None:
            yield ConfigError(
                f"Nothing goes into {output}. Connect it: stream >> it.", location=output._place
            )
    for node in written.nodes:
        yield from _missing_inputs(node)
        yield from _missing_outputs(node)
        yield from _mismatches(node)


def _missing_inputs(node: Node) -> Iterator[ConfigError]:
    for kind, taken in node._inputs.items():
        yield from _gaps(node, kind, {key: connection.place for key, connection in taken.items()})
        for port in node._signature.of(kind) if node._signature.is_complete else ():
            if not port.optional and (port.tag, port.index) not in taken:
                label = f'"{port.tag}"' if port.tag else "without a tag"
                yield ConfigError(
                    f"{node} needs its {kind.kind} {label}. Connect it: {_example(kind, port.tag)}.",
                    location=node._place,
                )


def _example(kind: PortKind, tag: str) -> str:
    method = "side_input" if kind is SideInput else "input"
    value = "side_packet" if kind is SideInput else "stream"
    return f'{tag}={value}, or {value} >> node.{method}("{tag}")'


def _missing_outputs(node: Node) -> Iterator[ConfigError]:
    """Gaps among the outputs. Those that the calculator must have are made, though nobody reads them."""
    owner = node._signature.owner
    for kind, made in node._outputs.items():
        if node._signature.is_complete and owner is not None and issubclass(owner, Calculator):
            for port in node._signature.of(kind):
                if not port.optional and (port.tag, port.index) not in made:
                    node._made(kind, port, port.index, node._place)
        yield from _gaps(node, kind, {key: source._place for key, source in made.items()})


def _gaps(node: Node, kind: PortKind, used: Mapping[PortKey, Location]) -> Iterator[ConfigError]:
    for (tag, index), place in used.items():
        if index and (tag, index - 1) not in used:
            yield ConfigError(
                f"{port_text(kind, (tag, index), node)} is used, but {tag}:{index - 1} is not.",
                location=place,
            )


def _mismatches(node: Node) -> Iterator[ConfigError]:
    """Types that were not known yet when the author connected them."""
    connections: dict[tuple[PortKind, PortKey], Connection] = {
        (kind, key): connection for kind, taken in node._inputs.items() for key, connection in taken.items()
    }
    for (kind, key), connection in connections.items():
        port = node._signature.find(kind, *key)
        if port is not None and port.same_as is None:
            try:
                refuse_mismatch(connection.source, port.type, port_text(kind, key, node), connection.place)
            except ConfigError as error:
                yield error


def _text_of(config: Any, written: Written) -> str:
    """The text; options whose schema only their class has stand in it like all others."""
    shown = type(config)()
    shown.CopyFrom(config)
    private: list[RawOption] = []
    for index, (node, message) in enumerate(zip(written.nodes, shown.node, strict=True)):
        options = written.options.get(id(node))
        if options is not None and find_message(options.DESCRIPTOR.full_name) is None:
            kept = [
                each
                for each in message.node_options
                if each.type_url.rpartition("/")[2] != options.DESCRIPTOR.full_name
            ]
            del message.node_options[:]
            message.node_options.extend(kept)
            name = f"type.googleapis.com/{options.DESCRIPTOR.full_name}"
            tree = parse_text(message_to_text(options))
            private.append(
                RawOption(
                    ("node", index, "node_options"), TextField(name, tree, tree.location, bracketed=True)
                )
            )
    return graph_to_text(shown, private)


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
