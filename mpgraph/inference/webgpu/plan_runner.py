"""PlanRunner: a plan on one GPU, with its buffers and its prepared dispatches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpgraph.gpu.context import ArrayPart, GpuArray, GpuContext
from mpgraph.gpu.kernel import KernelCall
from mpgraph.inference.webgpu.buffers import lay_out
from mpgraph.inference.webgpu.packing import groups_of, pack_constants, shader_of
from mpgraph.inference.webgpu.plan import Constant, Dispatch, Plan, Storage, Value
from mpgraph.inference.webgpu.shapes import LANES


class PlanRunner:
    """Computes a plan's outputs from its inputs, on the GPU throughout and without waiting.

    Frames may be recorded before earlier ones are read. They use the same intermediate buffers, which is
    safe since the GPU runs commands in the order of recording.
    """

    def __init__(self, context: GpuContext, plan: Plan) -> None:
        """Allocate buffers, upload constants and parameters, compile the kernels not compiled yet.

        Raises:
            GpuError: memory is short, or the device is lost.
        """
        self.context = context
        self.plan = plan
        layout = lay_out(plan)
        with context.lock:
            endpoints = {layout.slots[value.storage]: value for value in (*plan.inputs, *plan.outputs)}
            arrays = [
                self._endpoint(endpoints[slot]) if slot in endpoints else context.new_array((size // 4,))
                for slot, size in enumerate(layout.sizes)
            ]
            self._arrays = {storage: arrays[slot] for storage, slot in layout.slots.items()}
            packed = pack_constants(plan)
            self._constants, self._locations = context.upload_array(packed.values), packed.locations
            self._prepared = context.prepare([self._call(dispatch) for dispatch in plan.dispatches])
        self._inputs = [self._arrays[value.storage] for value in plan.inputs]
        self._outputs = [self._arrays[value.storage] for value in plan.outputs]

    def run(self, inputs: Sequence[GpuArray]) -> list[GpuArray]:
        """Record one frame: float32 arrays of the sizes of the plan's inputs in, new arrays out.

        Raises:
            GpuError: the device is lost, or memory is short.
        """
        context = self.context
        with context.lock:
            for given, own in zip(inputs, self._inputs, strict=True):
                context.copy_array(given, own)
            context.run(self._prepared)
            results = []
            for value, own in zip(self.plan.outputs, self._outputs, strict=True):
                results.append(context.new_array(value.shape.dims))
                context.copy_array(own, results[-1])
        return results

    def _endpoint(self, value: Value) -> GpuArray:
        """Memory for an input or output. Pooled memory is not cleared, but the padding must be 0."""
        array = self.context.upload_array(np.zeros(value.storage.vectors * LANES, np.float32))
        array.size = value.shape.size * 4
        return array

    def _call(self, dispatch: Dispatch) -> KernelCall:
        kernel = self.context.kernel(shader_of(dispatch))
        operands = [self._operand(part) for part in (dispatch.target, *dispatch.sources)]
        return KernelCall(kernel, operands, groups_of(dispatch), dispatch.parameters)

    def _operand(self, part: Storage | Constant) -> GpuArray | ArrayPart:
        if isinstance(part, Constant):
            return ArrayPart(self._constants, *self._locations[part])
        return self._arrays[part]
