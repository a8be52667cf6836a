"""A camera whose frames a test chooses."""

from __future__ import annotations

import time
from typing import Any

import cv2
import pytest

from mpgraph.media import camera


class ScriptedCapture:
    """A camera's driver: a list of frames, None where it misses one; at the end it is unplugged."""

    def __init__(self, frames: list[Any]) -> None:
        self.frames = frames

    def read(self) -> tuple[bool, Any]:
        time.sleep(0.01)
        frame = self.frames.pop(0) if self.frames else None
        return frame is not None, frame

    def isOpened(self) -> bool:
        return True

    def release(self) -> None:
        pass


def scripted(monkeypatch: pytest.MonkeyPatch, frames: list[Any]) -> None:
    """Let every camera have these frames, HxWx3 uint8 BGR."""
    monkeypatch.setattr(cv2, "VideoCapture", lambda _source: ScriptedCapture(frames))
    monkeypatch.setattr(camera, "_RETRY_SECONDS", 0.2)
