"""Conversion of images for display: any ImageFormat to 8 bits, and to a PNG file for notebooks."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat


def to_8_bit(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return the pixels of an image as HxW gray, HxWx3 RGB or HxWx4 RGBA, uint8.

    Floats, such as masks, are scaled from [0, 1] to [0, 255]; of 16 bits the upper eight are kept.

    Raises:
        InvalidArgumentError: image files cannot have this format, such as two channels.
    """
    if image_format is ImageFormat.SBGRA:
        return np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels == 2 or image_format is ImageFormat.LAB8:
        raise InvalidArgumentError(f"{image_format.name} images cannot be displayed.")
    if pixels.dtype == np.uint16:
        shifted = np.empty(pixels.shape, np.uint8)  # Without an array of 16 bits between.
        np.right_shift(pixels, 8, out=shifted, casting="unsafe")
        return shifted
    if pixels.dtype == np.float32:
        import cv2  # Slow to import, but several times as fast as numpy.

        return np.asarray(cv2.convertScaleAbs(np.fmax(pixels, 0.0), alpha=255), np.uint8)
    return np.asarray(pixels, np.uint8)


def to_bgr(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """As `to_8_bit`, in the channel order of OpenCV's encoders, blue first."""
    shown = to_8_bit(pixels, image_format)
    if shown.ndim == 3:
        shown = shown[..., [2, 1, 0, 3] if shown.shape[2] == 4 else [2, 1, 0]]
    return np.ascontiguousarray(shown)


def to_png(pixels: np.ndarray[Any, Any], image_format: ImageFormat) -> bytes:
    """Encode an image as a PNG file. Raises as `to_8_bit`."""
    import cv2  # Slow to import, and only needed for display.

    shown = to_bgr(pixels, image_format)
    done, data = cv2.imencode(".png", shown)
    if not done:
        raise InvalidArgumentError(
            f"An image of {shown.shape[1]}x{shown.shape[0]} pixels cannot be displayed."
        )
    return data.tobytes()
