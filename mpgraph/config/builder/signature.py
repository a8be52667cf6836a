"""What is known, while a graph is written, of what a node names: its ports and whose options it takes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mpgraph.config.source import GraphSource
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.errors import ConfigError, InternalError, Location, MpgraphError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet_type import PayloadType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagMap

PortKind: TypeAlias = "type[Port[Any]]"

PORT_LISTS: dict[str, PortKind] = {
    "input_stream": Input,
    "output_stream": Output,
    "input_side_packet": SideInput,
    "output_side_packet": SideOutput,
}
"""The fields of a node, or of a graph, that list ports, and the kind each lists."""


@dataclass(frozen=True)
class NodeSignature:
    """What is known of a calculator or subgraph.

    name: by which graphs name it.
    ports: those that are declared.
    is_complete: whether it has no others.
    owner: the class, for its options; None for a graph in a file and for what is not known here.
    """

    name: str
    ports: tuple[Port[Any], ...] = ()
    is_complete: bool = False
    owner: type[Calculator] | type[Subgraph] | None = None

    def of(self, kind: PortKind) -> list[Port[Any]]:
        """The declared ports of a kind, in the order of their declaration."""
        return [port for port in self.ports if isinstance(port, kind)]

    def find(self, kind: PortKind, tag: str, index: int) -> Port[Any] | None:
        """The declared port of a tag and index, or None."""
        for port in self.of(kind):
            if port.tag == tag and (port.repeated or port.index == index):
                return port
        return None


def signature_of(target: object, files: SubgraphFiles, package: str, place: Location) -> NodeSignature:
    """Return what is known of `target`: a name, or a class that is registered.

    package: that of the graph, in which names are looked up first.
    place: where the author names it; a graph's file may stand beside theirs.
    Raises ConfigError, with the place, for what is neither; InternalError for a module that fails.
    """
    if isinstance(target, str):
        return _named(target, files, package, place)
    target = getattr(target, "calculator", None) or getattr(target, "subgraph", None) or target
    if inspect.isclass(target) and issubclass(target, (Calculator, Subgraph)):
        name = _registered_name(target)
        if name is None:
            raise ConfigError(
                f"{target.__qualname__} is not registered, so a graph cannot name it. "
                "Put @mpgraph.register before its class.",
                location=place,
            )
        return _of_class(name, target)
    shown = getattr(target, "__qualname__", None) or repr(target)
    raise ConfigError(
        "A node is of a calculator or subgraph: give its name, its class, or a function decorated with "
        f"@mpgraph.calculator or @mpgraph.subgraph, not {shown}.",
        location=place,
    )


def _named(name: str, files: SubgraphFiles, package: str, place: Location) -> NodeSignature:
    try:
        found: Any = CALCULATORS.find(name, package) or SUBGRAPHS.find(name, package)
    except ImportError as error:
        raise InternalError(f'"{name}" cannot be loaded: {error}', location=place) from error
    if found is not None:
        return _of_class(name, found)
    graph = files.find(name, place.file)
    return NodeSignature(name) if graph is None else of_graph(name, graph)


def _of_class(name: str, cls: type[Calculator] | type[Subgraph]) -> NodeSignature:
    if issubclass(cls, Calculator):
        plain = getattr(cls.get_contract, "__func__", None) is Calculator.__dict__["get_contract"].__func__
        return NodeSignature(name, cls.ports, plain, cls)
    return NodeSignature(name, owner=cls)


def of_graph(name: str, graph: GraphSource) -> NodeSignature:
    """Return the signature of a subgraph: the ports of its graph, whose types are not known."""
    ports: list[Port[Any]] = []
    for field, kind in PORT_LISTS.items():
        try:
            listed = TagMap(getattr(graph.config, field))
        except MpgraphError:
            return NodeSignature(name)  # Validation tells about the file.
        ports += [kind(port.tag, index=port.index, optional=True) for port in listed.ports]
    return NodeSignature(name, tuple(ports), is_complete=True)


def _registered_name(cls: type) -> str | None:
    """The name of a class; a class that was defined anew since, as in notebooks, is known by it too."""
    wanted = (cls.__module__, cls.__qualname__)
    for classes in (CALCULATORS.classes(), SUBGRAPHS.classes()):
        for name, known in classes.items():
            if (known.__module__, known.__qualname__) == wanted:
                return name
    return None


def type_text(kind: TypeLike) -> str:
    """A payload type as its author would write it."""
    if isinstance(kind, tuple):
        return " or ".join(map(type_text, kind))
    if isinstance(kind, PayloadType):
        return kind.name
    return getattr(kind, "__name__", None) or repr(kind)


def known_tags(ports: Sequence[Port[Any]]) -> list[str]:
    """The distinct tags of ports, for messages."""
    return list(dict.fromkeys(port.tag for port in ports))
