"""The tree of a graph: its nodes, and inside each node that names a subgraph, the nodes of that graph."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mpgraph.config.builder.graph_builder import builds, write_subgraph
from mpgraph.config.flat import FlatNode, name_of
from mpgraph.config.port_lists import INPUT, PORT_LISTS, SIDE_INPUT
from mpgraph.config.source import GraphSource, is_path, load_graph
from mpgraph.errors import MpgraphError
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagMap, tag_map


@dataclass(eq=False)
class TreeNode:
    """One node of a graph in the tree.

    flat: the node as it runs: expansion gives its names a prefix and connects them across subgraph borders.
    graph, index: the graph that contains it, and its position there.
    subgraph: what its `calculator` names, None for a calculator or as long as `is_resolved` is False.
    inside: the subgraph's graph, None for a calculator and for a subgraph that could not be opened.
    problem: why the node could not be replaced by what is inside; it does not run then.
    """

    flat: FlatNode
    graph: GraphTree
    index: int
    subgraph: GraphSource | type[Subgraph] | None = None
    is_resolved: bool = False
    inside: GraphTree | None = None
    problem: MpgraphError | None = None

    @property
    def written(self) -> Any:
        """The Node message with the names that it has in the graph's own text."""
        return self.graph.written.node[self.index]


@dataclass(eq=False)
class GraphTree:
    """One graph of the tree.

    source: the graph as it was read, or as a Subgraph class wrote it for the node around it.
    config: the copy of its config that expansion changes; its messages are those of `nodes`.
    node: the node that the graph is inside of, None for the outermost graph.
    """

    source: GraphSource
    config: Any
    node: TreeNode | None = None
    nodes: list[TreeNode] = field(default_factory=list)

    @property
    def is_generated(self) -> bool:
        """Whether a Subgraph class wrote the graph, for this one node."""
        return self.node is not None and isinstance(self.node.subgraph, type)

    @property
    def has_text(self) -> bool:
        """Whether the locations of its nodes are in a file of the graph's own."""
        return not self.is_generated or (
            self.source.tree is not None and not self.source.file.startswith("<")
        )

    @property
    def file(self) -> str:
        """The file with the graph; without one, the file of the node that the graph is generated for."""
        if self.node is None or self.has_text or is_path(self.source.file):
            return self.source.file
        location = self.node.flat.location
        return location.file if location else ""

    @cached_property
    def written(self) -> Any:
        """The CalculatorGraphConfig with the names of its own text rather than those that run.

        A generated graph is without the inputs that its node leaves out.
        """
        node = self.node
        if node is None or not self.is_generated:
            return self.source.config
        config = type(self.config)()
        config.CopyFrom(self._generated_for_names_of_text(node))
        for port_list in (INPUT, SIDE_INPUT):
            with suppress(MpgraphError):  # Entries that do not parse are reported as diagnostics.
                inside = tag_map(tuple(getattr(config, port_list)))
                unconnected = unconnected_names(inside, tag_map(tuple(getattr(node.written, port_list))))
                for message in (config, *config.node):
                    entries = getattr(message, port_list)
                    entries[:] = [entry for entry in entries if name_of(entry) not in unconnected]
        return config

    def _generated_for_names_of_text(self, node: TreeNode) -> Any:
        """The config that the class returns for the node as it is written, if that has the same nodes.

        A class that overrides `get_config` usually derives names from those of its node. Deep inside other
        subgraphs these have prefixes, which would clutter a drawing.
        """
        cls = node.subgraph
        assert isinstance(cls, type)
        if builds(cls):  # It receives the options alone.
            return self.source.config
        written = type(node.flat.config)()
        written.CopyFrom(node.flat.config)
        written.name = node.written.name
        for port_list in PORT_LISTS:
            getattr(written, port_list)[:] = getattr(node.written, port_list)
        if written == node.flat.config:
            return self.source.config
        try:
            config = generated_graph(cls, written).config
        except Exception:  # User code may raise anything; the graph that runs is good enough.
            return self.source.config
        same = [each.calculator for each in config.node] == [each.calculator for each in self.config.node]
        return config if same else self.source.config


def generated_graph(cls: type[Subgraph], node: Any) -> GraphSource:
    """Return the graph that a class writes for a Node message. Raises whatever the class raises."""
    return load_graph(write_subgraph(cls, node) if builds(cls) else cls.get_config(node))


def unconnected_names(inside: TagMap, outside: TagMap) -> set[str]:
    """Return the names inside a subgraph of the ports that its node leaves out.

    inside, outside: the same list of ports, of the subgraph and of its node.
    """
    return {name for port, name in inside if outside.id(port.tag, port.index) is None}
