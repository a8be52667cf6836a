"""ImageFrame: a picture on the CPU."""

from __future__ import annotations

from mpgraph.formats.pixels import Pixels
from mpgraph.framework import packet_type


class ImageFrame(Pixels):
    """A picture in host memory; the payload of most CPU streams of video frames.

    `ImageFrame(image_format=ImageFormat.SRGB, data=array)` copies the array, `ImageFrame.wrap(array)`
    takes it over.
    """

    __slots__ = ()


IMAGE_FRAME = packet_type.define("::mediapipe::ImageFrame", ImageFrame)
