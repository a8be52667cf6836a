"""The target of a test: a calculator, a subgraph or a graph, turned into a graph with all ports open."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mpgraph.config.builder.graph_builder import builds, write_subgraph
from mpgraph.config.builder.options import options_message, put_options
from mpgraph.config.builder.signature import NodeSignature
from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.source import BINARY_SUFFIXES, TEXT_SUFFIXES, GraphSource, load_graph
from mpgraph.config.text.binding import bind
from mpgraph.config.text.pbtxt import parse_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, MpgraphError, NotFoundError, did_you_mean
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS, Registry
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagIndex, TagMap
from mpgraph.framework.user_code import caller_location
from mpgraph.protos import calculator_pb2

Ports = dict[type[Port[Any]], list[TagIndex]]
"""The connected ports of a node, by class of port."""

_FIELDS: dict[type[Port[Any]], str] = {
    Input: "input_stream",
    Output: "output_stream",
    SideInput: "input_side_packet",
    SideOutput: "output_side_packet",
}


def is_graph(target: Any) -> bool:
    """Whether `target` is a whole graph rather than the name or class of a node."""
    if isinstance(target, str):
        return _is_path(target) or not target.replace(".", "").isidentifier()
    return not (isinstance(target, type) or hasattr(target, "calculator") or hasattr(target, "subgraph"))


def _is_path(text: str) -> bool:
    return text.endswith((*TEXT_SUFFIXES, *BINARY_SUFFIXES)) and "\n" not in text


def load(target: Any, options: Any) -> ValidatedGraphConfig:
    """Validate a whole graph.

    Raises:
        MpgraphError: the graph is wrong, or `options` are given, which only nodes have.
    """
    if options is not None:
        raise InvalidArgumentError("A whole graph has no options; change those of its nodes.")
    if isinstance(target, ValidatedGraphConfig):
        return target
    validated = ValidatedGraphConfig()
    if isinstance(target, os.PathLike) or (isinstance(target, str) and _is_path(target)):
        validated.initialize(graph_path=target)
    else:
        build = getattr(target, "build", None)
        validated.initialize(graph_config=build() if callable(build) else target)
    return validated


@dataclass
class NodeUnderTest:
    """A node and its connected ports.

    name: its registered name. owner: its class, None for a subgraph of a file.
    node: a Node message with name and options. declared: the ports that a calculator declares.
    streams: the ports to connect, by class of port. chosen: the classes whose ports are final, chosen by
        the test or given by a subgraph.
    """

    name: str
    owner: Any
    node: Any
    declared: tuple[Port[Any], ...] = ()
    streams: Ports = field(default_factory=dict)
    chosen: set[type[Port[Any]]] = field(default_factory=set)

    @property
    def title(self) -> str:
        """Its name in messages."""
        return self.owner.__name__ if isinstance(self.owner, type) else self.name

    def declares(self, kind: type[Port[Any]]) -> bool:
        """Whether the class declares ports of this kind."""
        return bool(self.streams.get(kind)) or any(isinstance(port, kind) for port in self.declared)

    def connect(self, kind: type[Port[Any]], ports: Iterable[TagIndex]) -> None:
        """Connect ports, together with all lower indexes of their tags."""
        connected = self.streams.setdefault(kind, [])
        for port in ports:
            for index in range(port.index + 1):
                if TagIndex(port.tag, index) not in connected:
                    connected.append(TagIndex(port.tag, index))

    def connect_used(
        self, inputs: Iterable[TagIndex], outputs: Iterable[TagIndex], side_outputs: Iterable[TagIndex]
    ) -> None:
        """Connect the ports that a test uses and those that the class declares.

        If the class declares no outputs, these are the outputs used, and if it declares no inputs either,
        also the same as the inputs.
        """
        self.connect(Input, inputs)
        if not self.declares(Output) and Output not in self.chosen:
            if not any(isinstance(port, Input) for port in self.declared):
                self.connect(Output, self.streams.get(Input, []))
            self.connect(Output, outputs)
        self.connect(SideOutput, side_outputs)
        self.connect_declared()

    def has_fixed_ports(self) -> bool:
        """Whether the ports to connect do not depend on what the test sends and expects."""
        kinds = (SideOutput,) if {Input, Output} <= self.chosen else (Input, Output, SideOutput)
        ports = [port for port in self.declared if isinstance(port, kinds)]
        is_known = Input in self.chosen or any(isinstance(port, (Input, Output)) for port in ports)
        return is_known and not any(port.optional or port.repeated for port in ports)

    def connect_declared(self) -> None:
        """Connect the declared ports except optional inputs; repeated outputs as often as their inputs."""
        for port in self.declared:
            kind = kind_of(port)
            if kind in self.chosen:
                continue
            if port.optional and kind in (Input, SideInput):
                continue
            inputs = [other for other in self.declared if isinstance(other, Input)]
            like = [port.same_as] if port.same_as else inputs
            counts = [self._count(other) for other in like if port.repeated and other.repeated]
            self.connect(kind, [TagIndex(port.tag, port.index + max(counts, default=1) - 1)])

    def _count(self, port: Port[Any]) -> int:
        return max(sum(other.tag == port.tag for other in self.streams.get(kind_of(port), [])), 1)

    def choose(self, kind: type[Port[Any]], ports: Iterable[TagIndex]) -> None:
        """Connect exactly these ports of a kind."""
        self.streams[kind] = []
        self.chosen.add(kind)
        self.connect(kind, ports)

    def incidental(self, kind: type[Port[Any]] = Output) -> list[Port[Any]]:
        """The optional outputs that are connected by default, not by choice of the test."""
        if kind in self.chosen:
            return []
        return [port for port in self.declared if isinstance(port, kind) and port.optional]

    def graph(self, used: Ports) -> ValidatedGraphConfig:
        """Return a graph of this node alone.

        used: the outputs and output side packets that the test uses. If optional outputs exclude each
            other, as those for images in memory and on the GPU do, only these and the required outputs
            are connected.

        Raises:
            MpgraphError: the ports or options do not fit the node.
        """
        try:
            return self._graph()
        except MpgraphError:
            connected: Ports = {kind: self.streams.get(kind, []) for kind in (Output, SideOutput)}
            fewer: Ports = {kind: self._without_unused(kind, used.get(kind, [])) for kind in connected}
            if fewer == connected or not any(fewer.values()):
                raise
            self.streams.update(fewer)
        return self._graph()

    def _without_unused(self, kind: type[Port[Any]], used: list[TagIndex]) -> list[TagIndex]:
        unused = {TagIndex(port.tag, port.index) for port in self.incidental(kind)}.difference(used)
        return [port for port in self.streams.get(kind, []) if port not in unused]

    def _graph(self) -> ValidatedGraphConfig:
        config = calculator_pb2.CalculatorGraphConfig()
        node = config.node.add()
        node.CopyFrom(self.node)
        if isinstance(self.owner, type):
            node.name = self.owner.__name__
        taken: set[str] = set()
        for kind, entries in _FIELDS.items():
            for port in sorted(self.streams.get(kind, [])):
                name = _stream_name(port, kind, taken)
                entry = f"{port.tag}:{port.index}:{name}" if port.tag else name
                getattr(node, entries).append(entry)
                getattr(config, entries).append(entry)
        validated = ValidatedGraphConfig()
        validated.initialize(graph_config=config)
        return validated


def _node(name: str, owner: Any, options: Any) -> Any:
    """Return the Node message of a calculator or subgraph with these options."""
    node = calculator_pb2.CalculatorGraphConfig.Node(calculator=name)
    if options is None:
        return node
    signature = NodeSignature(name.rpartition(".")[2], owner=owner)
    given = {} if isinstance(options, str) else options
    message = options_message(signature, given, {}, caller_location())
    if isinstance(options, str):
        bind(parse_text(options, "<options>"), message)
    put_options(node, message)
    return node


def _stream_name(port: TagIndex, kind: type[Port[Any]], taken: set[str]) -> str:
    direction = "in" if kind in (Input, SideInput) else "out"
    name = port.tag.lower() or direction
    if port.index or not port.tag:
        name += f"_{port.index}"
    if name in taken:
        name += f"_{direction}"
    taken.add(name)
    return name


def kind_of(port: Port[Any]) -> type[Port[Any]]:
    """Return which of the four classes of ports `port` belongs to."""
    return next(kind for kind in _FIELDS if isinstance(port, kind))


def node_of(target: Any, options: Any) -> NodeUnderTest:
    """Return the node of a class, a decorated function or a registered name.

    Raises:
        NotFoundError: nothing is registered under this name.
        InvalidArgumentError: `target` is none of these.
    """
    target = getattr(target, "calculator", None) or getattr(target, "subgraph", None) or target
    if isinstance(target, str):
        return _named(target, options)
    if isinstance(target, type) and issubclass(target, Calculator):
        return _calculator(_registered_name(CALCULATORS, target), target, options)
    if isinstance(target, type) and issubclass(target, Subgraph):
        return _subgraph(_registered_name(SUBGRAPHS, target), target, options)
    raise InvalidArgumentError(
        f"run() takes a calculator, a subgraph, a registered name or a graph, not {target!r}."
    )


def _registered_name(registry: Registry[Any], cls: type) -> str:
    """Return the registered name of a class; register it under a unique name if it has none."""
    for name, known in registry.classes().items():
        if known is cls:
            return name
    name = f"{cls.__module__}.{cls.__qualname__}"
    registry.add(name, cls)
    return name


def _calculator(name: str, cls: type[Calculator], options: Any) -> NodeUnderTest:
    return NodeUnderTest(name, cls, _node(name, cls, options), cls.ports)


def _named(name: str, options: Any) -> NodeUnderTest:
    calculator = CALCULATORS.find(name)
    if calculator is not None:
        return _calculator(name, calculator, options)
    names = SubgraphNames()
    found = names.find(name, "", "")
    if found is None:
        known = [*CALCULATORS.names(), *names.names("")]
        raise NotFoundError(f'Nothing is registered as "{name}".{did_you_mean(name, known)}')
    return _subgraph(name, found, options)


def _subgraph(name: str, found: GraphSource | type[Subgraph], options: Any) -> NodeUnderTest:
    owner = None if isinstance(found, GraphSource) else found
    node = NodeUnderTest(name, owner, _node(name, owner, options), chosen={Input, Output})
    if isinstance(found, GraphSource):
        config = found.config
    else:
        written = write_subgraph(found, node.node) if builds(found) else found.get_config(node.node)
        config = load_graph(written).config
    for kind, entries in _FIELDS.items():
        node.connect(kind, TagMap(getattr(config, entries)).ports)
    return node
