"""GpuContext: a GPU with the commands recorded for it, and the textures and arrays they work on.

`draw` records a kernel that computes an image; `warp`, `filters` and `masks` consist of such operations.
`dispatch` records any kernel:

    with context.lock:  # all commands of one operation in a row
        kernel = context.kernel(load_shader("sample_tensor"))  # compiled once for each device
        values = context.new_array((1, height, width, channels))  # from the pool
        context.dispatch(kernel, [values, source], kernel.groups_over(width, height), parameters)

A fixed sequence, such as a model's, is prepared once with `prepare`, and recorded for each frame with `run`,
at about 1.5 us a dispatch.

Invariants:

* Threads. There is no thread of the context's own. Commands are recorded by the thread that runs the
  calculator; that takes microseconds. Handing them to a dedicated thread instead would cost each calculator
  two thread switches, 40 us each and up to a switch interval (5 ms) next to a busy Python thread.
* Lock. `lock`, reentrant, protects the commands, the pool, the bind groups and the kernels. It is held for
  the duration of one call, or by the caller for several calls that must not be interleaved with those of
  other graphs. Nothing waits for the GPU while holding it. Only `release` works without it, since it is
  called by finalizers: on any thread, in the middle of anything.
* Submission. Recorded commands are submitted when a result is read back (`read_texture`, `read_array`), on
  `flush`, on `trim`, or when the parameters of one submission exceed the arena. So a frame usually takes one
  submission, and only reading back waits. The GPU executes commands in the order of recording; what the
  host writes (uploads) takes effect before the next submission, hence ahead of all commands recorded so far.
* Memory. A GpuTexture or GpuArray is written once. Its slot returns to the pool when the object is
  collected, and may be reused at once for commands recorded later.
* Lifetime. One context serves all graphs of the process that request the same GPU, and stays open when the
  last one ends: opening a device takes 0.1 to 1 s. The pool's unused memory is freed then (`run_ends`).
* Loss. After a device is lost every call raises GpuError; `current` opens the GPU again at the next graph's
  start. In a forked process all contexts of the parent count as lost, and no GPU can be opened.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mpgraph.errors import GpuError, InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.gpu import switch_interval
from mpgraph.gpu.adapter import AdapterInfo
from mpgraph.gpu.commands import Commands
from mpgraph.gpu.device import GpuDevice
from mpgraph.gpu.kernel import BindGroups, Groups, Kernel, KernelCall, PreparedCalls
from mpgraph.gpu.limits import MAX_SIDE
from mpgraph.gpu.pool import (
    BYTES_PER_PIXEL,
    R32F,
    RGBA8,
    Key,
    Pool,
    PooledMemory,
    Resource,
    create_resource,
    describe,
)
from mpgraph.gpu.shader import Parameter, Shader, load_shader

Array = npt.NDArray[Any]

GPU_SERVICE: Final = "mpgraph.gpu"
"""The graph service that holds the GpuContext."""

_ROW_ALIGNMENT = 256
"""Of texture rows in a buffer; buffers are rounded up to it as well, so that the pool has fewer sizes."""

_UPLOAD_GRANULARITY = 4096


class GpuMemory(NotPicklable):
    """Memory of a context's pool, given back when this object is collected, on whichever thread."""

    __slots__ = ("__weakref__", "context", "slot")

    pickle_instead = "Read the values, and pass these."

    def __init__(self, context: GpuContext, slot: PooledMemory) -> None:
        self.context = context
        self.slot = slot

    def __del__(self) -> None:
        # The collector calls this on any thread, perhaps one that holds a lock: so no lock is taken here.
        if hasattr(self, "slot"):  # Absent if the constructor failed.
            self.context.release(self.slot)


class GpuTexture(GpuMemory):
    """Pixels on the GPU, written once. format: "rgba8unorm" (4 bytes a pixel) or "r32float"."""

    __slots__ = ("format", "height", "width")

    def __init__(
        self, context: GpuContext, slot: PooledMemory, width: int, height: int, texture_format: str
    ) -> None:
        super().__init__(context, slot)
        self.width = width
        self.height = height
        self.format = texture_format

    def read(self) -> Array:
        """The pixels, HxWx4 uint8 or HxW float32; waits for the GPU."""
        return self.context.read_texture(self)


