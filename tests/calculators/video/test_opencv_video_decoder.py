from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework.timestamp import PRESTREAM
from mpgraph.graph.calculator_graph import CalculatorGraph

GRAPH = """
    input_side_packet: "path" output_stream: "video" output_stream: "header"
    node {
      calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:path"
      output_stream: "VIDEO:video" output_stream: "VIDEO_PRESTREAM:header"
    }"""


def index_of(frame: Any) -> int:
    """Which frame of the video it is; see `make_video`."""
    return round((float(np.mean(frame.pixels)) - 20) / 20)


def test_frames_come_at_their_own_times(run: Any, make_video: Any) -> None:
    out = run(GRAPH, [], {"path": str(make_video([0, 40, 100, 130]))})
    assert [(t, index_of(frame)) for t, frame in out["video"]] == [
        (0, 0),
        (40_000, 1),
        (100_000, 2),
        (130_000, 3),
    ]
    frame = out["video"][0][1]
    assert (frame.width, frame.height, frame.image_format) == (64, 48, ImageFormat.SRGB)


def test_the_header_comes_first_and_once(run: Any, make_video: Any) -> None:
    [(t, header)] = run(GRAPH, [], {"path": bytes(make_video([0, 40, 80]))})["header"]
    assert t == PRESTREAM
    assert (header.width, header.height, header.format) == (64, 48, ImageFormat.SRGB)
    assert header.duration == pytest.approx(3 / header.frame_rate)


def test_colors_are_rgb(run: Any, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "red.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        red = np.zeros((32, 32, 3), np.uint8)
        red[..., 0] = 255
        container.mux(stream.encode(av.VideoFrame.from_ndarray(red, format="rgb24")))
        container.mux(stream.encode(None))
    [(_, frame)] = run(GRAPH, [], {"path": str(tmp_path / "red.mp4")})["video"]
    assert frame.pixels[16, 16, 0] > 200 and frame.pixels[16, 16, 2] < 50


@pytest.mark.parametrize("sound", [False, True])
def test_sound_is_saved_to_a_file(make_video: Any, sound: bool) -> None:
    graph = CalculatorGraph(
        graph_config="""
        input_side_packet: "path" output_stream: "video"
        node {
          calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:path"
          output_stream: "VIDEO:video" output_side_packet: "SAVED_AUDIO_PATH:audio"
        }"""
    )
    from mpgraph.framework.packet import make_packet

    graph.start_run({"path": make_packet(str(make_video([0, 40], sound)))})
    graph.wait_until_idle()
    path = graph.get_output_side_packet("audio").payload
    if sound:
        with av.open(path) as container:
            assert [stream.type for stream in container.streams] == ["audio"]
            assert container.streams.audio[0].codec_context.name == "aac"
    else:
        assert path == ""
    graph.wait_until_done()


def test_a_video_cut_off_is_read_as_far_as_it_goes(
    run: Any, make_video: Any, caplog: pytest.LogCaptureFixture
) -> None:
    whole = make_video(range(0, 400, 40))
    cut = whole.with_suffix(".avi")
    with av.open(str(cut), "w") as container, av.open(str(whole)) as source:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    data = cut.read_bytes()
    cut.write_bytes(data[: data.index(b"movi") + 1500])
    with caplog.at_level(logging.WARNING):
        out = run(GRAPH, [], {"path": str(cut)})["video"]
    assert 0 < len(out) < 10
    assert "Not all the frames are decoded" in caplog.text


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "there is no file"), (b"", "is empty"), (b"no video at all" * 50, "Fail to open video file")],
)
def test_what_is_no_video_is_told(run: Any, tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RuntimeError, match=message):
        run(GRAPH, [], {"path": str(path)})
