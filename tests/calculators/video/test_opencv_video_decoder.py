from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hdr_videos import GREY_CARD, GREY_CARD_SIGNAL, hdr_video

from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import PRESTREAM
from mpgraph.media.hdr import HLG, PQ
from mpgraph.testing import CalculatorRunner, run

NAME = "OpenCvVideoDecoderCalculator"


def decoding(path: str | bytes | Path) -> CalculatorRunner:
    path = str(path) if isinstance(path, Path) else path
    return run(NAME, side={"INPUT_FILE_PATH": path}, outputs=["VIDEO", "VIDEO_PRESTREAM"])


def frames(node: CalculatorRunner) -> list[Packet]:
    """The frames, after the header was taken."""
    assert len(node.take("VIDEO_PRESTREAM")) == 1
    return node.take("VIDEO")


def index_of(frame: Any) -> int:
    """The index of a frame in the video; see `make_video`."""
    return round((float(np.mean(frame.pixels)) - 20) / 20)


def test_frames_have_their_presentation_times(make_video: Any) -> None:
    packets = frames(decoding(make_video([0, 40, 100, 130])))
    assert [(packet.timestamp.value, index_of(packet.payload)) for packet in packets] == [
        (0, 0),
        (40_000, 1),
        (100_000, 2),
        (130_000, 3),
    ]
    frame = packets[0].payload
    assert (frame.width, frame.height, frame.image_format) == (64, 48, ImageFormat.SRGB)


def test_header_is_sent_first_and_once(make_video: Any) -> None:
    node = decoding(bytes(make_video([0, 40, 80])))
    [packet] = node.take("VIDEO_PRESTREAM")
    header = packet.payload
    assert packet.timestamp.value == PRESTREAM
    assert (header.width, header.height, header.format) == (64, 48, ImageFormat.SRGB)
    assert header.duration == pytest.approx(3 / header.frame_rate)
    assert len(node.take("VIDEO")) == 3


def test_colors_are_rgb(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "red.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        red = np.zeros((32, 32, 3), np.uint8)
        red[..., 0] = 255
        container.mux(stream.encode(av.VideoFrame.from_ndarray(red, format="rgb24")))
        container.mux(stream.encode(None))
    [packet] = frames(decoding(tmp_path / "red.mp4"))
    assert packet.payload.pixels[16, 16, 0] > 200 and packet.payload.pixels[16, 16, 2] < 50


def audio_streams(path: str) -> list[str]:
    """The codecs of a file that contains only sound."""
    with av.open(path) as container:
        assert {stream.type for stream in container.streams} == {"audio"}
        return [stream.codec_context.name for stream in container.streams.audio]


@pytest.mark.parametrize("sound", [False, True])
def test_sound_is_saved_to_a_file(make_video: Any, sound: bool) -> None:
    node = decoding(make_video([0, 40], sound))
    node.expect_side("SAVED_AUDIO_PATH", lambda path: audio_streams(path) == ["aac"] if sound else path == "")
    assert len(frames(node)) == 2


def test_truncated_video_is_read_up_to_the_damage(make_video: Any, caplog: pytest.LogCaptureFixture) -> None:
    complete = make_video(range(0, 400, 40))
    truncated = complete.with_suffix(".avi")
    with av.open(str(truncated), "w") as container, av.open(str(complete)) as source:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    data = truncated.read_bytes()
    truncated.write_bytes(data[: data.index(b"movi") + 1500])
    with caplog.at_level(logging.WARNING):
        node = decoding(truncated)
        assert 0 < len(frames(node)) < 10
        node.finish()
    assert "Not all the frames are decoded" in caplog.text


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "there is no file"), (b"", "is empty"), (b"no video at all" * 50, "Fail to open video file")],
)
def test_invalid_files_are_reported(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    decoding(path).expect_error(message, RuntimeError)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_hdr_is_as_bright_as_in_sdr(transfer: int, tmp_path: Path) -> None:
    path = hdr_video(tmp_path / "a.mkv", transfer, GREY_CARD_SIGNAL, frames=3)
    node = run(NAME, side={"INPUT_FILE_PATH": str(path)}, outputs=["VIDEO", "VIDEO_PRESTREAM"])
    [packet] = node.take("VIDEO_PRESTREAM")
    header = packet.payload
    assert (header.width, header.height, header.frame_rate) == (64, 48, 25)
    assert header.duration == pytest.approx(0.12)
    packets = node.take("VIDEO")
    assert [each.timestamp.value for each in packets] == [0, 40_000, 80_000]
    for each in packets:
        assert each.payload.image_format is ImageFormat.SRGB
        np.testing.assert_allclose(each.payload.pixels, GREY_CARD, atol=3)
    node.finish()


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(AssertionError, match="is a pipe or device"):
        frames(decoding(tmp_path / "pipe.mp4"))
