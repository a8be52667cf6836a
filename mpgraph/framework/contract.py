"""The contract between one node of a graph and its calculator class.

A contract is created for each node while its graph is validated: it knows the ports that the graph
connects, and the calculator class sets what each may carry. Most classes do so by declaring
ports; those whose ports depend on the options or on what is connected override
`Calculator.get_contract`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.tags import TagMap


class PortSpec:
    """What a port of a node may carry.

    A spec starts undeclared. `types` is None when every type is accepted; `same_as` points to the
    spec whose type this one shares; `is_none` means that the port must carry nothing. `alternatives` are the
    types of a port declared as one of several, in order. `types` are those that may flow, None for any;
    `declared` is whether anything was said about the port, `is_optional` whether a graph may leave it out,
    `producer` whether it is an output.
    """

    __slots__ = ("alternatives", "declared", "is_none", "is_optional", "producer", "same_as", "types")

    def __init__(self, producer: bool) -> None:
        self.producer = producer
        self.declared = False
        self.is_none = False
        self.is_optional = False
        self.types: frozenset[PayloadType] | None = None
        self.alternatives: tuple[PayloadType, ...] = ()
        self.same_as: PortSpec | None = None

    def set(self, kind: TypeLike) -> PortSpec:
        """Make the port carry `kind`."""
        self.declared, self.is_none, self.same_as = True, False, None
        self.types = packet_type.produced(kind) if self.producer else packet_type.family(kind)
        self.alternatives = packet_type.alternatives(kind)
        return self

    def set_any(self) -> PortSpec:
        """Make the port carry any type."""
        return self.set(packet_type.AnyType)

    def set_none(self) -> PortSpec:
        """Make the port carry nothing."""
        self.set(packet_type.AnyType)
        self.is_none = True
        return self

    def set_same_as(self, other: PortSpec) -> PortSpec:
        """Make the port carry the type of `other`."""
        self.set(packet_type.AnyType)
        self.same_as = other
        return self

    def optional(self) -> PortSpec:
        """Allow graphs to leave the port out."""
        self.is_optional = True
        return self

    def __repr__(self) -> str:
        if not self.declared:
            return "undeclared"
        if self.is_none:
            return "no type"
        return repr(self.same_as) if self.same_as else packet_type.names(self.types)


class PortProblem(NamedTuple):
    """A mismatch between a node's ports and its calculator.

    statement, hint: what is wrong and what to do. position: of an unexpected port, None for a
    missing port. is_near: whether the tag of an unexpected port resembles that of a missing port.
    """

    statement: str
    hint: str
    position: int | None = None
    is_near: bool = False

    def __str__(self) -> str:
        return f"{self.statement} {self.hint}"


class PortSpecs:
    """The specs of one of a node's port lists, such as its input streams, in collection order.

    tags: from tag and index to position. kind: of the ports, for messages, such as "input stream".
    """

    def __init__(self, tags: TagMap, kind: str, producer: bool) -> None:
        self.tags = tags
        self.kind = kind
        self._producer = producer
        self._specs = [PortSpec(producer) for _ in range(len(tags))]
        self._missing: dict[tuple[str, int], PortSpec] = {}

    def __len__(self) -> int:
        return len(self._specs)

    def __iter__(self) -> Iterator[PortSpec]:
        return iter(self._specs)

    def __getitem__(self, position: int) -> PortSpec:
        return self._specs[position]

    def has(self, tag: str) -> bool:
        """Whether the node has a port with this tag."""
        return self.tags.has(tag)

    def count(self, tag: str) -> int:
        """The number of the node's ports with this tag."""
        return self.tags.count(tag)

    def tag(self, tag: str, index: int = 0) -> PortSpec:
        """The spec of a port. Unless it is made optional, a port that the node lacks is a problem."""
        position = self.tags.id(tag, index)
        if position is not None:
            return self._specs[position]
        return self._missing.setdefault((tag, index), PortSpec(self._producer))

    def of_tag(self, tag: str) -> list[PortSpec]:
        """The specs of all indexes of a tag."""
        return [self.tag(tag, index) for index in range(self.tags.count(tag))]

    def set_all(self, kind: TypeLike) -> None:
        """Make every port carry `kind`."""
        for spec in self._specs:
            spec.set(kind)

    def problems(self) -> Iterator[PortProblem]:
        """Yield the required ports that are not connected, and the connected ports that are not expected."""
        field = self.kind.replace(" ", "_")
        for (tag, index), spec in self._missing.items():
            if not spec.is_optional:
                label = f'Tag "{tag}" index {index}' if tag else f"untagged index {index}"
                entry = f"{tag}:{index}:name" if tag and index else f"{tag}:name" if tag else "name"
                yield PortProblem(
                    f"{label} is a required {self.kind} of the calculator, but the node does not connect it.",
                    f'Add {field}: "{entry}".',
                )
        for position, spec in enumerate(self._specs):
            if not spec.declared:
                yield self._unexpected(position)

    def _unexpected(self, position: int) -> PortProblem:
        ports = self.tags.ports
        port, name = ports[position], self.tags.names[position]
        missing = [tag for tag, _ in self._missing]
        known = [port.tag for port, spec in zip(ports, self._specs, strict=True) if spec.declared]
        near = did_you_mean(port.tag, [tag for tag in missing if tag])
        tags = sorted({*known, *missing})
        listed = ", ".join(f'"{tag}"' if tag else "one without a tag" for tag in tags) or "none"
        return PortProblem(
            f'Tag "{port.tag}" index {port.index} was not expected. The calculator has no such '
            f'{self.kind} (connected to "{name}").',
            near.strip() or f"It has {listed}.",
            position,
            is_near=bool(near),
        )


