"""Image: an image in host memory or on the GPU."""

from __future__ import annotations

import os
from typing import Any

from mpgraph.formats.decoding import decode_image
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.pixels import Pixels
from mpgraph.framework import packet_type
from mpgraph.io.files import read_bytes


class Image(Pixels):
    """An image in host memory or on the GPU, transparently to its users; the payload of newer calculators.

    `Image(image_format=ImageFormat.SRGB, data=array)` copies the array, `Image.wrap(array)` takes
    ownership of it, `Image.from_frame(frame)` shares an ImageFrame's pixels.
    """

    __slots__ = ("_gpu_buffer",)

    _gpu_buffer: GpuBuffer | None

    @classmethod
    def from_frame(cls, frame: ImageFrame) -> Image:
        """An image that shares the pixels of an ImageFrame."""
        return cls.sharing(frame)

    @classmethod
    def from_gpu_buffer(cls, buffer: GpuBuffer) -> Image:
        """An image on the GPU. Its pixels are read back on first use.

        Its first row is at the top. MediaPipe's own GPU images begin at the bottom, and its modules
        *_gpu_image.pbtxt flip them (not images in host memory): they process this image upside down.
        """
        image = cls.__new__(cls)
        image._gpu_buffer = buffer
        image._format = buffer.image_format
        image._step = buffer.width * buffer.image_format.channels * buffer.image_format.byte_depth
        return image

    @property
    def gpu_buffer(self) -> GpuBuffer | None:
        """The image on the GPU, None for an image that is in host memory only."""
        return self._gpu_buffer

    def to_frame(self) -> ImageFrame:
        """An ImageFrame that shares the pixels of this image, read back from the GPU if necessary.

        Raises:
            GpuError: they cannot be read back.
        """
        return ImageFrame.sharing(self)

    def uses_gpu(self) -> bool:
        """Whether the image is on the GPU."""
        return self._gpu_buffer is not None

    @property
    def width(self) -> int:
        """In pixels."""
        buffer = self._gpu_buffer
        return super().width if buffer is None else buffer.width

    @property
    def height(self) -> int:
        """In pixels."""
        buffer = self._gpu_buffer
        return super().height if buffer is None else buffer.height

    def __getattr__(self, name: str) -> Any:
        # Called for unset slots only: an image is in host memory, or on the GPU, or both.
        if name == "_gpu_buffer":
            return None
        if name == "_pixels" and (buffer := self._gpu_buffer) is not None:
            self._pixels = buffer.to_frame().pixels
            return self._pixels
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @staticmethod
    def create_from_file(file_name: str | os.PathLike[str]) -> Image:
        """Read an image file as GRAY8, SRGB or SRGBA, whichever it contains, 8 bits per channel.

        Raises:
            TypeError: the name is not a path.
            MediaError: a RuntimeError; the file cannot be read or decoded.
        """
        # As stored: like MediaPipe, without applying the EXIF orientation.
        return Image.wrap(decode_image(read_bytes(file_name), f'"{file_name}"'))


IMAGE = packet_type.define("::mediapipe::Image", Image)
