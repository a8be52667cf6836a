"""Report files that a graph names but that do not exist, before it runs.

Only paths that are known from the graph alone are checked: those in options, and those in constants that
file-reading calculators receive as side packets. Paths from the application are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpgraph.config.dataclass_options import Steps
from mpgraph.config.options import option_place
from mpgraph.config.validation.edges import Edges
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import MpgraphError, ResourceNotFoundError
from mpgraph.framework.resources import find_resource

_OPTIONS = ("model_path", "resource_id")
_READERS = {"LocalFileContentsCalculator": "FILE_PATH", "ResourceProviderCalculator": "RESOURCE_ID"}
_CONSTANTS = "ConstantSidePacketCalculator"


def missing_files(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[MpgraphError]:
    """Yield a warning for each file that a node will not find when it opens."""
    for node in nodes:
        for path, steps in [*_paths_in_options(node), *_constant_paths(node, nodes, edges)]:
            if "://" in path:
                continue  # A URL, not a path.
            try:
                find_resource(path)
            except ResourceNotFoundError as error:
                option = option_place(node.flat.source, node.calculator, steps)
                location = node.flat.seen_from_outside(option)
                yield error.with_context(f'Node "{node.name}": ', location=location, rule="missing-file")


def _paths_in_options(node: CheckedNode) -> Iterator[tuple[str, Steps]]:
    for name in _OPTIONS:
        value = getattr(node.options, name, None)
        if isinstance(value, str) and value:
            yield value, (name,)
        elif name == "resource_id" and node.config.calculator in _READERS:
            yield from ((path, (name, index)) for index, path in enumerate(value or ()) if path)


def _constant_paths(
    node: CheckedNode, nodes: Sequence[CheckedNode], edges: Edges
) -> Iterator[tuple[str, Steps]]:
    if node.config.calculator != _CONSTANTS:
        return
    for position, name in enumerate(node.side_outputs.names):
        index = node.side_outputs.ports[position].index
        packets = node.options.packet if node.options is not None else ()
        path = packets[index].string_value if index < len(packets) else ""
        if path and any(_reads_file(nodes[id_], at) for id_, at in edges.side_packets[name].consumers):
            yield path, ("packet", index, "string_value")


def _reads_file(node: CheckedNode, position: int) -> bool:
    return _READERS.get(node.config.calculator) == node.side_inputs.ports[position].tag
