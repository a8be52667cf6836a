"""The model of a graph as people see it: nodes inside nodes, and every name with its place in the text.

Frozen and plain, so that `to_json` of it is all that the layout, the page and other tools need.
Everything is resolved here; what draws it looks nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

MAX_NODES = 5000
"""How many nodes a graph may have to be looked at, those inside its subgraphs included."""


@dataclass(frozen=True)
class Place:
    """Lines of a file, counted from 1: `line` to `end_line`, beginning at `column` of the first."""

    file: str
    line: int
    column: int
    end_line: int


@dataclass(frozen=True)
class DrawnPort:
    """One end of a stream or side packet at a node, or at the border of a graph.

    entry: as written, "TAG:index:name".
    name: of the stream or side packet; tag "" for an untagged port.
    type: what it carries, such as "ImageFrame"; "" if unknown.
    line: where it stands in the file of its node or graph, 0 if unknown.
    back_edge: whether it is an input marked to take what comes round from further down.
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
    """One option: `name` is a path such as "color.r", `value` as text format writes it.

    default: whether the text leaves it out. line: where it stands, 0 if unknown or left out.
    """

    name: str
    value: str
    default: bool = False
    line: int = 0


@dataclass(frozen=True)
class DrawnDiagnostic:
    """Something wrong, as mpgraph.config.validation.diagnostics has it.

    node: the id of the innermost node in whose lines it is, "" if there is none.
    """

    severity: str
    message: str
    place: Place | None = None
    node: str = ""
    code: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class End:
    """One end of an edge: a node's id, "" for the graph around it, and which port of the list there."""

    node: str
    port: int


@dataclass(frozen=True)
class DrawnEdge:
    """A stream (kind "stream") or side packet ("side") from its producer to one consumer.

    source: an output of a node, or an input of the graph around it; target: the other way round.
    """

    id: str
    kind: str
    name: str
    source: End
    target: End
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

    id: the path of names from the outermost graph, joined by "/"; stays the same while the text is edited
        elsewhere.
    runtime_name: the name it has in the expanded graph that runs, "" for subgraphs and broken graphs.
    kind: "calculator", "subgraph" (see `graph`), "generator" (the old PacketGenerator), or "unknown":
        nothing of that name is known here, and the ports are as the text has them.
    executor, handler: "" for the defaults; max_in_flight and the others 0 where nothing is set.
    graph: what is inside a subgraph; None for others and for what cannot be opened, which `note` explains.
    """

    id: str
    name: str
    calculator: str
    kind: str
    place: Place | None
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
    graph: Graph | None = None

    @property
    def is_named(self) -> bool:
        """Whether the text gives it a name, rather than its calculator, perhaps numbered, being its name."""
        return self.name != self.calculator and not self.name.startswith(f"{self.calculator}_")


@dataclass(frozen=True)
class Graph:
    """A graph, the outermost one or one inside a node.

    id: that of its node; "" for the outermost. file: a key of `Structure.files`, or a mere name.
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
    """A whole graph to look at.

    files: the texts, by the names that places have; the outermost graph's first.
    diagnostics: all that is wrong, also where no node is to blame.
    """

    graph: Graph
    files: dict[str, str] = field(default_factory=dict)
    diagnostics: tuple[DrawnDiagnostic, ...] = ()


def to_json(value: Any) -> Any:
    """The model as what `json.dumps` takes: objects with the fields' names, lists, strings and numbers."""
    if is_dataclass(value):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value
