"""The InferenceCalculators: run a TfLite model on the CPU, on the GPU, or where its tensors are."""

from __future__ import annotations

import contextlib
import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

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
from mpgraph.config.options import message_options
from mpgraph.errors import InferenceError, UnimplementedError
from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.registry import CALCULATORS
from mpgraph.gpu import GPU_SERVICE, GpuContext
from mpgraph.inference import TfliteModel
from mpgraph.protos import calculator_pb2

_OPTIONS = "mediapipe.InferenceCalculatorOptions"

_ON_CPU = ("InferenceCalculatorCpu", "InferenceCalculatorXnnpack")
_ON_GPU = ("InferenceCalculatorGpu",)
_ANYWHERE = ("InferenceCalculatorAuto", *_ON_CPU)


@mp.register
class InferenceCalculator(mp.Subgraph):
    """Runs a TfLite model; the options select the calculator that replaces this node.

    TENSORS (a list) or TENSOR:0, TENSOR:1, ...: the model's inputs, and as outputs its outputs, in either
        form. Without an input at a timestamp, nothing is sent.
    MODEL: side packet with the model; or else the option `model_path`, looked up like all resources:
        working directory, MPGRAPH_RESOURCE_PATH, the package's own models.
    OP_RESOLVER, CUSTOM_OP_RESOLVER: accepted and ignored; the backends include their operators.
    DELEGATE, IO_CONFIG: side packets with messages that replace the options `delegate` and
        `input_output_config`.

    Options: with `delegate { gpu {} }` the model runs on the GPU, with another delegate on the CPU, with
    none where its tensors are. `delegate { xnnpack { num_threads } }` or `cpu_num_thread` (default: the
    backend's best), `delegate { tflite {} }` for TfLite's plain kernels, `input_output_config`.
    MPGRAPH_INFERENCE_BACKEND selects the library that computes on the CPU.
    """

    @mp.override
    @classmethod
    def get_config(cls, node: Any) -> Any:
        options = message_options(node, _OPTIONS)
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


class InferenceNode(mp.Calculator):
    """Ports, options and life cycle of the calculators that run a model; a subclass chooses the device."""

    tensors = mp.Input("TENSORS", TENSORS, optional=True)
    tensor = mp.Input("TENSOR", TENSOR, optional=True, repeated=True)
    out_tensors = mp.Output("TENSORS", TENSORS, optional=True)
    out_tensor = mp.Output("TENSOR", TENSOR, optional=True, repeated=True)
    model = mp.SideInput("MODEL", MODEL, optional=True)
    op_resolver = mp.SideInput("OP_RESOLVER", OP_RESOLVER, optional=True)
    custom_op_resolver = mp.SideInput("CUSTOM_OP_RESOLVER", OP_RESOLVER, optional=True)
    delegate = mp.SideInput("DELEGATE", mp.message_type(f"{_OPTIONS}.Delegate"), optional=True)
    io_config = mp.SideInput("IO_CONFIG", mp.message_type(f"{_OPTIONS}.InputOutputConfig"), optional=True)
    Options = mp.ProtoOptions("InferenceCalculatorOptions")
    timestamp_offset = 0
    blocking = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of TENSORS and TENSOR on each side; either MODEL or the option `model_path`."""
        super().get_contract(contract)
        for side in (contract.inputs, contract.outputs):
            contract.need(
                side.has("TENSORS") != side.has("TENSOR"),
                "Exactly one of TENSORS and TENSOR is needed on each side of an inference calculator.",
            )
        require_one_model(contract)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options: Any = cc.options
        delegate: Any = cc.get(self.delegate) or options.delegate
        io_config: Any = cc.get(self.io_config)
        if io_config is None and options.HasField("input_output_config"):
            io_config = options.input_output_config
        model = find_model(cc.get(self.model), options.model_path)
        self._loaded = self.load(cc, model, delegate, io_config)

    @abstractmethod
    def load(
        self, cc: mp.CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any
    ) -> RunnableModel:
        """Load `model`. delegate, io_config: messages, the second None for the model's own tensor order."""

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.tensors):
            inputs = cc.get(self.tensors)
        else:
            packets = cc.all(self.tensor)
            inputs = None if any(packet.is_empty() for packet in packets) else [p.payload for p in packets]
        if not inputs:
            return
        outputs = self._loaded.run(inputs)
        cc.emit(self.out_tensors, outputs)
        if cc.connected(self.out_tensor):
            connected = cc.output_tags.count("TENSOR")
            for index, tensor in enumerate(outputs[:connected]):
                cc.emit(self.out_tensor, tensor, index=index)

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        self._loaded.close()


