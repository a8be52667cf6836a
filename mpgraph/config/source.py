"""Loading graphs from text, binary files, messages and builders, with the locations in their text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Protocol, runtime_checkable

from google.protobuf.message import DecodeError

from mpgraph.config.text.binding import Bound, ConfigErrors, RawOption, bind_leniently
from mpgraph.config.text.literals import STRING
from mpgraph.config.text.pbtxt import TextField, TextMessage, parse_text
from mpgraph.errors import ConfigError, Location, ResourceNotFoundError, did_you_mean
from mpgraph.io.bounded_cache import BoundedCache, FileCache
from mpgraph.io.files import read_whole
from mpgraph.protos import calculator_pb2

BINARY_SUFFIXES = (".binarypb", ".binpb", ".pb")
TEXT_SUFFIXES = (".pbtxt", ".textproto", ".txtpb")
_STRING_OR_COMMENT = re.compile(STRING.pattern.encode() + rb"|\#[^\n]*", re.VERBOSE)
_GRAPH = "mediapipe.CalculatorGraphConfig"
_FIELD_OF_GRAPH = re.compile(
    rb"\b(?:node|(?:input|output)_(?:stream|side_packet)|packet_factory|packet_generator|status_handler"
    rb"|executor|num_threads|max_queue_size|profiler_config)\b"
)


@dataclass(frozen=True)
class NodeSource:
    """The text of a node, or of a whole graph; everything is empty for graphs without text.

    damaged: its fields that are wrong or contain an error; dropped: as of `Bound`.
    """

    tree: TextMessage | None = None
    location: Location | None = None
    raw: Sequence[RawOption] = ()
    damaged: Sequence[TextField] = ()
    dropped: frozenset[int] = frozenset()

    @cached_property
    def unknown_options(self) -> tuple[TextField, ...]:
        """The node's options without a schema, as `[name] { ... }` fields, in the order of the text."""
        raw = {id(option.field) for option in self.raw}
        return tuple(field for field in self.options() if id(field) in raw)

    @cached_property
    def _locations(self) -> dict[str, list[Location]]:
        """Where each field's values are. Kept, since a large graph asks for one of them after the other."""
        found: dict[str, list[Location]] = {}
        for written in self.tree.fields if self.tree else ():
            values = [each.location for each in written.singles() if id(each.value) not in self.dropped]
            found.setdefault(written.name, []).extend(values)
        return found

    def field_location(self, name: str, index: int = 0) -> Location | None:
        """Return the location of the `index`-th value of the field `name`, or of the node."""
        locations = self._locations.get(name, ())
        return locations[index] if index < len(locations) else self.location

    def contained(self, index: int) -> NodeSource:
        """Return the source of the `index`-th contained_node of a SwitchContainer."""
        for options in self.options():
            if isinstance(options.value, TextMessage):
                nodes = options.value.all("contained_node")
                if index < len(nodes):
                    return _node(nodes[index], self.raw)
        return NodeSource(location=self.location)

    def options_only(self) -> NodeSource:
        """Return the source of a node that replaces this one and inherits its options."""
        tree = self.tree
        if tree is not None:
            fields = tuple(field for field in tree.fields if field.name in ("options", "node_options"))
            tree = replace(tree, fields=fields)
        return NodeSource(tree, self.location)

    def options(self) -> Iterator[TextField]:
        """Yield each of the options, as a `[name] { ... }` field."""
        for name in ("options", "node_options", "graph_options"):
            for holder in self.tree.all(name) if self.tree else ():
                if isinstance(holder.value, TextMessage):
                    yield from holder.value.fields


