"""The model of a graph for drawing: nested nodes, and the location in the text of every name.

Immutable plain data: its `to_json` is all that the layout, the page and other tools need. Everything is
resolved, so that drawing looks nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

MAX_NODES = 5000
"""The maximum number of nodes in a drawing, including those inside subgraphs."""


@dataclass(frozen=True)
class SourceRange:
    """Lines of a file, counted from 1: from `column` of `line` to the end of `end_line`."""

    file: str
    line: int
    column: int
    end_line: int


@dataclass(frozen=True)
class DrawnPort:
    """A port for a stream or side packet at a node, or at the border of a graph.

    entry: as written, "TAG:index:name".
    name: of the stream or side packet. tag: "" for an untagged port.
    type: of its payloads, such as "ImageFrame"; "" if unknown.
    line: its line in the file of its node or graph, 0 if unknown.
    back_edge: whether it is an input that is marked as a back edge.
    implied: whether the text does not declare it: a side packet that the graph needs from outside.
    """

    entry: str
    tag: str
    index: int
    name: str
    type: str = ""
    line: int = 0
    back_edge: bool = False
    implied: bool = False


@dataclass(frozen=True)
class OptionRow:
    """One option: `name` is a path such as "color.r", `value` is in text format.

    default: whether the text leaves it out. line: its line, 0 if unknown or left out.
    """

    name: str
    value: str
    default: bool = False
    line: int = 0


@dataclass(frozen=True)
class DrawnDiagnostic:
    """An error or warning, as in mpgraph.config.validation.diagnostics.

    node: the id of the innermost node whose lines contain it, "" if there is none.
    """

    severity: str
    message: str
    location: SourceRange | None = None
    node: str = ""
    code: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Endpoint:
    """One end of an edge: a node's id, "" for the graph itself, and the index in its list of ports."""

    node: str
    port: int


@dataclass(frozen=True)
class DrawnEdge:
    """A stream (kind "stream") or side packet ("side") from its producer to one consumer.

    source: an output of a node, or an input of the graph. target: an input of a node, or an output of the
        graph.
    """

    id: str
    kind: str
    name: str
    source: Endpoint
    target: Endpoint
    type: str = ""
    back_edge: bool = False


@dataclass(frozen=True)
class DrawnExecutor:
    """A declared executor; name "" is the default one."""

    name: str
    type: str
    num_threads: int


@dataclass(frozen=True)
class DrawnNode:
    """One node of a graph.

    id: the path of names from the outermost graph, joined by "/"; stable while the text is edited elsewhere.
    runtime_name: its name in the flat graph that runs, "" for subgraphs and nodes with errors.
    kind: "calculator", "subgraph" (see `graph`), "generator" (a PacketGenerator), or "unknown": nothing of
        that name is registered, and the ports are those in the text.
    executor, handler: "" for the defaults. max_in_flight and the others: 0 if not set.
    graph: the graph inside a subgraph; None for calculators and subgraphs that cannot be opened, for which
        `note` has the reason.
    """

    id: str
    name: str
    calculator: str
    kind: str
    location: SourceRange | None
    inputs: tuple[DrawnPort, ...] = ()
    outputs: tuple[DrawnPort, ...] = ()
    side_inputs: tuple[DrawnPort, ...] = ()
    side_outputs: tuple[DrawnPort, ...] = ()
    options_type: str = ""
    options: tuple[OptionRow, ...] = ()
    executor: str = ""
    handler: str = ""
    handler_options: tuple[OptionRow, ...] = ()
    max_in_flight: int = 0
    buffer_size_hint: int = 0
    source_layer: int = 0
    runtime_name: str = ""
    doc: str = ""
    note: str = ""
    diagnostics: tuple[DrawnDiagnostic, ...] = ()
    graph: DrawnGraph | None = None

    @property
    def is_named(self) -> bool:
        """Whether the text names it, so that its name is not that of its calculator, perhaps numbered."""
        return self.name != self.calculator and not self.name.startswith(f"{self.calculator}_")


PORT_FIELDS = (("stream", "inputs"), ("stream", "outputs"), ("side", "side_inputs"), ("side", "side_outputs"))
"""The attributes of DrawnNode and DrawnGraph that hold ports, each after the kind of its connections."""


@dataclass(frozen=True)
class DrawnGraph:
    """A graph: the outermost graph, or a graph inside a node.

    id: that of its node; "" for the outermost graph.
    file: a key of `Structure.files`; or, for a graph written by a program, the program's file.
    """

    id: str
    name: str
    file: str
    inputs: tuple[DrawnPort, ...] = ()
    outputs: tuple[DrawnPort, ...] = ()
    side_inputs: tuple[DrawnPort, ...] = ()
    side_outputs: tuple[DrawnPort, ...] = ()
    nodes: tuple[DrawnNode, ...] = ()
    edges: tuple[DrawnEdge, ...] = ()
    executors: tuple[DrawnExecutor, ...] = ()
    handler: str = ""
    max_queue_size: int = 0
    num_threads: int = 0


@dataclass(frozen=True)
class Structure:
    """A whole graph, ready to be drawn.

    files: the texts by file name, the outermost graph's first.
    diagnostics: all errors and warnings, including those that are not about a node.
    """

    graph: DrawnGraph
    files: dict[str, str] = field(default_factory=dict)
    diagnostics: tuple[DrawnDiagnostic, ...] = ()


def ports_of(holder: DrawnNode | DrawnGraph, kind: str, direction: str) -> tuple[DrawnPort, ...]:
    """Return ports by the kind of their connections, "stream" or "side". direction: "inputs" or "outputs"."""
    found: tuple[DrawnPort, ...] = getattr(holder, direction if kind == "stream" else f"side_{direction}")
    return found


def to_json(value: Any) -> Any:
    """Convert the model to JSON values: objects with the names of the fields as keys, lists and scalars."""
    if is_dataclass(value):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value
