"""SwitchContainer: one of several nodes, chosen while the graph starts or runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mpgraph.config.options import message_options
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagIndex, TagMap, parse_tag_index
from mpgraph.protos import calculator_pb2, extension_for, parse_any

_OPTIONS = "mediapipe.SwitchContainerOptions"
_CONTROLS = ("SELECT", "ENABLE")


@register
class SwitchContainer(Subgraph):
    """Contains several nodes and sends the packets through one of them, the active channel.

    Options (`SwitchContainerOptions`): the `contained_node`s, which need no ports of their own, and
    `select`, the index of the active one, or `enable`, false for the first and true for the second.
    The ports SELECT (int) and ENABLE (bool) choose too: as side packets before the run, as streams
    while it goes on. Every other port of the container is a port of each contained node.

    Expands to a SwitchDemuxCalculator, which sends the inputs to channel i by the ports `Ci__TAG`,
    a SwitchMuxCalculator, which takes the outputs back, the contained nodes, and in front, for a
    SELECT or ENABLE stream, a PacketSequencerCalculator that gives it a packet's time for each input.

    Raises InvalidArgumentError if both `select` and `enable`, or both SELECT and ENABLE of one kind,
    are given.
    """

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """The demux, the mux and the contained nodes, connected."""
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
    """The ports of the container that each contained node has, with distinct names in each list."""

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
    """The ports in collection order. A name that several share gets a number, counted in the text's order."""
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
    """The stream that controls demux and mux: if the container has it, one that a sequencer paces."""
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
    """A node with the container's options, but for the contained nodes."""
    made = config.node.add(calculator=f"{kind}Calculator")
    if node.HasField("options"):
        made.options.CopyFrom(node.options)
        extension = extension_for(_OPTIONS)
        if made.options.HasExtension(extension):
            made.options.Extensions[extension].ClearField("contained_node")
    made.node_options.extend(node.node_options)
    for packed in made.node_options:
        if packed.type_url.rpartition("/")[2] == _OPTIONS:
            options: Any = parse_any(packed)
            options.ClearField("contained_node")
            packed.value = options.SerializeToString(deterministic=True)
    return made


def _connect(inner: Any, channel: int, demux: Any, mux: Any, ports: _Ports) -> None:
    """Give a contained node the container's ports, joined to the demux and the mux by its channel's."""
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
