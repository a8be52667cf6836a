"""What the inference calculators have in common: ports and options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from mpgraph.calculators.tensor.model_runner import find_model
from mpgraph.calculators.tflite.model_packets import MODEL, OP_RESOLVER
from mpgraph.errors import ret_check
from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.messages import message_type
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.inference import TfliteModel

_OPTIONS = "mediapipe.InferenceCalculatorOptions"


class RunsModel(Protocol):
    """A model that is ready to run."""

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The model's outputs for these inputs."""

    def close(self) -> None:
        """Free what it holds."""


class InferenceNode(Calculator):
    """Runs a TfLite model; the classes above it say where.

    TENSORS (a list) or TENSOR:0, TENSOR:1, ...: the model's inputs; out come its outputs, in either form.
        Where an input is missing at a time, nothing comes out.
    MODEL: side packet with the model, or else the option `model_path`, looked up as
        `mpgraph.framework.resources` says.
    OP_RESOLVER, CUSTOM_OP_RESOLVER: accepted; what computes brings its operators itself.
    DELEGATE, IO_CONFIG: side packets with messages that replace the options `delegate` and
        `input_output_config`.

    Options: `delegate { xnnpack { num_threads } }` or `cpu_num_thread` (what is best unless given),
    `delegate { tflite {} }` for TfLite's plain kernels, `delegate { gpu {} }`, `input_output_config`.
    MPGRAPH_INFERENCE_BACKEND chooses the library that computes on the CPU.
    """

    tensors = Input("TENSORS", TENSORS, optional=True)
    tensor = Input("TENSOR", TENSOR, optional=True, repeated=True)
    out_tensors = Output("TENSORS", TENSORS, optional=True)
    out_tensor = Output("TENSOR", TENSOR, optional=True, repeated=True)
    model = SideInput("MODEL", MODEL, optional=True)
    op_resolver = SideInput("OP_RESOLVER", OP_RESOLVER, optional=True)
    custom_op_resolver = SideInput("CUSTOM_OP_RESOLVER", OP_RESOLVER, optional=True)
    delegate = SideInput("DELEGATE", message_type(f"{_OPTIONS}.Delegate"), optional=True)
    io_config = SideInput("IO_CONFIG", message_type(f"{_OPTIONS}.InputOutputConfig"), optional=True)
    Options = ProtoOptions("InferenceCalculatorOptions")
    timestamp_offset = 0
    blocking = True

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports and that the model has one source."""
        super().get_contract(contract)
        for side in (contract.inputs, contract.outputs):
            contract.need(
                side.has("TENSORS") != side.has("TENSOR"),
                "Exactly one of TENSORS and TENSOR is needed on each side of an inference calculator.",
            )
        path = contract.options.model_path
        ret_check(
            bool(path) != contract.side_inputs.has("MODEL"),
            "Either model as side packet or model path in options is required."
            + (" Both are given." if path else ""),
        )

    def open(self, cc: CalculatorContext) -> None:
        """Load the model."""
        options: Any = cc.options
        delegate: Any = cc.get(self.delegate) or options.delegate
        io_config: Any = cc.get(self.io_config)
        if io_config is None and options.HasField("input_output_config"):
            io_config = options.input_output_config
        model = find_model(cc.get(self.model), options.model_path)
        self._runner = self.start(cc, model, delegate, io_config)

    def start(self, cc: CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any) -> RunsModel:
        """Make `model` ready. delegate, io_config: messages, the second None for the model's own order."""
        raise NotImplementedError

    def process(self, cc: CalculatorContext) -> None:
        """Run the model once."""
        if cc.connected(self.tensors):
            inputs = cc.get(self.tensors)
        else:
            packets = cc.all(self.tensor)
            inputs = None if any(packet.is_empty() for packet in packets) else [p.payload for p in packets]
        if not inputs:
            return
        outputs = self._runner.run(inputs)
        cc.emit(self.out_tensors, outputs)
        if cc.connected(self.out_tensor):
            wanted = cc.output_tags.count("TENSOR")
            for index, tensor in enumerate(outputs[:wanted]):
                cc.emit(self.out_tensor, tensor, index=index)

    def close(self, cc: CalculatorContext) -> None:
        """Free the model."""
        self._runner.close()
