from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mpgraph.errors import MediaError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.media.images import read_image
from mpgraph.media.video_reader import VideoReader
from mpgraph.session.sinks import ImageFile, Sink, VideoFile, as_rgb

GREY = np.full((48, 64), 90, np.uint8)


def fill(sink: Sink, count: int) -> None:
    """Put some images into a sink, as commands do."""
    with sink:
        for i in range(count):
            sink.put(GREY, 40_000 * i)


def test_video_file_accepts_grey_and_rgba_images(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "o.mp4") as sink:
        sink.put(GREY, 0)
        sink.put(np.dstack([GREY, GREY, GREY, GREY]), 40_000)
    assert sink.summary() == f"{tmp_path / 'o.mp4'} (64x48, 2 frames)"
    with VideoReader(tmp_path / "o.mp4") as reader:
        assert [frame.timestamp_us for frame in reader] == [0, 40_000]


def test_video_without_frames_is_not_written(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "o.mp4") as sink:
        pass
    assert "was not written" in sink.summary()
    assert not list(tmp_path.iterdir())


def test_image_file_holds_exactly_one_image(tmp_path: Path) -> None:
    with ImageFile(tmp_path / "o.png") as sink:
        sink.put(GREY, 5)
    assert sink.summary() == f"{tmp_path / 'o.png'} (64x48)"
    assert read_image(tmp_path / "o.png").shape == (48, 64, 3)
    for count, message in ((2, "more than one"), (0, "sent no image")):
        with pytest.raises(MediaError, match=message):
            fill(ImageFile(tmp_path / "p.png"), count)
    assert not (tmp_path / "p.png").exists()


def test_unknown_suffix_is_refused_on_construction(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="not a supported video format"):
        VideoFile(tmp_path / "o.png")
    with pytest.raises(MediaError, match="not an image format"):
        ImageFile(tmp_path / "o.mp4")


def test_base_sink_counts_images() -> None:
    with Sink() as sink:
        sink.put(GREY, 0)
    assert sink.count == 1 and not sink.stop_requested and sink.summary() == ""


def test_as_rgb_converts_grey_and_rgba() -> None:
    assert as_rgb(GREY).shape == as_rgb(np.dstack([GREY] * 4)).shape == (48, 64, 3)
    rgb = np.dstack([GREY] * 3)
    assert as_rgb(rgb) is rgb


def test_files_accept_frames_as_videos_store_them(tmp_path: Path) -> None:
    yuv = Yuv420.empty(64, 48)
    yuv.fill(as_rgb(GREY))
    with VideoFile(tmp_path / "o.mp4") as video, ImageFile(tmp_path / "o.png") as image:
        video.put(yuv, 0)
        image.put(yuv, 0)
    with VideoReader(tmp_path / "o.mp4") as reader:
        [frame] = reader
    for pixels in (frame.pixels, read_image(tmp_path / "o.png")):
        np.testing.assert_allclose(pixels.astype(int), 90, atol=2)
