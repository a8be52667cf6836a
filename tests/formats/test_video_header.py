"""VideoHeader as a payload."""

from __future__ import annotations

import dataclasses

import pytest

import mpgraph as mp
from mpgraph.formats.video_header import VIDEO_HEADER, VideoHeader


def test_header_is_immutable() -> None:
    header = VideoHeader(mp.ImageFormat.SRGB, 640, 480, 30000 / 1001, 2.5)
    assert mp.make_packet(header).type is VIDEO_HEADER
    with pytest.raises(dataclasses.FrozenInstanceError):
        header.width = 3  # type: ignore[misc]


def test_video_header_defaults_to_unknown() -> None:
    assert VideoHeader() == VideoHeader(mp.ImageFormat.UNKNOWN, 0, 0, 0.0, 0.0)
