"""TfLiteInferenceCalculator: runs a TfLite model, on the older generation's tensors."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.tensor.inference_node import RunsModel
from mpgraph.calculators.tensor.model_runner import ModelRunner, find_model
from mpgraph.calculators.tflite.model_packets import MODEL, OP_RESOLVER
from mpgraph.errors import ret_check
from mpgraph.formats.tflite_tensor import TFLITE_TENSORS
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register
from mpgraph.gpu import GPU_SERVICE

_GPU = "TENSORS_GPU"


@register
class TfLiteInferenceCalculator(Calculator):
    """Runs a TfLite model on the CPU or on the GPU.

    TENSORS or TENSORS_GPU: the model's inputs; out come its outputs, in either form. Without inputs at a
        time nothing comes out.
    MODEL: side packet with the model, or else the option `model_path`.
    CUSTOM_OP_RESOLVER: accepted; the backends bring their operators themselves.

    Options: `delegate { xnnpack { num_threads } }` or `cpu_num_thread` (what is best unless given),
    `delegate { tflite {} }` for TfLite's plain kernels; MPGRAPH_INFERENCE_BACKEND chooses the library that
    computes. `use_gpu`, `delegate { gpu {} }` or a port TENSORS_GPU: the GPU computes.
    """

    tensors = Input("TENSORS", TFLITE_TENSORS, optional=True)
    tensors_gpu = Input("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    out = Output("TENSORS", TFLITE_TENSORS, optional=True)
    out_gpu = Output("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    model = SideInput("MODEL", MODEL, optional=True)
    op_resolver = SideInput("CUSTOM_OP_RESOLVER", OP_RESOLVER, optional=True)
    Options = ProtoOptions("TfLiteInferenceCalculatorOptions")
    timestamp_offset = 0
    input_stream_handler = "FixedSizeInputStreamHandler"
    blocking = True

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports and that the model has one source; ask for the GPU if it is to compute."""
        super().get_contract(contract)
        for side in (contract.inputs, contract.outputs):
            contract.need(
                side.has("TENSORS") != side.has("TENSORS_GPU"),
                "Exactly one of TENSORS and TENSORS_GPU is needed on each side of TfLiteInferenceCalculator.",
            )
        ret_check(
            bool(contract.options.model_path) != contract.side_inputs.has("MODEL"),
            "Either model as side packet or model path in options is required.",
        )
        if _wants_gpu(contract.options) or contract.inputs.has(_GPU) or contract.outputs.has(_GPU):
            use_gpu(contract)

    def open(self, cc: CalculatorContext) -> None:
        """Load the model."""
        options: Any = cc.options
        model = find_model(cc.get(self.model), options.model_path)
        self._runner: RunsModel
        if _wants_gpu(options) or cc.connected(self.tensors_gpu) or cc.connected(self.out_gpu):
            from mpgraph.calculators.tensor.gpu_model import GpuModel

            self._runner = GpuModel(model, cc.service(GPU_SERVICE))
            return
        delegate = options.delegate
        num_threads = delegate.xnnpack.num_threads if delegate.HasField("xnnpack") else -1
        self._runner = ModelRunner(
            model,
            num_threads if num_threads > 0 else options.cpu_num_thread,
            use_xnnpack=not delegate.HasField("tflite"),
        )

    def process(self, cc: CalculatorContext) -> None:
        """Run the model once."""
        tensors = cc.get(self.tensors_gpu if cc.connected(self.tensors_gpu) else self.tensors)
        if tensors:
            cc.emit(self.out_gpu if cc.connected(self.out_gpu) else self.out, self._runner.run(tensors))

    def close(self, cc: CalculatorContext) -> None:
        """Free the model."""
        self._runner.close()


def _wants_gpu(options: Any) -> bool:
    return bool(options.use_gpu or options.delegate.HasField("gpu"))
