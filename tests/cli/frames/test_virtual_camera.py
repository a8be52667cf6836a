from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mpgraph.cli.frames.virtual_camera import VirtualCamera
from mpgraph.errors import MediaError

FRAME = np.full((4, 6, 3), 9, np.uint8)


def test_frames_reach_the_driver(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[Any] = []

    class Camera:
        device = "/dev/video7"

        def __init__(self, width: int, height: int, fps: float) -> None:
            sent.append((width, height, fps))

        def send(self, pixels: Any) -> None:
            sent.append(pixels.shape)

        def close(self) -> None:
            sent.append("closed")

    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=Camera))
    with VirtualCamera() as sink:
        sink.put(FRAME, 0)
        sink.put(FRAME[..., 0], 33_000)
    assert sent == [(6, 4, 30), (4, 6, 3), (4, 6, 3), "closed"]
    assert "/dev/video7 (6x4)" in capsys.readouterr().err


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver(**_: Any) -> None:
        raise RuntimeError("virtual camera output could not be started\n'v4l2loopback' backend: none found")

    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=no_driver))
    with pytest.raises(MediaError, match="'v4l2loopback' backend: none found"):
        VirtualCamera().put(FRAME, 0)
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(MediaError, match=r"pip install \"mpgraph\[virtual-camera\]\""):
        VirtualCamera()
