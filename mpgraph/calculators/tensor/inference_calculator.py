"""InferenceCalculator: the name graphs use for inference, whoever does it."""

from __future__ import annotations

from typing import Any

from mpgraph.config.options import message_options
from mpgraph.errors import UnimplementedError
from mpgraph.framework.registry import CALCULATORS, register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.protos import calculator_pb2

_ON_CPU = ("InferenceCalculatorCpu", "InferenceCalculatorXnnpack")
_ON_GPU = ("InferenceCalculatorGpu",)
_ANYWHERE = ("InferenceCalculatorAuto", *_ON_CPU)


@register
class InferenceCalculator(Subgraph):
    """Stands for the calculator that runs a model: the first one there is of those its options allow.

    With the option `delegate { gpu {} }` it runs on the GPU, with another delegate on the CPU, and with
    none where its tensors are. Ports and options are those of `InferenceCalculatorCpu`.
    """

    @classmethod
    def get_config(cls, node: Any) -> Any:
        """A graph of one node, which differs from `node` in its calculator only."""
        options = message_options(node, "mediapipe.InferenceCalculatorOptions")
        if options.use_gpu or options.delegate.HasField("gpu"):
            candidates: tuple[str, ...] = _ON_GPU
        else:
            candidates = _ON_CPU if options.HasField("delegate") else _ANYWHERE
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
