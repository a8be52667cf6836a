"""The images for comparisons, all derived from the portrait that ships with mpgraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from contender import CHECKOUT

Pixels = Any
"""HxWx3 uint8 RGB."""

SPEED_SIZE = (1280, 720)


def accuracy_images() -> Iterator[tuple[str, Pixels]]:
    """Yield descriptions and images, one at a time because some are large."""
    portrait = read_portrait()
    yield "portrait 512x512", _resized(portrait, 512, 512)
    yield "portrait 1280x720, cropped", _covered(portrait, 1280, 720)
    yield "portrait 1280x720, stretched", _resized(portrait, 1280, 720)
    yield "portrait 333x517", _covered(portrait, 333, 517)
    yield "portrait 4000x3000", _covered(portrait, 4000, 3000)
    yield "portrait 1x1", _resized(portrait, 1, 1)
    yield "portrait 2x301", _resized(portrait, 2, 301)
    yield "portrait 64x48", _covered(portrait, 64, 48)
    yield "two people 1280x720", two_people(portrait, 1280, 720)
    yield "turned by 30°, 640x480", _turned(_covered(portrait, 640, 480), 30)
    yield "upside down 641x479", np.ascontiguousarray(_covered(portrait, 641, 479)[::-1])
    yield "dark 1280x720", _covered(portrait, 1280, 720) // 12
    yield "bright 1280x720", cv2.convertScaleAbs(_covered(portrait, 1280, 720), alpha=2)
    yield "grainy 1280x720", _grainy(_covered(portrait, 1280, 720), 40)
    yield "noise 640x480", np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    yield "black 640x480", np.zeros((480, 640, 3), np.uint8)


def write_speed_images(folder: Path) -> list[str]:
    """Write four different 720p frames, so that no library can reuse a result; return the .npy paths."""
    portrait = read_portrait()
    first = _covered(portrait, *SPEED_SIZE)
    mirrored = np.ascontiguousarray(first[:, ::-1])
    frames = [first, mirrored, two_people(portrait, *SPEED_SIZE), _grainy(first, 10)]
    paths = []
    for index, frame in enumerate(frames):
        path = folder / f"speed-{index}.npy"
        np.save(path, frame)
        paths.append(str(path))
    return paths


def read_portrait() -> Pixels:
    """Read the portrait, 512x512."""
    image: Pixels = cv2.imread(str(CHECKOUT / "mpgraph/demo/portrait.jpg"))
    return np.ascontiguousarray(image[:, :, ::-1])


def two_people(portrait: Pixels, width: int, height: int) -> Pixels:
    """The portrait and its mirror image, side by side."""
    half = _covered(portrait, width // 2, height)
    return np.ascontiguousarray(np.hstack([half, half[:, ::-1]]))


def _resized(image: Pixels, width: int, height: int) -> Pixels:
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


def _covered(image: Pixels, width: int, height: int) -> Pixels:
    """The largest centre crop with the given proportions, scaled to the given size."""
    have_height, have_width = image.shape[:2]
    scale = min(have_width / width, have_height / height)
    take_width, take_height = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (have_width - take_width) // 2, (have_height - take_height) // 2
    return _resized(image[top : top + take_height, left : left + take_width], width, height)


def _turned(image: Pixels, degrees: float) -> Pixels:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(image, turn, (width, height))


def _grainy(image: Pixels, deviation: float) -> Pixels:
    grain = np.random.default_rng(2).normal(0, deviation, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)
