from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted_camera import scripted

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.camera import Camera
from mpgraph.media.preview import Preview

ABSENT = 63  # the last number Linux hands out by default; no machine has as many cameras


def camera_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "mpgraph-camera"]


def test_missing_camera_is_reported_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MediaError, match=f"cannot open camera {ABSENT}: "):
        Camera(ABSENT)
    with pytest.raises(MediaError, match="cannot open .*absent"):
        Camera("/dev/absent-camera")
    with pytest.raises(InvalidArgumentError, match="numbered from 0"):
        Camera(-1)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert camera_threads() == []


def test_machine_without_cameras_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    present = sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video[0-9]*"))
    expected = ", ".join(present) if present else "this machine has no camera"
    with pytest.raises(MediaError, match=expected):
        Camera(ABSENT)


def test_slow_processing_receives_the_newest_frame() -> None:
    # A live stream without hardware: the preview's own, which sends what is newest.
    level = 0
    stop = threading.Event()
    with Preview.open(browser=False) as preview:

        def shoot() -> None:
            nonlocal level
            while not stop.wait(0.01):
                level = min(level + 1, 250)
                preview.show(np.full((48, 64, 3), level, np.uint8))

        shooter = threading.Thread(target=shoot)
        shooter.start()
        try:
            with Camera(preview.url + "frames", width=640, height=480, fps=30) as camera:
                assert (camera.width, camera.height) == (64, 48)
                frames = [next(camera), next(camera)]
                time.sleep(0.3)
                level_while_idle = level
                time.sleep(0.5)
                frames.append(next(camera))
        finally:
            stop.set()
            shooter.join()
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert all(earlier.timestamp_us < later.timestamp_us for earlier, later in pairwise(frames))
    assert all(frame.pixels.shape == (48, 64, 3) and frame.pixels.dtype == np.uint8 for frame in frames)
    # A queue would continue with an old frame; the newest frame was taken later.
    assert frames[2].pixels[0, 0, 0] >= level_while_idle - 2
    assert camera_threads() == []


def test_stream_ends_and_colors_are_rgb(videos: Any) -> None:
    path = videos.make("a.mp4", [videos.quadrants()] * 5, videos.grid_us(5))
    with Camera(path) as camera:
        frames = list(camera)
    assert 1 <= len(frames) <= 5
    red, green, blue = (int(value) for value in frames[0].pixels[8, 8])
    assert red > 180 and green < 80 and blue < 80


def test_closing_ends_the_iteration(videos: Any) -> None:
    camera = Camera(videos.make("a.mp4", videos.greys(5), videos.grid_us(5)))
    camera.close()
    camera.close()
    assert list(camera) == []
    assert camera_threads() == []


def test_opencv_log_level_is_restored() -> None:
    code = (
        "import cv2\n"
        "from mpgraph.io.opencv import quiet_opencv\n"
        "log = getattr(cv2.utils, 'logging', cv2)\n"
        "before = log.getLogLevel()\n"
        "with quiet_opencv():\n"
        "    with quiet_opencv(): pass\n"
        "    assert log.getLogLevel() == 0\n"
        "assert log.getLogLevel() == before != 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_camera_that_misses_frames_goes_on_and_one_that_is_unplugged_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, videos: Any
) -> None:
    frames = videos.greys(8)
    scripted(monkeypatch, [None, *frames[:3], None, None, *frames[3:]])
    with Camera(0) as camera:
        levels = [int(frame.pixels[0, 0, 0]) for frame in camera]
    assert levels[-1] == videos.level(7)
    assert [record.getMessage() for record in caplog.records] == [
        "camera 0 stopped delivering frames; was it unplugged?"
    ]
    assert camera_threads() == []


def test_a_camera_that_changes_its_size_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, videos: Any
) -> None:
    scripted(monkeypatch, [*videos.greys(3), *videos.greys(3, 32, 24)])
    with Camera(0) as camera:
        shapes = {frame.pixels.shape for frame in camera}
    assert shapes == {(48, 64, 3)}
    assert "changed its size from 64x48 to 32x24" in caplog.text


def test_a_camera_without_a_frame_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, [])
    with pytest.raises(MediaError, match="delivers no frame"):
        Camera(0)
