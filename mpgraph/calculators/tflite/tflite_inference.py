"""TfLiteInferenceCalculator: runs a TfLite model, on the older generation's tensors."""

from __future__ import annotations

from typing import Any

from mpgraph.calculator_base import Calculator
from mpgraph.calculators.core.checks import ret_check
from mpgraph.calculators.tensor.model_runner import ModelRunner, find_model
from mpgraph.calculators.tflite.model_packets import MODEL, OP_RESOLVER
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.formats.tflite_tensor import TFLITE_TENSORS
from mpgraph.options import ProtoOptions
from mpgraph.ports import Input, Output, SideInput
from mpgraph.registry import register


@register
class TfLiteInferenceCalculator(Calculator):
    """Runs a TfLite model on the CPU.

    TENSORS: the model's inputs; out come its outputs. Without inputs at a time nothing comes out.
    MODEL: side packet with the model, or else the option `model_path`.
    CUSTOM_OP_RESOLVER: accepted; the backends bring their operators themselves.

    Options: `delegate { xnnpack { num_threads } }` or `cpu_num_thread` (what is best unless given),
    `delegate { tflite {} }` for TfLite's plain kernels. MPGRAPH_INFERENCE_BACKEND chooses the library
    that computes.
    """

    tensors = Input("TENSORS", TFLITE_TENSORS)
    out = Output("TENSORS", TFLITE_TENSORS)
    model = SideInput("MODEL", MODEL, optional=True)
    op_resolver = SideInput("CUSTOM_OP_RESOLVER", OP_RESOLVER, optional=True)
    Options = ProtoOptions("TfLiteInferenceCalculatorOptions")
    timestamp_offset = 0
    input_stream_handler = "FixedSizeInputStreamHandler"
    blocking = True

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that the model has one source."""
        super().get_contract(contract)
        ret_check(
            bool(contract.options.model_path) != contract.side_inputs.has("MODEL"),
            "Either model as side packet or model path in options is required.",
        )

    def open(self, cc: CalculatorContext) -> None:
        """Load the model."""
        options: Any = cc.options
        delegate = options.delegate
        num_threads = delegate.xnnpack.num_threads if delegate.HasField("xnnpack") else -1
        self._runner = ModelRunner(
            find_model(cc.get(self.model), options.model_path),
            num_threads if num_threads > 0 else options.cpu_num_thread,
            use_xnnpack=not delegate.HasField("tflite"),
        )

    def process(self, cc: CalculatorContext) -> None:
        """Run the model once."""
        tensors = cc.get(self.tensors)
        if tensors:
            cc.emit(self.out, self._runner.run(tensors))

    def close(self, cc: CalculatorContext) -> None:
        """Free the model."""
        self._runner.close()
