"""ValidatedGraphConfig: a validated graph config with the API of MediaPipe's Python package."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NoReturn

from mpgraph.config.model import Edge, GraphModel
from mpgraph.config.notebook_display import NotebookDisplay
from mpgraph.config.source import TEXT_SUFFIXES, GraphSource, load_graph, load_graph_file, parse_graph_bytes
from mpgraph.config.text.printing import message_to_text
from mpgraph.config.validation.pipeline import Adjust, validate
from mpgraph.errors import (
    ConfigError,
    InternalError,
    InvalidArgumentError,
    ResourceNotFoundError,
    UnknownError,
    a_type,
    did_you_mean,
)
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet_type import PayloadType
from mpgraph.io.garbage import collection_paused
from mpgraph.protos import calculator_pb2


class ValidatedGraphConfig(NotebookDisplay, NotPicklable):
    """A graph, validated once by `initialize`; before that it is an empty graph.

    Everything that MediaPipe's class does not offer is in `model`, and in `subgraphs`: the graphs that its
    nodes may name, as passed to `initialize`.
    """

    pickle_instead = "Pass its `text_config` or `binary_config`, and initialize a new one from it."

    def __init__(self) -> None:
        self._model: GraphModel | None = None
        self._source = GraphSource(calculator_pb2.CalculatorGraphConfig())
        self.subgraphs: Mapping[str, object] | Sequence[object] = ()
        """The graphs that its nodes may name, as passed to `initialize`."""

    def initialize(
        self,
        *,
        binary_graph_path: str | os.PathLike[str] | None = None,
        graph_config: Any = None,
        graph_path: str | os.PathLike[str] | None = None,
        subgraphs: Mapping[str, object] | Sequence[object] = (),
        adjust: Adjust | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Load, expand and validate a graph; exactly one of the first three arguments must be given.

        binary_graph_path: a file with a serialized CalculatorGraphConfig.
        graph_config: a CalculatorGraphConfig message, of mpgraph or of another package, or text.
        graph_path: a file of text format (.pbtxt), or a binary one by its suffix.
        subgraphs: graphs that nodes may name, by name, or by the `type` in them.
        adjust: changes the expanded graph before it is checked; as of `validate`.

        Raises:
            InvalidArgumentError (a ValueError): not exactly one graph is given, or another argument.
            InternalError: called for the second time.
            ResourceNotFoundError (a FileNotFoundError): there is no such file.
            others: as of `mpgraph.config.validation.pipeline.validate`, for an invalid graph.
        """
        _refuse_unknown(unknown)
        if self._model is not None:
            raise InternalError("ValidatedGraphConfig can be initialized only once. Create a new one.")
        given = [value for value in (binary_graph_path, graph_config, graph_path) if value is not None]
        if len(given) != 1:
            raise InvalidArgumentError(
                "Please provide either 'binary_graph_path' to initialize a ValidatedGraphConfig object with "
                "a binary graph file, 'graph_config' to initialize it with a graph config proto or text, or "
                f"'graph_path' to initialize it with a .pbtxt file; {len(given)} were given."
            )
        # Nothing is garbage yet, and of a large graph the collector would take two thirds of the time.
        with collection_paused():
            if binary_graph_path is not None:
                source = _load_binary(binary_graph_path)
            elif graph_path is not None:
                source = load_graph_file(graph_path)
            else:
                source = _load_config(graph_config)
            self._model = validate(source, subgraphs=subgraphs, adjust=adjust)
        self._source, self.subgraphs = source, subgraphs

    def graph_source(self) -> GraphSource:
        """Return the graph as its author wrote it, not expanded; an empty one before `initialize`."""
        return self._source

    def initialized(self) -> bool:
        """Whether `initialize` has succeeded."""
        return self._model is not None

    @cached_property
    def _empty(self) -> GraphModel:
        return validate("")

    @property
    def model(self) -> GraphModel:
        """The resolved graph."""
        return self._model if self._model is not None else self._empty

    @property
    def text_config(self) -> str:
        """The expanded and sorted config as text; "" before `initialize`."""
        return message_to_text(self._model.config) if self._model is not None else ""

    @property
    def binary_config(self) -> bytes:
        """The expanded and sorted config as a serialized CalculatorGraphConfig; b"" before `initialize`."""
        return bytes(self._model.config.SerializeToString()) if self._model is not None else b""

    def registered_stream_type_name(self, stream_name: str) -> str:
        """Return the name that MediaPipe registers for the type of a stream, as "::mediapipe::ImageFrame".

        For a stream that may carry several types, "OneOf<::mediapipe::Image, ::mediapipe::ImageFrame>".

        Raises:
            InvalidArgumentError (a ValueError): there is no such stream.
            UnknownError (a RuntimeError): the stream may carry any type.
        """
        return _type_name("stream", stream_name, self.model.streams)

    def registered_side_packet_type_name(self, side_packet_name: str) -> str:
        """Return the name MediaPipe registers for the type of a side packet; errors as for streams."""
        return _type_name("side packet", side_packet_name, self.model.side_packets)

    def _displayed(self) -> GraphSource:
        return self._source

    def __repr__(self) -> str:
        if self._model is None:
            return "<mpgraph.ValidatedGraphConfig, not initialized>"
        return f"<mpgraph.ValidatedGraphConfig with {len(self._model.nodes)} nodes>"


