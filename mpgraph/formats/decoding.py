"""Decoding of image files."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import MediaError
from mpgraph.io.image_integrity import integrity_fault
from mpgraph.io.image_size import size_fault
from mpgraph.io.opencv import quiet_opencv


def decode_image(data: bytes, name: str, *, upright: bool = False) -> npt.NDArray[Any]:
    """Return the pixels of an encoded image: gray HxW, RGB HxWx3 or RGBA HxWx4, uint8; 16 bits become 8.

    data: the content of a file. name: what errors call it. upright: apply the EXIF orientation, for which
    OpenCV drops alpha.

    Raises:
        MediaError: a RuntimeError; the image cannot be decoded.
    """
    import cv2  # OpenCV is slow to load, and few programs need it here.

    fault = integrity_fault(data) or size_fault(data)
    if fault:
        raise MediaError(f"Image decoding failed: {name} {fault}")
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH if upright else cv2.IMREAD_UNCHANGED
    try:
        with quiet_opencv():
            stored = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error as error:
        raise MediaError(f"Image decoding failed: {name}: {error.err}") from None
    if stored is not None and stored.dtype == np.uint16:
        stored = np.right_shift(stored, 8).astype(np.uint8)
    if stored is None or stored.dtype != np.uint8:
        raise MediaError(f"Image decoding failed: {name} is not an image of 8 or 16 bits per channel")
    if stored.ndim == 3:
        to_rgb = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
        stored = cv2.cvtColor(stored, to_rgb[stored.shape[2]])
    return stored
