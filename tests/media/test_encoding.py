from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.encoding import VIDEO_CODECS, Encoding
from mpgraph.media.video_formats import video_format
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

NAMES = {"h264": "h264", "av1": "av1", "vp9": "vp9", "prores": "prores"}
PLACES = {"h264": ".mp4", "av1": ".webm", "vp9": ".webm", "prores": ".mov"}


def test_by_default_it_is_that_of_the_format() -> None:
    for suffix in (".mp4", ".webm", ".gif"):
        assert Encoding().format_for(f"x{suffix}") == video_format(f"x{suffix}")


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_codecs_can_be_read(tmp_path: Path, codec: str, capfd: Any) -> None:
    file = tmp_path / f"x{PLACES[codec]}"
    image = np.zeros((96, 128, 3), np.uint8)
    image[:, :64] = 200, 30, 30
    with VideoWriter(file, 128, 96, encoding=Encoding(codec)) as writer:
        for index in range(4):
            writer.write(image, index * 33_333)
    with VideoReader(file, strict=True) as reader:
        assert reader.info.codec.startswith(NAMES[codec]) or codec == "av1"
        frames = [frame.pixels for frame in reader]
    assert len(frames) == 4 and np.abs(frames[2].astype(int) - image).mean() < 6
    assert not capfd.readouterr().err


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_quality_decides_about_the_size(tmp_path: Path, codec: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (96, 128, 3), np.uint8)
    sizes = []
    for quality in (1, 50, 100):
        file = tmp_path / f"{quality}{PLACES[codec]}"
        with VideoWriter(file, 128, 96, encoding=Encoding(codec, quality)) as writer:
            writer.write(noise, 0)
        sizes.append(file.stat().st_size)
    assert sizes == sorted(sizes) and sizes[0] < 0.6 * sizes[2]


@pytest.mark.parametrize(
    ("path", "encoding", "alpha", "message"),
    [
        ("x.webm", Encoding("h264"), False, "does not hold h264; use .m4v, .mkv"),
        ("x.gif", Encoding(quality=50), False, ".gif has no quality"),
        ("x.mov", Encoding("prores", 50), False, "prores has no quality"),
        ("x.mov", Encoding("h264"), True, "only with its own codec"),
        ("x.png", Encoding("h264"), False, "not a supported video format"),
    ],
)
def test_what_a_file_cannot_contain(path: str, encoding: Encoding, alpha: bool, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        encoding.format_for(path, alpha=alpha)


def test_unknown_names_and_qualities() -> None:
    with pytest.raises(InvalidArgumentError, match="there are h264, av1"):
        Encoding("divx")
    with pytest.raises(InvalidArgumentError, match=r"1..100, not 0"):
        Encoding(quality=0)
