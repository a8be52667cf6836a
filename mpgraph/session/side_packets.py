"""Input side packets given as text, which is parsed as the type that the graph expects."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from mpgraph.config.model import Edge, GraphModel
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import PayloadType
from mpgraph.runtime.run import is_optional_side_packet

# A comma ends a value only if another NAME= follows, so values may contain commas.
_NEXT = re.compile(r",(?=\s*[a-z_][a-z0-9_]*=)")
_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def parse_side_packets(arguments: Sequence[str], model: GraphModel) -> dict[str, Packet]:
    """Parse arguments of the form NAME=VALUE,NAME=VALUE... and return the packets by name.

    Raises:
        InvalidArgumentError: an argument has another form, the graph has no such input side packet, its
            type cannot be given as text, or a value does not have that type.
    """
    return side_packets_of(split_side_packets(arguments), model)


def split_side_packets(arguments: Sequence[str]) -> dict[str, str]:
    """Return the values of arguments by name, for `side_packets_of`.

    Raises:
        InvalidArgumentError: an argument has another form than NAME=VALUE,NAME=VALUE...
    """
    entries = [entry.strip() for argument in arguments for entry in _NEXT.split(argument)]
    return dict(_split(entry) for entry in entries if entry)


def side_packets_of(values: Mapping[str, object], model: GraphModel) -> dict[str, Packet]:
    """Return the packets of values by name: text, or numbers and bools that are parsed like their text.

    Raises:
        InvalidArgumentError: as of `parse_side_packets`.
    """
    known, required = model.side_packets, model.required_side_packets
    return {name: _packet(name, str(value), known, required) for name, value in values.items()}


def check_given(values: Collection[str], model: GraphModel, advice: str = "") -> None:
    """Check that all side packets that a graph needs are given.

    advice: how to give one, with NAME in it.

    Raises:
        InvalidArgumentError: some are missing; with their names and types.
    """
    missing = [
        name
        for name in model.required_side_packets
        if name not in values and not is_optional_side_packet(model, name)
    ]
    if missing:
        types = [f"{name} ({packet_type.names(model.side_packets[name].types)})" for name in missing]
        hint = advice.replace("NAME", missing[0])
        raise InvalidArgumentError(
            f"the graph needs side packets that are not given: {', '.join(types)}.", hint=hint
        )


def _split(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if not equals:
        raise InvalidArgumentError(f'an input side packet is written NAME=VALUE, not "{entry}"')
    return name, value


def _packet(name: str, value: str, known: Mapping[str, Edge], required: Sequence[str]) -> Packet:
    edge = known.get(name)
    if edge is None or edge.producer is not None:
        hint = did_you_mean(name, required)
        raise InvalidArgumentError(
            f'the graph has no input side packet "{name}" (it has: {", ".join(required) or "none"}).{hint}'
        )
    payload_type = _text_type(edge)
    try:
        return packets.make(_parse(value, payload_type), payload_type)
    except ValueError:
        raise InvalidArgumentError(
            f'the side packet "{name}" has the type {payload_type.name}, and "{value}" is not one'
        ) from None


def _text_type(edge: Edge) -> PayloadType:
    """The type to parse the text as: the most natural of those that the graph accepts."""
    accepted = edge.types
    preferred = (packet_type.STRING, packet_type.INT, packet_type.FLOAT, packet_type.DOUBLE, packet_type.BOOL)
    for candidate in preferred:
        if accepted is None or candidate in accepted:
            return candidate
    for candidate in sorted(accepted or (), key=lambda each: each.name):
        if candidate.python is int:
            return candidate
    raise InvalidArgumentError(
        f'the side packet "{edge.name}" has the type {packet_type.names(accepted)}, which cannot be given on '
        "the command line"
    )


def _parse(text: str, payload_type: PayloadType) -> object:
    if payload_type.python is int:
        return int(text, 0)
    if payload_type.python is float:
        return float(text)
    if payload_type.python is bool:
        if text.lower() not in _BOOLS:
            raise ValueError(text)
        return _BOOLS[text.lower()]
    return text
