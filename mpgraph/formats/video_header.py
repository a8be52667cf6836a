"""VideoHeader: the format, size and rate of a stream of frames, sent before the first frame."""

from __future__ import annotations

from dataclasses import dataclass

from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import packet_type


@dataclass(frozen=True)
class VideoHeader:
    """The header of a video stream, or its packet at PRESTREAM; zeros mean unknown.

    width, height: in pixels. frame_rate: in frames per second. duration: in seconds.
    """

    format: ImageFormat = ImageFormat.UNKNOWN
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    duration: float = 0.0


VIDEO_HEADER = packet_type.define("::mediapipe::VideoHeader", VideoHeader)
