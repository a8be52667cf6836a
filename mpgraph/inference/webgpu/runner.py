"""WebgpuRunner: the backend for arrays in main memory, which uploads, computes and reads back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mpgraph.errors import GpuError, InferenceError
from mpgraph.gpu import current
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import Array, InferenceRunner, RunnerSettings
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan_runner import PlanRunner
from mpgraph.inference.webgpu.planning import make_plan


class WebgpuRunner(InferenceRunner):
    """A model on the GPU. `num_threads` is 1: the thread that records the GPU's work.

    For data that is on the GPU already, `PlanRunner` avoids the transfer through main memory.
    """

    backend = "webgpu"

    def __init__(self, model: TfliteModel, settings: RunnerSettings) -> None:
        """Load the model onto the GPU that MPGRAPH_GPU_ADAPTER selects, or the preferred one.

        Raises:
            InferenceError: the GPU backend does not support an operator of the model, or there is no GPU.
        """
        super().__init__(model, 1)
        self._network = read_network(model)
        self._plan_runner: PlanRunner | None = None
        try:
            self._context = current()
        except GpuError as error:
            raise InferenceError(error.message) from error
        self._prepare([spec.shape for spec in model.inputs])

    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        plan = make_plan(self._network, shapes)
        try:
            self._plan_runner = PlanRunner(self._context, plan)
        except GpuError as error:
            raise InferenceError(error.message) from error
        self.inputs = tuple(
            replace(spec, shape=shape) for spec, shape in zip(self.model.inputs, shapes, strict=True)
        )
        results = zip(self.model.outputs, plan.outputs, strict=True)
        self.outputs = tuple(replace(spec, shape=value.shape.dims) for spec, value in results)
        self._views = [np.zeros(spec.shape, spec.dtype) for spec in self.inputs]

    def _compute(self) -> list[Array]:
        assert self._plan_runner is not None
        try:
            arrays = [self._context.upload_array(view) for view in self._views]
            return [result.read() for result in self._plan_runner.run(arrays)]
        except GpuError as error:
            raise InferenceError(f'Running "{self.model.origin}" failed: {error.message}') from error

    def _free(self) -> None:
        self._plan_runner = None
