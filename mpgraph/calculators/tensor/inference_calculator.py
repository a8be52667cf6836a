"""InferenceCalculator: the name graphs use for inference, whoever does it."""

from __future__ import annotations

from typing import Any

from mpgraph.config.options import message_options
from mpgraph.errors import UnimplementedError
from mpgraph.protos import calculator_pb2
from mpgraph.registry import CALCULATORS, register
from mpgraph.subgraph_base import Subgraph

_ON_GPU = ("InferenceCalculatorGpu",)
_ON_CPU = ("InferenceCalculatorCpu", "InferenceCalculatorXnnpack")


@register
class InferenceCalculator(Subgraph):
    """Stands for the calculator that runs a model: the first one there is of those its options allow.

    The GPU's come first if the option `delegate` is `gpu` or not given, then those of the CPU. Ports
    and options are theirs.
    """

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """A graph of one node, which differs from `node` in its calculator only."""
        options = message_options(node, "mediapipe.InferenceCalculatorOptions")
        wants_gpu = not options.HasField("delegate") or options.delegate.HasField("gpu")
        candidates = (*_ON_GPU, *_ON_CPU) if wants_gpu else _ON_CPU
        known = CALCULATORS.names()
        chosen = next((name for name in candidates if name in known), None)
        if chosen is None:
            raise UnimplementedError(
                f"There is no calculator to run a model: none of {', '.join(candidates)} is registered."
            )
        config = calculator_pb2.CalculatorGraphConfig(
            input_stream=node.input_stream,
            output_stream=node.output_stream,
            input_side_packet=node.input_side_packet,
            output_side_packet=node.output_side_packet,
        )
        config.node.add().CopyFrom(node)
        config.node[0].calculator = chosen
        return config