class Contract:
    """What a node guarantees and requires; filled by `Calculator.get_contract`.

    options: the node's options as the calculator class declares them (its dataclass or proto message).
    input_stream_handler: the handler that the calculator requests, None for the default handler.
    timestamp_offset: every input time t settles the outputs up to t + offset; None for no promise.
    process_timestamp_bounds: whether `process` is called for settled times without packets too.
    max_in_flight: how many calls may run at once when the graph does not say.
    blocking: whether `process` runs on its executor's threads; None for the class's setting.
    inputs, outputs, side_inputs, side_outputs: the ports of the node, a PortSpecs each:
        `contract.inputs.has("IMAGE")`, `contract.inputs.tag("IMAGE").set(mp.ImageFrame)`.
    node_name: the node's name in messages.
    input_stream_handler_options: a message for the handler, None for its defaults.
    services, default_services: what `use_service` requested, by key: whether it is optional, and what
        creates it.
    """

    def __init__(
        self,
        node_name: str,
        options: Any,
        inputs: TagMap,
        outputs: TagMap,
        side_inputs: TagMap,
        side_outputs: TagMap,
    ) -> None:
        self.node_name = node_name
        self.options = options
        self.inputs = PortSpecs(inputs, Input.kind, producer=False)
        self.outputs = PortSpecs(outputs, Output.kind, producer=True)
        self.side_inputs = PortSpecs(side_inputs, SideInput.kind, producer=False)
        self.side_outputs = PortSpecs(side_outputs, SideOutput.kind, producer=True)
        lists = (self.inputs, self.outputs, self.side_inputs, self.side_outputs)
        self._specs = {specs.kind: specs for specs in lists}
        self.input_stream_handler: str | None = None
        self.input_stream_handler_options: Any = None
        self.timestamp_offset: int | None = None
        self.process_timestamp_bounds = False
        self.max_in_flight = 1
        self.blocking: bool | None = None
        self.services: dict[str, bool] = {}
        self.default_services: dict[str, Callable[[], Any]] = {}

    def specs_of(self, port: Port[Any]) -> PortSpecs:
        """The list of specs that a declared port belongs to."""
        return self._specs[port.kind]

    def declare(self, ports: Iterable[Port[Any]]) -> None:
        """Apply the declarations of ports to the node's specs."""
        for port in ports:
            specs = self.specs_of(port)
            # A repeated port that is not connected is declared too: unless optional, it is then a problem.
            indexes = range(max(1, specs.count(port.tag))) if port.repeated else (port.index,)
            for index in indexes:
                self._declare_port(specs, port, index)

    def _declare_port(self, specs: PortSpecs, port: Port[Any], index: int) -> None:
        spec = specs.tag(port.tag, index)
        if port.optional:
            spec.optional()
        if port.same_as is None:
            spec.set(port.type)
        else:
            source = port.same_as
            peer_index = index if source.repeated else source.index
            peers = self.specs_of(source)
            if peers.tags.id(source.tag, peer_index) is None:
                spec.set_any()
            else:
                spec.set_same_as(peers.tag(source.tag, peer_index))

    def use_service(
        self, key: str, *, optional: bool = False, default: Callable[[], Any] | None = None
    ) -> None:
        """Request a graph service by its key.

        default: creates the service at the start of a run, if the application has not set it.
        """
        self.services[key] = optional
        if default is not None:
            self.default_services[key] = default

    def need(self, condition: bool, message: str) -> None:
        """Require a condition for the node to be valid.

        Raises:
            InvalidArgumentError: the condition does not hold.
        """
        if not condition:
            raise InvalidArgumentError(message)

    def problems(self) -> list[str]:
        """All problems of the node's ports, as text."""
        return [str(problem) for specs in self._specs.values() for problem in specs.problems()]
