"""What the author of a graph has yet to do when they say that it is finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mpgraph.config.builder.handles import Connection, GraphOutput, Loop, PortKey, port_text, refuse_mismatch
from mpgraph.config.builder.node import NodeHandle
from mpgraph.config.builder.signature import PortKind
from mpgraph.errors import ConfigError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.ports import SideInput


def unfinished(
    loops: Iterable[Loop[Any]], outputs: Iterable[GraphOutput], nodes: Iterable[NodeHandle]
) -> Iterator[ConfigError]:
    """Yield what is missing, or does not fit, each with the place that should be changed.

    Outputs that a node must have are made, though nobody reads them.
    """
    for loop in loops:
        if isinstance(loop._resolved(), Loop):
            yield ConfigError(
                "This loop is never closed. Send the stream that comes round into it: stream >> loop.",
                location=loop._place,
                rule="no-producer",
            )
    for output in outputs:
        if output._connection is None:
            yield ConfigError(
                f"Nothing goes into {output}. Connect it: stream >> it.",
                location=output._place,
                rule="no-producer",
            )
    for node in nodes:
        yield from _missing_inputs(node)
        _make_outputs(node)
        yield from _mismatches(node)


def shortcuts(outputs: Iterable[GraphOutput]) -> Iterator[ConfigError]:
    """Yield what no subgraph can do: send an input out as it is, since a stream has one name outside."""
    for output in outputs:
        source = output._connection.source._resolved() if output._connection is not None else None
        if source is not None and source._producer is None and not isinstance(source, Loop):
            yield ConfigError(
                f"{output} is {source} itself, which a subgraph cannot pass on.",
                location=output._place,
                hint='Send it through a node: graph.node("PassThroughCalculator", stream).',
                rule="two-producers",
            )


def _missing_inputs(node: NodeHandle) -> Iterator[ConfigError]:
    for kind, taken in node._inputs.items():
        yield from _gaps(node, kind, taken)
        for port in node._signature.of(kind) if node._signature.is_complete else ():
            if not port.optional and (port.tag, port.index) not in taken:
                label = f'"{port.tag}"' if port.tag else "without a tag"
                yield ConfigError(
                    f"{node} needs its {kind.kind} {label}. Connect it: {_example(kind, port.tag)}.",
                    location=node._place,
                    rule="missing-port",
                )


def _example(kind: PortKind, tag: str) -> str:
    method = "side_input" if kind is SideInput else "input"
    value = "side_packet" if kind is SideInput else "stream"
    return f'{tag}={value}, or {value} >> node.{method}("{tag}")'


def _make_outputs(node: NodeHandle) -> None:
    """Make the outputs that the calculator must have, and those before one that is used."""
    owner = node._signature.owner
    for kind, made in node._outputs.items():
        if node._signature.is_complete and owner is not None and issubclass(owner, Calculator):
            for port in node._signature.of(kind):
                if not port.optional:
                    node._made(kind, port, port.index, node._place)
        for tag, index in list(made):
            for before in range(index):
                node._made(kind, tag, before, node._place)


def _gaps(node: NodeHandle, kind: PortKind, used: Mapping[PortKey, Connection]) -> Iterator[ConfigError]:
    for (tag, index), connection in used.items():
        if index and (tag, index - 1) not in used:
            yield ConfigError(
                f"{port_text(kind, (tag, index), node)} is used, but {tag}:{index - 1} is not.",
                location=connection.place,
                rule="missing-port",
            )


def _mismatches(node: NodeHandle) -> Iterator[ConfigError]:
    """Types that were not known yet when the author connected them."""
    connections: dict[tuple[PortKind, PortKey], Connection] = {
        (kind, key): connection for kind, taken in node._inputs.items() for key, connection in taken.items()
    }
    for (kind, key), connection in connections.items():
        port = node._signature.find(kind, *key)
        if port is not None and port.same_as is None:
            try:
                refuse_mismatch(connection.source, port.type, port_text(kind, key, node), connection.place)
            except ConfigError as error:
                yield error
