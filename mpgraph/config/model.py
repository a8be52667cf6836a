"""The model of a validated graph: what the runtime runs and the visualizer draws.

Everything is resolved: subgraphs expanded, nodes sorted, every port connected to its stream and
every stream's type known. Nodes refer to streams and streams to nodes by position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from mpgraph.errors import Location
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.tags import TagMap

if TYPE_CHECKING:
    from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

Types: TypeAlias = "frozenset[PayloadType] | None"
"""The payload types a port may carry; None for all."""


@dataclass
class Edge:
    """One stream or side packet and its producer.

    producer: the id of the node that makes it, None for one that comes from outside the graph.
    position: which output of the producer it is, in collection order (graph input: in the graph's).
    consumers: (node id, position among its inputs) of everyone who reads it.
    """

    name: str
    producer: int | None
    position: int
    types: Types = None
    consumers: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class HandlerConfig:
    """An input stream handler by name, with the CalculatorGraphConfig's MediaPipeOptions for it."""

    name: str
    options: Any = None


@dataclass(frozen=True)
class SubgraphUse:
    """A subgraph that was expanded: its node's canonical name, what the node named, where it stood."""

    name: str
    type: str
    location: Location | None = None


@dataclass
class ValidatedNode:
    """One node, ready to run.

    id: its position after sorting, which is its scheduling priority.
    name: the canonical node name; label: the longer one used in type and deadlock errors.
    inputs...side_outputs: the ports; *_types: the resolved types by position.
    back_edges: by input position; executor: "" for the default one.
    location: where it stands in its own file; path: the subgraphs it came through, outermost first.
    places: by field ("input_stream" ...), where each entry stands; see `location_of`.
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
    places: Mapping[str, Sequence[Location | None]] = field(default_factory=dict)

    def location_of(self, kind: str, position: int) -> Location | None:
        """Where a port is connected; the node's own place where that is not known.

        kind: the field, "input_stream", "output_stream", "input_side_packet" or "output_side_packet".
        position: of the port, in collection order.
        """
        ports = {
            "input_stream": self.inputs,
            "output_stream": self.outputs,
            "input_side_packet": self.side_inputs,
            "output_side_packet": self.side_outputs,
        }[kind]
        places = self.places.get(kind, ())
        entry = ports.positions[position]
        return (places[entry] if entry < len(places) else None) or self.location

    @property
    def is_source(self) -> bool:
        """Whether the node makes packets without any input stream."""
        return len(self.inputs) == 0 and len(self.outputs) > 0


@dataclass
class ExecutorSpec:
    """A declared executor: `type` "" means one that the application supplies (or a thread pool)."""

    name: str
    type: str
    num_threads: int
    thread_name_prefix: str = ""
    has_options: bool = False


@dataclass
class GraphModel:
    """A whole validated graph.

    config: the expanded, sorted CalculatorGraphConfig message.
    graph_inputs, graph_outputs: the graph's own ports.
    streams, side_packets: by name, in order of appearance.
    required_side_packets: names nobody in the graph makes, to be given to start_run.
    """

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
