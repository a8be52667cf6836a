"""The model of a validated graph, for the runtime and the visualizer.

Everything is resolved: subgraphs are expanded, nodes sorted, ports connected to their streams, and types
of streams inferred. Nodes refer to streams, and streams to nodes, by position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from mpgraph.config.port_lists import PORT_ATTRIBUTES
from mpgraph.errors import Location
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.tags import TagMap

if TYPE_CHECKING:
    from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

Types: TypeAlias = "frozenset[PayloadType] | None"
"""The payload types that a port may carry; None for any type."""


@dataclass
class Edge:
    """One stream or side packet and its producer.

    producer: the id of the node that emits it, None for an input of the graph.
    position: among the outputs of the producer, or the inputs of the graph, in collection order.
    alternatives: the types in the order of their declaration, if it is declared to be one of several.
    consumers: (node id, position among its inputs) of each node that reads it.
    """

    name: str
    producer: int | None
    position: int
    types: Types = None
    alternatives: tuple[PayloadType, ...] = ()
    consumers: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class HandlerConfig:
    """The name of an input stream handler, and its MediaPipeOptions."""

    name: str
    options: Any = None


@dataclass(frozen=True)
class SubgraphUse:
    """An expanded subgraph: the canonical name of its node, the type that the node named, its location."""

    name: str
    type: str
    location: Location | None = None


@dataclass
class ValidatedNode:
    """One node, with everything that is needed to run it.

    id: its position after sorting, which is its scheduling priority.
    name: the canonical node name; label: the longer one used in type and deadlock errors.
    inputs...side_outputs: the ports; *_types: the resolved types by position.
    back_edges: by input position; executor: "" for the default executor.
    location: in its own file; path: the subgraphs around it, outermost first.
    locations: by field ("input_stream" ...), the location of each entry; see `location_of`.
    """

    id: int
    name: str
    label: str
    config: CalculatorGraphConfig.Node
    calculator: type[Calculator]
    contract: Contract
    options: Any
    inputs: TagMap
    outputs: TagMap
    side_inputs: TagMap
    side_outputs: TagMap
    input_types: list[Types]
    output_types: list[Types]
    side_input_types: list[Types]
    side_output_types: list[Types]
    back_edges: list[bool]
    handler: HandlerConfig
    executor: str
    source_layer: int
    max_in_flight: int
    buffer_size_hint: int
    location: Location | None = None
    path: tuple[SubgraphUse, ...] = ()
    locations: Mapping[str, Sequence[Location | None]] = field(default_factory=dict)

    def location_of(self, kind: str, position: int) -> Location | None:
        """Return the location where a port is connected; if it is unknown, the node's location.

        kind: the field, "input_stream", "output_stream", "input_side_packet" or "output_side_packet".
        position: of the port, in collection order.
        """
        ports: TagMap = getattr(self, PORT_ATTRIBUTES[kind])
        locations = self.locations.get(kind, ())
        entry = ports.positions[position]
        return (locations[entry] if entry < len(locations) else None) or self.location

    @cached_property
    def is_source(self) -> bool:
        """Whether the node has outputs but no input streams."""
        return len(self.inputs) == 0 and len(self.outputs) > 0


@dataclass
class ExecutorSpec:
    """A declared executor; type: "" if the application supplies it (else a thread pool is created)."""

    name: str
    type: str
    num_threads: int
    thread_name_prefix: str = ""
    has_options: bool = False


@dataclass
class GraphModel(NotPicklable):
    """A whole validated graph.

    config: the expanded, sorted CalculatorGraphConfig message.
    graph_inputs, graph_outputs: the graph's own ports.
    streams, side_packets: by name, in order of appearance.
    required_side_packets: names that no node produces, to be passed to start_run.
    """

    pickle_instead = "Pass the text of the graph, and validate it again."

    config: CalculatorGraphConfig
    nodes: list[ValidatedNode]
    graph_inputs: TagMap
    graph_outputs: TagMap
    streams: dict[str, Edge]
    side_packets: dict[str, Edge]
    required_side_packets: list[str]
    executors: list[ExecutorSpec]
    num_threads: int
    max_queue_size: int
    report_deadlock: bool

    @property
    def observable_outputs(self) -> list[str]:
        """The graph's output streams, without those that nothing produces: legal, but no streams."""
        return [name for name in self.graph_outputs.names if name in self.streams]
