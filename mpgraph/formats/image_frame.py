"""ImageFrame: an image in host memory."""

from __future__ import annotations

from typing import Any

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.pixels import Array, Pixels
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework import packet_type


class ImageFrame(Pixels):
    """An image in host memory; the payload of most CPU streams of video frames.

    `ImageFrame(image_format=ImageFormat.SRGB, data=array)` copies the array, `ImageFrame.wrap(array)`
    takes ownership of it.
    """

    __slots__ = ("_yuv",)

    _yuv: Yuv420 | None

    @classmethod
    def of_video(cls, yuv: Yuv420, pixels: Array | None = None) -> ImageFrame:
        """Create an SRGB image from what a video stores, which must not change afterwards.

        pixels: the same image as RGB, HxWx3; without, it is converted when it is first needed.
        """
        image = cls.__new__(cls)
        image._format = ImageFormat.SRGB
        image._yuv = yuv
        image._step = 3 * yuv.luma.shape[1]
        if pixels is not None:
            image._hold(pixels, ImageFormat.SRGB)
        return image

    @property
    def yuv(self) -> Yuv420 | None:
        """The image as videos store it, if it comes from one unchanged or has been composed so."""
        return self._yuv

    def __getattr__(self, name: str) -> Any:
        # Called for unset slots only: an image is known as RGB, as YUV, or as both.
        if name == "_yuv":
            return None
        if name == "_pixels" and (yuv := self._yuv) is not None:
            self._hold(yuv.rgb(), ImageFormat.SRGB)
            return self._pixels
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


IMAGE_FRAME = packet_type.define("::mediapipe::ImageFrame", ImageFrame)
