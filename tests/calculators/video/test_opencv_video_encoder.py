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
from mpgraph.framework.packet import make_packet
from mpgraph.framework.timestamp import PRESTREAM
from mpgraph.graph.calculator_graph import CalculatorGraph

FORMAT = 'codec: "mp4v" video_format: "mp4" '
SIZE = "fps: 12.5 width: 64 height: 48 "


def graph(options: str = FORMAT + SIZE, *, header: bool = False, sound: bool = False) -> str:
    return f"""
        input_stream: "video" {'input_stream: "header"' if header else ""}
        input_side_packet: "path" {'input_side_packet: "sound"' if sound else ""}
        node {{
          calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"
          {'input_stream: "VIDEO_PRESTREAM:header"' if header else ""}
          input_side_packet: "OUTPUT_FILE_PATH:path"
          {'input_side_packet: "AUDIO_FILE_PATH:sound"' if sound else ""}
          options {{ [mediapipe.OpenCvVideoEncoderCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def frames(*colors: tuple[int, ...]) -> list[tuple[str, int, ImageFrame]]:
    return [
        ("video", index * 80_000, ImageFrame.wrap(np.full((48, 64, len(color)), color, np.uint8)))
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


def test_frames_become_a_video(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    run(graph(), frames(RED, BLUE, (0, 0, 255, 99)), {"path": str(path)})
    rate, pixels = read(path)
    assert rate == 12.5 and len(pixels) == 3
    assert pixels[0][0] > 200 and pixels[0][2] < 50 and pixels[1][2] > 200 and pixels[2][2] > 200
    assert list(tmp_path.iterdir()) == [path]


def test_the_header_says_size_and_rate(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    header = VideoHeader(ImageFormat.SRGB, 64, 48, 29.97)
    events = [("header", PRESTREAM, header), *frames(RED)]
    run(graph(FORMAT, header=True), events, {"path": str(path)})
    assert read(path)[0] == pytest.approx(29.97, abs=0.001)


def test_sound_of_another_file_is_added(run: Any, tmp_path: Path, make_video: Any) -> None:
    path = tmp_path / "out.mp4"
    side = {"path": str(path), "sound": str(make_video([0, 80], sound=True))}
    run(graph(sound=True), frames(RED, BLUE), side)
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        assert sum(1 for _ in container.decode(video=0)) == 2
    assert {file.name for file in tmp_path.iterdir()} == {"out.mp4", "video2s.mp4"}


def test_no_sound_is_given_by_an_empty_path(run: Any, tmp_path: Path) -> None:
    run(graph(sound=True), frames(RED), {"path": str(tmp_path / "out.mp4"), "sound": ""})
    assert len(read(tmp_path / "out.mp4")[1]) == 1


def test_a_whole_chain_copies_a_video(run: Any, tmp_path: Path, make_video: Any) -> None:
    source, target = make_video([0, 40, 80], sound=True), tmp_path / "copy.mp4"
    text = """
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
    run(text % FORMAT, [], {"source": str(source), "target": str(target)})
    assert len(read(target)[1]) == 3
    with av.open(str(target)) as container:
        assert container.streams.audio


def test_a_run_that_fails_leaves_no_file_and_an_old_one_as_it_was(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"old")
    events = [*frames(RED), ("video", 80_000, ImageFrame.wrap(np.zeros((10, 10, 3), np.uint8)))]
    with pytest.raises(ValueError, match="The video is 64x48, but a frame of 10x10 came"):
        run(graph(), events, {"path": str(path)})
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == b"old"


def test_a_run_that_is_cancelled_leaves_no_file(tmp_path: Path) -> None:
    made = CalculatorGraph(graph_config=graph())
    made.start_run({"path": make_packet(str(tmp_path / "out.mp4"))})
    [(stream, time, frame)] = frames(RED)
    made.add_packet_to_input_stream(stream, make_packet(frame).at(time))
    made.wait_until_idle()
    made.cancel()
    with pytest.raises(RuntimeError):
        made.wait_until_done()
    assert not list(tmp_path.iterdir())


def test_a_video_without_frames_is_none(run: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the video had no frames"):
        run(graph(), [], {"path": str(tmp_path / "out.mp4")})
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
def test_wrong_options_are_told_when_the_graph_is_built(run: Any, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(options))


@pytest.mark.parametrize(
    ("options", "name", "error", "message"),
    [
        (FORMAT + SIZE, "out.avi", ValueError, "The output file path is invalid"),
        (FORMAT + SIZE, "no/such/folder/out.mp4", RuntimeError, "there is no folder"),
        ('codec: "ZZZZ" video_format: "mp4"' + SIZE, "out.mp4", RuntimeError, "Fail to open file at"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(
    run: Any, tmp_path: Path, options: str, name: str, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        run(graph(options), frames(RED), {"path": str(tmp_path / name)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([("header", PRESTREAM, VideoHeader())], "needs a size and a frame rate"),
        ([("header", PRESTREAM, None), *frames(RED)], "frames before VIDEO_PRESTREAM"),
    ],
)
def test_headers_that_say_nothing(run: Any, tmp_path: Path, events: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(FORMAT, header=True), events, {"path": str(tmp_path / "out.mp4")})


def test_other_formats_are_refused(run: Any, tmp_path: Path) -> None:
    frame = ImageFrame.wrap(np.zeros((48, 64), np.float32))
    with pytest.raises(ValueError, match="Unsupported image format VEC32F1"):
        run(graph(), [("video", 0, frame)], {"path": str(tmp_path / "out.mp4")})