@mp.register
class InferenceCalculatorCpu(InferenceNode):
    """Runs a TfLite model on the CPU. Ports and options are those of `InferenceCalculator`."""

    always_xnnpack: ClassVar[bool] = False

    @mp.override
    def load(
        self, cc: mp.CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any
    ) -> RunnableModel:
        options: Any = cc.options
        return CpuModel(
            model,
            options.cpu_num_thread,
            delegate=delegate,
            always_xnnpack=self.always_xnnpack,
            io_config=io_config,
        )


@mp.register
class InferenceCalculatorXnnpack(InferenceCalculatorCpu):
    """Runs a TfLite model on the CPU, always with XNNPACK's kernels.

    Ports and options are those of `InferenceCalculator`; `delegate { tflite {} }` has no effect.
    """

    always_xnnpack = True


@mp.register
class InferenceCalculatorGpu(InferenceNode):
    """Runs a TfLite model on the GPU; its outputs, float32, stay there.

    Ports and options are those of `InferenceCalculator`. The graph does not start without a GPU, nor with a
    model that has an operator the GPU does not support; the error names the operator.
    """

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As for InferenceCalculatorCpu, and the machine needs a GPU."""
        super().get_contract(contract)
        use_gpu(contract)

    @mp.override
    def load(
        self, cc: mp.CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any
    ) -> RunnableModel:
        return GpuModel(model, cc.service(GPU_SERVICE), io_config)


@mp.register
class InferenceCalculatorAuto(InferenceCalculatorCpu):
    """Runs a TfLite model where its tensors are: on the GPU if the first of them is there, else on the CPU.

    Ports and options are those of `InferenceCalculator`. The model is loaded when the run starts: to the GPU
    if the graph has calculators that work there, else to the CPU; and to the other device when the first
    tensors arrive from there.
    """

    @mp.override
    def load(
        self, cc: mp.CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any
    ) -> RunnableModel:
        either = _ModelOnEither(partial(super().load, cc, model, delegate, io_config), model, io_config)
        gpu: GpuContext | None = cc.service(GPU_SERVICE)
        if gpu is None:
            either.on(None)
        else:
            # An operator that the GPU does not support is an error only once tensors arrive from there.
            with contextlib.suppress(InferenceError):
                either.on(gpu)
        return either


class _ModelOnEither(RunnableModel):
    """A model that is loaded to each device when it is first needed there. None stands for the CPU."""

    def __init__(self, load_on_cpu: Callable[[], RunnableModel], model: TfliteModel, io_config: Any) -> None:
        self._load_on_cpu = load_on_cpu
        self._model = model
        self._io_config = io_config
        self._loaded: dict[GpuContext | None, RunnableModel] = {}
        self._loading = threading.Lock()

    def on(self, device: GpuContext | None) -> RunnableModel:
        """The model on `device`, loaded if it is not there yet."""
        with self._loading:
            if device not in self._loaded:
                self._loaded[device] = (
                    self._load_on_cpu() if device is None else GpuModel(self._model, device, self._io_config)
                )
            return self._loaded[device]

    @mp.override
    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        device: GpuContext | None = getattr(tensors[0].gpu, "context", None)
        return self.on(device).run(tensors)

    @mp.override
    def close(self) -> None:
        for model in self._loaded.values():
            model.close()
