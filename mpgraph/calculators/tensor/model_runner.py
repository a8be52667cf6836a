"""A model as a function from tensors to tensors, for the inference calculators of both generations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.tensor.tensor_order import TensorOrder
from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.framework.resources import read_resource
from mpgraph.inference import InferenceRunner, TensorSpec, TfliteModel, create_runner, load_model

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

    `run` may be called by several threads at once, as nodes with `max_in_flight` do: each has a runner
    of its own then. Unless a number was asked for these compute with one thread, because several that
    share all cores hinder each other badly. A model that feeds outputs back has one runner only.
    """

    def __init__(
        self, model: TfliteModel, num_threads: int, *, use_xnnpack: bool = True, io_config: Any = None
    ) -> None:
        self._model = model
        self._num_threads = num_threads if num_threads > 0 else None
        self._use_xnnpack = use_xnnpack
        self._is_parallel = False
        runner = self._make(self._num_threads)
        self._free = [runner]
        inputs, outputs = runner.inputs, runner.outputs
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
            FailedPreconditionError: a model that feeds outputs back is run by two threads at once.
        """
        wanted = self._order.inputs
        if len(tensors) != len(wanted):
            raise InvalidArgumentError(
                f'"{self._model.origin}" takes {len(wanted)} tensors, not {len(tensors)}.'
            )
        runner = self._take()
        try:
            arrays: dict[int, Array] = dict(self._fed_back)
            for index, tensor in zip(wanted, tensors, strict=True):
                arrays[index] = _fitting(tensor.array, runner.inputs[index])
            results = runner.run([arrays[index] for index in range(len(arrays))])
        finally:
            self._give_back(runner)
        for origin, to in self._order.feedback:
            self._fed_back[to] = results[origin]
        return [_tensor(results[index], runner.outputs[index]) for index in self._order.outputs]

    def close(self) -> None:
        """Free what the backend holds."""
        for runner in self._free:
            runner.close()

    def _make(self, num_threads: int | None) -> InferenceRunner:
        return create_runner(self._model, num_threads=num_threads, use_xnnpack=self._use_xnnpack)

    def _take(self) -> InferenceRunner:
        try:
            return self._free.pop()
        except IndexError:
            if self._order.feedback:
                raise FailedPreconditionError(
                    f'"{self._model.origin}" feeds outputs back, so only one run at a time is possible; '
                    "leave max_in_flight at 1."
                ) from None
        self._is_parallel = True
        return self._make(self._num_threads or 1)

    def _give_back(self, runner: InferenceRunner) -> None:
        if self._is_parallel and runner.num_threads > (self._num_threads or 1):
            runner.close()
        else:
            self._free.append(runner)


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
