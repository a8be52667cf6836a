from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mpgraph.cli.frames.camera_sink import camera_sink
from mpgraph.errors import MediaError

GREY = np.full((48, 64), 99, np.uint8)


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_camera_without_a_display_is_recorded_or_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no display.*--no-browser"):
        camera_sink("x", None, browser=True)
    with camera_sink("x", tmp_path / "o.mp4", browser=True) as sink:
        sink.put(GREY, 0)
    assert (tmp_path / "o.mp4").exists()


def test_virtual_camera_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    device = SimpleNamespace(device="virtual", send=sent.append, close=lambda: sent.append("closed"))
    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=lambda **_: device))
    with camera_sink("x", None, browser=True, virtual_camera=True) as sink:
        sink.put(GREY, 0)
    assert sent[0].shape == (48, 64, 3) and sent[1:] == ["closed"]
