"""Angles in float32, rounded as in C++.

numpy's own float32 sine and cosine are up to one unit in the last place off those of the C library, which is
enough to lead two trackers apart after some frames: each frame's region depends on the one before.
"""

from __future__ import annotations

import math

import numpy as np


def cosine(radians: np.float32) -> np.float32:
    """The cosine, correctly rounded."""
    return np.float32(math.cos(float(radians)))


def sine(radians: np.float32) -> np.float32:
    """The sine, correctly rounded."""
    return np.float32(math.sin(float(radians)))


def normalize_radians(radians: np.float32) -> np.float32:
    """The same angle within [-pi, pi), computed in double and rounded once, as MediaPipe does."""
    angle = float(radians)
    return np.float32(angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi)))


def rotation_between(
    target: np.float32, x0: np.float32, y0: np.float32, x1: np.float32, y1: np.float32
) -> np.float32:
    """The clockwise rotation by which the vector from (x0, y0) to (x1, y1) misses the angle `target`.

    All in pixels, y down; `target` in radians, counter-clockwise from the x axis.
    """
    return normalize_radians(target - np.arctan2(-(y1 - y0), x1 - x0))
