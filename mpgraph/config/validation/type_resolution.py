"""Types of connections: open types are resolved from the ports they connect to, then all must agree.

The order and the limits are MediaPipe's: ports of any type are resolved first, in the order of the inputs,
then ports of one of several types, each only against a single type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mpgraph.config.flat import debug_label
from mpgraph.config.model import Edge, Types
from mpgraph.config.port_lists import INPUT, SIDE_INPUT
from mpgraph.config.validation.edges import Edges
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import MpgraphError, UnknownError
from mpgraph.framework import packet_type
from mpgraph.framework.contract import PortSpec, PortSpecs

_Connection: TypeAlias = tuple[Edge, int, int, PortSpec, PortSpec]
"""An edge, its consumer's id, the position among its inputs, and the ports at either end."""


class TypeResolution:
    """The types of all ports of connected nodes. Nodes without a contract count as untyped."""

    def __init__(self, nodes: Sequence[CheckedNode], edges: Edges) -> None:
        self._nodes = nodes
        self._edges = edges
        self._same_as: dict[PortSpec, PortSpec] = {}
        self._outside: dict[int, PortSpec] = {}
        self._resolve(self._connections(side=False))
        self._resolve(self._connections(side=True))

    def of(self, spec: PortSpec) -> Types:
        """Return the types that a port may carry, None for all."""
        root = self._root(spec)
        return frozenset() if root.is_none else root.types

    def all_of(self, specs: PortSpecs) -> list[Types]:
        """Return the types of a whole list of ports, by position."""
        return [self.of(spec) for spec in specs]

    def fill(self) -> None:
        """Set the types of the edges. A side packet from outside has those of its first typed consumer."""
        for edge in self._edges.streams.values():
            spec = self._output(edge, side=False)
            edge.types = self.of(spec) if spec else None
            edge.alternatives = self._root(spec).alternatives if spec else ()
        for edge in self._edges.side_packets.values():
            spec = self._output(edge, side=True)
            is_produced = spec is not None and edge.producer is not None
            edge.types = self.of(spec) if spec and is_produced else self._expected(edge)

    def errors(self) -> list[MpgraphError]:
        """Return an error for each connection whose two ports disagree, side packets first."""
        errors: list[MpgraphError] = []
        for side in (True, False):
            for edge, index, position, output, wanted in self._connections(side=side):
                if self._consistent(output, wanted):
                    continue
                node = self._nodes[index]
                label, given, expected = debug_label(node.config), self._names(output), self._names(wanted)
                if side:
                    text = f'Input side packet "{edge.name}" of Calculator "{label}" expected a packet of '
                    text += (
                        f'type "{expected}" but the connected output side packet will be of type "{given}"'
                    )
                    hint = "Connect another side packet, or create it with the type that is expected."
                else:
                    text = f'Input stream "{edge.name}" of calculator "{label}" expects packets of '
                    text += f'type "{expected}" but the connected output stream will contain packets of type '
                    text += f'"{given}"'
                    hint = "Connect another stream, or convert it with a calculator in between."
                text += self._producer(edge)
                location = node.connection(SIDE_INPUT if side else INPUT, position).location
                errors.append(UnknownError(text, location=location, hint=hint, rule="type-mismatch"))
        return errors

    def _producer(self, edge: Edge) -> str:
        if edge.producer is None:
            return "; other nodes that read this graph input require the other type."
        node = self._nodes[edge.producer]
        location = f" at {node.flat.location}" if node.flat.location else ""
        return f', as node "{node.name}"{location} produces it.'

    def _names(self, spec: PortSpec) -> str:
        return packet_type.names(self.of(spec))

    def _expected(self, edge: Edge) -> Types:
        """The types of the first consumer that has any."""
        for index, position in edge.consumers:
            contract = self._nodes[index].contract
            types = self.of(contract.side_inputs[position]) if contract else None
            if types is not None:
                return types
        return None

    def _connections(self, *, side: bool) -> Iterator[_Connection]:
        edges = self._edges.side_packets if side else self._edges.streams
        for index, node in enumerate(self._nodes):
            if node.contract is None:
                continue
            specs = node.contract.side_inputs if side else node.contract.inputs
            for position, name in enumerate((node.side_inputs if side else node.inputs).names):
                edge = edges.get(name)
                # Side packets from outside are checked by start_run, against each consumer.
                if edge is None or (side and edge.producer is None):
                    continue
                output = self._output(edge, side=side)
                if output:
                    yield edge, index, position, output, specs[position]

    def _output(self, edge: Edge, *, side: bool) -> PortSpec | None:
        if edge.producer is None:
            return self._outside.setdefault(id(edge), PortSpec(producer=True).set_any())
        contract = self._nodes[edge.producer].contract
        if contract is None:
            return None
        return (contract.side_outputs if side else contract.outputs)[edge.position]

    # Union-find of ports that carry the same types

    def _root(self, spec: PortSpec) -> PortSpec:
        if spec.same_as is None and spec not in self._same_as:
            return spec
        path: dict[PortSpec, None] = {}
        root = spec
        while (following := self._same_as.get(root) or root.same_as) is not None:
            path[root] = None
            if following in path:
                # Ports that are each declared to be the same as the other may carry any type.
                return root
            root = following
        for passed in path:  # Path compression: otherwise a long chain of ports takes quadratic time.
            self._same_as[passed] = root
        return root

    def _resolve(self, connections: Iterator[_Connection]) -> None:
        connected = [(output, wanted) for _, _, _, output, wanted in connections]
        for output, wanted in connected:
            outer, inner = self._root(output), self._root(wanted)
            if outer is inner:
                continue
            if _takes_any(inner):
                self._same_as[inner] = output
            elif _takes_any(outer):
                self._same_as[outer] = wanted
        for output, wanted in connected:
            outer, inner = self._root(output), self._root(wanted)
            if outer is inner or not self._consistent(outer, inner):
                continue
            if _is_choice(inner) and _is_exact(outer):
                self._same_as[inner] = output
            elif _is_choice(outer) and _is_exact(inner):
                self._same_as[outer] = wanted

    def _consistent(self, output: PortSpec, wanted: PortSpec) -> bool:
        outer, inner = self._root(output), self._root(wanted)
        if outer is inner or _takes_any(outer) or _takes_any(inner):
            return True
        if outer.is_none or inner.is_none:
            return outer.is_none and inner.is_none
        return bool((outer.types or frozenset()) & (inner.types or frozenset()))


def _takes_any(root: PortSpec) -> bool:
    return root.types is None and not root.is_none


def _is_exact(root: PortSpec) -> bool:
    return root.types is not None and len(root.types) == 1


def _is_choice(root: PortSpec) -> bool:
    return root.types is not None and len(root.types) > 1
