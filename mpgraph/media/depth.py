"""Images of 16 bits a channel, processed in 8: what has not changed gets its other bits back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mpgraph.io.opencv import quiet_opencv
from mpgraph.media.tiff_fields import read_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image8 = NDArray[np.uint8]
    Image16 = NDArray[np.uint16]

DEEP_SUFFIXES = (".png", ".tif", ".tiff")
"""The suffixes of formats that hold 16 bits."""

_SCALE = 257
"""From 255 to 65535."""
_BITS_PER_SAMPLE = 258


def is_deep(data: bytes) -> bool:
    """Whether the content of a file is a PNG or TIFF image of 16 bits."""
    if data.startswith(b"\x89PNG"):
        return data[24:25] == b"\x10"
    bits = read_folder(data).get(_BITS_PER_SAMPLE)
    return bits is not None and bits.number() == 16


def deepened(pixels: Image8, source: bytes) -> Image8 | Image16:
    """Return the pixels of a result, HxWx3 or HxWx4, as uint16, with all bits of the image it is made from.

    A value that is still the source's, rounded to 8 bits, gets the source's 16 bits, and any other is scaled:
    people stay as they are in the file. source: the content of that file. Images are returned as they are if
    they are grey (masks), have another size, or the source has 8 bits.
    """
    import cv2

    if pixels.ndim != 3 or not is_deep(source):
        return pixels
    try:
        with quiet_opencv():
            # Upright, without alpha, as the pixels were read.
            stored = cv2.imdecode(np.frombuffer(source, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    except cv2.error:
        return pixels
    if stored is None or stored.dtype != np.uint16 or stored.shape[:2] != pixels.shape[:2]:
        return pixels
    deep = pixels.astype(np.uint16) * np.uint16(_SCALE)
    original = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB).astype(np.uint16, copy=False)
    colors = deep[..., :3]
    # OpenCV rounds or cuts off, depending on the format.
    is_same = cv2.absdiff(colors, original) < _SCALE
    if pixels.shape[2] == 4:
        is_same &= pixels[..., 3:] > 0  # Nothing remains below full transparency.
    np.copyto(colors, original, where=is_same)
    return deep
