"""Subgraph: a registered name that is replaced by a whole graph."""

from __future__ import annotations

from typing import Any, ClassVar


class Subgraph:
    """A graph built by code. Graphs in .pbtxt files need no class: they are found by their name.

    Subclasses are registered like calculators; a node that names a subgraph is replaced by its graph,
    which `build` writes. Options are declared like a calculator's:

        @mp.register
        class Outline(mp.Subgraph):
            @dataclass
            class Options:
                width: int = 3

            @classmethod
            def build(cls, graph: mp.GraphBuilder, options: Options) -> None:
                mask = graph.input("MASK", mp.ImageFrame)
                graph.output("MASK", graph.node(Dilate, mask, radius=options.width))

    `@mpgraph.subgraph` turns a function into a subgraph.
    """

    Options: ClassVar[object] = None
    """The options' dataclass or ProtoOptions."""

    @classmethod
    def build(cls, graph: Any, options: Any) -> Any:
        """Write the graph that replaces a node.

        graph: an empty `mpgraph.GraphBuilder`, to be filled.
        options: the node's, as `Options` declares them; None without options.
        Returns None, or the graph to use instead of `graph`: another builder, a config message, text or
            a path.
        """
        raise NotImplementedError(f"{cls.__name__} has no build().")

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """Return the graph that replaces `node`. Override it instead of `build` to read the whole node.

        node: the `CalculatorGraphConfig.Node` message that names this subgraph.
        Returns a `CalculatorGraphConfig` message of mpgraph.protos.
        """
        raise NotImplementedError(f"{cls.__name__} has neither build() nor get_config().")
