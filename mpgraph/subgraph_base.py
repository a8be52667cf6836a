"""Subgraph: a registered name that stands for a whole graph config, made when it is used."""

from __future__ import annotations

from typing import Any


class Subgraph:
    """A graph made by code. Graphs in .pbtxt files need no class: they are found by their name.

    Subclasses are registered like calculators; a node that names one is replaced by its graph.
    """

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """The graph that replaces `node`.

        node: the `CalculatorGraphConfig.Node` message that names this subgraph; its options may
            decide how the graph looks.
        Returns a `CalculatorGraphConfig` message of mpgraph.protos.
        """
        raise NotImplementedError(f"{cls.__name__} has no get_config().")
