"""The functions of kernels.wasm, called through wasmtime as package/device/wasm.js calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import wasmtime

from mpgraph.gpu.shader import Parameter, Shader, load_shader
from mpgraph.inference.webgpu.buffers import lay_out
from mpgraph.inference.webgpu.packing import pack_constants, shader_of
from mpgraph.inference.webgpu.plan import Constant, Plan
from mpgraph.web.package_files import PACKAGE

Array = npt.NDArray[Any]

ABSENT = frozenset(
    {"landmarks_to_transform_matrix", "transform_landmarks", "transform_tensor_bilinear", "unpool"}
)
"""Kernels of models that wasm lacks."""

_ALIGNMENT = 64


class WasmKernels:
    """An instance. Memory is handed out in one direction and taken back as a whole by `reset`."""

    def __init__(self) -> None:
        engine = wasmtime.Engine()
        self._store = wasmtime.Store(engine)
        module = wasmtime.Module.from_file(engine, str(PACKAGE / "kernels.wasm"))
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._memory: Any = self._exports["memory"]
        self._start: int = self._function("heapStart")(self._store)
        self.reset()

    def names(self) -> set[str]:
        """The kernels."""
        return {str(name) for name in self._exports} - {"memory", "heapStart"}

    def reset(self) -> None:
        """Forget all arrays."""
        self._end = self._start

    def allocate(self, size: int) -> int:
        """The address of memory with undefined content."""
        address = -(-self._end // _ALIGNMENT) * _ALIGNMENT
        self._end = address + size
        missing = self._end - self._memory.data_len(self._store)
        if missing > 0:
            self._memory.grow(self._store, -(-missing // 65536))
        return address

    def write(self, values: Array) -> int:
        """Copy an array into memory, and return its address."""
        address = self.allocate(values.nbytes)
        self.write_at(address, values)
        return address

    def write_at(self, address: int, values: Array) -> None:
        """Copy an array to an address."""
        self._memory.write(self._store, np.ascontiguousarray(values).tobytes(), address)

    def read(self, address: int, shape: Sequence[int], dtype: npt.DTypeLike) -> Array:
        """A copy of an array in memory."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        data = bytes(self._memory.read(self._store, address, address + size))
        return np.frombuffer(data, dtype).reshape(shape)

    def call(self, name: str, *addresses: int) -> None:
        """Call a kernel with the addresses of its parameters, result and sources."""
        self._function(name)(self._store, *addresses)

    def _function(self, name: str) -> Any:
        return self._exports[name]

    def arity(self, name: str) -> int:
        """The number of arguments of a kernel."""
        return len(self._function(name).type(self._store).params)


@cache
def kernels() -> WasmKernels:
    """The instance that all tests share."""
    return WasmKernels()


def run_plan(plan: Plan, inputs: Sequence[Array]) -> list[Array]:
    """Compute a plan's outputs. Buffers hold garbage first, as those of earlier frames would."""
    wasm = kernels()
    wasm.reset()
    layout, packed = lay_out(plan), pack_constants(plan)
    constants = wasm.write(packed.values)
    buffers = [wasm.write(np.full(size // 4, np.nan, np.float32)) for size in layout.sizes]
    for value, array in zip(plan.inputs, inputs, strict=True):
        # Inputs are packed; what follows in the buffer must be 0, as the device guarantees.
        padded = np.zeros(value.storage.vectors * 4, np.float32)
        padded[: array.size] = array.reshape(-1)
        wasm.write_at(buffers[layout.slots[value.storage]], padded)
    for dispatch in plan.dispatches:
        addresses = [_parameters(wasm, shader_of(dispatch), dispatch.parameters)]
        addresses.append(buffers[layout.slots[dispatch.target]])
        for source in dispatch.sources:
            if isinstance(source, Constant):
                addresses.append(constants + packed.locations[source][0])
            else:
                addresses.append(buffers[layout.slots[source]])
        wasm.call(dispatch.kernel, *addresses[: wasm.arity(dispatch.kernel)])
    return [
        wasm.read(buffers[layout.slots[value.storage]], value.shape.dims, np.float32)
        for value in plan.outputs
    ]


def run_image_kernel(
    name: str,
    sources: Sequence[Array],
    width: int,
    height: int,
    parameters: Mapping[str, Parameter],
    *,
    channels: int = 0,
) -> Array:
    """The result of a kernel for images: RGBA, or float32 with `channels`.

    sources: HxWx4 uint8 images, or float32 tensors.
    """
    wasm = kernels()
    wasm.reset()
    addresses = []
    for source in sources:
        size = (source.shape[1], source.shape[0]) if source.dtype == np.uint8 else (0, 0)
        addresses += [wasm.write(source), *size]
    target = wasm.allocate(width * height * 4 * max(channels, 1))
    whole = {**parameters, "width": width, "height": height}
    packed = _parameters(wasm, load_shader(name), whole)
    wasm.call(name, *[packed, target, *addresses][: wasm.arity(name)])
    if channels:
        return wasm.read(target, (height, width, channels), np.float32)
    return wasm.read(target, (height, width, 4), np.uint8)


def _parameters(wasm: WasmKernels, shader: Shader, values: Mapping[str, Parameter]) -> int:
    assert shader.parameters is not None
    return wasm.write(np.frombuffer(shader.parameters.pack(values), np.uint8))
