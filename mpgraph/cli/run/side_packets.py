"""Input side packets from the command line: text turned into what the graph wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mpgraph.config.model import Edge, GraphModel
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import PayloadType

# A comma ends a value only where another name follows, so values may hold commas themselves.
_NEXT = re.compile(r",(?=\s*[a-z_][a-z0-9_]*=)")
_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def parse_side_packets(arguments: Sequence[str], model: GraphModel) -> dict[str, Packet]:
    """Return the packets that arguments of the form NAME=VALUE,NAME=VALUE... say.

    Raises:
        InvalidArgumentError: an argument has another form, the graph has no such input side packet
            or takes no text for it, or a value does not fit its type.
    """
    entries = [entry.strip() for argument in arguments for entry in _NEXT.split(argument)]
    return dict(_packet(entry, model.side_packets, model.required_side_packets) for entry in entries if entry)


def _packet(entry: str, known: Mapping[str, Edge], required: Sequence[str]) -> tuple[str, Packet]:
    name, equals, value = entry.partition("=")
    if not equals:
        raise InvalidArgumentError(f'an input side packet is written NAME=VALUE, not "{entry}"')
    edge = known.get(name)
    if edge is None or edge.producer is not None:
        wanted = ", ".join(required) or "none"
        hint = did_you_mean(name, required)
        raise InvalidArgumentError(f'the graph has no input side packet "{name}" (it takes: {wanted}).{hint}')
    kind = _kind(edge)
    try:
        return name, packets.make(_parse(value, kind), kind)
    except ValueError:
        raise InvalidArgumentError(
            f'the side packet "{name}" has the type {kind.name}, which "{value}" is not'
        ) from None


def _kind(edge: Edge) -> PayloadType:
    """The type to read the text as: the most natural of those the graph takes."""
    taken = edge.types
    order = (packet_type.STRING, packet_type.INT, packet_type.FLOAT, packet_type.DOUBLE, packet_type.BOOL)
    for kind in order:
        if taken is None or kind in taken:
            return kind
    for kind in sorted(taken or (), key=lambda each: each.name):
        if kind.python is int:
            return kind
    raise InvalidArgumentError(
        f'the side packet "{edge.name}" is {packet_type.names(taken)}: no text on a command line makes one'
    )


def _parse(text: str, kind: PayloadType) -> object:
    if kind.python is int:
        return int(text, 0)
    if kind.python is float:
        return float(text)
    if kind.python is bool:
        if text.lower() not in _BOOLS:
            raise ValueError(text)
        return _BOOLS[text.lower()]
    return text
