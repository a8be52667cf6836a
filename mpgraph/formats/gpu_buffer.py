"""GpuBuffer: a picture on the GPU."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import packet_type

FORMATS = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8, ImageFormat.VEC32F1)
"""What a picture on the GPU may have been, and is again when it is read back."""


class GpuPixels(Protocol):
    """Pixels on the GPU: `mpgraph.gpu.context.GpuTexture`."""

    @property
    def width(self) -> int:
        """Pixels a row."""

    @property
    def height(self) -> int:
        """Rows."""

    def read(self) -> np.ndarray[Any, np.dtype[Any]]:
        """HxWx4 uint8, or HxW float32; waits for the GPU."""


class GpuBuffer:
    """A picture on the GPU, never changed after it was made; the payload of `*_GPU` streams.

    `mpgraph.gpu.upload(frame)` makes one of an ImageFrame, `to_frame()` reads it back.

    texture: where its pixels are, RGBA of a byte each, or one float32. Those of a SRGB picture have full
        alpha, those of a GRAY8 picture are equal in red, green and blue.
    image_format: SRGB, SRGBA, GRAY8 or VEC32F1.

    Raises:
        InvalidArgumentError: it is another format.
    """

    __slots__ = ("__weakref__", "_frame", "image_format", "texture")

    def __init__(self, texture: GpuPixels, image_format: ImageFormat = ImageFormat.SRGBA) -> None:
        if image_format not in FORMATS:
            raise InvalidArgumentError(
                f"A picture of the format {image_format.name} cannot be on the GPU.",
                hint=f"Convert it to {', '.join(known.name for known in FORMATS[:-1])} or VEC32F1.",
            )
        self.texture = texture
        self.image_format = image_format
        self._frame: ImageFrame | None = None

    @property
    def width(self) -> int:
        """Pixels a row."""
        return self.texture.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.texture.height

    def to_frame(self) -> ImageFrame:
        """The picture in host memory, read back at the first call. Waits for the GPU.

        Raises:
            GpuError: the GPU does not give it.
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
