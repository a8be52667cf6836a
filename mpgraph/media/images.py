"""Image files: reading to RGB arrays, and writing."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError, did_you_mean
from mpgraph.formats.display import to_8_bit
from mpgraph.formats.image_format import ImageFormat
from mpgraph.io.files import atomic_output, read_bytes
from mpgraph.io.image_integrity import integrity_fault
from mpgraph.io.image_size import size_fault
from mpgraph.io.opencv import quiet_opencv
from mpgraph.media.depth import DEEP_SUFFIXES, deepened
from mpgraph.media.heif import HEIF_SUFFIXES, is_heif, is_left_to_opencv, read_heif
from mpgraph.media.image_metadata import read_metadata, with_metadata
from mpgraph.media.transparency import flattened
from mpgraph.media.video_formats import VIDEO_INPUT_SUFFIXES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

_JPEG_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif")
_WRITABLE = (*_JPEG_SUFFIXES, ".png", ".webp", ".bmp", ".tif", ".tiff")
IMAGE_SUFFIXES = (*_WRITABLE, *HEIF_SUFFIXES)
"""The suffixes by which images are recognized; any content that can be read is."""

_SUFFIX_LIST = " ".join(IMAGE_SUFFIXES)
# The content of image files starts with these; a RIFF file may also be a video.
_OF_BYTES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"RIFF")
"""Formats of 8 or 16 bits a value; others, such as TIFF, may hold anything."""
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"II*\0", b"MM\0*")
_WITH_ALPHA = (".png", ".webp", ".tif", ".tiff")
_JPEG_QUALITY = 95
_BAND_ROWS = 64


def read_image(path: str | os.PathLike[str], *, alpha: bool = False) -> NDArray[np.uint8]:
    """Read an image as RGB, HxWx3 uint8, upright (the EXIF orientation is applied).

    Gray and CMYK become RGB and 16 bits become 8. PNG, WebP and HEIF images with transparency are flattened
    onto white. The content decides about the format, not the name. With `alpha=True` an image with
    transparency is returned as RGBA, HxWx4, as stored, without EXIF orientation; others still as HxWx3.

    Raises:
        MediaError: no such file, empty, cut off, not an image, an image of floats, one of more than 220
            million pixels, or one of HEIC without pillow-heif.
    """
    import cv2

    data = read_bytes(path)
    fault = integrity_fault(data) or size_fault(data)
    if fault:
        raise MediaError(f'"{path}" {fault}')
    if _is_animated(data):
        _log.warning('"%s" is animated; only its first image is read', path)
    if is_heif(data) and not is_left_to_opencv(data):
        upright = read_heif(data, path)
        return upright if alpha or upright.shape[2] == 3 else flattened(upright)
    encoded = np.frombuffer(data, np.uint8)
    try:
        with quiet_opencv():
            with_alpha = alpha or _has_alpha(data)
            if with_alpha or not data.startswith(_OF_BYTES):
                stored = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
                if stored is not None and stored.dtype not in (np.uint8, np.uint16):
                    # IMREAD_COLOR returns nothing in OpenCV 5, and noise in OpenCV 4.
                    raise MediaError(
                        f'"{path}" holds {stored.dtype} values; images of 8 or 16 bits are needed'
                    )
                if with_alpha and stored is not None and stored.shape[2:] == (4,):
                    stored = to_8_bit(stored, ImageFormat.SRGBA)
                    rgba = _recolored(stored, cv2.COLOR_BGRA2RGBA)
                    return rgba if alpha else flattened(rgba)
                stored = None  # Before the image is decoded again: it may hold a gigabyte.
            pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise MediaError(f'cannot read "{path}" as an image: {error.err}') from None
    if pixels is None:
        raise MediaError(f'"{path}" is damaged or not an image (readable: {_SUFFIX_LIST})')
    return _recolored(pixels, cv2.COLOR_BGR2RGB)


def _recolored(pixels: NDArray[Any], conversion: int) -> NDArray[np.uint8]:
    """Swap channels in place, a band of rows after the other: an image may hold a gigabyte."""
    import cv2

    for top in range(0, len(pixels), _BAND_ROWS):
        band = pixels[top : top + _BAND_ROWS]
        cv2.cvtColor(band, conversion, dst=band)
    return np.asarray(pixels, np.uint8)


def _is_animated(data: bytes) -> bool:
    """Whether a file is an animated WebP or PNG."""
    if data.startswith(b"\x89PNG"):
        return b"acTL" in data[: data.find(b"IDAT")]
    return data[8:16] == b"WEBPVP8X" and bool(data[20] & 0x02)


def _has_alpha(data: bytes) -> bool:
    """Whether a PNG or WebP file declares transparency."""
    if data.startswith(b"\x89PNG"):
        return data[25:26] in (b"\4", b"\6")  # the color types with alpha
    if data[8:16] == b"WEBPVP8X":
        return bool(data[20] & 0x10)
    return data[8:16] == b"WEBPVP8L"


def is_image_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is an image, by its suffix or, for other suffixes and none, by its content."""
    suffix = Path(path).suffix.lower()
    if suffix in IMAGE_SUFFIXES:
        return True
    if suffix in VIDEO_INPUT_SUFFIXES:
        return False  # Videos of JPEG or PNG images start as these do.
    try:
        if not os.path.isfile(path):
            return False  # Looking into a pipe would take its content, or wait for ever.
        with open(path, "rb") as file:
            start = file.read(16)
    except OSError:
        return False
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return start.startswith(_SIGNATURES) or is_webp or is_heif(start)


