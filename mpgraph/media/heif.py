"""HEIC, HEIF and AVIF images, which phones take, read with Pillow and pillow-heif."""

from __future__ import annotations

import io
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.errors import MediaError
from mpgraph.io.image_size import pixels_fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEIF_SUFFIXES = (".heic", ".heif", ".avif")

# Brands of ISO 23008-12 and of AVIF, at the start of the file.
_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")


def is_heif(data: bytes) -> bool:
    """Whether the content of a file is a HEIF image, whatever its codec."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def is_left_to_opencv(data: bytes) -> bool:
    """Whether OpenCV has to try: AVIF, which OpenCV 5 reads (without rotation), and no Pillow here."""
    return data[8:12] in (b"avif", b"avis") and find_spec("pillow_heif") is None


def read_heif(data: bytes, path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Return the content of a HEIF file as an upright image, HxWx3 or, with transparency, HxWx4, uint8.

    Raises:
        MediaError: pillow-heif is not installed, or the image is damaged.
    """
    try:
        import pillow_heif
        from PIL import Image, ImageOps
    except ImportError as error:
        raise MediaError(
            f'reading "{path}" (HEIC, HEIF or AVIF) needs pillow-heif: pip install "mpgraph[heif]" ({error})'
        ) from None
    pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if fault := pixels_fault(*opened.size):
                raise MediaError(f'"{path}" {fault}')
            image: Any = ImageOps.exif_transpose(opened)
            return np.array(image.convert("RGBA" if "A" in image.getbands() else "RGB"))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise MediaError(f'"{path}" is damaged, or not an image that can be read here: {error}') from None
