from __future__ import annotations

import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.media.encoding import Encoding
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

NTSC = Fraction(30_000, 1001)
BT709_LIMITED = (1, 1, 1, 1)


def write(path: Path, frames: list[np.ndarray], times_us: list[int], **options: Any) -> None:
    height, width = frames[0].shape[:2]
    with VideoWriter(path, width, height, **options) as writer:
        for pixels, time_us in zip(frames, times_us, strict=True):
            writer.write(pixels, time_us)
        assert not path.exists()
    assert writer.frames_written == len(frames)


def test_mp4_is_playable_by_browsers(videos: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    write(path, videos.greys(30), videos.grid_us(30), frame_rate=NTSC)
    seen = videos.inspect(path)
    assert (seen.codec, seen.profile, seen.pixel_format) == ("h264", "High", "yuv420p")
    assert seen.colors == BT709_LIMITED
    assert seen.rate == NTSC
    assert seen.times_us == videos.grid_us(30)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert os.listdir(tmp_path) == ["out.mp4"]


def test_levels_and_colors_are_kept(videos: Any, tmp_path: Path) -> None:
    write(tmp_path / "out.mp4", [videos.quadrants(), *videos.greys(5)], videos.grid_us(6))
    with VideoReader(tmp_path / "out.mp4") as reader:
        first, *rest = (frame.pixels.astype(int) for frame in reader)
    for position in [(8, 8), (8, 56), (40, 8), (40, 56)]:
        np.testing.assert_allclose(first[position], videos.quadrants()[position], atol=5)
    for index, pixels in enumerate(rest):
        np.testing.assert_allclose(pixels, videos.level(index), atol=3)


def test_variable_rates_keep_every_microsecond(videos: Any, tmp_path: Path) -> None:
    times = [0, 10_001, 60_007, 61_000, 500_003, 1_700_000]
    write(tmp_path / "out.mp4", videos.greys(6), times, frame_rate=NTSC)
    assert videos.inspect(tmp_path / "out.mp4").times_us == times


def test_late_start_stays_late(videos: Any, tmp_path: Path) -> None:
    write(tmp_path / "out.mp4", videos.greys(3), [500_000, 533_367, 566_733], frame_rate=NTSC)
    assert videos.inspect(tmp_path / "out.mp4").times_us == [500_000, 533_367, 566_733]


@pytest.mark.parametrize("rate", [Fraction(24_000, 1001), Fraction(25), 59.94, Fraction(15, 2)])
def test_nominal_rates_are_exact(videos: Any, tmp_path: Path, rate: Any) -> None:
    exact = Fraction(60_000, 1001) if rate == 59.94 else rate
    write(tmp_path / "out.mp4", videos.greys(20), videos.grid_us(20, exact), frame_rate=rate)
    seen = videos.inspect(tmp_path / "out.mp4")
    assert seen.rate == exact
    assert seen.times_us == videos.grid_us(20, exact)


@pytest.mark.parametrize(("size", "stored"), [((53, 37), (54, 38)), ((64, 37), (64, 38)), ((1, 1), (2, 2))])
def test_odd_sizes_are_padded_for_h264(
    videos: Any, tmp_path: Path, size: tuple[int, int], stored: tuple[int, int]
) -> None:
    write(tmp_path / "out.mp4", videos.greys(3, *size), videos.grid_us(3))
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert (reader.info.width, reader.info.height) == stored
        np.testing.assert_allclose(next(iter(reader)).pixels.astype(int), videos.level(0), atol=3)


@pytest.mark.parametrize(
    ("name", "codec", "accuracy_us"),
    [("out.mov", "h264", 0), ("out.mkv", "h264", 500), ("out.webm", "vp9", 500), ("out.gif", "gif", 5000)],
)
def test_other_formats(videos: Any, tmp_path: Path, name: str, codec: str, accuracy_us: int) -> None:
    times = [0, 40_000, 110_000, 150_000]
    write(tmp_path / name, videos.greys(4), times, frame_rate=25)
    seen = videos.inspect(tmp_path / name)
    assert seen.codec == codec
    assert seen.times_us == pytest.approx(times, abs=accuracy_us)


def test_views_and_read_only_frames_are_written_correctly(videos: Any, tmp_path: Path) -> None:
    view = videos.quadrants()[::-1, ::-1]
    view.flags.writeable = False
    write(tmp_path / "out.mp4", [view], [0])
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert next(iter(reader)).pixels[8, 8].min() > 200  # white moved to the top left


def test_aac_is_copied_and_stays_in_sync(videos: Any, tmp_path: Path) -> None:
    source = videos.make("in.mp4", videos.greys(30), videos.grid_us(30), sound="aac", beep_at=0.5)
    write(tmp_path / "out.mp4", videos.greys(30), videos.grid_us(30), audio_from=source)
    before, after = videos.inspect(source), videos.inspect(tmp_path / "out.mp4")
    assert after.sound_codec == "aac"
    assert after.beep_at == pytest.approx(before.beep_at, abs=0.001)
    assert after.sound_seconds == pytest.approx(before.sound_seconds, abs=0.001)
    assert after.times_us == before.times_us == videos.grid_us(30)


@pytest.mark.parametrize(
    ("source_name", "sound", "target_name", "expected"),
    [
        ("in.mkv", "pcm_s16le", "out.mp4", "aac"),
        ("in.mkv", "flac", "out.mov", "aac"),
        ("in.mkv", "pcm_s16le", "out.mkv", "pcm_s16le"),
        ("in.mp4", "aac", "out.webm", "opus"),
        ("in.mp4", "aac", "out.mkv", "aac"),
        ("in.ts", "aac", "out.mp4", "aac"),
    ],
)
def test_audio_is_added(
    videos: Any, tmp_path: Path, source_name: str, sound: str, target_name: str, expected: str
) -> None:
    source = videos.make(source_name, videos.greys(30), videos.grid_us(30), sound=sound, beep_at=0.5)
    with VideoReader(source) as reader:
        times = [frame.timestamp_us for frame in reader]
    write(tmp_path / target_name, videos.greys(30), times, frame_rate=NTSC, audio_from=source)
    seen = videos.inspect(tmp_path / target_name)
    assert seen.sound_codec == expected
    assert seen.times_us == pytest.approx(times, abs=500)
    assert seen.beep_at - times[0] / 1e6 == pytest.approx(0.5, abs=0.03)
    assert seen.sound_seconds - times[0] / 1e6 == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize(("target_name", "expected"), [("out.mp4", "mp3float"), ("out.webm", "opus")])
def test_audio_with_times_in_whole_frames_of_sound(
    videos: Any, tmp_path: Path, target_name: str, expected: str
) -> None:
    """As in AVI files: the encoder's frames are shorter."""
    frames, times = videos.greys(30), videos.grid_us(30)
    source = videos.make("in.avi", frames, times, codec="mpeg4", sound="mp3", beep_at=0.5)
    write(tmp_path / target_name, frames, times, frame_rate=NTSC, audio_from=source)
    seen = videos.inspect(tmp_path / target_name)
    assert seen.sound_codec == expected
    assert seen.sound_seconds == pytest.approx(1.0, abs=0.1)
    assert seen.beep_at == pytest.approx(videos.inspect(source).beep_at, abs=0.03)


def test_late_recording_keeps_video_and_audio_in_sync(videos: Any, tmp_path: Path) -> None:
    # Video and audio both start at ten seconds; both are shifted to zero.
    late = [time + 10_000_000 for time in videos.grid_us(30)]
    source = videos.make("in.ts", videos.greys(30), late, sound="aac", beep_at=0.5, sound_start=10.0)
    with VideoReader(source) as reader:
        times = [frame.timestamp_us for frame in reader]
    write(tmp_path / "out.mp4", videos.greys(30), times, audio_from=source)
    seen = videos.inspect(tmp_path / "out.mp4")
    assert 0 <= times[0] < 50_000
    assert seen.beep_at - times[0] / 1e6 == pytest.approx(0.5, abs=0.03)


def test_source_without_audio_gives_a_silent_video(videos: Any, tmp_path: Path) -> None:
    source = videos.make("in.mp4", videos.greys(3), videos.grid_us(3))
    write(tmp_path / "out.mp4", videos.greys(3), videos.grid_us(3), audio_from=source)
    assert videos.inspect(tmp_path / "out.mp4").sound_codec is None


@pytest.mark.parametrize(("frames", "seconds"), [(30, 2.0), (15, 0.5)])
def test_longer_audio_is_kept_only_if_all_frames_were_written(
    videos: Any, tmp_path: Path, frames: int, seconds: float
) -> None:
    source = videos.make("in.mp4", videos.greys(30), videos.grid_us(30), sound="aac", sound_length=2.0)
    write(tmp_path / "out.mp4", videos.greys(frames), videos.grid_us(frames), audio_from=source)
    assert videos.inspect(tmp_path / "out.mp4").sound_seconds == pytest.approx(seconds, abs=0.07)


def test_truncated_audio_source_is_not_an_error(videos: Any, tmp_path: Path) -> None:
    options = {"movflags": "+faststart"}
    source = videos.make("in.mp4", videos.greys(30), videos.grid_us(30), sound="aac", options=options)
    source.write_bytes(source.read_bytes()[: int(source.stat().st_size * 0.7)])
    write(tmp_path / "out.mp4", videos.greys(30), videos.grid_us(30), audio_from=source)
    assert videos.inspect(tmp_path / "out.mp4").sound_codec == "aac"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_error_inside_with_leaves_nothing(videos: Any, tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"older")

    def work() -> None:
        with VideoWriter(target, 64, 48) as writer:
            writer.write(videos.grey(0), 0)
            raise failure

    with pytest.raises(failure):
        work()
    assert target.read_bytes() == b"older"
    assert os.listdir(tmp_path) == ["out.mp4"]


def test_close_after_an_interrupt_keeps_what_was_written(videos: Any, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with VideoWriter(target, 64, 48) as writer:
        try:
            for index in range(5):
                writer.write(videos.grey(index), index * 40_000)
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            writer.close()
    assert len(videos.inspect(target).times_us) == 5
    with pytest.raises(MediaError, match="is closed"):
        writer.write(videos.grey(0), 900_000)
    writer.abort()
    assert target.exists()


def test_interrupt_at_any_moment_leaves_a_playable_video(videos: Any, tmp_path: Path) -> None:
    source = videos.make("in.mp4", videos.greys(60), videos.grid_us(60), sound="aac", sound_length=8.0)
    noise = np.random.default_rng(2).integers(0, 256, (10, 48, 64, 3), dtype=np.uint8)

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for attempt in range(12):
            target = tmp_path / f"{attempt}.mp4"
            with VideoWriter(target, 64, 48, NTSC, audio_from=source) as writer:
                writer.write(noise[0], 0)
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.004 + 0.0007 * attempt)
                    for index in range(1, 3000):
                        writer.write(noise[index % 10], round(index / NTSC * 1_000_000))
                except KeyboardInterrupt:
                    written = writer.frames_written
            with VideoReader(target, strict=True) as reader:
                times = [frame.timestamp_us for frame in reader]
            assert len(times) in (written, written + 1)
            assert times == videos.grid_us(len(times))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(os.listdir(tmp_path)) == 13


def test_without_frames_there_is_no_file(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", 64, 48)
    with pytest.raises(MediaError, match="no frame to write"):
        writer.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("pixels", "time_us", "message"),
    [
        (np.zeros((48, 64, 4), np.uint8), 1, r"uint8 \(48, 64, 3\); this one is uint8 \(48, 64, 4\)"),
        (np.zeros((48, 65, 3), np.uint8), 1, "this one is"),
        (np.zeros((48, 64, 3), np.float32), 1, "float32"),
        (np.zeros((48, 64, 3), np.uint8), 0, "must increase"),
        (np.zeros((48, 64, 3), np.uint8), -1, "must increase"),
    ],
)
def test_wrong_frame_is_refused_without_ending_the_video(
    videos: Any, tmp_path: Path, pixels: np.ndarray, time_us: int, message: str
) -> None:
    with VideoWriter(tmp_path / "out.mp4", 64, 48) as writer:
        writer.write(videos.grey(0), 0)
        with pytest.raises(InvalidArgumentError, match=message):
            writer.write(pixels, time_us)
        writer.write(videos.grey(1), 40_000)
    assert len(videos.inspect(tmp_path / "out.mp4").times_us) == 2


def test_impossible_writers_leave_nothing(videos: Any, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no sound in here")
    with pytest.raises(MediaError, match="not a supported video format"):
        VideoWriter(tmp_path / "out.mp5", 64, 48)
    with pytest.raises(MediaError, match="there is no folder"):
        VideoWriter(tmp_path / "absent" / "out.mp4", 64, 48)
    with pytest.raises(InvalidArgumentError, match="0x48"):
        VideoWriter(tmp_path / "out.mp4", 0, 48)
    with pytest.raises(MediaError, match="note.txt"):
        VideoWriter(tmp_path / "out.mp4", 64, 48, audio_from=tmp_path / "note.txt")
    with pytest.raises(MediaError, match="there is no file"):
        VideoWriter(tmp_path / "out.mp4", 64, 48, audio_from=tmp_path / "absent.mp4")
    with pytest.raises(MediaError, match="40000x48"):
        VideoWriter(tmp_path / "out.mp4", 40_000, 48)
    assert os.listdir(tmp_path) == ["note.txt"]


def test_file_size_limit_leaves_no_file(tmp_path: Path) -> None:
    # The kernel's limit on file size simulates a full disk: the same failure of the same write.
    code = """
import resource, signal
import numpy as np
from mpgraph.errors import MediaError
from mpgraph.media.video_writer import VideoWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
noise = np.random.default_rng(0).integers(0, 256, (30, 240, 320, 3), dtype=np.uint8)
try:
    with VideoWriter("out.mp4", 320, 240) as writer:
        for index, pixels in enumerate(noise):
            writer.write(pixels, index * 33_333)
except MediaError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith('"out.mp4" was not written')
    assert run.stderr == ""
    assert os.listdir(tmp_path) == []


def test_pixel_aspect_is_kept(videos: Any, tmp_path: Path) -> None:
    write(tmp_path / "out.mp4", videos.greys(2), [0, 40_000], pixel_aspect=Fraction(16, 15))
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert reader.info.pixel_aspect == Fraction(16, 15)


@pytest.mark.parametrize(("aspect", "size"), [(Fraction(16, 11), (93, 48)), (Fraction(8, 9), (64, 54))])
@pytest.mark.parametrize("name", ["out.webm", "out.gif"])
def test_pixels_are_square_where_the_format_says_nothing_else(
    videos: Any, tmp_path: Path, name: str, aspect: Fraction, size: tuple[int, int]
) -> None:
    write(tmp_path / name, [videos.quadrants()] * 2, [0, 40_000], pixel_aspect=aspect)
    with VideoReader(tmp_path / name) as reader:
        assert (reader.info.width, reader.info.height) == size and reader.info.pixel_aspect == 1
        pixels = next(iter(reader)).pixels
    assert pixels[-5, -5].min() > 200 and pixels[5, 5, 0] > 150 and pixels[5, 5, 2] < 100


@pytest.mark.parametrize("name", ["out.webm", "out.mov"])
def test_alpha_is_written_and_flattened_when_read(tmp_path: Path, name: str) -> None:
    pixels = np.zeros((48, 64, 4), np.uint8)
    pixels[..., 0] = 200
    pixels[:, 32:, 3] = 255
    with VideoWriter(tmp_path / name, 64, 48, 25, alpha=True) as writer:
        for index in range(3):
            writer.write(pixels, index * 40_000)
    with VideoReader(tmp_path / name) as reader:
        frames = list(reader)
    assert [frame.timestamp_us for frame in frames] == [0, 40_000, 80_000]
    for frame in frames:
        assert frame.pixels[24, 8].min() > 250
        np.testing.assert_allclose(frame.pixels[24, 56], (200, 0, 0), atol=12)


def test_formats_without_alpha_name_those_with_it(tmp_path: Path) -> None:
    for name in ("out.mp4", "out.mkv", "out.gif"):
        with pytest.raises(MediaError, match=r"have no transparency; use \.webm .* or \.mov"):
            VideoWriter(tmp_path / name, 64, 48, alpha=True)
    with VideoWriter(tmp_path / "out.webm", 64, 48, alpha=True) as writer:
        with pytest.raises(InvalidArgumentError, match=r"\(48, 64, 4\)"):
            writer.write(np.zeros((48, 64, 3), np.uint8), 0)
        writer.write(np.zeros((48, 64, 4), np.uint8), 0)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", None), ("a.webm", None), ("a.mov", "prores")])
def test_frames_of_videos_are_written_without_conversion_or_as_rgb(
    videos: Any, tmp_path: Path, name: str, codec: str | None
) -> None:
    yuv = Yuv420.empty(64, 48)
    yuv.fill(videos.quadrants())
    with VideoWriter(tmp_path / name, 64, 48, encoding=Encoding(codec)) as writer:
        writer.write(yuv, 0)
    with VideoReader(tmp_path / name) as reader:
        [frame] = reader
    for position in [(8, 8), (8, 56), (40, 8), (40, 56)]:
        seen = frame.pixels[position].astype(int)
        np.testing.assert_allclose(seen, videos.quadrants()[position], atol=8)


def test_frames_of_videos_of_another_size_are_refused(tmp_path: Path) -> None:
    yuv = Yuv420.empty(32, 48)
    yuv.fill(np.zeros((48, 32, 3), np.uint8))
    with VideoWriter(tmp_path / "a.mp4", 64, 48) as writer:
        with pytest.raises(InvalidArgumentError, match=r"this one is uint8 \(48, 32, 3\)"):
            writer.write(yuv, 0)
        writer.write(np.zeros((48, 64, 3), np.uint8), 0)
