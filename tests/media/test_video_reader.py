from __future__ import annotations

import logging
import os
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mpgraph.errors import MediaError
from mpgraph.media.images import write_image
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

NTSC = Fraction(30_000, 1001)


def test_ntsc_frames_come_in_order_with_exact_times(videos: Any) -> None:
    path = videos.make("a.mp4", videos.greys(30), videos.grid_us(30))
    with VideoReader(path) as reader:
        frames = list(reader)
    assert [frame.timestamp_us for frame in frames] == videos.grid_us(30)
    assert [frame.index for frame in frames] == list(range(30))
    for frame in frames:
        assert frame.pixels.shape == (48, 64, 3)
        assert frame.pixels.dtype == np.uint8 and frame.pixels.flags.c_contiguous
        assert abs(int(frame.pixels[24, 32, 1]) - videos.level(frame.index)) <= 3
    info = reader.info
    assert (info.width, info.height, info.rotation, info.codec) == (64, 48, 0, "h264")
    assert info.frame_rate == NTSC
    assert info.frame_count == 30
    assert info.duration_us == 1_001_000
    assert not info.has_audio
    assert reader.damage is None


def test_variable_rates_keep_their_times(videos: Any) -> None:
    times = [0, 10_000, 60_000, 61_000, 500_000, 1_700_000]
    path = videos.make("a.mp4", videos.greys(6), times)
    with VideoReader(path) as reader:
        assert [frame.timestamp_us for frame in reader] == times
        assert 3 < reader.info.frame_rate < 4


def test_late_first_frame_stays_late(videos: Any) -> None:
    path = videos.make("a.mkv", videos.greys(3), [200_000, 300_000, 400_000], sound="aac")
    with VideoReader(path) as reader:
        assert [frame.timestamp_us for frame in reader] == [200_000, 300_000, 400_000]
        assert reader.info.has_audio


def test_broadcast_starts_at_zero(videos: Any) -> None:
    path = videos.make("a.ts", videos.greys(5), [time + 10_000_000 for time in videos.grid_us(5)])
    with av.open(str(path)) as container:
        assert container.start_time >= 10_000_000
    with VideoReader(path) as reader:
        assert [frame.timestamp_us for frame in reader] == pytest.approx(videos.grid_us(5), abs=12)


def test_rounded_milliseconds_do_not_change_the_rate(videos: Any) -> None:
    path = videos.make("a.webm", videos.greys(20), videos.grid_us(20), codec="libvpx")
    with VideoReader(path) as reader:
        assert reader.info.frame_rate == NTSC
        assert [frame.timestamp_us for frame in reader] == pytest.approx(videos.grid_us(20), abs=500)


