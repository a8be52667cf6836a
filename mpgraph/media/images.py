"""Image files: reading to RGB arrays, and writing."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError, did_you_mean
from mpgraph.formats.display import to_8_bit
from mpgraph.formats.image_format import ImageFormat
from mpgraph.io.files import atomic_output, read_bytes
from mpgraph.io.image_integrity import integrity_fault
from mpgraph.io.opencv import quiet_opencv

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")

_SUFFIX_LIST = " ".join(IMAGE_SUFFIXES)
_WITH_ALPHA = (".png", ".webp", ".tif", ".tiff")
_JPEG_QUALITY = 95


def read_image(path: str | os.PathLike[str], *, alpha: bool = False) -> NDArray[np.uint8]:
    """Read an image as RGB, HxWx3 uint8, upright (the EXIF orientation is applied).

    Gray becomes RGB and 16 bits become 8. With `alpha=True` an image with transparency is returned
    as RGBA, HxWx4, as stored, without EXIF orientation; other images still as HxWx3.

    Raises:
        MediaError: no such file, empty, cut off, not an image, or an image of floats.
    """
    import cv2

    data = read_bytes(path)
    fault = integrity_fault(data)
    if fault:
        raise MediaError(f'"{path}" {fault}')
    encoded = np.frombuffer(data, np.uint8)
    try:
        with quiet_opencv():
            if alpha:
                stored = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
                if stored is not None and stored.shape[2:] == (4,) and stored.dtype.kind == "u":
                    return to_8_bit(cv2.cvtColor(stored, cv2.COLOR_BGRA2RGBA), ImageFormat.SRGBA)
            pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
            other = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if pixels is None else None
    except cv2.error as error:
        raise MediaError(f'cannot read "{path}" as an image: {error.err}') from None
    if other is not None:
        raise MediaError(f'"{path}" holds {other.dtype} values; images of 8 or 16 bits are needed')
    if pixels is None:
        raise MediaError(f'"{path}" is damaged or not an image (readable: {_SUFFIX_LIST})')
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def write_image(path: str | os.PathLike[str], pixels: NDArray[np.uint8]) -> None:
    """Write RGB HxWx3, RGBA HxWx4 or grey HxW uint8 pixels; the suffix of `path` selects the format.

    The file is written completely or not at all.

    Raises:
        MediaError: unknown suffix, transparency in a format without it, unwritable destination, full disk.
        InvalidArgumentError: the array is not an image.
    """
    import cv2

    suffix = check_image_suffix(path)
    _check_pixels(pixels)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels == 4 and suffix not in _WITH_ALPHA:
        raise MediaError(f'cannot write "{path}": {suffix} has no transparency; use .png or .webp')
    to_stored = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    stored = cv2.cvtColor(pixels, to_stored[channels]) if channels > 1 else np.ascontiguousarray(pixels)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if suffix in (".jpg", ".jpeg") else []
    try:
        with quiet_opencv():
            ok, encoded = cv2.imencode(suffix, stored, quality)
    except cv2.error as error:
        raise MediaError(f'cannot write "{path}": {error.err}') from None
    if not ok:
        raise MediaError(f'cannot write "{path}": {pixels.shape[1]}x{pixels.shape[0]} does not fit {suffix}')
    with atomic_output(path) as temporary:
        temporary.write_bytes(encoded.tobytes())


def check_image_suffix(path: str | os.PathLike[str]) -> str:
    """Return the lower-case suffix of `path` if it is that of a writable format, else raise MediaError."""
    suffix = Path(path).suffix.lower()
    if suffix not in IMAGE_SUFFIXES:
        reason = f'"{suffix}" is not an image format' if suffix else "the name has no suffix"
        hint = did_you_mean(suffix, IMAGE_SUFFIXES)
        raise MediaError(f'cannot write "{path}": {reason} (known: {_SUFFIX_LIST}).{hint}')
    return suffix


def image_files(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the image files directly in `folder` without hidden files, "2.png" before "10.png".

    Raises:
        MediaError: `folder` is not a readable folder.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file()]
    except OSError as error:
        raise MediaError(f'cannot list the folder "{folder}": {error.strerror}') from None
    images = [
        name for name in names if not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES
    ]
    return [Path(folder) / name for name in sorted(images, key=natural_order)]


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts file names as people do: "2.png" before "10.png"."""
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _check_pixels(pixels: NDArray[np.uint8]) -> None:
    if pixels.dtype != np.uint8:
        raise InvalidArgumentError(f"an image is uint8, not {pixels.dtype} (scale floats in [0, 1] by 255)")
    if pixels.size == 0 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))):
        raise InvalidArgumentError(f"an image is HxW, HxWx3 or HxWx4, not empty; this is {pixels.shape}")
