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

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.camera import Camera
from mpgraph.media.preview import Preview

ABSENT = 63  # the last number Linux hands out by default; no machine has as many cameras


def camera_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "mpgraph-camera"]


def test_no_camera_is_one_clear_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MediaError, match=f"cannot open camera {ABSENT}: "):
        Camera(ABSENT)
    with pytest.raises(MediaError, match="cannot open .*absent"):
        Camera("/dev/absent-camera")
    with pytest.raises(InvalidArgumentError, match="numbered from 0"):
        Camera(-1)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert camera_threads() == []


def test_a_machine_without_cameras_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    present = sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video[0-9]*"))
    expected = ", ".join(present) if present else "this machine has no camera"
    with pytest.raises(MediaError, match=expected):
        Camera(ABSENT)


def test_slow_processing_sees_the_newest_frame(videos: Any) -> None:
    # A live stream without hardware: the preview's own, which sends what is newest.
    level = 0
    with Preview.open(browser=False) as preview:
        stop = threading.Event()

        def shoot() -> None:
            nonlocal level
            while not stop.is_set():
                level = (level + 1) % 250
                preview.show(np.full((48, 64, 3), level, np.uint8))
                time.sleep(0.005)

        shooter = threading.Thread(target=shoot)
        shooter.start()
        try:
            with Camera(preview.url + "pictures", width=640, height=480, fps=30) as camera:
                assert (camera.width, camera.height) == (64, 48)
                frames = []
                for frame in camera:
                    frames.append(frame)
                    if len(frames) == 6:
                        break
                    time.sleep(0.1)
        finally:
            stop.set()
            shooter.join()
    assert [frame.index for frame in frames] == list(range(6))
    assert all(later.timestamp_us > earlier.timestamp_us for earlier, later in pairwise(frames))
    assert frames[0].pixels.shape == (48, 64, 3) and frames[0].pixels.dtype == np.uint8
    # A queue would hand out neighbours; the newest ones lie several exposures apart.
    steps = [
        int(later.pixels[0, 0, 0]) - int(earlier.pixels[0, 0, 0]) for earlier, later in pairwise(frames[1:])
    ]
    assert all(abs(step) > 4 for step in steps)
    assert camera_threads() == []


def test_a_stream_ends_and_colours_are_rgb(videos: Any) -> None:
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


def test_opencv_may_speak_again_afterwards() -> None:
    code = (
        "import cv2\n"
        "from mpgraph.media.opencv import quiet_opencv\n"
        "log = getattr(cv2.utils, 'logging', cv2)\n"
        "before = log.getLogLevel()\n"
        "with quiet_opencv():\n"
        "    with quiet_opencv(): pass\n"
        "    assert log.getLogLevel() == 0\n"
        "assert log.getLogLevel() == before != 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
