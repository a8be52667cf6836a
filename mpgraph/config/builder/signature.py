"""The ports and options of calculators and subgraphs, as far as they are known while a graph is built."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mpgraph.config.port_lists import PORT_LISTS, PortKind
from mpgraph.config.source import GraphSource
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.errors import (
    ConfigError,
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    did_you_mean,
)
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet_type import PayloadType, TypeLike
from mpgraph.framework.ports import Port
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagMap, parse_tag_index

PortKey: TypeAlias = "tuple[str, int]"
"""A port's tag and index."""


@dataclass(frozen=True)
class NodeSignature:
    """The known ports of a calculator or subgraph.

    name: its name in graphs.
    ports: the declared ports; is_complete: whether there are no others.
    owner: the class that declares its options; None for a graph in a file and for an unknown name.
    """

    name: str
    ports: tuple[Port[Any], ...] = ()
    is_complete: bool = False
    owner: type[Calculator] | type[Subgraph] | None = None

    def of(self, kind: PortKind) -> list[Port[Any]]:
        """The declared ports of one class, in the order of declaration."""
        return [port for port in self.ports if isinstance(port, kind)]

    def find(self, kind: PortKind, tag: str, index: int) -> Port[Any] | None:
        """The declared port of a tag and index, or None."""
        for port in self.of(kind):
            if port.tag == tag and (port.repeated or port.index == index):
                return port
        return None

    def port_key(
        self, kind: PortKind, port: object, index: int | None, location: Location, node: str
    ) -> tuple[str, int | None]:
        """Return the tag and index of the port that an author names by its tag or declaration.

        index: None, and returned as None, for a port to be chosen when it is connected. node: for messages.
        Raises ConfigError, with the location, if the node has no such port.
        """
        if isinstance(port, Port):
            if not isinstance(port, kind):
                raise ConfigError(f"{port!r} is not an {kind.kind}.", location=location)
            tag, index = port.tag, port.index if not port.repeated else index
        elif isinstance(port, str):
            try:
                parsed = parse_tag_index(port)
            except InvalidArgumentError as error:
                raise ConfigError(error.message, location=location) from error
            tag = parsed.tag
            index = parsed.index if ":" in port else index
        else:
            raise ConfigError(
                f"A port is named by its tag or its declaration, not by {port!r}.", location=location
            )
        if self.is_complete and self.find(kind, tag, index or 0) is None:
            raise self._unknown_port(kind, tag, index or 0, location, node)
        return tag, index

    def _unknown_port(
        self, kind: PortKind, tag: str, index: int, location: Location, node: str
    ) -> ConfigError:
        shown, hint = f'"{tag}"' if tag else "without a tag", ""
        tags = known_tags(self.of(kind))
        elsewhere = [
            other for other in PORT_LISTS.values() if any(port.tag == tag for port in self.of(other))
        ]
        if tag in tags:
            text = f"{node} has no {kind.kind} {tag}:{index}."
        elif elsewhere:
            text = f"{node} has no {kind.kind} {shown}; it has an {elsewhere[0].kind} of that tag."
        else:
            text = f"{node} has no {kind.kind} {shown}."
            hint = did_you_mean(tag, tags) or f"It has {', '.join(map(repr, tags)) or 'none'}."
        return ConfigError(text, location=location, hint=hint, rule="unknown-port")


def signature_of(target: object, files: SubgraphFiles, package: str, location: Location) -> NodeSignature:
    """Return the signature of `target`: a name, a registered class or a decorated function.

    package: of the graph; names are looked up in it first.
    location: of the author's call; graph files are looked up in the same folder.
    Raises ConfigError, with the location, for any other target; InternalError if a module fails.
    """
    if isinstance(target, str):
        return _named(target, files, package, location)
    target = getattr(target, "calculator", None) or getattr(target, "subgraph", None) or target
    if inspect.isclass(target) and issubclass(target, (Calculator, Subgraph)):
        name = _registered_name(target)
        if name is None:
            raise ConfigError(
                f"{target.__qualname__} is not registered, so a graph cannot name it. "
                "Put @mpgraph.register before its class.",
                location=location,
            )
        return _of_class(name, target)
    shown = getattr(target, "__qualname__", None) or repr(target)
    raise ConfigError(
        "A node needs a calculator or subgraph: pass its name, its class, or a function decorated with "
        f"@mpgraph.calculator or @mpgraph.subgraph, not {shown}.",
        location=location,
    )


def _named(name: str, files: SubgraphFiles, package: str, location: Location) -> NodeSignature:
    try:
        found: Any = CALCULATORS.find(name, package) or SUBGRAPHS.find(name, package)
    except ImportError as error:
        raise InternalError(f'"{name}" cannot be loaded: {error}', location=location) from error
    if found is not None:
        return _of_class(name, found)
    graph = files.find(name, location.file)
    return NodeSignature(name) if graph is None else of_graph(name, graph)


def _of_class(name: str, cls: type[Calculator] | type[Subgraph]) -> NodeSignature:
    if issubclass(cls, Calculator):
        plain = getattr(cls.get_contract, "__func__", None) is Calculator.__dict__["get_contract"].__func__
        return NodeSignature(name, cls.ports, plain, cls)
    return NodeSignature(name, owner=cls)


def of_graph(name: str, graph: GraphSource) -> NodeSignature:
    """Return the signature of a subgraph: the ports of its graph, without types."""
    ports: list[Port[Any]] = []
    for field, kind in PORT_LISTS.items():
        try:
            listed = TagMap(getattr(graph.config, field))
        except MpgraphError:
            return NodeSignature(name)  # Validation reports the error in the file.
        ports += [kind(port.tag, index=port.index, optional=True) for port in listed.ports]
    return NodeSignature(name, tuple(ports), is_complete=True)


def _registered_name(cls: type) -> str | None:
    """The name of a class; found also after the class was defined again, as in notebooks."""
    identity = (cls.__module__, cls.__qualname__)
    for classes in (CALCULATORS.classes(), SUBGRAPHS.classes()):
        for name, known in classes.items():
            if (known.__module__, known.__qualname__) == identity:
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
    """The distinct tags of ports."""
    return list(dict.fromkeys(port.tag for port in ports))