@dataclass(frozen=True)
class GraphSource:
    """A graph's config and its origin.

    config: a mediapipe.CalculatorGraphConfig of `mpgraph.protos`.
    tree: the text it was read from, None if it was not text.
    file: a name for messages; "<string>", "<bytes>" or "<message>" if there is no file.
    unknown: the options of the text without a schema, which are not in config.
    bound: how text and config relate; it has errors only if the graph was loaded leniently.
    """

    config: calculator_pb2.CalculatorGraphConfig
    tree: TextMessage | None = None
    file: str = "<message>"
    unknown: Sequence[RawOption] = ()
    bound: Bound = field(default_factory=Bound)

    @cached_property
    def graph(self) -> NodeSource:
        """The source of the graph itself."""
        if self.tree is None:
            return NodeSource()
        damaged = self.bound.damage.get((), ())
        return NodeSource(self.tree, self.tree.location, self.unknown, damaged, self.bound.dropped)

    @cached_property
    def _nodes(self) -> tuple[NodeSource, ...]:
        written = self.tree.all("node") if self.tree else ()
        kept = [each for each in written if id(each.value) not in self.bound.dropped]
        return tuple(
            _node(each, self.unknown, self.bound.damage.get(("node", index), ()), self.bound.dropped)
            for index, each in enumerate(kept)
        )

    def node_source(self, index: int) -> NodeSource:
        """Return the source of `config.node[index]`."""
        return self._nodes[index] if self._nodes else NodeSource()

    @cached_property
    def _executors(self) -> list[NodeSource]:
        return [_node(each, ()) for each in (self.tree.all("executor") if self.tree else ())]

    def executor_source(self, index: int) -> NodeSource:
        """Return the source of `config.executor[index]`."""
        return self._executors[index] if index < len(self._executors) else NodeSource()

    def field_location(self, name: str, index: int = 0) -> Location | None:
        """Return the location of the `index`-th value of the graph's field `name`, or of the graph."""
        return self.graph.field_location(name, index)


@runtime_checkable
class WrittenGraph(Protocol):
    """A graph written in Python, which provides its config with locations in the Python program."""

    def graph_source(self) -> GraphSource:
        """Return the graph with its locations."""


def _node(
    node: TextField,
    raw: Sequence[RawOption],
    damaged: Sequence[TextField] = (),
    dropped: frozenset[int] = frozenset(),
) -> NodeSource:
    tree = node.value if isinstance(node.value, TextMessage) else None
    return NodeSource(tree, node.location, raw, damaged, dropped)


def load_graph(source: object, file: str = "<string>", *, lenient: bool = False) -> GraphSource:
    """Load a graph.

    source: a path (os.PathLike, or str with one of the suffixes above), graph text, the bytes of a
    binary graph, a CalculatorGraphConfig message of any descriptor pool, or a GraphBuilder. Messages are
    copied.
    file: the name in the locations of a graph given as text.
    lenient: whether fields with errors are left out and listed in the result's `bound`, rather than raised.
    Raises ConfigError for other types and for invalid graphs, ResourceNotFoundError if the file does not
    exist.
    """
    if isinstance(source, GraphSource):
        return source
    if isinstance(source, str):
        if is_path(source):
            return load_graph_file(source, lenient=lenient)
        return _parsed_text(source, file, lenient=lenient)
    if isinstance(source, WrittenGraph):
        return source.graph_source()
    if isinstance(source, (bytes, bytearray, memoryview)):
        return parse_graph_bytes(bytes(source))
    if isinstance(source, os.PathLike):
        return load_graph_file(source, lenient=lenient)
    if getattr(getattr(source, "DESCRIPTOR", None), "full_name", None) == _GRAPH:
        message: Any = source
        return parse_graph_bytes(message.SerializePartialToString(), "<message>")
    raise ConfigError(
        f"A graph is a path, text, bytes or a {_GRAPH} message, not {_type_name(source)}.", rule="no-graph"
    )


def is_path(source: str) -> bool:
    """Whether a string is a path rather than a graph: text format ends with a value or a bracket."""
    return source.endswith((*BINARY_SUFFIXES, *TEXT_SUFFIXES)) and "\n" not in source


def load_graph_file(path: str | os.PathLike[str], *, lenient: bool = False) -> GraphSource:
    """Read a graph from a file: binary if its suffix is one of BINARY_SUFFIXES, else text.

    lenient: as of `load_graph`.

    Raises ResourceNotFoundError if the file cannot be read, ConfigError if it is not a valid graph.
    """
    file = os.fspath(path)
    if lenient:
        return _READ_LENIENTLY.get(file, lambda: _read_graph(file, lenient=True))
    return _READ.get(file, lambda: _read_graph(file))


def may_be_graph(path: str | os.PathLike[str]) -> bool:
    """Whether a text file contains the name of a field that makes it a graph; many others are large."""
    try:
        data = read_whole(path)
    except OSError:
        return True  # Reading it reports why.
    return _FIELD_OF_GRAPH.search(data) is not None


_READ: FileCache[GraphSource] = FileCache(8_000_000)
_READ_LENIENTLY: FileCache[GraphSource] = FileCache(8_000_000)
"""The last graphs that were read from files; a program that creates many solutions needs the same ones."""
_PARSED: BoundedCache[tuple[str, str], GraphSource] = BoundedCache(100_000)
"""The last graphs that were given as text, such as one that a server builds for each request."""


