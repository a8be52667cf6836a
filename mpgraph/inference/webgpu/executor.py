"""A plan on one device: its buffers, its pipelines, and the commands of a frame."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from mpgraph.gpu.kernel import PARAMETERS_SIZE, Kernel
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.native import Native
from mpgraph.inference.webgpu.memory import lay_out
from mpgraph.inference.webgpu.parameters import pack, source_of
from mpgraph.inference.webgpu.plan import Constant, Dispatch, Plan, Value

_COPY_SOURCE, _COPY_TARGET, _UNIFORM, _STORAGE = 4, 8, 64, 128  # wgpu.BufferUsage
_ALIGNMENT = DEFAULT_LIMITS["min-storage-buffer-offset-alignment"]
_MOST_GROUPS = DEFAULT_LIMITS["max-compute-workgroups-per-dimension"]

_NO_OFFSET = (ctypes.c_uint32 * 1)(0)


class Executor:
    """Computes a plan's outputs from its inputs, all in buffers of the GPU's.

    A frame copies its tensors into `inputs`, calls `record`, and copies the results out of `outputs`, all in
    one encoder. Buffers are used again by the next frame, which the GPU starts only after this one.
    One thread at a time.
    """

    def __init__(self, device: Any, native: Native, plan: Plan, kernels: dict[str, Kernel]) -> None:
        """Make buffers, upload constants, compile what `kernels` does not have yet.

        Raises:
            wgpu.GPUError: memory is short.
        """
        self._device = device
        self._native = native
        layout = lay_out(plan)
        self._buffers = [
            device.create_buffer(size=size, usage=_STORAGE | _COPY_SOURCE | _COPY_TARGET, label="values")
            for size in layout.sizes
        ]
        self._slots = layout.slots
        constants, places = _packed([s for d in plan.dispatches for s in d.sources if isinstance(s, Constant)])
        self._constants = self._upload(constants, _STORAGE, "constants")
        parameters = b"".join(
            pack(d.kernel, d.parameters).ljust(PARAMETERS_SIZE, b"\0") for d in plan.dispatches
        )
        self._parameters = self._upload(parameters, _UNIFORM, "parameters")
        for dispatch in plan.dispatches:
            if dispatch.kernel not in kernels:
                kernels[dispatch.kernel] = Kernel(device, source_of(dispatch.kernel), dispatch.kernel)
        self._kernels = kernels
        self._groups = [
            self._bind(number, dispatch, places) for number, dispatch in enumerate(plan.dispatches)
        ]
        self._steps = [
            (
                native.address(kernels[dispatch.kernel].pipeline),
                native.address(group),
                *_workgroups(dispatch, kernels[dispatch.kernel]),
            )
            for dispatch, group in zip(plan.dispatches, self._groups, strict=True)
        ]
        self.inputs = [self._buffer(value) for value in plan.inputs]
        """The buffers that hold the inputs, float32 without padding."""
        self.outputs = [self._buffer(value) for value in plan.outputs]
        """The buffers that hold the outputs, float32 without padding."""

    def record(self, compute_pass: int) -> None:
        """Add the whole network to a compute pass, given by its address."""
        set_pipeline, dispatch = self._native.set_pipeline, self._native.dispatch
        set_bind_group = self._native.set_bind_group
        current = 0
        for pipeline, group, x, y in self._steps:
            if pipeline != current:
                set_pipeline(compute_pass, pipeline)
                current = pipeline
            set_bind_group(compute_pass, 0, group, 1, _NO_OFFSET)
            dispatch(compute_pass, x, y, 1)

    @property
    def size(self) -> int:
        """The bytes it holds on the GPU."""
        buffers = [*self._buffers, self._constants, self._parameters]
        return sum(int(buffer.size) for buffer in buffers)

    def close(self) -> None:
        """Give the GPU's memory back, once what was submitted has run."""
        for buffer in (*self._buffers, self._constants, self._parameters):
            buffer.destroy()
        self._groups.clear()
        self._steps.clear()

    def _buffer(self, value: Value) -> Any:
        return self._buffers[self._slots[value.storage]]

    def _upload(self, data: bytes, usage: int, label: str) -> Any:
        buffer = self._device.create_buffer(
            size=max(len(data), _ALIGNMENT), usage=usage | _COPY_TARGET, label=label
        )
        if data:
            self._device.queue.write_buffer(buffer, 0, data)
        return buffer

    def _bind(self, number: int, dispatch: Dispatch, places: dict[int, tuple[int, int]]) -> Any:
        resources = [
            {"buffer": self._parameters, "offset": number * PARAMETERS_SIZE, "size": PARAMETERS_SIZE},
            _whole(self._buffers[self._slots[dispatch.target]]),
        ]
        for source in dispatch.sources:
            if isinstance(source, Constant):
                offset, size = places[id(source)]
                resources.append({"buffer": self._constants, "offset": offset, "size": size})
            else:
                resources.append(_whole(self._buffers[self._slots[source]]))
        return self._device.create_bind_group(
            layout=self._kernels[dispatch.kernel].layout,
            entries=[{"binding": place, "resource": resource} for place, resource in enumerate(resources)],
            label=dispatch.label,
        )


def _whole(buffer: Any) -> dict[str, Any]:
    return {"buffer": buffer, "offset": 0, "size": buffer.size}


def _packed(constants: Sequence[Constant]) -> tuple[bytes, dict[int, tuple[int, int]]]:
    """All constants behind one another, and by their identity the place and size of each."""
    whole = bytearray()
    places = {}
    for constant in constants:
        data = np.ascontiguousarray(constant.data, np.float32).tobytes()
        whole += bytes(-len(whole) % _ALIGNMENT)
        places[id(constant)] = (len(whole), len(data))
        whole += data
    return bytes(whole), places


def _workgroups(dispatch: Dispatch, kernel: Kernel) -> tuple[int, int]:
    """The workgroups along x and y; a kernel numbers invocations through both."""
    groups = dispatch.count if dispatch.kernel == "mean" else -(-dispatch.count // kernel.workgroup[0])
    rows = -(-groups // _MOST_GROUPS)
    return -(-groups // rows), rows
