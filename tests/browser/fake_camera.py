"""A camera for Chromium: a portrait as a video file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mpgraph.framework.resources import demo_image

FRAMES_PER_SECOND = 20


def flags(video: Path) -> tuple[str, ...]:
    """Arguments that make Chromium show `video` as its camera, always allowed."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )


def write_portrait(path: Path, width: int, height: int, frames: int = 2) -> None:
    """Write the portrait that ships with mpgraph as .y4m, on a wall with two colors.

    Each frame is a little darker than the one before, so that they can be told apart.
    """
    portrait = cv2.imread(str(demo_image()))
    side = min(width, height)
    scene = np.empty((height, width, 3), np.uint8)
    scene[:, : width // 2] = portrait[8, 8]
    scene[:, width // 2 :] = portrait[8, -8]
    top, left = height - side, (width - side) // 2
    scene[top:, left : left + side] = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(frames):
            darker = cv2.subtract(scene, (index, index, index, 0))
            file.write(b"FRAME\n" + cv2.cvtColor(darker, cv2.COLOR_BGR2YUV_I420).tobytes())
