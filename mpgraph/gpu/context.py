"""GpuContext: a GPU's device, the commands recorded for it, and the memory they work on.

There is no thread of the GPU's own. Whoever runs a calculator records its commands here, under the
context's lock; that takes microseconds, and the GPU runs them in the order of their recording. Nothing is
submitted before somebody reads a result back, so that a frame makes one submission, and only that reading
waits. Handing the commands to a thread instead would cost each calculator two changes of threads, 40 us
each and up to a switch interval (5 ms) beside a busy Python thread.

One context serves all graphs of the process that ask for the same GPU, and stays when the last one ends:
opening a device takes 0.1 to 1 s, and it holds no thread of Python's. What the pool keeps is given up when
the last graph ends (`run_ends`). A lost device is replaced at the next graph's start. An application
chooses with MPGRAPH_GPU_ADAPTER, or for one graph with `graph.set_service(GPU_SERVICE, current("nvidia"))`.

How another part of mpgraph computes something here, as the WGSL executor of models does:

    context = cc.service(GPU_SERVICE)             # in a calculator that uses it; or that of a payload
    kernel = context.kernel("conv", text)         # compiled once; bindings are read from the text
    weights = context.upload_array(array)         # GpuArray: float32 or uint32 bytes in a storage buffer
    result = context.new_array((1, h, w, c))      # from the pool, back to it when the last reference goes
    with context.lock:                            # all commands of one calculator in a row
        context.dispatch(kernel, [x, weights, result], (gx, gy, gz), parameters)
    return Tensor.on_gpu(result)

For a fixed sequence of many dispatches, `plan = context.plan([...])` once and `context.run(plan)` for each
frame costs 1.5 us a dispatch. A kernel whose parameters never change reads them from a storage buffer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mpgraph.errors import GpuError, InvalidArgumentError
from mpgraph.gpu import allocation, switching
from mpgraph.gpu.allocation import BYTES_PER_PIXEL, R32F, RGBA8, rounded_up
from mpgraph.gpu.bindings import Bindings
from mpgraph.gpu.commands import ARENA_SIZE, Commands, Groups
from mpgraph.gpu.commands import PlannedDispatch as PlannedDispatch
from mpgraph.gpu.device import GpuDevice
from mpgraph.gpu.kernel import Kernel
from mpgraph.gpu.limits import MAX_SIDE
from mpgraph.gpu.memory import GpuArray, GpuTexture
from mpgraph.gpu.pool import Key, Made, Pool, PooledMemory

Array = npt.NDArray[Any]

GPU_SERVICE: Final = "mpgraph.gpu"
"""The graph service that holds the GpuContext."""

_ROW = 256

Operand = GpuArray | GpuTexture | PooledMemory

Plan = tuple[list[PlannedDispatch], list[Any]]
"""Dispatches in their order, and what they need alive."""


class GpuContext(GpuDevice):
    """One GPU. `mpgraph.gpu.current()` gives one."""

    def __init__(self, wanted: str | None = None, *, timestamps: bool = False) -> None:
        super().__init__(wanted, timestamps=timestamps)
        arena = allocation.uniform_buffer(self.device, ARENA_SIZE)
        self._commands = Commands(self.native, arena, self.timer)
        self._bindings = Bindings(self.device, self.native, arena)
        self._pool = Pool(self._make, self._bindings.forget)
        self._blank: GpuTexture | None = None
        self._users = 0

    # Graphs that use it

    def run_starts(self, run: object) -> None:
        """A graph that uses this context starts."""
        switching.begin()
        with self.lock:
            self._users += 1

    def run_ends(self, run: object) -> None:
        """A graph that used this context has ended; after the last one unused memory is given up."""
        switching.end()
        with self.lock:
            self._users -= 1
            if self._users == 0:
                with suppress(GpuError):  # The run has ended; what it computed in vain may fail.
                    self.trim()

    def trim(self) -> None:
        """Give up the memory that nothing uses at this moment."""
        with self.lock:
            if not self.lost:
                self._commands.outside_pass()  # What was written and never used waits for a submission.
                self.flush()
            self._bindings.clear()
            self._pool.clear(self._commands.submission)

    # Memory

    @property
    def resources_made(self) -> int:
        """How many textures and buffers were made in all; it stays the same while frames reuse them."""
        return self._pool.made

    def new_texture(self, width: int, height: int, texture_format: str = RGBA8) -> GpuTexture:
        """A texture with undefined pixels, for a kernel to write.

        Raises:
            InvalidArgumentError: it is too large.
            GpuError: memory is short, or the device is lost.
        """
        return self._texture(width, height, texture_format, host_writes=False)

    def _texture(self, width: int, height: int, texture_format: str, host_writes: bool) -> GpuTexture:
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
            raise InvalidArgumentError(
                f"A picture of {width}x{height} pixels does not fit on the GPU.",
                hint=f"Each side may have 1 to {MAX_SIDE} pixels, WebGPU's limit; scale the picture first.",
            )
        with self.lock:
            slot = self._take(("texture", texture_format, width, height), host_writes)
        return GpuTexture(self, slot, width, height, texture_format)

    @property
    def blank(self) -> GpuTexture:
        """A texture of one pixel, for bindings that are not read."""
        with self.lock:
            if self._blank is None:
                self._blank = self.new_texture(1, 1)
            return self._blank

    def new_array(self, shape: tuple[int, ...]) -> GpuArray:
        """A storage buffer for float32 values of this shape, undefined until a kernel writes them.

        Raises: as `new_texture`.
        """
        size = 4 * math.prod(shape)
        with self.lock:
            slot = self._take(("buffer", rounded_up(size, _ROW)), False)
        return GpuArray(self, slot, shape, size)

    def upload_array(self, values: Array) -> GpuArray:
        """Values of 4 bytes each (float32, int32, uint32) in a storage buffer of their own.

        Raises: as `new_texture`.
        """
        values = np.ascontiguousarray(values)
        if values.itemsize != 4 or values.size == 0:
            raise InvalidArgumentError(f"The GPU's buffers hold values of 32 bits, not {values.dtype}.")
        with self.lock:
            slot = self._take(("buffer", rounded_up(values.nbytes, _ROW)), True)
            self._write(slot, 0, values)
        return GpuArray(self, slot, values.shape, values.nbytes)

    def upload_pixels(self, pixels: Array) -> GpuTexture:
        """A texture of HxWx4 uint8 or HxW float32 pixels, C-contiguous.

        Raises: as `new_texture`.
        """
        height, width = pixels.shape[:2]
        with self.lock:
            made = self._texture(width, height, RGBA8 if pixels.ndim == 3 else R32F, host_writes=True)
            with self.explaining("A picture cannot be copied to the GPU"):
                self.native.write_texture(
                    made.slot.resource, pixels.ctypes.data, width, height, BYTES_PER_PIXEL
                )
        return made

    def upload_bytes(self, values: Array) -> PooledMemory:
        """Bytes in a storage buffer, which the next submission may read; it must be given to `release`.

        values: C-contiguous uint8; up to 3 bytes of nothing follow them.
        """
        size = values.nbytes
        with self.lock:
            slot = self._take(("buffer", rounded_up(size, 4096)), True)
            flat, whole = values.reshape(-1), size & ~3
            if whole:
                self._write(slot, 0, flat[:whole])
            if whole < size:
                rest = np.zeros(4, np.uint8)
                rest[: size - whole] = flat[whole:]
                self._write(slot, whole, rest)
        return slot

    def _write(self, slot: PooledMemory, offset: int, values: Array) -> None:
        buffer = self.native.address(slot.resource)
        with self.explaining("Values cannot be copied to the GPU"):
            self.native.write_buffer(buffer, offset, values.ctypes.data, values.nbytes)

    def release(self, slot: PooledMemory) -> None:
        """Give a slot back to the pool; from any thread, at any time."""
        self._pool.release(slot)

    def _take(self, key: Key, host_writes: bool) -> PooledMemory:
        self.check_works()
        return self._pool.take(key, self._commands.submission, host_writes)

    def _make(self, key: Key) -> Made:
        with self.explaining(f"There is no room on the GPU for {allocation.described(key)}"):
            return allocation.make(self.device, key)

    # Commands

    def dispatch(
        self, kernel: Kernel, operands: Sequence[Operand], groups: Groups, parameters: bytes = b""
    ) -> None:
        """Record one run of a kernel.

        operands: what its bindings stand for, by their numbers. groups: how many workgroups in x, y, z.
        parameters: what its uniform struct holds, at most 256 bytes.

        Raises:
            GpuError: the device is lost.
            InvalidArgumentError: an operand is on another GPU.
        """
        with self.lock:
            self.check_works()
            bind_group = self._bindings.address(kernel, self._slots(operands))
            pipeline = self.native.address(kernel.pipeline)
            if not kernel.has_parameters:
                self._commands.dispatch(pipeline, bind_group, groups)
                return
            if self._commands.is_full:
                self.flush()
            self._commands.dispatch_with(parameters, pipeline, bind_group, groups)

    def plan(self, dispatches: Sequence[tuple[Kernel, Sequence[Operand], Groups]]) -> Plan:
        """Prepare a sequence of dispatches, without parameters, for `run`. It keeps the operands alive."""
        address = self.native.address
        planned, kept = [], []
        with self.lock:
            for kernel, operands, groups in dispatches:
                made = self._bindings.make(kernel, self._slots(operands))
                kept.append((kernel, made, operands))
                planned.append(PlannedDispatch(address(kernel.pipeline), address(made), groups))
        return planned, kept

    def run(self, plan: Plan) -> None:
        """Record what `plan` prepared.

        Raises:
            GpuError: the device is lost.
        """
        with self.lock:
            self.check_works()
            self._commands.run(plan[0])

    def over_pixels(self, kernel: Kernel, width: int, height: int) -> Groups:
        """The workgroups of a kernel that handles one pixel in each invocation."""
        x, y, _ = kernel.workgroup
        return -(-width // x), -(-height // y), 1

    def copy_array(self, source: GpuArray, target: GpuArray) -> None:
        """Record the copy of all values of `source` to the beginning of `target`."""
        with self.lock:
            self.check_works()
            address = self.native.address
            self.native.copy_buffer(
                self._commands.outside_pass(),
                address(source.slot.resource),
                address(target.slot.resource),
                source.size,
            )

    def flush(self) -> None:
        """Submit what is recorded.

        Raises:
            GpuError: memory is short, the device is lost, or a command was wrong.
        """
        with self.lock:
            if self._commands:
                with self.explaining("The GPU refused its work"):
                    self._commands.submit()

    def _slots(self, operands: Sequence[Operand]) -> list[PooledMemory]:
        slots = []
        for operand in operands:
            if isinstance(operand, PooledMemory):
                slots.append(operand)
                continue
            if operand.context is not self:
                raise InvalidArgumentError(
                    f"A picture or tensor is on {operand.context.info}, but the graph runs on {self.info}.",
                    hint="Read it back and upload it again, or use one GPU.",
                )
            slots.append(operand.slot)
        return slots

    # Reading back

    def read_texture(self, texture: GpuTexture) -> Array:
        """The pixels, HxWx4 uint8 or HxW float32. Waits until the GPU has them.

        Raises:
            GpuError: they cannot be had: the device is lost, memory is short.
        """
        width, height = texture.width, texture.height
        row = rounded_up(width * BYTES_PER_PIXEL, _ROW)
        with self.lock:
            slot = self._take(("read", row * height), False)
            self.native.copy_texture(
                self._commands.outside_pass(), texture.slot.resource, slot.resource, width, height, row
            )
        rows = self._read(slot, row * height).reshape(height, row)[:, : width * BYTES_PER_PIXEL]
        if texture.format == R32F:
            return np.ascontiguousarray(rows).view(np.float32)
        return np.ascontiguousarray(rows).reshape(height, width, BYTES_PER_PIXEL)

    def read_array(self, array: GpuArray) -> Array:
        """The values as float32. Waits until the GPU has them.

        Raises: as `read_texture`.
        """
        with self.lock:
            slot = self._take(("read", rounded_up(array.size, _ROW)), False)
            self.check_works()
            address = self.native.address
            self.native.copy_buffer(
                self._commands.outside_pass(),
                address(array.slot.resource),
                address(slot.resource),
                array.size,
            )
        return self._read(slot, array.size).view(np.float32).reshape(array.shape)

    def _read(self, slot: PooledMemory, size: int) -> Array:
        with self.lock:
            self.flush()
            with self.explaining("A result cannot be read back"):
                ticket = self.native.start_mapping(slot.resource, size)
        try:
            with self.explaining("A result cannot be read back"):
                bytes_read = np.frombuffer(self.native.mapped(slot.resource, size, ticket), np.uint8).copy()
        except BaseException:  # Ctrl-C among others; the buffer may be mapped, or be so at any time.
            with self.lock:
                self._pool.forget(slot)
            raise
        self.native.unmap(slot.resource)
        self.release(slot)
        return bytes_read
