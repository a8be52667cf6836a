"""GpuBuffer: an image on the GPU."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import packet_type
from mpgraph.framework.not_picklable import NotPicklable

FORMATS = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8, ImageFormat.VEC32F1)
"""The formats of images on the GPU; an image read back has its format again."""


class GpuPixels(Protocol):
    """Pixels on the GPU: `mpgraph.gpu.context.GpuTexture`."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""

    def read(self) -> np.ndarray[Any, np.dtype[Any]]:
        """Return HxWx4 uint8, or HxW float32; waits for the GPU."""


class GpuBuffer(NotPicklable):
    """An immutable image on the GPU; the payload of `*_GPU` streams.

    `mpgraph.gpu.upload(frame)` creates one from an ImageFrame, `to_frame()` reads it back.

    texture: its pixels, RGBA with a byte each, or one float32. SRGB images have full alpha; GRAY8 images
        are equal in red, green and blue.
    image_format: SRGB, SRGBA, GRAY8 or VEC32F1.

    Raises:
        InvalidArgumentError: any other format.
    """

    __slots__ = ("__weakref__", "_frame", "image_format", "texture")

    pickle_instead = "Pass the ImageFrame that `to_frame()` returns."

    def __init__(self, texture: GpuPixels, image_format: ImageFormat = ImageFormat.SRGBA) -> None:
        if image_format not in FORMATS:
            raise InvalidArgumentError(
                f"An image of the format {image_format.name} cannot be on the GPU.",
                hint=f"Convert it to {', '.join(known.name for known in FORMATS[:-1])} or VEC32F1.",
            )
        self.texture = texture
        self.image_format = image_format
        self._frame: ImageFrame | None = None

    @property
    def width(self) -> int:
        """In pixels."""
        return self.texture.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.texture.height

    def to_frame(self) -> ImageFrame:
        """The image in host memory, read back by the first call. Waits for the GPU.

        Raises:
            GpuError: it cannot be read back.
        """
        if self._frame is None:
            pixels = self.texture.read()
            if self.image_format is ImageFormat.SRGB:
                pixels = np.ascontiguousarray(pixels[:, :, :3])
            elif self.image_format is ImageFormat.GRAY8:
                pixels = np.ascontiguousarray(pixels[:, :, 0])
            self._frame = ImageFrame.wrap(pixels, self.image_format)
        return self._frame

    def __repr__(self) -> str:
        return f"<mpgraph.GpuBuffer {self.width}x{self.height} {self.image_format.name}>"


GPU_BUFFER = packet_type.define("::mediapipe::GpuBuffer", GpuBuffer)
