"""TfLiteInferenceCalculator: runs a TfLite model on the older generation's tensors."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.tensor.models import (
    MODEL,
    OP_RESOLVER,
    CpuModel,
    GpuModel,
    RunnableModel,
    find_model,
    require_one_model,
)
from mpgraph.formats.tensor import TFLITE_TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE

_GPU = "TENSORS_GPU"


@mp.register
class TfLiteInferenceCalculator(mp.Calculator):
    """Runs a TfLite model on the CPU or the GPU.

    TENSORS or TENSORS_GPU: the model's inputs, and as outputs its outputs, in either form. Without inputs at
        a timestamp, nothing is sent.
    MODEL: side packet with the model; or else the option `model_path`.
    CUSTOM_OP_RESOLVER: accepted and ignored; the backends include their operators.

    Options: the GPU computes with `use_gpu`, with `delegate { gpu {} }`, or where TENSORS_GPU is connected;
    otherwise `delegate { xnnpack { num_threads } }` or `cpu_num_thread` (default: the backend's best),
    `delegate { tflite {} }` for TfLite's plain kernels. MPGRAPH_INFERENCE_BACKEND selects the library that
    computes on the CPU.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS, optional=True)
    tensors_gpu = mp.Input("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    out = mp.Output("TENSORS", TFLITE_TENSORS, optional=True)
    out_gpu = mp.Output("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    model = mp.SideInput("MODEL", MODEL, optional=True)
    op_resolver = mp.SideInput("CUSTOM_OP_RESOLVER", OP_RESOLVER, optional=True)
    Options = mp.ProtoOptions("TfLiteInferenceCalculatorOptions")
    timestamp_offset = 0
    input_stream_handler = "FixedSizeInputStreamHandler"
    blocking = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of TENSORS and TENSORS_GPU on each side; either MODEL or the option `model_path`."""
        super().get_contract(contract)
        for side in (contract.inputs, contract.outputs):
            contract.need(
                side.has("TENSORS") != side.has("TENSORS_GPU"),
                "Exactly one of TENSORS and TENSORS_GPU is needed on each side of TfLiteInferenceCalculator.",
            )
        require_one_model(contract)
        if _uses_gpu(contract.options) or contract.inputs.has(_GPU) or contract.outputs.has(_GPU):
            use_gpu(contract)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options: Any = cc.options
        model = find_model(cc.get(self.model), options.model_path)
        self._loaded: RunnableModel
        if _uses_gpu(options) or cc.connected(self.tensors_gpu) or cc.connected(self.out_gpu):
            self._loaded = GpuModel(model, cc.service(GPU_SERVICE))
        else:
            self._loaded = CpuModel(model, options.cpu_num_thread, delegate=options.delegate)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors_gpu if cc.connected(self.tensors_gpu) else self.tensors)
        if tensors:
            cc.emit(self.out_gpu if cc.connected(self.out_gpu) else self.out, self._loaded.run(tensors))

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        self._loaded.close()


def _uses_gpu(options: Any) -> bool:
    return bool(options.use_gpu or options.delegate.HasField("gpu"))
