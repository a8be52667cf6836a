from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

SPOKEN = [(200, 700, "Hello <i>you</i>"), (1000, 800, "Grüße\nzwei")]
CHAPTERS = [("First", 0, 1000), ("Second", 1000, 2000)]


def source(path: Path, sound: tuple[str, ...] = ("aac", "ac3")) -> Path:
    """Two seconds of grey with two sound tracks, subtitles, chapters, a title and a date; Matroska."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("libx264", rate=Fraction(10))
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks: list[Any] = [container.add_stream(name, rate=48_000) for name in sound]
        for track, language in zip(tracks, ("eng", "deu"), strict=False):
            track.metadata["language"] = language
        text = container.add_mux_stream("subrip")
        text.metadata["language"] = "fra"
        container.metadata.update(title="A title", date="2024-05-06", location="+10.0+20.0/")
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": start,
                    "end": end,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": name},
                }
                for number, (name, start, end) in enumerate(CHAPTERS)
            ]
        )
        for index in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for track in tracks:
            block = av.AudioFrame.from_ndarray(np.zeros((1, 96_000), np.int16), format="s16", layout="mono")
            block.sample_rate, block.pts = 48_000, 0
            resampler = av.AudioResampler(
                track.format, track.layout, 48_000, frame_size=track.frame_size or 1024
            )
            for part in [*resampler.resample(block), *resampler.resample(None), None]:
                container.mux(track.encode(part))
        for start, duration, line in SPOKEN:
            packet = av.Packet(line.encode())
            packet.stream, packet.time_base = text, Fraction(1, 1000)
            packet.pts = packet.dts = start
            packet.duration = duration
            container.mux(packet)
    return path


def convert(path: Path, target: Path) -> Path:
    with VideoReader(path) as reader:
        info = reader.info
        with VideoWriter(target, info.width, info.height, info.frame_rate, audio_from=path) as writer:
            for frame in reader:
                writer.write(frame.pixels, frame.timestamp_us)
    return target


def codecs(path: Path, kind: str) -> list[tuple[str, str | None]]:
    with av.open(str(path)) as container:
        return [
            (stream.codec_context.codec.canonical_name, stream.language)
            for stream in container.streams
            if stream.type == kind
        ]


def subtitles(path: Path) -> list[tuple[int, bytes]]:
    with av.open(str(path)) as container:
        packets = container.demux(container.streams.subtitles[0])
        return [
            (round(packet.pts * packet.time_base * 1000), bytes(packet))
            for packet in packets
            if packet.size > 2
        ]


@pytest.mark.parametrize(
    ("suffix", "sound", "text"),
    [
        (".mp4", [("aac", "eng"), ("ac3", "deu")], [("mov_text", "fra")]),
        (".mov", [("aac", "eng"), ("ac3", "deu")], [("mov_text", "fra")]),
        (".mkv", [("aac", "eng"), ("ac3", "deu")], [("subrip", "fra")]),
        (".webm", [("opus", "eng"), ("opus", "deu")], []),
    ],
)
def test_all_tracks_chapters_and_descriptions_are_kept(
    suffix: str, sound: list[Any], text: list[Any], tmp_path: Path
) -> None:
    target = convert(source(tmp_path / "in.mkv"), tmp_path / f"out{suffix}")
    names = [codec for codec, _ in codecs(target, "audio")]
    assert names == [codec for codec, _ in sound]
    if suffix != ".mov":  # MOV's languages are Macintosh codes, of which FFmpeg writes few.
        assert (codecs(target, "audio"), codecs(target, "subtitle")) == (sound, text)
    with av.open(str(target)) as container:
        chapters = [
            (chapter["metadata"]["title"], float(chapter["start"] * chapter["time_base"]))
            for chapter in container.chapters()
        ]
        metadata = {name.lower(): value for name, value in container.metadata.items()}
    assert chapters == [("First", 0.0), ("Second", 1.0)]
    assert (metadata["title"], metadata["date"]) == ("A title", "2024-05-06")
    assert "location" not in metadata


def test_subtitles_are_rewritten_without_markup(tmp_path: Path) -> None:
    made = source(tmp_path / "in.mkv")
    spoken = [(200, b"Hello you"), (1000, "Grüße\nzwei".encode())]
    mp4 = convert(made, tmp_path / "a.mp4")
    assert subtitles(mp4) == [(time, len(text).to_bytes(2, "big") + text) for time, text in spoken]
    assert subtitles(convert(mp4, tmp_path / "b.mkv")) == spoken
    assert subtitles(convert(made, tmp_path / "c.mkv"))[0] == (200, b"Hello <i>you</i>")


def test_what_a_format_cannot_hold_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = source(tmp_path / "in.mkv")
    convert(made, tmp_path / "a.webm")
    assert [record.getMessage() for record in caplog.records] == [
        f'webm cannot hold the subtitles of "{made}" (subrip), left out'
    ]


@pytest.mark.parametrize("codec", ["ac3", "libmp3lame", "flac", "libopus", "alac"])
def test_sound_is_copied_into_mp4(codec: str, tmp_path: Path) -> None:
    made = source(tmp_path / "in.mkv", (codec,))
    target = convert(made, tmp_path / "out.mp4")
    with av.open(str(made)) as before, av.open(str(target)) as after:
        packets = [
            [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]
            for container in (before, after)
        ]
    assert packets[1] == packets[0]


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize("times", ["repeated", "missing"])
def test_sound_with_bad_times(
    times: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mpgraph.media.track import Track

    whole = Track.source_packets

    def damaged(track: Track) -> Any:
        last = None
        for number, packet in enumerate(whole(track)):
            if packet.size and number % 3 == 1:
                packet.pts = packet.dts = last if times == "repeated" else None
            last = packet.pts
            yield packet

    made = source(tmp_path / "in.mkv", ("ac3",))
    monkeypatch.setattr(Track, "source_packets", damaged)
    target = convert(made, tmp_path / f"out{suffix}")
    with av.open(str(target)) as container:
        stamps = [packet.pts for packet in container.demux(container.streams.audio[0]) if packet.size]
        assert all(earlier < later for earlier, later in pairwise(stamps))
    with av.open(str(target)) as container:
        seconds = sum(frame.samples for frame in container.decode(container.streams.audio[0])) / 48_000
    assert seconds == pytest.approx(2.0, abs=0.1)
