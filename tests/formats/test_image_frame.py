"""ImageFrame as a payload."""

from __future__ import annotations

import numpy as np

import mpgraph as mp
from mpgraph.formats.image import IMAGE
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.framework import packet_type


def test_frames_and_images_are_different_payloads() -> None:
    frame = mp.ImageFrame.wrap(np.zeros((2, 2), np.uint8))
    assert mp.make_packet(frame).type is IMAGE_FRAME
    assert mp.make_packet(mp.Image.from_frame(frame)).type is IMAGE
    assert packet_type.family(mp.ImageFrame) == {IMAGE_FRAME}
    assert packet_type.by_name("::mediapipe::ImageFrame") is IMAGE_FRAME
