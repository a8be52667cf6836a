"""What is known of a graph before it runs: constant side packets, and the channels that switches select.

Nodes that only compute side packets run here, once; in a page they would need files and messages. A switch
whose channel is known is replaced by that channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mpgraph.calculators.core.switch_channels import channel_ports
from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework import packet as packets
from mpgraph.framework.packet import Packet
from mpgraph.framework.tags import TagMap
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import calculator_pb2

_SWITCHES = ("SwitchDemuxCalculator", "SwitchMuxCalculator")
_CONTROLS = ("SELECT", "ENABLE")


@dataclass
class Folded:
    """The nodes of a graph that remain.

    side_packets: the values that are known, by name. stream_names, side_packet_names: for names that a
    removed switch has produced, where the same packets come from.
    """

    nodes: list[ValidatedNode]
    side_packets: dict[str, Any]
    stream_names: dict[str, str] = field(default_factory=dict)
    side_packet_names: dict[str, str] = field(default_factory=dict)

    def stream(self, name: str) -> str:
        """The stream that carries the packets of `name`."""
        while name in self.stream_names:
            name = self.stream_names[name]
        return name

    def side_packet(self, name: str) -> str:
        """The side packet that has the value of `name`."""
        while name in self.side_packet_names:
            name = self.side_packet_names[name]
        return name


def fold(model: GraphModel, side_packets: Mapping[str, Any]) -> Folded:
    """Fold a graph for the values of some or all of its side packets, as plain values or Packets.

    Raises:
        InvalidArgumentError: the graph has no such side packet.
        others: a node that computes side packets fails.
    """
    given = model.side_packets
    for name in side_packets:
        if name not in given or given[name].producer is not None:
            own = [known for known, edge in given.items() if edge.producer is None]
            raise InvalidArgumentError(f'The graph has no side packet "{name}".{did_you_mean(name, own)}')
    folded = Folded([], {name: _payload(value) for name, value in side_packets.items()})
    dead: set[str] = set()
    for node in model.nodes:
        if node.calculator.__name__ in _SWITCHES and not _has_control_stream(node):
            dead |= _fold_switch(node, folded)
        elif not len(node.inputs) and not len(node.outputs) and _is_known(node, folded, model):
            _run(node, folded)
        elif dead & set(node.inputs.names):
            dead |= set(node.outputs.names)
        else:
            folded.nodes.append(node)
    return folded


def _payload(value: Any) -> Any:
    return value.payload if isinstance(value, Packet) else value


def _has_control_stream(node: ValidatedNode) -> bool:
    return any(node.inputs.has(tag) for tag in _CONTROLS)


def _is_known(node: ValidatedNode, folded: Folded, model: GraphModel) -> bool:
    """Whether all side packets that a node reads are known, or will never be set."""
    for name in node.side_inputs.names:
        source = folded.side_packet(name)
        edge = model.side_packets.get(source)
        is_left_open = (
            edge is not None and edge.producer is None and source not in model.required_side_packets
        )
        if source not in folded.side_packets and not is_left_open:
            return False
    return True


def _run(node: ValidatedNode, folded: Folded) -> None:
    """Compute the side packets of a node by running it alone."""
    config = calculator_pb2.CalculatorGraphConfig()
    config.node.add().CopyFrom(node.config)
    known = {name: folded.side_packet(name) for name in node.side_inputs.names}
    given = {
        name: folded.side_packets[source] for name, source in known.items() if source in folded.side_packets
    }
    types = dict(zip(node.side_inputs.names, node.side_input_types, strict=True))
    with CalculatorGraph(graph_config=config) as graph:
        graph.start_run({name: packets.make(value, _one(types[name])) for name, value in given.items()})
        graph.close_all_packet_sources()
        graph.wait_until_done()
        for name in node.side_outputs.names:
            folded.side_packets[name] = graph.get_output_side_packet(name).payload


def _one(types: Any) -> Any:
    return next(iter(types)) if types else None


def _fold_switch(node: ValidatedNode, folded: Folded) -> set[str]:
    """Connect the selected channel of a switch past it. Returns the streams that have no packets."""
    channel = _channel(node, folded)
    is_demux = node.calculator.__name__ == _SWITCHES[0]
    dead: set[str] = set()
    lists: tuple[tuple[TagMap, TagMap, dict[str, str]], ...] = (
        (node.inputs, node.outputs, folded.stream_names),
        (node.side_inputs, node.side_outputs, folded.side_packet_names),
    )
    for inputs, outputs, names in lists:
        inner, outer = (outputs, inputs) if is_demux else (inputs, outputs)
        for position, own_tag, tag, index in channel_ports(inner):
            peer = outer.id(tag, index)
            if peer is None:
                continue
            if own_tag != f"C{channel}__{tag}":
                # Side packets reach every channel, streams only the one that is selected.
                if is_demux and inputs is node.inputs:
                    dead.add(inner.names[position])
                    continue
                if not is_demux:
                    continue
            source, target = (outer.names[peer], inner.names[position])
            if not is_demux:
                source, target = target, source
            names[target] = source
    return dead


def _channel(node: ValidatedNode, folded: Folded) -> int:
    """The channel that is selected at the start: side packets override options, SELECT overrides ENABLE."""
    options = node.options
    channel = int(options.enable) if options.HasField("enable") else 0
    if options.HasField("select"):
        channel = options.select
    for tag in reversed(_CONTROLS):
        position = node.side_inputs.id(tag)
        if position is not None:
            value = folded.side_packets.get(folded.side_packet(node.side_inputs.names[position]))
            channel = channel if value is None else int(value)
    return channel
