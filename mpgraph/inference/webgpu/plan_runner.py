"""A plan on one GPU: its buffers, its pipelines, and the commands of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import GpuError
from mpgraph.gpu.context import GpuContext, PlannedDispatch
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.memory import GpuArray
from mpgraph.inference.webgpu.memory import lay_out
from mpgraph.inference.webgpu.parameters import pack
from mpgraph.inference.webgpu.pipelines import pipeline_of
from mpgraph.inference.webgpu.plan import Constant, Dispatch, Plan, Storage, Value
from mpgraph.inference.webgpu.shapes import LANES

_UNIFORM, _COPY_TARGET = 0x40, 0x8  # wgpu.BufferUsage
_ALIGNMENT = DEFAULT_LIMITS["min-storage-buffer-offset-alignment"]
_MOST_GROUPS = DEFAULT_LIMITS["max-compute-workgroups-per-dimension"]
_INVOCATIONS = 64  # Every kernel's workgroup.

_ONE_GROUP_EACH = frozenset({"mean"})
"""Kernels that spend a workgroup, not an invocation, on each of their results."""


class PlanRunner:
    """Computes a plan's outputs from its inputs, on the GPU throughout and without waiting.

    The buffers between are used again by the next frame, which the GPU starts only after this one.
    """

    def __init__(self, context: GpuContext, plan: Plan) -> None:
        """Make buffers, upload constants, compile the kernels that are not compiled yet.

        Raises:
            GpuError: memory is short, or the device is lost.
        """
        self.context = context
        self.plan = plan
        layout = lay_out(plan)
        self._slots = layout.slots
        with context.lock:
            ends = {layout.slots[value.storage]: value for value in (*plan.inputs, *plan.outputs)}
            self._arrays = [
                self._end(ends[slot]) if slot in ends else context.new_array((size // 4,))
                for slot, size in enumerate(layout.sizes)
            ]
            constants, self._places = _packed(plan)
            self._constants = context.upload_array(constants)
            self._parameters = self._upload_parameters()
            self._steps = self._prepare()
        self._inputs = [self._arrays[layout.slots[value.storage]] for value in plan.inputs]
        self._outputs = [self._arrays[layout.slots[value.storage]] for value in plan.outputs]

    def run(self, inputs: Sequence[GpuArray]) -> list[GpuArray]:
        """Record one frame: float32 arrays of the plan's inputs' sizes in, new ones with the outputs out.

        Raises:
            GpuError: the device is lost, or memory is short.
        """
        context = self.context
        with context.lock:
            for given, own in zip(inputs, self._inputs, strict=True):
                context.copy_array(given, own)
            context.run(self._steps)
            results = []
            for value, own in zip(self.plan.outputs, self._outputs, strict=True):
                results.append(context.new_array(value.shape.dims))
                context.copy_array(own, results[-1])
        return results

    def _end(self, value: Value) -> GpuArray:
        """Memory for an input or output; what pads its last vec4 is 0, whatever was there before."""
        array = self.context.upload_array(np.zeros(value.storage.vectors * LANES, np.float32))
        array.size = value.shape.size * 4
        return array

    def _prepare(self) -> tuple[list[PlannedDispatch], list[Any]]:
        address = self.context.native.address
        steps, kept = [], []
        for number, dispatch in enumerate(self.plan.dispatches):
            pipeline = pipeline_of(self.context, dispatch.kernel)
            group = self._bind(number, dispatch, pipeline)
            x, y = _workgroups(dispatch)
            steps.append(PlannedDispatch(address(pipeline), address(group), (x, y, 1)))
            kept.append((pipeline, group))
        return steps, kept

    def _bind(self, number: int, dispatch: Dispatch, pipeline: Any) -> Any:
        resources = [
            {"buffer": self._parameters, "offset": number * _ALIGNMENT, "size": _ALIGNMENT},
            *(self._resource(part) for part in (dispatch.target, *dispatch.sources)),
        ]
        return self.context.device.create_bind_group(
            layout=pipeline.get_bind_group_layout(0),
            entries=[{"binding": place, "resource": part} for place, part in enumerate(resources)],
            label=dispatch.label,
        )

    def _resource(self, part: Storage | Constant) -> Any:
        if isinstance(part, Constant):
            offset, size = self._places[part]
            return {"buffer": self._constants.slot.resource, "offset": offset, "size": size}
        return self._arrays[self._slots[part]].slot.view

    def _upload_parameters(self) -> Any:
        data = b"".join(
            pack(step.kernel, step.parameters).ljust(_ALIGNMENT, b"\0") for step in self.plan.dispatches
        )
        try:
            buffer = self.context.device.create_buffer(
                size=max(len(data), _ALIGNMENT), usage=_UNIFORM | _COPY_TARGET, label="parameters"
            )
        except Exception as error:  # wgpu raises RuntimeError and errors of its own.
            raise GpuError(f"{self.context.info} has no room for a model's parameters: {error}") from error
        if data:
            self.context.device.queue.write_buffer(buffer, 0, data)
        return buffer


def _packed(plan: Plan) -> tuple[npt.NDArray[np.float32], dict[Constant, tuple[int, int]]]:
    """All constants behind one another, and the place and size of each in bytes."""
    whole = bytearray()
    places: dict[Constant, tuple[int, int]] = {}
    for dispatch in plan.dispatches:
        for source in dispatch.sources:
            if isinstance(source, Constant) and source not in places:
                whole += bytes(-len(whole) % _ALIGNMENT)
                places[source] = (len(whole), source.data.nbytes)
                whole += source.data.tobytes()
    return np.frombuffer(bytes(whole) or bytes(4), np.float32), places


def _workgroups(dispatch: Dispatch) -> tuple[int, int]:
    """The workgroups along x and y; the kernels number their invocations through both."""
    each = 1 if dispatch.kernel in _ONE_GROUP_EACH else _INVOCATIONS
    groups = -(-dispatch.count // each)
    rows = -(-groups // _MOST_GROUPS)
    return -(-groups // rows), rows
