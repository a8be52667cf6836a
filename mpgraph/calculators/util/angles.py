"""Angles in float32, computed with the functions of the C library that MediaPipe uses.

Neither numpy's float32 functions nor the double ones, rounded, give the same values: between a tenth
and a third of the results differ by one unit in the last place. That is enough to make two trackers diverge
after some frames, since each frame's region depends on the previous one.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

V = TypeVar("V", np.float32, npt.NDArray[np.float32])


def _from_c(name: str, fallback: Callable[..., float], arguments: int) -> Callable[..., float]:
    """The C library's float function, or `fallback` where it cannot be found."""
    try:
        # Python itself is linked against libm; Windows has the functions in its C runtime.
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        function = getattr(library, name)
    except (OSError, AttributeError, TypeError):  # TypeError: CDLL(None) on some platforms.
        return fallback
    function.restype = ctypes.c_float
    function.argtypes = [ctypes.c_float] * arguments
    return function  # type: ignore[no-any-return]


_cosf = _from_c("cosf", math.cos, 1)
_sinf = _from_c("sinf", math.sin, 1)
_atan2f = _from_c("atan2f", math.atan2, 2)


def cosine(radians: np.float32) -> np.float32:
    """The cosine; NaN for infinities and NaN."""
    return np.float32(_cosf(radians)) if math.isfinite(radians) else np.float32(math.nan)


def sine(radians: np.float32) -> np.float32:
    """The sine; NaN for infinities and NaN."""
    return np.float32(_sinf(radians)) if math.isfinite(radians) else np.float32(math.nan)


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
    return normalize_radians(target - np.float32(_atan2f(-(y1 - y0), x1 - x0)))