def result_suffix(path: str | os.PathLike[str]) -> str:
    """Return the suffix for an image that is made from another: the same if it can be written, else .jpg."""
    suffix = Path(path).suffix
    return suffix if suffix.lower() in _WRITABLE else ".jpg"


def write_image(
    path: str | os.PathLike[str],
    pixels: NDArray[np.uint8],
    *,
    quality: int | None = None,
    made_from: str | os.PathLike[str] | None = None,
) -> None:
    """Write RGB HxWx3, RGBA HxWx4 or grey HxW uint8 pixels; the suffix of `path` selects the format.

    The file is written completely or not at all. quality: of JPEG and WebP, 1 to 100; by default 95 for JPEG,
    and lossless WebP. made_from: the image file that the pixels come from; its color profile, EXIF data
    (without location and thumbnail) and resolution are kept, and in PNG and TIFF its 16 bits where the pixels
    have not changed.

    Raises:
        MediaError: `made_from` cannot be read, unknown suffix, transparency in a format without it,
            unwritable destination, full disk.
        InvalidArgumentError: the array is not an image.
    """
    import cv2

    suffix = check_image_suffix(path)
    _check_pixels(pixels)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels == 4 and suffix not in _WITH_ALPHA:
        raise MediaError(f'cannot write "{path}": {suffix} has no transparency; use .png or .webp')
    to_stored = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    source = read_bytes(made_from) if made_from is not None else b""
    shown: NDArray[np.uint8] | NDArray[np.uint16] = pixels
    if source and suffix in DEEP_SUFFIXES:
        shown = deepened(pixels, source)
    stored = cv2.cvtColor(shown, to_stored[channels]) if channels > 1 else np.ascontiguousarray(shown)
    is_jpeg = suffix in _JPEG_SUFFIXES
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality or _JPEG_QUALITY] if is_jpeg else []
    if suffix == ".webp" and quality is not None:
        settings = [cv2.IMWRITE_WEBP_QUALITY, quality]
    try:
        with quiet_opencv():
            ok, encoded = cv2.imencode(
                ".jpg" if is_jpeg else suffix, np.asarray(stored, shown.dtype), settings
            )
    except cv2.error as error:
        raise MediaError(f'cannot write "{path}": {error.err}') from None
    if not ok:
        raise MediaError(f'cannot write "{path}": {pixels.shape[1]}x{pixels.shape[0]} does not fit {suffix}')
    data = encoded.tobytes()
    if source:
        data = with_metadata(data, read_metadata(source), pixels.shape[1], pixels.shape[0], channels)
    with atomic_output(path) as temporary:
        temporary.write_bytes(data)


def check_image_suffix(path: str | os.PathLike[str]) -> str:
    """Return the lower-case suffix of `path` if it is that of a writable format, else raise MediaError."""
    suffix = Path(path).suffix.lower()
    if suffix not in _WRITABLE:
        reason = f'"{suffix}" is not an image format' if suffix else "the name has no suffix"
        if suffix in HEIF_SUFFIXES:
            reason = f"{suffix} can only be read"
        hint = did_you_mean(suffix, _WRITABLE)
        raise MediaError(f'cannot write "{path}": {reason} (known: {" ".join(_WRITABLE)}).{hint}')
    return suffix


def check_alpha_suffix(path: str | os.PathLike[str]) -> None:
    """Raise MediaError if images with the suffix of `path` cannot be written, or have no transparency."""
    suffix = check_image_suffix(path)
    if suffix not in _WITH_ALPHA:
        raise MediaError(f'"{path}": {suffix} images have no transparency; use .png or .webp')


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
