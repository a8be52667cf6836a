"""A procedural landscape, as a background for the demo: mountains at dusk under the first stars."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.effects.matte import Pixels

# Vertical position (0 top, 1 bottom) and RGB.
_SKY = (
    (0.00, (21, 30, 66)),
    (0.30, (52, 78, 128)),
    (0.52, (140, 140, 172)),
    (0.66, (238, 178, 148)),
    (0.74, (255, 214, 160)),
)
# Mountain ranges: vertical position of the foot, ruggedness, RGB; from far to near, the far ones in haze.
_RANGES = (
    (0.62, 0.16, (128, 128, 165)),
    (0.70, 0.14, (84, 98, 140)),
    (0.80, 0.11, (48, 68, 106)),
    (0.92, 0.08, (22, 38, 66)),
)
_SUN = (0.80, 0.60)
_GLOW = (255, 226, 176)


def landscape(width: int, height: int, seed: int = 7) -> Pixels:
    """Return the landscape in this size, HxWx3 uint8 RGB; the same seed yields the same mountains."""
    random = np.random.default_rng(seed)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    image = _gradient(y, width)
    image += _stars(random, width, height)[..., None] * np.clip(1 - y / 0.45, 0, 1)[..., None]
    distance = np.hypot((x - _SUN[0]) * width / height, y - _SUN[1])
    image = _toward(image, _GLOW, 0.85 * np.exp(-((distance / 0.16) ** 2)) + 0.35 * np.exp(-distance / 0.3))
    for foot, ruggedness, color in _RANGES:
        crest = foot - ruggedness * _ridge(random, width)
        # A transition of one pixel antialiases the crest; mist brightens the foot.
        rock = np.clip((y - crest) * height, 0, 1)
        mist = 0.55 * np.clip((y - crest) / 0.22, 0, 1)
        haze = _toward(
            np.broadcast_to(np.array(color, np.float32), image.shape), (196, 178, 190), mist * (1 - foot)
        )
        image += rock[..., None] * (haze - image)
    # Slightly out of focus, like anything far behind a portrait, and dithered against banding.
    image = cv2.GaussianBlur(image, (0, 0), max(width, height) / 700)
    image += random.uniform(-0.5, 0.5, image.shape[:2])[..., None]
    return np.asarray(np.clip(np.rint(image), 0, 255).astype(np.uint8), np.uint8)


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
    """A crest line, W float32 in 0..1: seven octaves of linear noise, each at half the amplitude."""
    x = np.linspace(0, 1, width)
    line = np.zeros(width)
    for octave in range(7):
        points = 3 * 2**octave + 1
        line += np.interp(x, np.linspace(0, 1, points), random.random(points)) / 2**octave
    line -= line.min()
    return (line / max(line.max(), 1e-6)).astype(np.float32)


def _toward(image: Any, color: tuple[int, int, int], amount: Any) -> Any:
    return image + np.clip(amount, 0, 1)[..., None] * (np.array(color, np.float32) - image)
