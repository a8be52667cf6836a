"""The C library's functions that MediaPipe calls and that Python lacks: float32 ones, and round().

Neither numpy's float32 functions nor double ones, rounded, give the same values: every tenth to third sine
or arctangent is one unit in the last place off, and one exponential in a thousand. That is enough to lead
two trackers apart after some frames, since each frame's region depends on the one before.

A call takes about 0.3 microseconds, so these are for single values and short arrays.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable


def _from_c(name: str, fallback: Callable[..., float], arguments: int) -> Callable[..., float]:
    """The C library's function, or `fallback`, computed in double, where it cannot be found."""
    try:
        # Python itself is linked against libm; Windows has the functions in its C runtime.
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        function = getattr(library, name)
    except (OSError, AttributeError, TypeError):  # TypeError: CDLL(None) on some platforms.
        return fallback
    function.restype = ctypes.c_float
    function.argtypes = [ctypes.c_float] * arguments
    return function  # type: ignore[no-any-return]


def _exp(value: float) -> float:
    """math.exp, which raises for large values, with C's result."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def rounded(value: float) -> float:
    """The nearest integer, halves away from zero, as C's round() has it; infinities and NaN stay."""
    if not math.isfinite(value):
        return value
    whole = math.floor(abs(value))
    return math.copysign(whole + (abs(value) - whole >= 0.5), value)


cosf = _from_c("cosf", math.cos, 1)
sinf = _from_c("sinf", math.sin, 1)
acosf = _from_c("acosf", math.acos, 1)
atan2f = _from_c("atan2f", math.atan2, 2)
expf = _from_c("expf", _exp, 1)
