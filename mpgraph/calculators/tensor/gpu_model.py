"""A model on the GPU as a function from tensors to tensors, for both generations of inference calculators."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mpgraph.calculators.tensor.tensor_order import TensorOrder
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.tensor import Tensor
from mpgraph.gpu import GpuContext
from mpgraph.gpu.context import GpuArray
from mpgraph.inference import TfliteModel
from mpgraph.inference.tensor_spec import TensorSpec
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan_runner import PlanRunner
from mpgraph.inference.webgpu.planning import make_plan


class GpuModel:
    """Runs one model; tensors on the GPU stay there, others are uploaded. Nothing waits.

    io_config: an InputOutputConfig message, or None for the model's own order.
    """

    def __init__(self, model: TfliteModel, context: GpuContext, io_config: Any = None) -> None:
        """Plan and upload the model.

        Raises:
            InferenceError: it has an operator that the GPU does not know.
            GpuError: memory is short, or the device is lost.
        """
        self._model = model
        self._context = context
        plan = make_plan(read_network(model), [spec.shape for spec in model.inputs])
        self._executor = PlanRunner(context, plan)
        self._order = (
            TensorOrder(tuple(range(len(model.inputs))), tuple(range(len(model.outputs))))
            if io_config is None
            else TensorOrder.from_config(io_config, model.inputs, model.outputs)
        )
        self._fed_back = {
            to: context.upload_array(np.zeros(model.inputs[to].shape, np.float32))
            for _, to in self._order.feedback
        }

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The model's outputs for these inputs, which stay on the GPU.

        Raises:
            InvalidArgumentError: number, type or size of the inputs is not the model's.
            GpuError: the device is lost, or memory is short.
        """
        wanted = self._order.inputs
        if len(tensors) != len(wanted):
            raise InvalidArgumentError(
                f'"{self._model.origin}" takes {len(wanted)} tensors, not {len(tensors)}.'
            )
        with self._context.lock:
            arrays = dict(self._fed_back)
            for index, tensor in zip(wanted, tensors, strict=True):
                arrays[index] = self._array(tensor, index)
            results = self._executor.run([arrays[index] for index in range(len(arrays))])
            for origin, to in self._order.feedback:
                self._fed_back[to] = results[origin]
        outputs = self._model.outputs
        return [Tensor.on_gpu(results[index], name=outputs[index].name) for index in self._order.outputs]

    def close(self) -> None:
        """Give back what it holds on the GPU."""
        self._fed_back.clear()
        del self._executor

    def _array(self, tensor: Tensor, index: int) -> GpuArray:
        spec: TensorSpec = self._model.inputs[index]
        if tensor.dtype != spec.dtype or math.prod(tensor.shape) != math.prod(spec.shape):
            raise InvalidArgumentError(
                f'Input {index} of "{self._model.origin}", {spec}, got {tensor.dtype} {list(tensor.shape)}.'
            )
        if isinstance(tensor.gpu, GpuArray) and tensor.gpu.context is self._context:
            return tensor.gpu
        return self._context.upload_array(tensor.array)
