"""What is read back of images on the GPU: as little as decisions in host memory need."""

from __future__ import annotations

from typing import Any

from mpgraph.effects.matte import fitted
from mpgraph.effects.people import SEARCH_SIDE
from mpgraph.effects.pyramid import steps
from mpgraph.formats.image import Image
from mpgraph.gpu.mattes import halved


def seen_at(image: Image, width: int, height: int) -> Image:
    """The image; if it is on the GPU, reduced to this size, so that few kilobytes are read back."""
    buffer = image.gpu_buffer
    if buffer is None:
        return image
    return Image.from_gpu_buffer(halved(buffer, list(steps((image.width, image.height), (width, height)))))


def mask_at(mask: Image, width: int, height: int) -> Any:
    """The pixels of a mask, HxW: float32 of its own size, or of a mask on the GPU uint8 of this size."""
    if mask.gpu_buffer is None:
        return mask.pixels
    return seen_at(mask, width, height).pixels[..., 0].copy()


def searched(mask: Image) -> Any:
    """The pixels of a mask in which people are searched, HxW; on the GPU first reduced to that size."""
    return mask_at(mask, *fitted(mask.width, mask.height, SEARCH_SIDE))
