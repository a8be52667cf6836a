"""New textures and buffers of a device."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.gpu.limits import MAX_BINDING
from mpgraph.gpu.pool import Key, Made

RGBA8 = "rgba8unorm"
R32F = "r32float"
BYTES_PER_PIXEL = 4
"""Of both formats."""

# Flags of wgpu's, here because wgpu is imported on first use only.
_MAP_READ, _COPY_SRC, _COPY_DST, _UNIFORM, _STORAGE = 0x1, 0x4, 0x8, 0x40, 0x80
_TEXTURE = 0x1 | 0x2 | 0x4 | 0x8  # copied from, copied to, read by kernels, written by kernels


def make(device: Any, key: Key) -> Made:
    """What a key of the pool stands for.

    key: ("texture", format, width, height); ("buffer", bytes), which kernels use; ("read", bytes), which
    the host reads.

    Raises:
        InvalidArgumentError: a buffer is larger than a kernel can see.
        wgpu.GPUError: memory is short, or the device is lost.
    """
    kind, *size = key
    if kind == "texture":
        texture_format, width, height = size
        texture = device.create_texture(size=(width, height, 1), format=texture_format, usage=_TEXTURE)
        return Made(texture, texture.create_view(), width * height * BYTES_PER_PIXEL)
    if kind == "buffer" and size[0] > MAX_BINDING:
        raise InvalidArgumentError(
            f"{size[0]} bytes in one piece do not fit on the GPU.",
            hint=f"WebGPU's limit for what a kernel can see is {MAX_BINDING} bytes.",
        )
    usage = _MAP_READ | _COPY_DST if kind == "read" else _STORAGE | _COPY_SRC | _COPY_DST
    buffer = device.create_buffer(size=size[0], usage=usage)
    return Made(buffer, {"buffer": buffer, "offset": 0, "size": size[0]}, size[0])


def uniform_buffer(device: Any, size: int) -> Any:
    """A buffer for parameters."""
    return device.create_buffer(size=size, usage=_UNIFORM | _COPY_DST)


def described(key: Key) -> str:
    """A key of the pool in words."""
    kind, *size = key
    return f"a picture of {size[1]}x{size[2]} pixels" if kind == "texture" else f"{size[0]} bytes"


def rounded_up(size: int, step: int) -> int:
    """The least multiple of `step` that is not less than `size`."""
    return -(-size // step) * step
