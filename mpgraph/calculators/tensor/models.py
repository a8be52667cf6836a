"""TfLite models as functions from tensors to tensors, and the side packets that carry them."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.tensor.tensor_order import TensorOrder
from mpgraph.errors import FailedPreconditionError, InvalidArgumentError, ret_check
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.resources import read_resource
from mpgraph.gpu import GpuContext
from mpgraph.gpu.context import GpuArray
from mpgraph.inference import InferenceRunner, TensorSpec, TfliteModel, create_runner, load_model

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class OpResolver:
    """Names the operators beyond TfLite's own that a graph relies on.

    mpgraph's backends include every operator they can run, so the packet only has to exist where a graph
    connects it. custom_ops: the operators a TfLiteCustomOpResolverCalculator stands for.
    """

    custom_ops: tuple[str, ...] = ()
    use_gpu: bool = False


_PATIENCE_S = 1.0
"""How long a model computes with one thread after several were slower for the first time."""

MODEL = packet_type.define("::mediapipe::api2::TfLiteModelPtr", TfliteModel)
"""A checked TfLite model."""

OP_RESOLVER = packet_type.define("::tflite::OpResolver", OpResolver)
"""An OpResolver."""


def require_one_model(contract: mp.Contract) -> None:
    """Raise InternalError unless either the side packet MODEL or the option `model_path` is given."""
    path = contract.options.model_path
    ret_check(
        bool(path) != contract.side_inputs.has("MODEL"),
        "Either model as side packet or model path in options is required."
        + (" Both are given." if path else ""),
    )


def find_model(given: TfliteModel | None, path: str) -> TfliteModel:
    """Return the model of a side packet, or else load the file that `path` names.

    Raises:
        ResourceNotFoundError: there is no such file.
        InvalidArgumentError: it is not a TfLite model.
    """
    return given if given is not None else load_model(read_resource(path), origin=path)


class RunnableModel(ABC):
    """A loaded model.

    Subclasses take an `io_config`: an InputOutputConfig message, or None for the model's own tensor order.
    """

    @abstractmethod
    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the model's outputs. Half floats come out as float32.

        Raises:
            InvalidArgumentError: number, type or size of the inputs is not the model's.
            InferenceError: the backend fails.
            FailedPreconditionError: a model that feeds outputs back is run by two threads at once.
            GpuError: the device is lost, or memory is short.
        """

    @abstractmethod
    def close(self) -> None:
        """Free what the backend or the GPU holds."""


class CpuModel(RunnableModel):
    """Runs a model on the backend that MPGRAPH_INFERENCE_BACKEND selects.

    delegate: an options message with `xnnpack { num_threads }` or `tflite`, TfLite's own kernels.
    num_threads: used unless the delegate has a number; 0 or less for the backend's best.

    `run` may be called by several threads at once, as nodes with `max_in_flight` do: each then has a
    backend runner of its own. Unless a number was requested those runners compute with one thread, because
    several that share all cores slow each other down badly; so does one that finds other models or processes
    on the cores, for a second at first, and twice as long each time. A model that feeds outputs back has a
    single runner.
    """

    def __init__(
        self,
        model: TfliteModel,
        num_threads: int,
        *,
        delegate: Any = None,
        always_xnnpack: bool = False,
        io_config: Any = None,
    ) -> None:
        if delegate is not None and delegate.HasField("xnnpack") and delegate.xnnpack.num_threads > 0:
            num_threads = delegate.xnnpack.num_threads
        self._num_threads = num_threads if num_threads > 0 else None
        self._use_xnnpack = always_xnnpack or delegate is None or not delegate.HasField("tflite")
        self._model = model
        runner = self._create(self._num_threads)
        self._free = [runner]
        self._is_parallel = False
        self._patience_s = _PATIENCE_S
        self._again_at = math.inf
        """When to compute with several threads again."""
        self._order = TensorOrder.from_config(io_config, runner.inputs, runner.outputs)
        self._fed_back = {
            to: np.zeros(runner.inputs[to].shape, runner.inputs[to].dtype) for _, to in self._order.feedback
        }

    @mp.override
    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        by_index = self._order.indexed(tensors, self._model.origin)
        runner = self._take()
        try:
            arrays: dict[int, Array] = dict(self._fed_back)
            for index, tensor in by_index:
                spec = runner.inputs[index]
                if tensor.shape == spec.shape and tensor.dtype == spec.dtype:
                    arrays[index] = runner.input_view(index)
                    tensor.write_into(arrays[index])
                else:
                    arrays[index] = _fitting(tensor.array, spec)
            results = runner.run([arrays[index] for index in range(len(arrays))])
        finally:
            self._give_back(runner)
        for origin, to in self._order.feedback:
            self._fed_back[to] = results[origin]
        return [_tensor(results[index], runner.outputs[index]) for index in self._order.outputs]

    @mp.override
    def close(self) -> None:
        for runner in self._free:
            runner.close()

    def _create(self, num_threads: int | None) -> InferenceRunner:
        return create_runner(self._model, num_threads=num_threads, use_xnnpack=self._use_xnnpack)

    def _take(self) -> InferenceRunner:
        # list.pop and list.append are atomic, so two threads never hold the same runner.
        try:
            return self._free.pop()
        except IndexError:
            if self._order.feedback:
                raise FailedPreconditionError(
                    f'"{self._model.origin}" feeds outputs back, so only one run at a time is possible; '
                    "leave max_in_flight at 1."
                ) from None
        self._is_parallel = True
        return self._create(self._num_threads or 1)

    def _give_back(self, runner: InferenceRunner) -> None:
        # The first runner may use several cores. As soon as its runs overlap or it finds these taken, it is
        # replaced by one-thread runners.
        if runner.num_threads > (self._num_threads or 1):
            if self._is_parallel:
                runner.close()
                return
            if runner.wants_one_thread:
                runner.close()
                runner = self._create(1)
                self._again_at = time.monotonic() + self._patience_s
                self._patience_s *= 2
        elif self._again_at < time.monotonic() and not self._is_parallel:
            # What took the cores may be gone. Closed runners wait to be used again, so this is soon done.
            self._again_at = math.inf
            runner.close()
            runner = self._create(self._num_threads)
        self._free.append(runner)


