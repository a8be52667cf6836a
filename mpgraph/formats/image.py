"""Image: a picture wherever it is, in host memory or on the GPU."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mpgraph.errors import MediaError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.pixels import Pixels
from mpgraph.framework import packet_type
from mpgraph.io.files import read_bytes
from mpgraph.io.image_integrity import what_is_wrong
from mpgraph.io.opencv import quiet_opencv


class Image(Pixels):
    """A picture whose place, host memory or GPU, is its own affair; the payload of newer calculators.

    `Image(image_format=ImageFormat.SRGB, data=array)` copies the array, `Image.wrap(array)` takes it
    over, `Image.from_frame(frame)` shares an ImageFrame's pixels.
    """

    __slots__ = ("_gpu_buffer",)

    _gpu_buffer: GpuBuffer | None

    @classmethod
    def from_frame(cls, frame: ImageFrame) -> Image:
        """An image that shares the pixels of an ImageFrame."""
        return cls.sharing(frame)

    @classmethod
    def from_gpu_buffer(cls, buffer: GpuBuffer) -> Image:
        """An image on the GPU. Its pixels are read back when they are first asked for.

        Its first row is the top one. MediaPipe's own GPU images begin at the bottom, and its modules
        *_gpu_image.pbtxt flip those (not images in host memory): they see this one upside down.
        """
        made = cls.__new__(cls)
        made._gpu_buffer = buffer
        made._format = buffer.image_format
        made._step = buffer.width * buffer.image_format.channels * buffer.image_format.byte_depth
        return made

    @property
    def gpu_buffer(self) -> GpuBuffer | None:
        """The picture on the GPU, None for one that is in host memory only."""
        return self._gpu_buffer

    def to_frame(self) -> ImageFrame:
        """An ImageFrame that shares the pixels of this image, which are read back from the GPU if need be.

        Raises:
            GpuError: they cannot be read back.
        """
        return ImageFrame.sharing(self)

    def uses_gpu(self) -> bool:
        """Whether the picture is on the GPU."""
        return self._gpu_buffer is not None

    @property
    def width(self) -> int:
        """Pixels a row."""
        buffer = self._gpu_buffer
        return super().width if buffer is None else buffer.width

    @property
    def height(self) -> int:
        """Rows."""
        buffer = self._gpu_buffer
        return super().height if buffer is None else buffer.height

    def __getattr__(self, name: str) -> Any:
        # Only what is not there is asked for here: a picture is in host memory, or on the GPU, or both.
        if name == "_gpu_buffer":
            return None
        if name == "_pixels" and (buffer := self._gpu_buffer) is not None:
            self._pixels = buffer.to_frame().pixels
            return self._pixels
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @staticmethod
    def create_from_file(file_name: str | os.PathLike[str]) -> Image:
        """Read a picture file as GRAY8, SRGB or SRGBA, whichever it holds, 8 bits a channel.

        Raises:
            TypeError: the name is not a path.
            MediaError: a RuntimeError; the file cannot be read or decoded.
        """
        import cv2  # Loading OpenCV takes long, and few programs come here.

        data = read_bytes(file_name)
        fault = what_is_wrong(data)
        if fault:
            raise MediaError(f'Image decoding failed: "{file_name}" {fault}')
        try:
            with quiet_opencv():
                # As stored: not turned by the camera's EXIF note, as MediaPipe does not turn it either.
                stored = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            raise MediaError(f'Image decoding failed: "{file_name}": {error.err}') from None
        if stored is not None and stored.dtype == np.uint16:
            stored = np.right_shift(stored, 8).astype(np.uint8)
        if stored is None or stored.dtype != np.uint8:
            raise MediaError(
                f'Image decoding failed: "{file_name}" is not a picture of 8 or 16 bits a channel'
            )
        if stored.ndim == 3:
            to_rgb = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
            stored = cv2.cvtColor(stored, to_rgb[stored.shape[2]])
        return Image.wrap(stored)


IMAGE = packet_type.define("::mediapipe::Image", Image)