class GpuArray(GpuMemory):
    """Values of 32 bits in C order. size: their bytes; the buffer behind them may be larger."""

    __slots__ = ("shape", "size")

    def __init__(self, context: GpuContext, slot: PooledMemory, shape: tuple[int, ...], size: int) -> None:
        super().__init__(context, slot)
        self.shape = shape
        self.size = size

    def read(self) -> Array:
        """The values as float32; waits for the GPU."""
        return self.context.read_array(self)


class ArrayPart(NamedTuple):
    """Some bytes of an array as an operand of a prepared call; `offset` is a multiple of 256."""

    array: GpuArray
    offset: int
    size: int


Operand = GpuArray | GpuTexture | PooledMemory


class GpuContext(NotPicklable):
    """A GPU that graphs compute on; `mpgraph.gpu.current()` returns the one they share.

    info: which GPU it is. device: wgpu's device, with WebGPU's default limits and no features. native: the
    library itself. timer: measures the last submission, with `timestamps=True`.

    Methods that allocate, record, submit or read raise GpuError if memory is short, the device is lost, or
    the GPU refuses a command; those that allocate also raise InvalidArgumentError for what is too large.
    """

    pickle_instead = "Each process calls `mpgraph.gpu.current()`."

    def __init__(self, wanted: str | None = None, *, timestamps: bool = False) -> None:
        """Open a GPU. Arguments and errors: see `GpuDevice`."""
        self._gpu = gpu = GpuDevice(wanted, timestamps=timestamps)
        self.info: AdapterInfo = gpu.info
        self.device = gpu.wgpu_device
        self.native = gpu.native
        self.timer = gpu.timer
        self._bind_groups = BindGroups(self.device, self.native)
        self._commands = Commands(self.native, self._bind_groups.arena, self.timer)
        self._pool = Pool(self._create, self._bind_groups.forget)
        self._kernels: dict[Shader, Kernel] = {}
        self._blank: GpuTexture | None = None
        self._users = 0

    def __repr__(self) -> str:
        return f"<mpgraph.GpuContext {self.info}>"

    @property
    def lock(self) -> threading.RLock:
        """Hold it while recording commands that belong together."""
        return self._gpu.lock  # Not stored here: a fork replaces it.

    @property
    def lost(self) -> str:
        """The name of the GPU once it is lost, else ""."""
        return self._gpu.lost

    # Graphs that use it

    def run_starts(self, run: object) -> None:
        """Note that a graph that uses this context starts."""
        switch_interval.acquire()
        with self.lock:
            self._users += 1

    def run_ends(self, run: object) -> None:
        """Note that a graph has ended; after the last one, free unused memory."""
        switch_interval.release()
        with self.lock:
            # The device stays open: the next run would wait up to a second for another one.
            self._users -= 1
            if self._users == 0:
                with suppress(GpuError):  # The run has ended: nobody needs what is still recorded.
                    self.trim()

    def trim(self) -> None:
        """Free the memory that nothing uses at this moment.

        Raises:
            GpuError: the GPU refuses the commands recorded so far.
        """
        with self.lock:
            if not self.lost:
                # The library holds what was uploaded but never used until the next submission. So submit,
                # even if no command is recorded.
                self._commands.outside_pass()
                self.flush()
            self._bind_groups.clear()
            self._pool.clear(self._commands.submission)

    # Memory

    @property
    def resources_created(self) -> int:
        """How many textures and buffers were created so far; constant while frames reuse them."""
        return self._pool.created

    def new_texture(
        self, width: int, height: int, texture_format: str = RGBA8, *, host_writes: bool = False
    ) -> GpuTexture:
        """A texture with undefined pixels, for a kernel (or the host) to write.

        Raises:
            InvalidArgumentError: it is too large.
        """
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
            raise InvalidArgumentError(
                f"An image of {width}x{height} pixels does not fit on the GPU.",
                hint=f"Each side may have 1 to {MAX_SIDE} pixels, WebGPU's limit; scale the image first.",
            )
        with self.lock:
            slot = self._take(("texture", texture_format, width, height), host_writes)
        return GpuTexture(self, slot, width, height, texture_format)

    @property
    def blank(self) -> GpuTexture:
        """A texture of one pixel, for bindings that a kernel does not read."""
        with self.lock:
            if self._blank is None:
                self._blank = self.new_texture(1, 1)
            return self._blank

    def new_array(self, shape: tuple[int, ...], *, host_writes: bool = False) -> GpuArray:
        """A storage buffer for float32 values, undefined until a kernel (or the host) writes."""
        size = 4 * math.prod(shape)
        with self.lock:
            slot = self._take(("buffer", _rounded_up(size, _ROW_ALIGNMENT)), host_writes)
        return GpuArray(self, slot, shape, size)

    def upload_array(self, values: Array) -> GpuArray:
        """Values of 4 bytes each (float32, int32, uint32) in their own storage buffer."""
        values = np.ascontiguousarray(values)
        if values.itemsize != 4 or values.size == 0:
            raise InvalidArgumentError(f"The GPU's buffers hold values of 32 bits, not {values.dtype}.")
        with self.lock:
            array = self.new_array(values.shape, host_writes=True)
            self._write(array.slot, 0, values)
        return array

    def upload_pixels(self, pixels: Array) -> GpuTexture:
        """A texture of HxWx4 uint8 or HxW float32 pixels, C-contiguous."""
        height, width = pixels.shape[:2]
        with self.lock:
            # host_writes: pixels arrive before all commands recorded so far, which must not use this slot.
            texture_format = RGBA8 if pixels.ndim == 3 else R32F
            texture = self.new_texture(width, height, texture_format, host_writes=True)
            with self._gpu.explaining("An image cannot be copied to the GPU"):
                self.native.write_texture(
                    texture.slot.resource, pixels.ctypes.data, width, height, BYTES_PER_PIXEL
                )
        return texture

    def upload_bytes(self, values: Array) -> PooledMemory:
        """Bytes in a storage buffer, for commands recorded before the next submission.

        values: C-contiguous uint8; up to 3 zero bytes follow them. The caller passes the result to
        `release` once those commands are recorded.
        """
        size = values.nbytes
        with self.lock:
            slot = self._take(("buffer", _rounded_up(size, _UPLOAD_GRANULARITY)), True)
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
        with self._gpu.explaining("Values cannot be copied to the GPU"):
            self.native.write_buffer(buffer, offset, values.ctypes.data, values.nbytes)

    def release(self, slot: PooledMemory) -> None:
        """Give a slot back to the pool; from any thread, at any time, without the lock."""
        self._pool.release(slot)

    def _take(self, key: Key, host_writes: bool) -> PooledMemory:
        # A forked process must not get as far as the driver, whose threads it lacks: it would hang.
        self._gpu.check_works()
        return self._pool.take(key, self._commands.submission, host_writes)

    def _create(self, key: Key) -> Resource:
        with self._gpu.explaining(f"There is no room on the GPU for {describe(key)}"):
            return create_resource(self.device, key)

    # Commands

    def kernel(self, shader: Shader) -> Kernel:
        """The shader compiled for this GPU, on first use.

        Raises:
            GpuError: the shader is not valid.
        """
        with self.lock:
            found = self._kernels.get(shader)
            if found is None:
                with self._gpu.explaining(f'The shader "{shader.name}" does not compile'):
                    found = self._kernels[shader] = Kernel(self.device, shader)
            return found

    def draw(
        self,
        name: str,
        sources: Sequence[Operand],
        width: int,
        height: int,
        parameters: Mapping[str, Parameter],
        texture_format: str = RGBA8,
    ) -> GpuTexture:
        """Record a kernel of this package that computes each pixel of a new texture, its binding 1.

        parameters: those of the kernel apart from `width` and `height`, which it must have.
        """
        with self.lock:
            kernel = self.kernel(load_shader(name))
            target = self.new_texture(width, height, texture_format)
            sizes = {"width": width, "height": height}
            groups = kernel.groups_over(width, height)
            self.dispatch(kernel, [target, *sources], groups, {**parameters, **sizes})
        return target

    def dispatch(
        self,
        kernel: Kernel,
        operands: Sequence[Operand],
        groups: Groups,
        parameters: Mapping[str, Parameter] = {},
    ) -> None:
        """Record one run of a kernel.

        operands: what its bindings refer to, in the order of their numbers, without the parameters. groups:
        numbers of workgroups. parameters: the members of its `struct Params` by name.

        Raises:
            InvalidArgumentError: an operand is on another GPU.
        """
        with self.lock:
            self._gpu.check_works()
            bind_group = self._bind_groups.address(kernel, [self._slot(part) for part in operands])
            pipeline = self.native.address(kernel.pipeline)
            layout = kernel.shader.parameters
            if layout is not None and self._commands.is_full:
                self.flush()  # The arena is written once per submission, so a full one has to be submitted.
            packed = b"" if layout is None else layout.pack(parameters)
            self._commands.dispatch(pipeline, bind_group, groups, packed)

    def prepare(self, calls: Sequence[KernelCall]) -> PreparedCalls:
        """Bind operands and upload parameters of a sequence of dispatches, for `run`.

        Raises:
            InvalidArgumentError: an operand is on another GPU.
        """
        with self.lock:
            self._gpu.check_works()
            with self._gpu.explaining("The GPU cannot prepare a sequence of kernels"):
                return self._bind_groups.prepare(calls, self._view)

    def run(self, prepared: PreparedCalls) -> None:
        """Record a prepared sequence."""
        with self.lock:
            self._gpu.check_works()
            self._commands.run(prepared.dispatches)

    def copy_array(self, source: GpuArray, target: GpuArray) -> None:
        """Record the copy of all values of `source` to the beginning of `target`."""
        with self.lock:
            self._copy(source, target.slot)

    def _copy(self, source: GpuArray, target: PooledMemory) -> None:
        self._gpu.check_works()
        address = self.native.address
        encoder = self._commands.outside_pass()
        self.native.copy_buffer(
            encoder, address(source.slot.resource), 0, address(target.resource), 0, source.size
        )

    def flush(self) -> None:
        """Submit the commands recorded so far."""
        with self.lock:
            if self._commands:
                with self._gpu.explaining("The GPU refused its work"):
                    self._commands.submit()

    def _slot(self, operand: Operand) -> PooledMemory:
        if not isinstance(operand, GpuMemory):
            return operand
        if operand.context is not self:
            raise InvalidArgumentError(
                f"An image or tensor is on {operand.context.info}, but the graph runs on {self.info}.",
                hint="Read it back and upload it again, or use one GPU.",
            )
        return operand.slot

    def _view(self, operand: Operand | ArrayPart) -> Any:
        if isinstance(operand, ArrayPart):
            buffer = self._slot(operand.array).resource
            return {"buffer": buffer, "offset": operand.offset, "size": operand.size}
        return self._slot(operand).view

    # Reading back

    def read_texture(self, texture: GpuTexture) -> Array:
        """The pixels, HxWx4 uint8 or HxW float32. Waits until the GPU has computed them."""
        width, height = texture.width, texture.height
        row = _rounded_up(width * BYTES_PER_PIXEL, _ROW_ALIGNMENT)
        with self.lock:  # Between this and `_read` another thread may submit the copy, which does not matter.
            slot = self._take(("read", row * height), False)
            self.native.copy_texture(
                self._commands.outside_pass(), texture.slot.resource, slot.resource, width, height, row
            )
        rows = self._read(slot, row * height).reshape(height, row)[:, : width * BYTES_PER_PIXEL]
        if texture.format == R32F:
            return np.ascontiguousarray(rows).view(np.float32)
        return np.ascontiguousarray(rows).reshape(height, width, BYTES_PER_PIXEL)

    def read_array(self, array: GpuArray) -> Array:
        """The values as float32. Waits until the GPU has computed them."""
        with self.lock:
            slot = self._take(("read", _rounded_up(array.size, _ROW_ALIGNMENT)), False)
            self._copy(array, slot)
        return self._read(slot, array.size).view(np.float32).reshape(array.shape)

    def _read(self, slot: PooledMemory, size: int) -> Array:
        with self.lock:
            self.flush()  # Mapping waits for work that is submitted, not for work that is only recorded.
            with self._gpu.explaining("A result cannot be read back"):
                ticket = self.native.start_mapping(slot.resource, size)
        # Without the lock: other threads record and submit while this one waits for the GPU.
        try:
            with self._gpu.explaining("A result cannot be read back"):
                bytes_read = np.frombuffer(self.native.mapped(slot.resource, size, ticket), np.uint8).copy()
        except BaseException:  # Also Ctrl-C. The buffer is mapped, or may become so at any time.
            with self.lock:
                self._pool.forget(slot)
            raise
        self.native.unmap(slot.resource)  # No lock: nobody else knows this slot before it is released.
        self.release(slot)
        return bytes_read


def texture_of(buffer: GpuBuffer) -> GpuTexture:
    """The texture with an image's pixels.

    Raises:
        InvalidArgumentError: the pixels are in something that mpgraph did not create.
    """
    if not isinstance(buffer.texture, GpuTexture):
        raise InvalidArgumentError(
            f"A GpuBuffer of {type(buffer.texture).__name__} cannot be drawn.",
            hint="Create it with mpgraph.gpu.upload(frame).",
        )
    return buffer.texture


def _rounded_up(size: int, step: int) -> int:
    return -(-size // step) * step