class GpuModel(RunnableModel):
    """Runs a model on the GPU. Tensors there are used in place, others are uploaded; no call waits."""

    def __init__(self, model: TfliteModel, context: GpuContext, io_config: Any = None) -> None:
        """Plan and upload the model.

        Raises:
            InferenceError: it has an operator that the GPU does not support.
            GpuError: memory is short, or the device is lost.
        """
        # Imported here, so that graphs without a model on the GPU do not load the planner.
        from mpgraph.inference.webgpu.network import read_network
        from mpgraph.inference.webgpu.plan_runner import PlanRunner
        from mpgraph.inference.webgpu.planning import make_plan

        plan = make_plan(read_network(model), [spec.shape for spec in model.inputs])
        self._executor = PlanRunner(context, plan)
        self._model = model
        self._context = context
        self._order = TensorOrder.from_config(io_config, model.inputs, model.outputs)
        self._fed_back = {
            to: context.upload_array(np.zeros(model.inputs[to].shape, np.float32))
            for _, to in self._order.feedback
        }

    @mp.override
    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        with self._context.lock:
            arrays = dict(self._fed_back)
            for index, tensor in self._order.indexed(tensors, self._model.origin):
                arrays[index] = self._array(tensor, index)
            results = self._executor.run([arrays[index] for index in range(len(arrays))])
            for origin, to in self._order.feedback:
                self._fed_back[to] = results[origin]
        outputs = self._model.outputs
        return [Tensor.on_gpu(results[index], name=outputs[index].name) for index in self._order.outputs]

    @mp.override
    def close(self) -> None:
        self._fed_back.clear()
        del self._executor

    def _array(self, tensor: Tensor, index: int) -> GpuArray:
        spec = self._model.inputs[index]
        if tensor.dtype != spec.dtype or math.prod(tensor.shape) != math.prod(spec.shape):
            raise InvalidArgumentError(
                f'Input {index} of "{self._model.origin}", {spec}, got {tensor.dtype} {list(tensor.shape)}.'
            )
        if isinstance(tensor.gpu, GpuArray) and tensor.gpu.context is self._context:
            return tensor.gpu
        return self._context.upload_array(tensor.array)


def _fitting(array: Array, spec: TensorSpec) -> Array:
    """Reshape to the model's shape where only dimensions of 1 differ; MediaPipe compares sizes, too."""
    if array.shape != spec.shape and array.dtype == spec.dtype and array.size == np.prod(spec.shape):
        return array.reshape(spec.shape)
    return array


def _tensor(array: Array, spec: TensorSpec) -> Tensor:
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    quantization = spec.quantization
    return Tensor(
        array,
        name=spec.name,
        quantization=Quantization(quantization.scale, quantization.zero_point) if quantization else None,
    )