def test_frames_without_times_follow_the_rate(videos: Any) -> None:
    path = videos.make("a.h264", videos.greys(5), videos.grid_us(5))
    with VideoReader(path) as reader:
        times = [frame.timestamp_us for frame in reader]
    assert len(times) == 5 and times[0] == 0
    assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("rotation", "mirrored", "degrees", "corners"),
    [
        (0, False, 0, ["red", "green", "blue", "white"]),
        (-90, False, 90, ["blue", "red", "white", "green"]),
        (180, False, 180, ["white", "blue", "green", "red"]),
        (90, False, 270, ["green", "white", "red", "blue"]),
        (0, True, 0, ["green", "red", "white", "blue"]),
    ],
)
def test_frames_are_upright(
    videos: Any, rotation: int, mirrored: bool, degrees: int, corners: list[str]
) -> None:
    stored = [videos.quadrants()] * 2
    path = videos.make("a.mp4", stored, [0, 40_000], rotation=rotation, mirrored=mirrored)
    with VideoReader(path) as reader:
        pixels = next(iter(reader)).pixels
        info = reader.info
    height, width = pixels.shape[:2]
    assert (info.width, info.height, info.rotation) == (width, height, degrees)
    assert (width, height) == ((48, 64) if degrees % 180 else (64, 48))
    assert pixels.flags.c_contiguous
    positions = [(y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    assert [name_of(pixels[position]) for position in positions] == corners


def name_of(color: np.ndarray) -> str:
    red, green, blue = (int(value) > 128 for value in color)
    return {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}[red, green, blue]


def test_odd_sizes_are_read_completely(videos: Any) -> None:
    path = videos.make("a.mp4", videos.greys(2, 53, 37), [0, 40_000])
    with VideoReader(path) as reader:
        assert [frame.pixels.shape for frame in reader] == [(37, 53, 3)] * 2


def test_full_range_videos_keep_black_and_white(tmp_path: Path) -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, 32:] = 255
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    with VideoReader(path) as reader:
        np.testing.assert_allclose(next(iter(reader)).pixels.astype(int), pixels, atol=2)


@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_truncated_video_delivers_its_remaining_frames(
    videos: Any, name: str, share: float, caplog: pytest.LogCaptureFixture
) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 256, (48, 64, 3), dtype=np.uint8) for _ in range(40)]
    times = [index * 200_000 for index in range(40)]
    path = videos.make(name, noise, times, options={"movflags": "+faststart"} if name == "a.mp4" else {})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with VideoReader(path) as reader, caplog.at_level(logging.WARNING):
        count = len(list(reader))
        assert 10 < count < 40
        assert reader.damage is not None
        assert caplog.messages == [f'"{path}" is damaged: {reader.damage}']
    delivered = []
    with VideoReader(path, strict=True) as reader, pytest.raises(MediaError, match="is damaged"):
        delivered.extend(reader)
    assert len(delivered) >= count - 1


def test_truncation_between_frames_is_detected(videos: Any) -> None:
    path = videos.make("a.mp4", videos.greys(30), videos.grid_us(30), options={"movflags": "+faststart"})
    with av.open(str(path)) as container:
        index = container.streams.video[0].index_entries
        end = index[19].pos + index[19].size
    path.write_bytes(path.read_bytes()[:end])
    with VideoReader(path) as reader:
        assert len(list(reader)) == 20
        assert reader.damage is not None and "cut off" in reader.damage


def test_broken_frame_does_not_end_the_video(videos: Any) -> None:
    path = videos.make("a.mp4", videos.greys(30), videos.grid_us(30))
    with av.open(str(path)) as container:
        entry = container.streams.video[0].index_entries[10]
    data = bytearray(path.read_bytes())
    data[entry.pos : entry.pos + entry.size] = bytes(range(1, entry.size + 1))
    path.write_bytes(data)
    with VideoReader(path) as reader:
        assert len(list(reader)) >= 28
        assert reader.damage is not None and "cannot be decoded" in reader.damage


