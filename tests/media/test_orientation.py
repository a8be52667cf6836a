from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from mpgraph.media.orientation import Orientation
from mpgraph.media.video_reader import VideoReader

ONE = 1 << 16


@pytest.mark.parametrize(
    ("matrix", "expected", "degrees"),
    [
        ((ONE, 0, 0, ONE), [[1, 2, 3], [4, 5, 6]], 0),
        ((0, ONE, -ONE, 0), [[4, 1], [5, 2], [6, 3]], 90),
        ((-ONE, 0, 0, -ONE), [[6, 5, 4], [3, 2, 1]], 180),
        ((0, -ONE, ONE, 0), [[3, 6], [2, 5], [1, 4]], 270),
        ((-ONE, 0, 0, ONE), [[3, 2, 1], [6, 5, 4]], 0),
        ((0, ONE, ONE, 0), [[1, 4], [2, 5], [3, 6]], 90),
        ((ONE - 9, 700, -700, ONE - 9), [[1, 2, 3], [4, 5, 6]], 0),
    ],
)
def test_display_matrices(matrix: tuple[int, int, int, int], expected: list[list[int]], degrees: int) -> None:
    pixels = np.repeat(np.array([[[1], [2], [3]], [[4], [5], [6]]], np.uint8), 3, axis=2)
    orientation = Orientation.from_matrix(*matrix)
    turned = orientation.apply(pixels)
    np.testing.assert_array_equal(turned[:, :, 0], expected)
    assert turned.flags.c_contiguous
    assert orientation.degrees == degrees
    assert orientation.size(3, 2) == (turned.shape[1], turned.shape[0])


def exif(orientation: int) -> bytes:
    """An APP1 segment with an orientation alone."""
    entry = b"\x12\x01\x03\x00\x01\x00\x00\x00" + bytes([orientation, 0, 0, 0])
    content = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + bytes(4)
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


@pytest.mark.parametrize(
    ("orientation", "size", "rotation"),
    [(1, (64, 48), 0), (3, (64, 48), 180), (6, (48, 64), 90), (8, (48, 64), 270)],
)
def test_side_data_that_pyav_does_not_know(
    orientation: int, size: tuple[int, int], rotation: int, tmp_path: Path, videos: Any
) -> None:
    # FFmpeg 8 attaches EXIF to the frames of Motion JPEG, which PyAV has no name for.
    pixels = videos.quadrants()
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mjpeg", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for index in range(3):
            packet = av.Packet(jpeg[:2] + exif(orientation) + jpeg[2:])
            packet.stream, packet.pts, packet.dts = stream, index, index
            packet.time_base = Fraction(1, 25)
            packet.is_keyframe = True
            container.mux(packet)
    with VideoReader(path) as reader:
        frames = list(reader)
        assert (reader.info.width, reader.info.height, reader.info.rotation) == (*size, rotation)
    assert len(frames) == 3
    turned = np.rot90(pixels, -rotation // 90)
    np.testing.assert_allclose(frames[0].pixels[4, 4], turned[4, 4], atol=12)
    np.testing.assert_allclose(frames[0].pixels[-4, 4], turned[-4, 4], atol=12)
