"""What the GPU's memory is to the rest of mpgraph: textures and arrays that end with their last reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.gpu.pool import PooledMemory

if TYPE_CHECKING:
    from mpgraph.gpu.context import GpuContext


class GpuMemory:
    """Memory of a context's pool, given back when this object is collected, on whichever thread."""

    __slots__ = ("__weakref__", "context", "slot")

    def __init__(self, context: GpuContext, slot: PooledMemory) -> None:
        self.context = context
        self.slot = slot

    def __del__(self) -> None:
        if hasattr(self, "slot"):
            self.context.release(self.slot)


class GpuTexture(GpuMemory):
    """Pixels, written once. format: "rgba8unorm" (4 bytes a pixel) or "r32float"."""

    __slots__ = ("format", "height", "width")

    def __init__(
        self, context: GpuContext, slot: PooledMemory, width: int, height: int, texture_format: str
    ) -> None:
        super().__init__(context, slot)
        self.width = width
        self.height = height
        self.format = texture_format

    def read(self) -> npt.NDArray[Any]:
        """The pixels, HxWx4 uint8 or HxW float32; waits for the GPU."""
        return self.context.read_texture(self)


class GpuArray(GpuMemory):
    """Values of 32 bits in C order. size: their bytes; the buffer behind them may be larger."""

    __slots__ = ("shape", "size")

    def __init__(self, context: GpuContext, slot: PooledMemory, shape: tuple[int, ...], size: int) -> None:
        super().__init__(context, slot)
        self.shape = shape
        self.size = size

    def read(self) -> npt.NDArray[Any]:
        """The values as float32; waits for the GPU."""
        return self.context.read_array(self)


def texture_of(buffer: GpuBuffer) -> GpuTexture:
    """Where a picture's pixels are.

    Raises:
        InvalidArgumentError: they are in nothing that mpgraph made.
    """
    if not isinstance(buffer.texture, GpuTexture):
        raise InvalidArgumentError(
            f"A GpuBuffer of {type(buffer.texture).__name__} cannot be drawn.",
            hint="Make it with mpgraph.gpu.upload(frame).",
        )
    return buffer.texture
