"""SwitchContainer: several nodes of which one is active, chosen at the start or while the graph runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mpgraph.config.options import message_options
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.tags import TagIndex, TagMap, parse_tag_index
from mpgraph.protos import calculator_pb2, extension_for, parse_any

_OPTIONS = "mediapipe.SwitchContainerOptions"
_CONTROLS = ("SELECT", "ENABLE")


@mp.register
class SwitchContainer(mp.Subgraph):
    """Contains several nodes and sends all packets through one of them, the active channel.

    SELECT (int) is the index of the active node, counted from 0, or ENABLE (bool) false for the first and
    true for the second; as side packets at the start, as input streams while the graph runs. Every other port
    of the container is a port of each contained node.

    Options (`SwitchContainerOptions`): `contained_node`, the nodes, without their own ports; `select` or
    `enable`, the initial channel. Raises InvalidArgumentError if both options are set, or both SELECT and
    ENABLE are input streams or both are side packets.

    Expands to a SwitchDemuxCalculator, which sends the inputs to channel i through the ports `Ci__TAG`, a
    SwitchMuxCalculator, which relays the outputs of the channels, the contained nodes, and for a SELECT or
    ENABLE stream a PacketSequencerCalculator, which gives its packets the times of the inputs.
    """

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """Return a graph of the demux, the mux and the contained nodes."""
        options = message_options(node, _OPTIONS)
        ports = _Ports.of(node)
        if options.HasField("select") and options.HasField("enable"):
            raise InvalidArgumentError(
                "Only one of SwitchContainer options 'enable' and 'select' can be specified"
            )
        config = calculator_pb2.CalculatorGraphConfig()
        controls = [_control_stream(config, tag, node, options, ports) for tag in _CONTROLS]
        demux, mux = (_channel_node(config, kind, node) for kind in ("SwitchDemux", "SwitchMux"))
        for stream, tag in zip(controls, _CONTROLS, strict=True):
            entry = f"{tag}:gate_{tag.lower()}"
            config.input_stream.append(entry)
            config.input_side_packet.append(entry)
            for inner in (demux, mux):
                inner.input_stream.append(f"{tag}:{stream}")
                inner.input_side_packet.append(entry)
        for kind, outside in ports.lists():
            entries = [_entry(port, name) for port, name in outside]
            getattr(config, kind).extend(entries)
            getattr(demux if kind.startswith("input") else mux, kind).extend(entries)
        for channel, contained in enumerate(options.contained_node):
            inner = config.node.add()
            inner.CopyFrom(contained)
            _connect(inner, channel, demux, mux, ports)
        return config


_Port = tuple[TagIndex, str]


@dataclass
class _Ports:
    """The ports that the container and each contained node have, with distinct names in each list."""

    input_stream: list[_Port]
    output_stream: list[_Port]
    input_side_packet: list[_Port]
    output_side_packet: list[_Port]

    @classmethod
    def of(cls, node: Any) -> _Ports:
        lists = {}
        for kind in ("input_stream", "output_stream", "input_side_packet", "output_side_packet"):
            tags = TagMap(getattr(node, kind))
            if kind.startswith("input") and all(tags.has(tag) for tag in _CONTROLS):
                raise InvalidArgumentError(
                    "Only one of SwitchContainer inputs 'ENABLE' and 'SELECT' can be specified"
                )
            lists[kind] = _distinct(tags, without=_CONTROLS if kind.startswith("input") else ())
        return cls(**lists)

    def lists(self) -> list[tuple[str, list[_Port]]]:
        return list(vars(self).items())


def _distinct(tags: TagMap, without: Sequence[str]) -> list[_Port]:
    """The ports in collection order; names that occur twice get a number, in the order of the text."""
    taken: set[str] = set()
    names: dict[int, str] = {}
    for position in sorted(range(len(tags)), key=lambda position: tags.positions[position]):
        port, name = tags.ports[position], tags.names[position]
        if port.index == 0 and port.tag in without:
            continue
        unique, suffix = name, 2
        while unique in taken:
            unique, suffix = f"{name}_{suffix}", suffix + 1
        taken.add(unique)
        names[position] = unique
    return [(tags.ports[position], names[position]) for position in sorted(names)]


def _control_stream(config: Any, tag: str, node: Any, options: Any, ports: _Ports) -> str:
    """Return the name of the stream that controls demux and mux, after adding a sequencer if needed."""
    name = f"gate_{tag.lower()}"
    if not TagMap(node.input_stream).has(tag):
        return name
    sequencer = config.node.add(calculator="PacketSequencerCalculator")
    if not options.async_selection:
        sequencer.input_stream_handler.input_stream_handler = "DefaultInputStreamHandler"
    sequencer.input_stream.append(f"INPUT:{name}")
    wanted = {parse_tag_index(text) for text in options.tick_input_stream}
    ticks = [stream for port, stream in ports.input_stream if not wanted or port in wanted]
    sequencer.input_stream.extend(
        _entry(TagIndex("TICK", index), stream) for index, stream in enumerate(ticks)
    )
    sequencer.output_stream.append(f"OUTPUT:{name}_timed")
    return f"{name}_timed"


def _channel_node(config: Any, kind: str, node: Any) -> Any:
    """Add a node with the options of the container, except for the contained nodes."""
    added = config.node.add(calculator=f"{kind}Calculator")
    if node.HasField("options"):
        added.options.CopyFrom(node.options)
        extension = extension_for(_OPTIONS)
        if added.options.HasExtension(extension):
            added.options.Extensions[extension].ClearField("contained_node")
    added.node_options.extend(node.node_options)
    for packed in added.node_options:
        if packed.type_url.rpartition("/")[2] == _OPTIONS:
            options: Any = parse_any(packed)
            options.ClearField("contained_node")
            packed.value = options.SerializeToString(deterministic=True)
    return added


def _connect(inner: Any, channel: int, demux: Any, mux: Any, ports: _Ports) -> None:
    """Give a contained node the ports of the container, connected to its channel of the demux and the mux."""
    for kind, outside in ports.lists():
        for port, name in outside:
            channel_name = f"c{channel}__{name}"
            getattr(inner, kind).append(_entry(port, channel_name))
            entry = _entry(TagIndex(f"C{channel}__{port.tag}", port.index), channel_name)
            if kind == "input_stream":
                demux.output_stream.append(entry)
            elif kind == "output_stream":
                mux.input_stream.append(entry)
            elif kind == "input_side_packet":
                demux.output_side_packet.append(entry)
            else:
                mux.input_side_packet.append(entry)


def _entry(port: TagIndex, name: str) -> str:
    if not port.tag:
        return name
    return f"{port.tag}:{port.index}:{name}" if port.index else f"{port.tag}:{name}"
