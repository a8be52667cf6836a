"""Payloads in a few words, for the messages of failed tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.formats.pixels import Pixels
from mpgraph.formats.tensor import Tensor

MAX_WIDTH = 60


def show(value: Any) -> str:
    """One line of at most MAX_WIDTH characters: small values whole, pictures by size and range."""
    text = _text(value)
    return text if len(text) <= MAX_WIDTH else text[: MAX_WIDTH - 3] + "..."


def _text(value: Any) -> str:
    if isinstance(value, Pixels):
        name = f"{type(value).__name__} {value.width}x{value.height} {value.image_format.name}"
        return f"{name} {_color(value.pixels)}"
    if isinstance(value, Tensor):
        return f"Tensor {value.dtype}{list(value.shape)} {_range(value.array)}"
    if isinstance(value, np.ndarray):
        if value.size <= 8:
            return " ".join(repr(value).split())
        return f"{type(value).__name__} {value.dtype}{list(value.shape)} {_range(value)}"
    if isinstance(value, type):
        return f"any {value.__name__}"
    if isinstance(value, (list, tuple)) and value:
        inner = ", ".join(map(show, value[:8])) + (", ..." if len(value) > 8 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if hasattr(type(value), "DESCRIPTOR"):
        return f"{value.DESCRIPTOR.name} {{ {' '.join(str(value).split())} }}"
    name = getattr(value, "__qualname__", "")
    if callable(value) and name:
        return name.rpartition(".<locals>.")[2]
    return " ".join(repr(value).split())


def _color(pixels: np.ndarray[Any, np.dtype[Any]]) -> str:
    """The colour of a picture that has only one, else the range of its values."""
    if pixels.ndim == 3 and pixels.size and (pixels == pixels[0, 0]).all():
        return f"all ({', '.join(f'{value:.4g}' for value in pixels[0, 0])})"
    return _range(pixels)


def _range(array: np.ndarray[Any, np.dtype[Any]]) -> str:
    if not array.size or array.dtype.kind not in "iufb":
        return "(empty)"
    low, high = array.min(), array.max()
    return f"all {low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
