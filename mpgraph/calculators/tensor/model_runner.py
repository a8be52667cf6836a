"""A model as a function from tensors to tensors, for the inference calculators of both generations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.tensor.tensor_order import TensorOrder
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.inference import InferenceRunner, TensorSpec, TfliteModel, create_runner, load_model
from mpgraph.resources import read_resource

Array = npt.NDArray[Any]


def find_model(given: TfliteModel | None, path: str) -> TfliteModel:
    """The model of a side packet, or else the one in the file that `path` names.

    Raises:
        ResourceNotFoundError: there is no such file.
        InvalidArgumentError: it is not a TfLite model.
    """
    return given if given is not None else load_model(read_resource(path), origin=path)


class ModelRunner:
    """Runs one model on one backend, which MPGRAPH_INFERENCE_BACKEND chooses.

    num_threads: 0 or less for what is best. use_xnnpack: False for TfLite's own kernels.
    io_config: an InputOutputConfig message, or None for the model's own order.
    """

    def __init__(
        self, model: TfliteModel, num_threads: int, *, use_xnnpack: bool = True, io_config: Any = None
    ) -> None:
        self._runner: InferenceRunner = create_runner(
            model, num_threads=num_threads if num_threads > 0 else None, use_xnnpack=use_xnnpack
        )
        inputs, outputs = self._runner.inputs, self._runner.outputs
        self._order = (
            TensorOrder(tuple(range(len(inputs))), tuple(range(len(outputs))))
            if io_config is None
            else TensorOrder.from_config(io_config, inputs, outputs)
        )
        self._fed_back = {to: np.zeros(inputs[to].shape, inputs[to].dtype) for _, to in self._order.feedback}

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The model's outputs for these inputs. Half floats come out as float32.

        Raises:
            InvalidArgumentError: number, type or size of the inputs is not the model's.
            InferenceError: the backend fails.
        """
        wanted = self._order.inputs
        if len(tensors) != len(wanted):
            raise InvalidArgumentError(
                f'"{self._runner.model.origin}" takes {len(wanted)} tensors, not {len(tensors)}.'
            )
        arrays: dict[int, Array] = dict(self._fed_back)
        for index, tensor in zip(wanted, tensors, strict=True):
            arrays[index] = _fitting(tensor.array, self._runner.inputs[index])
        results = self._runner.run([arrays[index] for index in range(len(arrays))])
        for origin, to in self._order.feedback:
            self._fed_back[to] = results[origin]
        specs = self._runner.outputs
        return [_tensor(results[index], specs[index]) for index in self._order.outputs]

    def close(self) -> None:
        """Free what the backend holds."""
        self._runner.close()


def _fitting(array: Array, spec: TensorSpec) -> Array:
    """The same values in the model's shape: a leading 1 more or less does not matter, as upstream."""
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
