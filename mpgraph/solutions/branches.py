"""Branches: models of a graph that can compute at the same time."""

from __future__ import annotations

from collections.abc import Iterable

from mpgraph.config.model import GraphModel, ValidatedNode

_INFERENCE_OPTIONS = "mediapipe.InferenceCalculatorOptions"


def share_cores(nodes: Iterable[ValidatedNode]) -> None:
    """Let each model compute on one thread, which is faster for those that compute at the same time.

    Nodes whose options set a number of threads keep it.
    """
    for node in nodes:
        if not node.options.HasField("cpu_num_thread"):
            options, node.options = node.options, type(node.options)()
            node.options.CopyFrom(options)
            node.options.cpu_num_thread = 1


def simultaneous_inference(model: GraphModel) -> list[ValidatedNode]:
    """Return the nodes whose models may compute at the same time as another one on the CPU.

    They are those that no path of streams connects with some other such node, back edges left out.
    """
    inference = [node for node in model.nodes if _computes_on_cpu(node)]
    # Sets of nodes as the bits of an int; nodes are sorted, so what follows a node has a higher id.
    following = [0] * len(model.nodes)
    edges = [edge for edge in model.streams.values() if edge.producer is not None]
    for edge in sorted(edges, key=lambda edge: edge.producer or 0, reverse=True):
        for consumer, position in edge.consumers:
            if not model.nodes[consumer].back_edges[position]:
                following[edge.producer or 0] |= 1 << consumer | following[consumer]

    def are_connected(one: int, other: int) -> bool:
        return bool((following[one] >> other | following[other] >> one) & 1)

    return [
        node
        for node in inference
        if any(other is not node and not are_connected(node.id, other.id) for other in inference)
    ]


def _computes_on_cpu(node: ValidatedNode) -> bool:
    options = getattr(node.options, "DESCRIPTOR", None)
    return (
        options is not None
        and options.full_name == _INFERENCE_OPTIONS
        and node.calculator.blocking
        and node.contract.blocking is not False
    )