def only_graph(**arguments: Any) -> ValidatedGraphConfig:
    """Return the graph that the arguments of CalculatorGraph specify, validated.

    Raises:
        InvalidArgumentError (a ValueError): not exactly one of the arguments is given, or another one.
        others: as of `ValidatedGraphConfig.initialize`.
    """
    validated = arguments.pop("validated_graph_config", None)
    _refuse_unknown(arguments)
    given = {name: value for name, value in arguments.items() if value is not None}
    if len(given) + (validated is not None) != 1:
        raise InvalidArgumentError(
            "Please provide one of the following: 'binary_graph_path', 'graph_config', "
            "'validated_graph_config' or 'graph_path', and not more.",
            hint='For example CalculatorGraph(graph_path="graph.pbtxt").',
            rule="no-graph",
        )
    if validated is None:
        validated = ValidatedGraphConfig()
        validated.initialize(**given)
    elif not isinstance(validated, ValidatedGraphConfig):
        text = f"'validated_graph_config' is a ValidatedGraphConfig, not {a_type(validated)}."
        raise InvalidArgumentError(text, rule="no-graph")
    return validated


def _refuse_unknown(arguments: Mapping[str, object]) -> None:
    """Raise an error as MediaPipe, rather than a TypeError, for an argument that does not exist."""
    known = ("binary_graph_path", "graph_config", "graph_path")
    for name in arguments:
        if name not in known:
            raise InvalidArgumentError(
                f'Unknown kwargs input argument: "{name}".', hint=did_you_mean(name, known), rule="no-graph"
            )


def _type_name(kind: str, name: str, edges: Mapping[str, Edge]) -> str:
    edge = edges.get(name)
    if edge is None:
        raise InvalidArgumentError(
            f'{kind.capitalize()} "{name}" is not defined in the config.{did_you_mean(name, edges)}'
        )
    types = edge.types or frozenset()
    found = next(iter(types)) if len(types) == 1 else _default_of(types)
    if found is None and edge.alternatives:
        return f"OneOf<{', '.join(each.name for each in edge.alternatives)}>"
    if found is None:
        raise UnknownError(
            f'Unable to find the type for {kind} "{name}".  It may be set to AnyType or something else that '
            "isn't determinable, or the type may be defined but not registered."
        )
    return found.name


def _default_of(types: frozenset[PayloadType]) -> PayloadType | None:
    """The type of raw values, if all types share one Python class: "int" for the integer types."""
    from mpgraph.framework.packet_type import of_class

    classes = {kind.python for kind in types}
    if len(classes) != 1:
        return None
    only = classes.pop()
    default = of_class(only) if isinstance(only, type) else None
    return default if default in types else None


def _load_binary(path: str | os.PathLike[str]) -> GraphSource:
    name = os.fspath(path)
    if not os.path.exists(name):
        raise ResourceNotFoundError(f"The path does not exist: {name}")
    if name.endswith(TEXT_SUFFIXES):
        return load_graph_file(name)
    try:
        with open(name, "rb") as file:
            return parse_graph_bytes(file.read(), name)
    except OSError as error:
        raise ResourceNotFoundError(f'The graph file "{name}" cannot be read: {error.strerror}.') from None


def _load_config(config: Any) -> GraphSource:
    if isinstance(config, os.PathLike):
        raise ConfigError(f"graph_config takes a message or text. Give the path {config} as graph_path.")
    return load_graph(config)