def _parsed_text(text: str, file: str, *, lenient: bool) -> GraphSource:
    if lenient:  # An editor, whose text is another each time.
        return parse_graph_text(text, file, lenient=True)
    graph = _PARSED.get((text, file))
    if graph is None:
        graph = parse_graph_text(text, file)
        if not graph.unknown:  # What those options are may be known the next time.
            _PARSED.keep((text, file), graph, len(text))
    return graph


def _read_graph(file: str, *, lenient: bool = False) -> GraphSource:
    try:
        data = read_whole(file)
    except FileNotFoundError:
        near = did_you_mean(os.path.basename(file), _graphs_beside(file))
        raise ResourceNotFoundError(f'There is no graph file "{file}".', hint=near, rule="no-file") from None
    except IsADirectoryError:
        raise ConfigError(f'"{file}" is a folder, not a graph file.', rule="no-file") from None
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the path.
        reason = getattr(error, "strerror", None) or error
        raise ResourceNotFoundError(
            f'The graph file "{file}" cannot be read: {reason}.', rule="no-file"
        ) from None
    if file.endswith(BINARY_SUFFIXES):
        return parse_graph_bytes(data, file)
    try:
        text = legible_comments(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].split(b"\n")
        raise ConfigError(
            f'"{file}" is not UTF-8 text: byte {data[error.start]:#04x} at offset {error.start}.',
            hint='Name it ".binarypb" if it is a binary graph.',
            location=Location(file, len(before), len(before[-1].decode(errors="replace")) + 1),
            rule="no-graph",
        ) from None
    return parse_graph_text(text, file, lenient=lenient)


def legible_comments(data: bytes) -> bytes:
    """Return a text in UTF-8, also its comments, which C++ ignores: bytes there that are not are Latin-1."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return _STRING_OR_COMMENT.sub(_in_utf8, data)
    return data


def _in_utf8(match: re.Match[bytes]) -> bytes:
    try:
        match[0].decode()
    except UnicodeDecodeError:
        return match[0].decode("latin-1").encode() if match[0].startswith(b"#") else match[0]
    return match[0]


def readable_text(file: str) -> str:
    """Return the text of a file, for display: bad bytes are replaced, "" if the file cannot be read."""
    try:
        return FilePath(file).read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""


def _graphs_beside(file: str) -> list[str]:
    """The names of the graphs in the folder of a missing file."""
    try:
        names = os.listdir(os.path.dirname(file) or os.curdir)
    except (OSError, ValueError):
        return []
    return [name for name in names if name.endswith((*TEXT_SUFFIXES, *BINARY_SUFFIXES))]


def parse_graph_text(text: str, file: str = "<string>", *, lenient: bool = False) -> GraphSource:
    """Parse a graph from text format; `file` is its name in locations. Empty text is an empty graph.

    lenient: as of `load_graph`; invalid syntax is an error nevertheless.
    Raises ConfigError, with locations, for invalid syntax and fields; unknown options are kept in
    `GraphSource.unknown`.
    """
    config = calculator_pb2.CalculatorGraphConfig()
    try:
        tree = parse_text(text, file)
        bound = bind_leniently(tree, config)
        if bound.errors and not lenient:
            raise ConfigErrors(bound.errors)
    except ConfigError as error:
        raise error.with_context("Failed to parse: ", cls=ConfigError) from error
    return GraphSource(config, tree, file, bound.raw, bound)


def parse_graph_bytes(data: bytes, file: str = "<bytes>") -> GraphSource:
    """Parse a graph from protobuf's binary format; empty bytes are an empty graph.

    Raises ConfigError if the bytes are not a graph.
    """
    try:
        config = calculator_pb2.CalculatorGraphConfig.FromString(data)
    except DecodeError:
        config = None
    # Arbitrary bytes may be well-formed protobuf, but have no fields of a graph.
    if config is None or (data and not config.ListFields()):
        raise ConfigError(
            f"Failed to parse the binary graph: {_quoted(file)} is not a binary {_GRAPH}; it is damaged, or "
            "text, or something else.",
            rule="no-graph",
        )
    return GraphSource(config, file=file)


def _quoted(file: str) -> str:
    return file if file.startswith("<") else f'"{file}"'


def _type_name(source: object) -> str:
    full_name = getattr(getattr(source, "DESCRIPTOR", None), "full_name", None)
    return f"a {full_name} message" if full_name else f"{type(source).__name__}"
