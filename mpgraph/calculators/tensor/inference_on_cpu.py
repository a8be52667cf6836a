"""What the inference calculators of the CPU have in common: all of it but the name."""

from __future__ import annotations

from typing import Any, ClassVar

from mpgraph.calculators.tensor.inference_node import InferenceNode, RunsModel
from mpgraph.calculators.tensor.model_runner import ModelRunner
from mpgraph.framework.context import CalculatorContext
from mpgraph.inference import TfliteModel


class InferenceOnCpu(InferenceNode):
    """Runs a TfLite model on the CPU. Ports and options are those of `InferenceNode`."""

    always_xnnpack: ClassVar[bool] = False
    """Whether XNNPACK computes even if the options ask for plain TfLite."""

    def start(self, cc: CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any) -> RunsModel:
        """Load the model into the library that computes."""
        num_threads = delegate.xnnpack.num_threads if delegate.HasField("xnnpack") else -1
        options: Any = cc.options
        return ModelRunner(
            model,
            num_threads if num_threads > 0 else options.cpu_num_thread,
            use_xnnpack=self.always_xnnpack or not delegate.HasField("tflite"),
            io_config=io_config,
        )
