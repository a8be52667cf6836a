from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import CalculatorRunner, Timed, run, t

NAME = "OpenCvVideoEncoderCalculator"
FORMAT = 'codec: "mp4v" video_format: "mp4" '
SIZE = "fps: 12.5 width: 64 height: 48 "


def encoding(path: Path, options: str = FORMAT + SIZE, **side: str) -> CalculatorRunner:
    return run(NAME, options, side={"OUTPUT_FILE_PATH": str(path), **side}, inputs=["VIDEO"], outputs=[])


def with_header(path: Path) -> CalculatorRunner:
    side = {"OUTPUT_FILE_PATH": str(path)}
    return run(NAME, FORMAT, side=side, inputs=["VIDEO", "VIDEO_PRESTREAM"], outputs=[])


def frames(*colors: tuple[int, ...]) -> list[Timed]:
    return [
        ImageFrame.wrap(np.full((48, 64, len(color)), color, np.uint8)) @ t(index * 80_000)
        for index, color in enumerate(colors)
    ]


RED, BLUE = (255, 0, 0), (0, 0, 255)


def read(path: Path) -> tuple[float, list[Any]]:
    """The frame rate and the middle pixel, as RGB, of every frame."""
    capture = cv2.VideoCapture(str(path))
    pixels = []
    while True:
        good, frame = capture.read()
        if not good:
            return capture.get(cv2.CAP_PROP_FPS), pixels
        pixels.append(frame[24, 32, ::-1].tolist())


def test_frames_become_a_video(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    encoding(path).send("VIDEO", *frames(RED, BLUE, (0, 0, 255, 99))).finish()
    rate, pixels = read(path)
    assert rate == 12.5 and len(pixels) == 3
    assert pixels[0][0] > 200 and pixels[0][2] < 50 and pixels[1][2] > 200 and pixels[2][2] > 200
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("codec", ["avc1", "H264"])
def test_h264(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "out.mp4"
    encoding(path, FORMAT.replace("mp4v", codec) + SIZE).send("VIDEO", *frames(RED, BLUE, BLUE)).finish()
    rate, pixels = read(path)
    assert rate == 12.5 and [pixel[2] > 200 for pixel in pixels] == [False, True, True]
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert list(tmp_path.iterdir()) == [path]


def test_h264_without_frames(tmp_path: Path) -> None:
    node = encoding(tmp_path / "out.mp4", FORMAT.replace("mp4v", "avc1") + SIZE).close()
    node.expect_error("the video had no frames", RuntimeError)
    assert not list(tmp_path.iterdir())


def test_header_has_size_and_frame_rate(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    header = VideoHeader(ImageFormat.SRGB, 64, 48, 29.97)
    node = with_header(path).send("VIDEO_PRESTREAM", header @ t(Timestamp.PRESTREAM))
    node.send("VIDEO", *frames(RED)).finish()
    assert read(path)[0] == pytest.approx(29.97, abs=0.001)


def test_sound_of_another_file_is_added(tmp_path: Path, make_video: Any) -> None:
    path = tmp_path / "out.mp4"
    node = encoding(path, AUDIO_FILE_PATH=str(make_video([0, 80], sound=True)))
    node.send("VIDEO", *frames(RED, BLUE)).finish()
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        assert sum(1 for _ in container.decode(video=0)) == 2
    assert {file.name for file in tmp_path.iterdir()} == {"out.mp4", "video2s.mp4"}


def test_empty_sound_path_means_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    encoding(path, AUDIO_FILE_PATH="").send("VIDEO", *frames(RED)).finish()
    assert len(read(path)[1]) == 1


def test_decoder_and_encoder_copy_a_video(tmp_path: Path, make_video: Any) -> None:
    source, target = make_video([0, 40, 80], sound=True), tmp_path / "copy.mp4"
    graph = """
        input_side_packet: "source" input_side_packet: "target"
        node {
          calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:source"
          output_stream: "VIDEO:video" output_stream: "VIDEO_PRESTREAM:header"
          output_side_packet: "SAVED_AUDIO_PATH:sound"
        }
        node {
          calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"
          input_stream: "VIDEO_PRESTREAM:header"
          input_side_packet: "OUTPUT_FILE_PATH:target" input_side_packet: "AUDIO_FILE_PATH:sound"
          options { [mediapipe.OpenCvVideoEncoderCalculatorOptions.ext] { %s } }
        }"""
    run(graph % FORMAT, side={"source": str(source), "target": str(target)}).finish()
    assert len(read(target)[1]) == 3
    with av.open(str(target)) as container:
        assert container.streams.audio


def test_failed_run_keeps_an_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"old")
    small = ImageFrame.wrap(np.zeros((10, 10, 3), np.uint8))
    node = encoding(path).send("VIDEO", *frames(RED), small @ t(80_000))
    node.expect_error("The video is 64x48, but a frame is 10x10", ValueError)
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == b"old"


def test_cancelled_run_leaves_no_file(tmp_path: Path) -> None:
    encoding(tmp_path / "out.mp4").send("VIDEO", *frames(RED)).abandon()
    assert not list(tmp_path.iterdir())


def test_video_without_frames_is_reported(tmp_path: Path) -> None:
    encoding(tmp_path / "out.mp4").close().expect_error("the video had no frames", RuntimeError)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('video_format: "mp4"' + SIZE, "A 4-character codec code must be specified"),
        ('codec: "mpeg4" video_format: "mp4"' + SIZE, "A 4-character codec code must be specified"),
        ('codec: "mp4v"' + SIZE, "Video format must be specified"),
        (FORMAT + "fps: 10 width: 3", "Without VIDEO_PRESTREAM"),
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encoding(tmp_path / "out.mp4", options).close()


@pytest.mark.parametrize(
    ("options", "name", "error", "message"),
    [
        (FORMAT + SIZE, "out.avi", ValueError, "The output file path is invalid"),
        (FORMAT + SIZE, "no/such/folder/out.mp4", RuntimeError, "there is no folder"),
        ('codec: "ZZZZ" video_format: "mp4"' + SIZE, "out.mp4", RuntimeError, "Fail to open file at"),
    ],
)
def test_file_that_cannot_be_written_is_reported(
    tmp_path: Path, options: str, name: str, error: Any, message: str
) -> None:
    encoding(tmp_path / name, options).expect_error(message, error)
    assert not list(tmp_path.iterdir())


def test_empty_header_is_reported(tmp_path: Path) -> None:
    node = with_header(tmp_path / "out.mp4").send("VIDEO_PRESTREAM", VideoHeader() @ t(Timestamp.PRESTREAM))
    node.close("VIDEO_PRESTREAM").bound("VIDEO", 0).expect_error("needs a size and a frame rate", ValueError)


def test_missing_header_is_reported(tmp_path: Path) -> None:
    node = with_header(tmp_path / "out.mp4").close("VIDEO_PRESTREAM").send("VIDEO", *frames(RED))
    node.expect_error("frames before VIDEO_PRESTREAM", ValueError)


def test_unsupported_formats_are_reported(tmp_path: Path) -> None:
    node = encoding(tmp_path / "out.mp4")
    node.send("VIDEO", ImageFrame.wrap(np.zeros((48, 64), np.float32)) @ t(0))
    node.expect_error("Unsupported image format VEC32F1", ValueError)
