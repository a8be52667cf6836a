"""Direct calls of wgpu-native for everything that happens in every frame.

wgpu's Python layer adds validation and objects to each call, and calls the library through cffi, which
releases Python's interpreter lock. That is right for calls that wait, and ruinous for a hundred short ones:
next to one busy Python thread each takes up to a switch interval (5 ms) to get the lock back. So calls that
only record commands go through `ctypes.PyDLL`, which keeps the lock; `submit`, `poll` and everything rare go
through cffi. A call that may wait for another thread must never keep the lock: that thread may need it.

Objects are passed as plain addresses (`address` of an object of wgpu).
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any

from mpgraph.errors import GpuError

_POINTER = ctypes.c_void_p
_U32 = ctypes.c_uint32
_U64 = ctypes.c_uint64
_SIZE = ctypes.c_size_t

_FIRST_PAUSE = 30e-6
_LONGEST_PAUSE = 1e-3

Call = Callable[..., Any]


class Native:
    """The functions of the library for one device."""

    def __init__(self, device: Any) -> None:
        from wgpu.backends.wgpu_native import _api, _ffi

        self._ffi: Any = _ffi.ffi
        self._lib: Any = _ffi.lib
        self._errors: Any = _api.error_handler
        self._device: Any = device._internal
        self._queue: Any = device.queue._internal
        self.device = self.address(device)
        self.queue = self.address(device.queue)
        library = ctypes.PyDLL(_ffi.lib_path)

        def quick(name: str, result: Any, *arguments: Any) -> Call:
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
            typed: Call = function
            return typed

        self.create_encoder = quick("wgpuDeviceCreateCommandEncoder", _POINTER, _POINTER, _POINTER)
        self.begin_pass = quick("wgpuCommandEncoderBeginComputePass", _POINTER, _POINTER, _POINTER)
        self.set_pipeline = quick("wgpuComputePassEncoderSetPipeline", None, _POINTER, _POINTER)
        self.set_bind_group = quick(
            "wgpuComputePassEncoderSetBindGroup", None, _POINTER, _U32, _POINTER, _SIZE, _POINTER
        )
        self.dispatch = quick("wgpuComputePassEncoderDispatchWorkgroups", None, _POINTER, _U32, _U32, _U32)
        self.end_pass = quick("wgpuComputePassEncoderEnd", None, _POINTER)
        self.release_pass = quick("wgpuComputePassEncoderRelease", None, _POINTER)
        self._finish = quick("wgpuCommandEncoderFinish", _POINTER, _POINTER, _POINTER)
        self._release_encoder = quick("wgpuCommandEncoderRelease", None, _POINTER)
        self._release_commands = quick("wgpuCommandBufferRelease", None, _POINTER)
        self.copy_buffer = quick(
            "wgpuCommandEncoderCopyBufferToBuffer", None, _POINTER, _POINTER, _U64, _POINTER, _U64, _U64
        )
        self._copy_texture = quick(
            "wgpuCommandEncoderCopyTextureToBuffer", None, _POINTER, _POINTER, _POINTER, _POINTER
        )
        self._write_buffer = quick("wgpuQueueWriteBuffer", None, _POINTER, _POINTER, _U64, _POINTER, _SIZE)
        self._write_texture = quick(
            "wgpuQueueWriteTexture", None, _POINTER, _POINTER, _POINTER, _SIZE, _POINTER, _POINTER
        )
        self.resolve = quick(
            "wgpuCommandEncoderResolveQuerySet", None, _POINTER, _POINTER, _U32, _U32, _POINTER, _U64
        )
        self._mapped_range = quick("wgpuBufferGetMappedRange", _POINTER, _POINTER, _SIZE, _SIZE)
        self._mapped: dict[int, int] = {}
        self._next_ticket = 1
        self._on_mapped = self._ffi.callback(
            "void(WGPUMapAsyncStatus, WGPUStringView, void *, void *)", self._note_mapped
        )

    def address(self, wgpu_object: Any) -> int:
        """The address of the library's object behind an object of wgpu."""
        return int(self._ffi.cast("uintptr_t", wgpu_object._internal))

    def _address_of(self, struct: Any) -> int:
        return int(self._ffi.cast("uintptr_t", struct))

    # Errors

    def _checked(self, function: Call, *arguments: Any) -> Any:
        """Call a function, and raise the error that the library reports meanwhile.

        Raises:
            GpuError: it reports an error.
        """
        self._errors.capture("mpgraph")
        try:
            result = function(*arguments)
        finally:
            reported = self._errors.release("mpgraph")
        if reported is not None:
            raise GpuError(f"{reported[0]}: {reported[1]}")
        return result

    # The queue

    def write_buffer(self, buffer: int, offset: int, data: int, size: int) -> None:
        """Write `size` bytes (a multiple of 4) at address `data` before the next submission runs."""
        self._checked(self._write_buffer, self.queue, buffer, offset, data, size)

    def write_texture(self, texture: Any, data: int, width: int, height: int, pixel: int) -> None:
        """Write all pixels, of `pixel` bytes each, rows without padding, before the next submission runs."""
        ffi = self._ffi
        target = ffi.new("WGPUTexelCopyTextureInfo *", {"texture": texture._internal})
        target.aspect = self._lib.WGPUTextureAspect_All
        layout = ffi.new(
            "WGPUTexelCopyBufferLayout *", {"bytesPerRow": width * pixel, "rowsPerImage": height}
        )
        extent = ffi.new("WGPUExtent3D *", (width, height, 1))
        at = self._address_of
        size = width * height * pixel
        self._checked(self._write_texture, self.queue, at(target), data, size, at(layout), at(extent))

    def submit(self, encoder: int) -> None:
        """End an encoder and hand its commands to the GPU.

        Raises:
            GpuError: a command is not valid, memory is short, or the device is lost.
        """
        commands = None
        try:
            commands = self._checked(self._finish, encoder, None)
            pointer = self._ffi.new("WGPUCommandBuffer *")
            pointer[0] = self._ffi.cast("WGPUCommandBuffer", commands)
            self._checked(self._lib.wgpuQueueSubmit, self._queue, 1, pointer)
        finally:
            if commands is not None:
                self._release_commands(commands)
            self._release_encoder(encoder)

    # Copies

    def copy_texture(
        self, encoder: int, texture: Any, buffer: Any, width: int, height: int, row: int
    ) -> None:
        """Copy a texture into a buffer; `row` bytes, a multiple of 256, from one row to the next."""
        ffi = self._ffi
        source = ffi.new("WGPUTexelCopyTextureInfo *", {"texture": texture._internal})
        source.aspect = self._lib.WGPUTextureAspect_All
        target = ffi.new("WGPUTexelCopyBufferInfo *", {"buffer": buffer._internal})
        target.layout.bytesPerRow, target.layout.rowsPerImage = row, height
        extent = ffi.new("WGPUExtent3D *", (width, height, 1))
        at = self._address_of
        self._copy_texture(encoder, at(source), at(target), at(extent))

    # Measuring

    @property
    def seconds_per_tick(self) -> float:
        """The unit of timestamp queries. Older libraries have no function for it: they use nanoseconds."""
        period = getattr(self._lib, "wgpuQueueGetTimestampPeriod", None)
        return 1e-9 * (float(period(self._queue)) if period is not None else 1.0)

    def timed_pass(self, queries: Any, first: int) -> int:
        """The address of a descriptor of a pass that stores its begin and end in two queries."""
        ffi = self._ffi
        members = dict(ffi.typeof("WGPUComputePassDescriptor").fields)
        kind = members["timestampWrites"].type.item  # Its name depends on wgpu's version.
        writes = ffi.new(ffi.getctype(kind, "*"), {"querySet": queries._internal})
        writes.beginningOfPassWriteIndex, writes.endOfPassWriteIndex = first, first + 1
        description = ffi.new("WGPUComputePassDescriptor *", {"timestampWrites": writes})
        self._kept = writes, description  # The library reads them when the pass begins.
        return self._address_of(description)

    # Reading

    def _note_mapped(self, status: int, message: Any, ticket: Any, unused: Any) -> None:
        self._mapped[int(self._ffi.cast("uintptr_t", ticket))] = status

    def start_mapping(self, buffer: Any, size: int) -> int:
        """Request a buffer's bytes once the work submitted so far is done; pass the result to `mapped`."""
        ticket, self._next_ticket = self._next_ticket, self._next_ticket + 1
        info = self._ffi.new("WGPUBufferMapCallbackInfo *")
        info.mode = self._lib.WGPUCallbackMode_AllowProcessEvents
        info.callback = self._on_mapped
        info.userdata1 = self._ffi.cast("void *", ticket)
        mode = self._lib.WGPUMapMode_Read
        self._checked(self._lib.wgpuBufferMapAsync, buffer._internal, mode, 0, size, info[0])
        return ticket

    def mapped(self, buffer: Any, size: int, ticket: int) -> memoryview:
        """Wait for a buffer's bytes; the result is valid until `unmap`.

        This polls, because waiting inside the library would keep other threads from submitting.

        Raises:
            GpuError: the device is lost.
        """
        pause = _FIRST_PAUSE
        while ticket not in self._mapped:
            self._lib.wgpuDevicePoll(self._device, False, self._ffi.NULL)
            if ticket in self._mapped:
                break
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        status = self._mapped.pop(ticket)
        if status != self._lib.WGPUMapAsyncStatus_Success:
            raise GpuError(f"A result cannot be read back (status {status}): the device is lost.")
        # If the device was lost meanwhile, the bytes are gone, and requesting them would abort the process.
        # So write 0 bytes first, which fails with an error on a lost device.
        address = self.address(buffer)
        self.write_buffer(address, 0, 0, 0)
        pointer = self._ffi.cast("void *", self._mapped_range(address, 0, size))
        return memoryview(self._ffi.buffer(pointer, size))

    def unmap(self, buffer: Any) -> None:
        """Give the bytes back to the GPU."""
        self._lib.wgpuBufferUnmap(buffer._internal)
