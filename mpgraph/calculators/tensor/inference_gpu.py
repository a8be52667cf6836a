"""InferenceCalculatorGpu: runs a TfLite model on the GPU."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.tensor.gpu_model import GpuModel
from mpgraph.calculators.tensor.inference_node import InferenceNode, RunsModel
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.registry import register
from mpgraph.gpu import GPU_SERVICE
from mpgraph.inference import TfliteModel


@register
class InferenceCalculatorGpu(InferenceNode):
    """Runs a TfLite model on the GPU, whose float32 tensors stay there.

    Ports and options are those of `InferenceNode`. Without a GPU the graph does not start; a model with an
    operator that the GPU does not know is refused, and named, there.
    """

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check ports and options, and ask for the GPU."""
        super().get_contract(contract)
        use_gpu(contract)

    def start(self, cc: CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any) -> RunsModel:
        """Plan and upload the model."""
        return GpuModel(model, cc.service(GPU_SERVICE), io_config)
