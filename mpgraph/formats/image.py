"""Image: a picture wherever it is; on the CPU here, later on the GPU as well."""

from __future__ import annotations

import os

import numpy as np

from mpgraph import packet_type
from mpgraph.errors import MediaError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.pixels import Pixels
from mpgraph.media.files import read_bytes
from mpgraph.media.image_integrity import what_is_wrong
from mpgraph.media.opencv import quiet_opencv


class Image(Pixels):
    """A picture whose place, host memory or GPU, is its own affair; the payload of newer calculators.

    `Image(image_format=ImageFormat.SRGB, data=array)` copies the array, `Image.wrap(array)` takes it
    over, `Image.from_frame(frame)` shares an ImageFrame's pixels.
    """

    __slots__ = ()

    @classmethod
    def from_frame(cls, frame: ImageFrame) -> Image:
        """An image that shares the pixels of an ImageFrame."""
        return cls.sharing(frame)

    def to_frame(self) -> ImageFrame:
        """An ImageFrame that shares the pixels of this image."""
        return ImageFrame.sharing(self)

    def uses_gpu(self) -> bool:
        """Whether the pixels are on the GPU now."""
        return False

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