def test_cover_image_is_not_a_video(videos: Any, tmp_path: Path) -> None:
    video = videos.make("a.mp4", videos.greys(2), [0, 40_000], sound="aac")
    sound_only = tmp_path / "b.m4a"
    with av.open(str(video)) as source, av.open(str(sound_only), "w", format="mp4") as target:
        copied = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = copied
                target.mux(packet)
    with pytest.raises(MediaError, match="contains only audio"):
        VideoReader(sound_only)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.mp4", b"", "zero bytes"),
        ("a.mp4", b"Dear diary, this is not a video.\n" * 40, "not a video"),
        ("a.txt", b"Dear diary, this is not a video.\n" * 40, "not a video|image or text"),
        ("a.mp4", bytes(5000), "not a video"),
        ("a.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "cannot read|not a video|no video"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError, match=message):
        VideoReader(tmp_path / name)


def test_images_missing_files_and_folders_are_refused(videos: Any, tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", videos.grey(0))
    with pytest.raises(MediaError, match="is an image"):
        VideoReader(tmp_path / "a.png")
    with pytest.raises(MediaError, match=r'Did you mean "a\.png"'):
        VideoReader(tmp_path / "aa.png")
    with pytest.raises(MediaError, match="is a folder"):
        VideoReader(tmp_path)


def test_video_without_frames_is_refused(videos: Any) -> None:
    path = videos.make("a.mp4", videos.greys(8), videos.grid_us(8), options={"movflags": "+faststart"})
    with av.open(str(path)) as container:
        first = container.streams.video[0].index_entries[0].pos
    path.write_bytes(path.read_bytes()[:first])
    with pytest.raises(MediaError, match="no frame that can be decoded"):
        VideoReader(path)


def test_closing_early_ends_the_iteration(videos: Any) -> None:
    reader = VideoReader(videos.make("a.mp4", videos.greys(9), videos.grid_us(9)))
    next(iter(reader))
    reader.close()
    reader.close()
    assert list(reader) == []


def test_missing_pyav_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")
    code = (
        "import sys; sys.modules['av'] = None\n"
        "from mpgraph.errors import MediaError\n"
        "from mpgraph.media.video_reader import VideoReader\n"
        "try: VideoReader('a.mp4')\n"
        "except MediaError as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'pip install "mpgraph[video]"' in run.stdout


def test_a_late_start_is_not_damage(videos: Any, caplog: pytest.LogCaptureFixture) -> None:
    times = [3_600_000_000 + time for time in videos.grid_us(15)]
    path = videos.make("a.mkv", videos.greys(15), times, sound="aac", sound_start=3600)
    with VideoReader(path) as reader:
        first = next(iter(reader)).timestamp_us
        assert len(list(reader)) == 14
        assert reader.info.duration_us is not None and reader.info.duration_us < 2_000_000
    assert first < 50_000 and reader.damage is None and not caplog.records


def test_a_start_before_zero_is_zero(videos: Any) -> None:
    fragments = {"movflags": "frag_keyframe+empty_moov"}
    path = videos.make("a.mp4", videos.greys(5), videos.grid_us(5), options=fragments)
    data = bytearray(path.read_bytes())
    at = data.index(b"tfdt") + 8  # Behind the version and flags: where the fragment starts.
    assert data[at - 4] == 1 and data[at : at + 8] == bytes(8)
    data[at : at + 8] = (-(2**32)).to_bytes(8, "big", signed=True)
    path.write_bytes(data)
    with av.open(str(path)) as container:
        first = next(container.demux(video=0)).pts
        assert first is not None and first < -(2**31)
    with VideoReader(path) as reader:
        assert [frame.timestamp_us for frame in reader] == pytest.approx(videos.grid_us(5), abs=1)
    assert reader.damage is None


def test_a_file_without_a_frame_is_one_message(videos: Any, caplog: pytest.LogCaptureFixture) -> None:
    path = videos.make("a.mp4", videos.greys(3), videos.grid_us(3))
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(
        data[:start] + b"\xff" * (data.index(b"moov") - 4 - start) + data[data.index(b"moov") - 4 :]
    )
    with pytest.raises(MediaError, match="no frame that can be decoded"):
        VideoReader(path)
    assert not caplog.records


def test_frames_are_also_delivered_as_they_are_stored(videos: Any, tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 64, 48) as writer:
        writer.write(videos.quadrants(), 0)
    with VideoReader(tmp_path / "a.mp4") as reader:
        [frame] = reader
    with av.open(str(tmp_path / "a.mp4")) as container:
        [decoded] = container.decode(video=0)
    assert frame.yuv is not None and not frame.yuv.luma.flags.writeable
    assert b"".join(plane.tobytes() for plane in frame.yuv.planes) == decoded.to_ndarray().tobytes()
    for position in [(8, 8), (8, 56), (40, 8), (40, 56)]:
        np.testing.assert_allclose(frame.yuv.rgb().astype(int)[position], frame.pixels[position], atol=3)


def test_other_matrices_and_turned_frames_are_only_delivered_as_rgb(videos: Any, tmp_path: Path) -> None:
    sd = videos.make("sd.mp4", videos.greys(1), [0])  # Without a matrix, which below 720 lines is BT.601.
    hd = videos.make("hd.mp4", videos.greys(1, 1280, 720), [0])
    turned = videos.make("turned.mp4", videos.greys(1, 1280, 720), [0], rotation=90.0)
    for path, is_stored_so in ((sd, False), (hd, True), (turned, False)):
        with VideoReader(path) as reader:
            [frame] = reader
        assert (frame.yuv is not None) == is_stored_so, path
