"""InferenceCalculatorAuto: runs a TfLite model where its tensors are."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mpgraph.calculators.tensor.inference_node import RunsModel
from mpgraph.calculators.tensor.inference_on_cpu import InferenceOnCpu
from mpgraph.errors import InferenceError
from mpgraph.formats.tensor import Tensor
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.registry import register
from mpgraph.gpu import GPU_SERVICE, GpuContext
from mpgraph.inference import TfliteModel


@register
class InferenceCalculatorAuto(InferenceOnCpu):
    """Runs a TfLite model where its tensors are: on the GPU if the first of them is there, else on the CPU.

    Ports and options are those of `InferenceNode`. At the start it loads the model to the GPU if the graph
    has calculators that work there, else to the CPU, and to the other place when tensors come from there.
    """

    def start(self, cc: CalculatorContext, model: TfliteModel, delegate: Any, io_config: Any) -> RunsModel:
        """Load the model to where tensors will probably be."""
        either = _Either(partial(super().start, cc, model, delegate, io_config), model, io_config)
        place: GpuContext | None = cc.service(GPU_SERVICE)
        if place is None:
            either.load(None)
        else:
            with contextlib.suppress(InferenceError):  # It is told if tensors come from there.
                either.load(place)
        return either


class _Either:
    """A model that is loaded to each place where it is needed: a GPU, or the CPU, which is None."""

    def __init__(self, on_cpu: Callable[[], RunsModel], model: TfliteModel, io_config: Any) -> None:
        self._on_cpu = on_cpu
        self._model = model
        self._io_config = io_config
        self._loaded: dict[GpuContext | None, RunsModel] = {}
        self._loading = threading.Lock()

    def load(self, place: GpuContext | None) -> RunsModel:
        """The model there."""
        with self._loading:
            if place not in self._loaded:
                self._loaded[place] = self._on_cpu() if place is None else self._on_gpu(place)
            return self._loaded[place]

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The model's outputs for these inputs, in the same place."""
        place: GpuContext | None = getattr(tensors[0].gpu, "context", None)
        return self.load(place).run(tensors)

    def _on_gpu(self, context: GpuContext) -> RunsModel:
        from mpgraph.calculators.tensor.gpu_model import GpuModel

        return GpuModel(self._model, context, self._io_config)

    def close(self) -> None:
        """Free the model, wherever it is."""
        for runner in self._loaded.values():
            runner.close()
