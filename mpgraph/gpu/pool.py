"""Textures and buffers of a device, reused instead of created for each frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.gpu.limits import MAX_BINDING

Key = tuple[Any, ...]
"""Type and size of a resource: ("texture", format, width, height); ("buffer", bytes), for kernels;
("read", bytes), for reading back."""

RGBA8 = "rgba8unorm"
R32F = "r32float"
BYTES_PER_PIXEL = 4
"""Of both texture formats."""

MAX_FREE_BYTES = 256 << 20
"""Unused memory beyond this is given up, the longest unused first."""

# Usage flags of wgpu, repeated here because wgpu is imported on first use only.
_MAP_READ, _COPY_SRC, _COPY_DST, _STORAGE = 0x1, 0x4, 0x8, 0x80
_TEXTURE = 0x1 | 0x2 | 0x4 | 0x8  # copy source, copy destination, read by kernels, written by kernels


class PooledMemory:
    """A texture or buffer of a pool, a "slot".

    resource: wgpu's object. view: what a bind group takes for it. size: in bytes. free_since: the last
    submission that may have used it.
    """

    __slots__ = ("free_since", "key", "resource", "size", "view")

    def __init__(self, key: Key, resource: Any, view: Any, size: int) -> None:
        self.key = key
        self.resource = resource
        self.view = view
        self.size = size
        self.free_since = -1


Resource = tuple[Any, Any, int]
"""A new resource of a device, its view and its size; see `PooledMemory`."""


class Pool:
    """Free slots by type and size. All methods but `release` need the context's lock.

    A slot may be reused as soon as nothing refers to it, since the GPU runs commands in the order of
    recording. What the host writes, however, takes effect before all commands of the next submission: a
    slot for that must not be used by commands that are recorded but not yet submitted.
    """

    def __init__(
        self, create: Callable[[Key], Resource], on_drop: Callable[[PooledMemory], None] = lambda slot: None
    ) -> None:
        """create: allocates a resource. on_drop: called with each slot that is given up for good."""
        self._create = create
        self._on_drop = on_drop
        self._free: dict[Key, list[PooledMemory]] = {}
        self._free_bytes = 0
        # The garbage collector finalizes everything in an unreachable cycle, so a texture that only a
        # payload refers to could be destroyed before the payload gives it back. Hence this reference.
        self._lent: set[PooledMemory] = set()
        # Payloads are collected on any thread, in the middle of anything, with any locks held: appending
        # needs no lock.
        self._returned: deque[PooledMemory] = deque()
        self.created = 0
        """The number of slots created so far."""

    def take(self, key: Key, submission: int, host_writes: bool = False) -> PooledMemory:
        """A free slot, or a new one. submission: the number of the submission that is being recorded."""
        self._collect(submission)
        slot = self._take_free(key, submission, host_writes)
        if slot is None:
            slot = PooledMemory(key, *self._create(key))
            self.created += 1
        self._lent.add(slot)
        return slot

    def _take_free(self, key: Key, submission: int, host_writes: bool) -> PooledMemory | None:
        free = self._free.get(key, [])
        for position in range(len(free) - 1, -1, -1):
            if not host_writes or free[position].free_since < submission:
                return self._remove(key, position)
        return None

    def release(self, slot: PooledMemory) -> None:
        """Take back a slot that nothing refers to any more; from any thread."""
        self._returned.append(slot)

    def forget(self, slot: PooledMemory) -> None:
        """Give up a lent slot whose state is unknown."""
        self._lent.remove(slot)
        self._on_drop(slot)

    def clear(self, submission: int) -> None:
        """Give up all free slots."""
        self._collect(submission)
        self._free.clear()
        self._free_bytes = 0

    def _collect(self, submission: int) -> None:
        while self._returned:
            slot = self._returned.popleft()
            self._lent.remove(slot)
            slot.free_since = submission
            self._free.setdefault(slot.key, []).append(slot)
            self._free_bytes += slot.size
        while self._free_bytes > MAX_FREE_BYTES:
            oldest = min(self._free, key=lambda key: self._free[key][0].free_since)
            self._on_drop(self._remove(oldest, 0))

    def _remove(self, key: Key, position: int) -> PooledMemory:
        free = self._free[key]
        slot = free.pop(position)
        if not free:
            del self._free[key]
        self._free_bytes -= slot.size
        return slot


def create_resource(device: Any, key: Key) -> Resource:
    """Allocate a resource.

    Raises:
        InvalidArgumentError: a buffer is larger than what a kernel can bind.
        wgpu.GPUError: memory is short, or the device is lost.
    """
    kind, *size = key
    if kind == "texture":
        texture_format, width, height = size
        texture = device.create_texture(size=(width, height, 1), format=texture_format, usage=_TEXTURE)
        return texture, texture.create_view(), width * height * BYTES_PER_PIXEL
    if kind == "buffer" and size[0] > MAX_BINDING:
        raise InvalidArgumentError(
            f"{size[0]} bytes in one buffer do not fit on the GPU.",
            hint=f"WebGPU's limit for what a kernel can bind is {MAX_BINDING} bytes.",
        )
    usage = _MAP_READ | _COPY_DST if kind == "read" else _STORAGE | _COPY_SRC | _COPY_DST
    buffer = device.create_buffer(size=size[0], usage=usage)
    return buffer, {"buffer": buffer, "offset": 0, "size": size[0]}, size[0]


def describe(key: Key) -> str:
    """A resource in words, for error messages."""
    kind, *size = key
    return f"an image of {size[1]}x{size[2]} pixels" if kind == "texture" else f"{size[0]} bytes"
