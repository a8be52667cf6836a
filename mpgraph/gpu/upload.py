"""Pictures from host memory to the GPU."""

from __future__ import annotations

import struct

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import FORMATS, GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.pixels import Pixels
from mpgraph.gpu.context import GpuContext
from mpgraph.gpu.opened import current

_STRIP = 32 << 20
"""How many bytes are unpacked at a time: less than a kernel can see, and memory that can be had."""


def upload(picture: Pixels, context: GpuContext | None = None) -> GpuBuffer:
    """A picture of SRGB, SRGBA, GRAY8 or VEC32F1, copied to a GPU, by default the one that is chosen.

    Raises:
        InvalidArgumentError: it is of another format, without pixels, or too large.
        GpuError: there is no GPU, or no room in its memory.
    """
    if context is None:
        context = current()
    image_format, pixels = picture.image_format, picture.pixels
    if image_format not in FORMATS:
        raise InvalidArgumentError(
            f"A picture of the format {image_format.name} cannot be on the GPU.",
            hint="Convert it to SRGB, SRGBA, GRAY8 or VEC32F1.",
        )
    if image_format in (ImageFormat.SRGBA, ImageFormat.VEC32F1):
        return GpuBuffer(context.upload_pixels(pixels), image_format)
    height, width = pixels.shape[:2]
    texture = context.new_texture(width, height)
    kernel = context.kernel("unpack")
    rows = max(_STRIP // (width * picture.channels), 1)
    with context.lock:
        for first in range(0, height, rows):
            strip = pixels[first : first + rows]
            words = context.upload_bytes(strip)
            groups = context.over_pixels(kernel, width, len(strip))
            context.dispatch(
                kernel,
                [words, texture],
                groups,
                struct.pack("4I", width, len(strip), picture.channels, first),
            )
            context.release(words)
    return GpuBuffer(texture, image_format)
