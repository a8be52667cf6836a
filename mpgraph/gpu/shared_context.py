"""The contexts that the process's graphs share, and uploading images to them."""

from __future__ import annotations

import os
import threading

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import FORMATS, GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.pixels import Pixels
from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.gpu.context import GpuContext
from mpgraph.gpu.shader import load_shader

_STRIP = 32 << 20
"""Bytes that are unpacked at a time: less than a kernel can bind, and little enough to be allocated."""

_contexts: dict[str, GpuContext] = {}
"""One context for each value of `wanted`."""
_opening = threading.Lock()


def current(wanted: str | None = None) -> GpuContext:
    """The context that the process's graphs share; opened on first use, and again if the GPU was lost.

    wanted: which GPU, as in MPGRAPH_GPU_ADAPTER, which applies if this is None.

    Raises:
        GpuError: wgpu is not installed, or there is no such GPU.
    """
    requested = os.environ.get(ADAPTER_VARIABLE, "") if wanted is None else wanted
    with _opening:  # Graphs that start at the same time must get the same device.
        found = _contexts.get(requested)
        if found is None or found.lost:
            found = _contexts[requested] = GpuContext(requested)
        return found


def upload(image: Pixels, context: GpuContext | None = None) -> GpuBuffer:
    """Copy an image of SRGB, SRGBA, GRAY8 or VEC32F1 to a GPU, by default the `current` one.

    Raises:
        InvalidArgumentError: it is of another format, without pixels, or too large.
        GpuError: there is no GPU, or no room in its memory.
    """
    if context is None:
        context = current()
    image_format, pixels = image.image_format, image.pixels
    if image_format not in FORMATS:
        raise InvalidArgumentError(
            f"An image of the format {image_format.name} cannot be on the GPU.",
            hint="Convert it to SRGB, SRGBA, GRAY8 or VEC32F1.",
        )
    if image_format in (ImageFormat.SRGBA, ImageFormat.VEC32F1):
        return GpuBuffer(context.upload_pixels(pixels), image_format)
    # There are no textures of three bytes a pixel: a kernel unpacks the rows.
    height, width = pixels.shape[:2]
    texture = context.new_texture(width, height)
    rows = max(_STRIP // (width * image.channels), 1)
    with context.lock:
        kernel = context.kernel(load_shader("unpack"))
        for first in range(0, height, rows):
            strip = pixels[first : first + rows]
            words = context.upload_bytes(strip)
            context.dispatch(
                kernel,
                [texture, words],
                kernel.groups_over(width, len(strip)),
                {"width": width, "height": len(strip), "channels": image.channels, "first_row": first},
            )
            context.release(words)
    return GpuBuffer(texture, image_format)
