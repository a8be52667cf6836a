"""ImageFrame as a payload."""

from __future__ import annotations

import copy
import pickle

import numpy as np

import mpgraph as mp
from mpgraph.formats.image import IMAGE
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework import packet_type


def test_frames_and_images_are_different_payloads() -> None:
    frame = mp.ImageFrame.wrap(np.zeros((2, 2), np.uint8))
    assert mp.make_packet(frame).type is IMAGE_FRAME
    assert mp.make_packet(mp.Image.from_frame(frame)).type is IMAGE
    assert packet_type.family(mp.ImageFrame) == {IMAGE_FRAME}
    assert packet_type.by_name("::mediapipe::ImageFrame") is IMAGE_FRAME


def test_a_frame_of_a_video_is_converted_when_its_pixels_are_read() -> None:
    yuv = Yuv420.empty(6, 4)
    yuv.fill(np.full((4, 6, 3), (200, 60, 20), np.uint8))
    frame = mp.ImageFrame.of_video(yuv)
    assert frame.yuv is yuv
    assert (frame.width, frame.height, frame.image_format) == (6, 4, ImageFormat.SRGB)
    assert (frame.numpy_view() == yuv.rgb()).all() and not frame.numpy_view().flags.writeable
    assert frame.pixels is frame.pixels
    for copied in (copy.copy(frame), pickle.loads(pickle.dumps(frame))):
        assert (copied.numpy_view() == yuv.rgb()).all()


def test_a_frame_of_a_video_may_know_its_pixels() -> None:
    pixels = np.zeros((4, 6, 3), np.uint8)
    assert mp.ImageFrame.of_video(Yuv420.empty(6, 4), pixels).pixels is pixels
    assert mp.ImageFrame.wrap(pixels).yuv is None
