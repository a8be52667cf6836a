"""Layers of a scene: a person as premultiplied colors with alpha, moved, bent and composited exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Size = tuple[int, int]
"""Width and height."""

_SUBFRAMES = 9
_NECK = 0.45
_SHUTTER = 0.5
"""The part of a frame's time for which the shutter is open (180 degrees)."""


@dataclass(frozen=True)
class Pose:
    """Where a layer is at a time.

    x, y: of the middle of its lower edge, in parts of the frame's width and height. height: in parts of the
    frame's height. turn: clockwise, in degrees, about that point. nod: how far the head has moved
    sideways, in parts of the layer's width; the body stays. mirrored: left and right exchanged.
    """

    x: float
    y: float = 1.0
    height: float = 0.8
    turn: float = 0.0
    nod: float = 0.0
    mirrored: bool = False


@dataclass(frozen=True)
class Layer:
    """A cutout and its motion, a function of time, in frames, to a Pose.

    gain: factors of red, green and blue.
    """

    cutout: Any
    motion: Callable[[float], Pose]
    gain: tuple[float, float, float] = (1, 1, 1)

    def rendered(self, frame: int, size: Size) -> Any:
        """Return the layer with motion blur: HxWx4 float32, premultiplied RGB in 0..255, alpha in 0..1."""
        times = [frame + _SHUTTER * step / _SUBFRAMES for step in range(_SUBFRAMES)]
        poses = [self.motion(time) for time in times]
        if poses[0] == poses[-1]:
            poses = poses[:1]
        return sum(self._at(pose, size) for pose in poses) / np.float32(len(poses))

    def _at(self, pose: Pose, size: Size) -> Any:
        height, width = self.cutout.shape[:2]
        scale = pose.height * size[1] / height
        x, y = pose.x * size[0], pose.y * size[1]
        angle = np.deg2rad(pose.turn)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        flip = -1.0 if pose.mirrored else 1.0
        matrix = np.array([[flip * cos, -sin, 0], [flip * sin, cos, 0]])
        matrix[:, 2] = np.array([x, y]) - matrix[:, :2] @ (width / 2, height)
        source = self.cutout if pose.nod == 0 else _nodded(self.cutout, pose.nod)
        moved = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
        alpha = np.clip(moved[..., 3:], 0, 1)
        color = np.clip(moved[..., :3] * np.array(self.gain, np.float32), 0, 255 * alpha)
        return np.concatenate([color, alpha], axis=2)


def _nodded(cutout: Any, nod: float) -> Any:
    """The cutout with its head moved sideways; the motion fades out towards the shoulders."""
    height, width = cutout.shape[:2]
    rows = np.arange(height, dtype=np.float32) / height
    weight = np.clip((_NECK + 0.15 - rows) / 0.3, 0, 1)
    shift = nod * width * weight * weight * (3 - 2 * weight)
    columns = np.arange(width, dtype=np.float32)[None] - shift[:, None]
    lines = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    return cv2.remap(cutout, columns, lines, cv2.INTER_LINEAR)


def composited(layers: Sequence[Any]) -> Any:
    """Return rendered layers over one another, the first behind: HxWx4 float32, premultiplied."""
    result = layers[0]
    for layer in layers[1:]:
        result = layer + (1 - layer[..., 3:]) * result
    return result


def read_cutout(path: Path) -> Any:
    """Read an image with alpha as a layer's cutout, with a margin around all but its lower edge.

    Raises:
        SystemExit: the file has no alpha.
    """
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None or image.shape[2:] != (4,):
        raise SystemExit(f"{path} is not an image with alpha; cutouts.py makes some")
    rgba = cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA).astype(np.float32)
    rgba[..., 3:] /= 255
    rgba[..., :3] *= rgba[..., 3:]
    side = rgba.shape[1] // 4
    return cv2.copyMakeBorder(rgba, 8, 0, side, side, cv2.BORDER_CONSTANT)
