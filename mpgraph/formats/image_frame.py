"""ImageFrame: an image in host memory."""

from __future__ import annotations

from mpgraph.formats.pixels import Pixels
from mpgraph.framework import packet_type


class ImageFrame(Pixels):
    """An image in host memory; the payload of most CPU streams of video frames.

    `ImageFrame(image_format=ImageFormat.SRGB, data=array)` copies the array, `ImageFrame.wrap(array)`
    takes ownership of it.
    """

    __slots__ = ()


IMAGE_FRAME = packet_type.define("::mediapipe::ImageFrame", ImageFrame)
