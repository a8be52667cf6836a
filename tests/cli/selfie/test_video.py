from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from scripted_camera import scripted
from videos import Videos

from mpgraph.media import camera
from mpgraph.media.camera import Camera as RealCamera
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter


@pytest.fixture
def talk(tmp_path: Path, portrait: npt.NDArray[np.uint8]) -> Path:
    """The portrait as a video with frames at irregular timestamps."""
    file = tmp_path / "talk.mp4"
    with VideoWriter(file, 512, 512, Fraction(30000, 1001)) as writer:
        for time_us in (0, 33_367, 100_100, 133_467, 400_000):
            writer.write(portrait, time_us)
    return file


def test_video_keeps_its_timestamps_and_gets_a_new_background(cli: Any, talk: Path) -> None:
    code, out, err = cli("selfie", talk, "-b", "0,0,200")
    target = talk.with_name("talk-selfie.mp4")
    assert (code, err) == (0, "")
    assert out.startswith(f"{target} (512x512, 5 frames, ")
    with VideoReader(talk) as before, VideoReader(target) as after:
        frames = list(after)
        assert [frame.timestamp_us for frame in frames] == [frame.timestamp_us for frame in before]
    for frame in frames:
        assert np.abs(frame.pixels[10:60, 450:].astype(int) - (0, 0, 200)).mean() < 8
        assert frame.pixels[300, 150, 0] > 150


def test_mask_only_of_a_video(cli: Any, talk: Path) -> None:
    assert cli("selfie", talk, "--mask-only", "--model", "landscape").code == 0
    with VideoReader(talk.with_name("talk-mask.mp4")) as reader:
        first = next(iter(reader)).pixels
    assert first[100, 230].min() > 240 and first[20, 300].max() < 15


def test_camera_is_mirrored_and_recorded(
    cli: Any, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A video instead of a camera, opened like a stream address.
    monkeypatch.setattr(camera, "Camera", lambda number: RealCamera(talk))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    target = tmp_path / "recorded.mp4"
    code, out, _ = cli("selfie", "--webcam", "0", target, "-b", "lime")
    assert code == 0 and out.startswith(f"{target} (512x512, ")
    with VideoReader(target) as reader:
        first = next(iter(reader)).pixels
    # The black helmet is on the right in the portrait, the orange sleeve on the left.
    assert first[450, 120].max() < 60 and first[450, 391].max() > 100
    assert cli("selfie", "--webcam", "0", target, "-b", "lime").code == 1
    assert "no display" in cli("selfie", "--webcam", "0").err


def test_output_may_be_a_folder(cli: Any, talk: Path, tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    assert cli("selfie", talk, tmp_path / "done").code == 0
    assert (tmp_path / "done" / "talk-selfie.mp4").is_file()


@pytest.mark.parametrize(
    ("name", "decoder", "sound"), [(None, "libvpx-vp9", "opus"), ("out.mov", "prores", "aac")]
)
def test_transparent_video(
    cli: Any, tmp_path: Path, portrait: npt.NDArray[np.uint8], name: str | None, decoder: str, sound: str
) -> None:
    talk = Videos(tmp_path).make("talk.mp4", [portrait] * 5, Videos.grid_us(5), sound="aac")
    target = tmp_path / name if name else talk.with_name("talk-selfie.webm")
    code, _, err = cli("selfie", talk, *([target] if name else []), "-b", "transparent")
    assert (code, err) == (0, "")
    frames = decoded_with_alpha(target, decoder)
    assert len(frames) == 5
    for frame in frames:
        # The person, and behind him nothing: not a trace of the old background.
        assert frame[300, 150, 3] > 250 and frame[300, 150, 0] > 150
        assert frame[10:60, 450:, 3].max() < 5 and frame[10:60, 450:, :3].max() < 12
    found = Videos.inspect(target)
    assert found.sound_codec == sound and found.sound_seconds == pytest.approx(1, abs=0.1)
    # Read again, it is flattened onto white.
    with VideoReader(target) as reader:
        assert next(iter(reader)).pixels[10:60, 450:].min() > 250


def decoded_with_alpha(path: Path, decoder: str) -> list[npt.NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        context = av.CodecContext.create(decoder, "r")
        packets = [*(packet for packet in container.demux(video=0) if packet.size), None]
        frames = [frame for packet in packets for frame in context.decode(packet)]
    return [frame.to_ndarray(format="rgba") for frame in frames]


@pytest.mark.parametrize("command", ["selfie", "run"])
@pytest.mark.parametrize("ending", ["unplugged", "another size"])
def test_a_recording_is_kept_when_the_camera_ends(
    cli: Any,
    tmp_path: Path,
    flip_graph: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    command: str,
    ending: str,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    frames: list[Any] = Videos(tmp_path).greys(20)
    frames[4] = None  # a frame that is missed
    scripted(monkeypatch, frames + ([] if ending == "unplugged" else Videos(tmp_path).greys(5, 32, 24)))
    target = tmp_path / "recorded.mp4"
    arguments = (
        ["run", flip_graph, "--webcam", "0", "-o"] if command == "run" else ["selfie", "--webcam", "0"]
    )
    code, out, err = cli(*arguments, target)
    assert code == 0 and out.startswith(f"{target} (64x48, ")
    assert ("was it unplugged?" if ending == "unplugged" else "changed its size") in caplog.text + err
    with VideoReader(target, strict=True) as reader:
        times = [frame.timestamp_us for frame in reader]
    assert len(times) >= 3 and times[-1] > 100_000
