"""Checks of a finished graph: open loops, unconnected outputs, missing inputs, types that do not match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mpgraph.config.builder.handles import Connection, Loop, OutputHandle, port_text, refuse_mismatch
from mpgraph.config.builder.node import NodeHandle
from mpgraph.config.builder.signature import PortKey
from mpgraph.config.port_lists import PortKind
from mpgraph.errors import ConfigError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.ports import SideInput


def completion_errors(
    loops: Iterable[Loop[Any]], outputs: Iterable[OutputHandle], nodes: Iterable[NodeHandle]
) -> Iterator[ConfigError]:
    """Yield an error for everything that is missing or does not match, located where to change it.

    Creates the required outputs of nodes that nothing reads.
    """
    for loop in loops:
        if isinstance(loop._resolved(), Loop):
            yield ConfigError(
                "This loop is never closed. Send its stream into it: stream >> loop.",
                location=loop._location,
                rule="no-producer",
            )
    for output in outputs:
        if output._connection is None:
            yield ConfigError(
                f"Nothing is connected to {output}. Connect it: stream >> it.",
                location=output._location,
                rule="no-producer",
            )
    for node in nodes:
        yield from _missing_inputs(node)
        _create_outputs(node)
        yield from _mismatches(node)


def shortcuts(outputs: Iterable[OutputHandle]) -> Iterator[ConfigError]:
    """Yield an error for each input that a subgraph also outputs: outside, a stream has only one name."""
    for output in outputs:
        source = output._connection.source._resolved() if output._connection is not None else None
        if source is not None and source._producer is None and not isinstance(source, Loop):
            yield ConfigError(
                f"{output} is {source} itself, which a subgraph cannot pass through.",
                location=output._location,
                hint='Send it through a node: graph.node("PassThroughCalculator", stream).',
                rule="two-producers",
            )


def _missing_inputs(node: NodeHandle) -> Iterator[ConfigError]:
    for kind, connected in node._inputs.items():
        yield from _gaps(node, kind, connected)
        for port in node._signature.of(kind) if node._signature.is_complete else ():
            if not port.optional and (port.tag, port.index) not in connected:
                label = f'"{port.tag}"' if port.tag else "without a tag"
                yield ConfigError(
                    f"{node} needs its {kind.kind} {label}. Connect it: {_example(kind, port.tag)}.",
                    location=node._location,
                    rule="missing-port",
                )


def _example(kind: PortKind, tag: str) -> str:
    method = "side_input" if kind is SideInput else "input"
    value = "side_packet" if kind is SideInput else "stream"
    return f'{tag}={value}, or {value} >> node.{method}("{tag}")'


def _create_outputs(node: NodeHandle) -> None:
    """Create the outputs that the calculator requires, and those of a lower index than a used one."""
    owner = node._signature.owner
    for kind, outputs in node._outputs.items():
        if node._signature.is_complete and owner is not None and issubclass(owner, Calculator):
            for port in node._signature.of(kind):
                if not port.optional:
                    node._output_handle(kind, port, port.index, node._location)
        for tag, index in list(outputs):
            for before in range(index):
                node._output_handle(kind, tag, before, node._location)


def _gaps(node: NodeHandle, kind: PortKind, used: Mapping[PortKey, Connection]) -> Iterator[ConfigError]:
    for (tag, index), connection in used.items():
        if index and (tag, index - 1) not in used:
            yield ConfigError(
                f"{port_text(kind, (tag, index), node)} is used, but {tag}:{index - 1} is not.",
                location=connection.location,
                rule="missing-port",
            )


def _mismatches(node: NodeHandle) -> Iterator[ConfigError]:
    """Compare types that were not known yet when the ports were connected."""
    connections: dict[tuple[PortKind, PortKey], Connection] = {
        (kind, key): connection for kind, taken in node._inputs.items() for key, connection in taken.items()
    }
    for (kind, key), connection in connections.items():
        port = node._signature.find(kind, *key)
        if port is not None and port.same_as is None:
            try:
                refuse_mismatch(connection.source, port.type, port_text(kind, key, node), connection.location)
            except ConfigError as error:
                yield error
