"""A painted landscape, for a background when no picture is at hand: mountains at dusk under first stars."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.effects.matte import Picture

# Height in the picture (0 top, 1 bottom) and RGB.
_SKY = (
    (0.00, (21, 30, 66)),
    (0.30, (52, 78, 128)),
    (0.52, (140, 140, 172)),
    (0.66, (238, 178, 148)),
    (0.74, (255, 214, 160)),
)
# Each range of mountains: height of its foot line, how rugged, RGB; far ones first, in the haze's colour.
_RANGES = (
    (0.62, 0.16, (128, 128, 165)),
    (0.70, 0.14, (84, 98, 140)),
    (0.80, 0.11, (48, 68, 106)),
    (0.92, 0.08, (22, 38, 66)),
)
_SUN = (0.80, 0.60)
_GLOW = (255, 226, 176)


def landscape(width: int, height: int, seed: int = 7) -> Picture:
    """Return a picture of this size; the same seed paints the same mountains. HxWx3 uint8 RGB."""
    random = np.random.default_rng(seed)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    picture = _gradient(y, width)
    picture += _stars(random, width, height)[..., None] * np.clip(1 - y / 0.45, 0, 1)[..., None]
    distance = np.hypot((x - _SUN[0]) * width / height, y - _SUN[1])
    picture = _toward(
        picture, _GLOW, 0.85 * np.exp(-((distance / 0.16) ** 2)) + 0.35 * np.exp(-distance / 0.3)
    )
    for foot, ruggedness, color in _RANGES:
        crest = foot - ruggedness * _ridge(random, width)
        # One pixel of transition smooths the crest; mist brightens the foot.
        rock = np.clip((y - crest) * height, 0, 1)
        mist = 0.55 * np.clip((y - crest) / 0.22, 0, 1)
        haze = _toward(
            np.broadcast_to(np.array(color, np.float32), picture.shape), (196, 178, 190), mist * (1 - foot)
        )
        picture += rock[..., None] * (haze - picture)
    # Out of focus, as what lies far behind a portrait is, and dithered, so that no bands show.
    picture = cv2.GaussianBlur(picture, (0, 0), max(width, height) / 700)
    picture += random.uniform(-0.5, 0.5, picture.shape[:2])[..., None]
    return np.asarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8), np.uint8)


def _gradient(y: Any, width: int) -> Any:
    stops = [stop for stop, _ in _SKY]
    rows = np.stack([np.interp(y[:, 0], stops, [color[i] for _, color in _SKY]) for i in range(3)], axis=-1)
    return np.repeat(rows[:, None, :], width, axis=1).astype(np.float32)


def _stars(random: np.random.Generator, width: int, height: int) -> Any:
    stars = np.zeros((height, width), np.float32)
    count = 180
    rows = random.integers(0, max(1, height // 2), count)
    columns = random.integers(0, width, count)
    stars[rows, columns] = 120 + 900 * random.random(count) ** 4
    return cv2.GaussianBlur(stars, (0, 0), max(0.6, height / 900)) * (height / 512)


def _ridge(random: np.random.Generator, width: int) -> Any:
    """A crest line, 0 to 1: ever finer triangles, each octave at half the height (midpoint noise)."""
    x = np.linspace(0, 1, width)
    line = np.zeros(width)
    for octave in range(7):
        points = 3 * 2**octave + 1
        line += np.interp(x, np.linspace(0, 1, points), random.random(points)) / 2**octave
    line -= line.min()
    return (line / max(line.max(), 1e-6)).astype(np.float32)


def _toward(picture: Any, color: tuple[int, int, int], amount: Any) -> Any:
    return picture + np.clip(amount, 0, 1)[..., None] * (np.array(color, np.float32) - picture)
