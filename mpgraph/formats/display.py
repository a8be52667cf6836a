"""Pictures as people look at them: any ImageFormat as 8 bits, and as a PNG file for notebooks."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat


def to_8_bit(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The pixels of a picture for the eye: HxW grey, HxWx3 RGB or HxWx4 RGBA, uint8.

    Floats, such as masks, are taken to be 0 to 1, and 16 bits lose the lower eight.

    Raises:
        InvalidArgumentError: for a format that no picture file has, such as two channels.
    """
    if image_format is ImageFormat.SBGRA:
        return np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels == 2 or image_format is ImageFormat.LAB8:
        raise InvalidArgumentError(f"{image_format.name} pictures cannot be shown.")
    if pixels.dtype == np.uint16:
        return np.asarray(pixels >> 8, np.uint8)
    if pixels.dtype == np.float32:
        import cv2  # Heavy, and several times as fast as numpy.

        return np.asarray(cv2.convertScaleAbs(np.fmax(pixels, 0.0), alpha=255), np.uint8)
    return np.asarray(pixels, np.uint8)


def to_bgr(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The same as OpenCV's encoders take it, with blue first; errors as of `to_8_bit`."""
    shown = to_8_bit(pixels, image_format)
    if shown.ndim == 3:
        shown = shown[..., [2, 1, 0, 3] if shown.shape[2] == 4 else [2, 1, 0]]
    return np.ascontiguousarray(shown)


def to_png(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> bytes:
    """The picture as a PNG file; errors as of `to_8_bit`."""
    import cv2  # Heavy, and only needed where pictures are shown.

    shown = to_bgr(pixels, image_format)
    done, data = cv2.imencode(".png", shown)
    if not done:
        raise InvalidArgumentError(f"A picture of {shown.shape[1]}x{shown.shape[0]} pixels cannot be shown.")
    return data.tobytes()
