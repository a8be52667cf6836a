"""Angles in float32, rounded as in C++."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mpgraph.framework.c_math import atan2f, cosf, sinf

V = TypeVar("V", np.float32, npt.NDArray[np.float32])


def cosine(radians: np.float32) -> np.float32:
    """The cosine; NaN for infinities and NaN."""
    return np.float32(cosf(radians)) if math.isfinite(radians) else np.float32(math.nan)


def sine(radians: np.float32) -> np.float32:
    """The sine; NaN for infinities and NaN."""
    return np.float32(sinf(radians)) if math.isfinite(radians) else np.float32(math.nan)


def rotated(x: V, y: V, radians: np.float32) -> tuple[V, V]:
    """Return points rotated about (0, 0) from the x axis towards the y axis, so clockwise where y is down."""
    c, s = cosine(radians), sine(radians)
    return x * c - y * s, x * s + y * c


def normalize_radians(radians: np.float32) -> np.float32:
    """The same angle within [-pi, pi), computed in double and rounded once, as MediaPipe does."""
    angle = float(radians)
    if not math.isfinite(angle):
        return np.float32(math.nan)
    return np.float32(angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi)))


def rotation_between(
    target: np.float32, x0: np.float32, y0: np.float32, x1: np.float32, y1: np.float32
) -> np.float32:
    """The clockwise rotation that turns an axis at the angle `target` to the vector (x0, y0)-(x1, y1).

    All in pixels, y down; `target` in radians, counter-clockwise from the x axis.
    """
    return normalize_radians(target - np.float32(atan2f(-(y1 - y0), x1 - x0)))
