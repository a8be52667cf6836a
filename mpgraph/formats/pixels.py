"""Pixels: the base of ImageFrame and Image, a read-only image in host memory."""

from __future__ import annotations

import operator
from typing import Any, TypeVar

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.display import to_png
from mpgraph.formats.image_format import ImageFormat, PixelFormatError, names_of_dtype, of_array

P = TypeVar("P", bound="Pixels")

Array = np.ndarray[Any, np.dtype[Any]]

_COPY_ALIGNMENT = 4
"""Rows of a copy start at multiples of this many bytes, as in MediaPipe (OpenGL's default)."""


class Pixels:
    """An immutable image: `height` rows of `width` pixels of an ImageFormat.

    The constructor copies the array; `wrap` does not. `np.asarray(image)` returns the pixels.

    Args:
        image_format: the format of the pixels.
        data: HxW or HxWxC, of the format's dtype and channels.

    Raises:
        TypeError: `image_format` or `data` has the wrong class, or no format has such a dtype.
        PixelFormatError: a ValueError; the array does not fit the format, or that is SBGRA, which
            MediaPipe's Python package does not take either: only calculators and `wrap` create such images.
    """

    __slots__ = ("__weakref__", "_format", "_pixels", "_step")

    _pixels: Array
    _format: ImageFormat
    _step: int

    def __init__(self, image_format: ImageFormat, data: Array) -> None:
        _check(image_format, data)
        if image_format is ImageFormat.SBGRA:
            raise PixelFormatError(
                f"Unsupported ImageFormat: {image_format.name}.",
                hint="Convert the pixels to SRGBA: cv2.cvtColor(data, cv2.COLOR_BGRA2RGBA).",
            )
        self._copy(data, image_format)

    def _copy(self, data: Array, image_format: ImageFormat) -> None:
        self._hold(np.array(data, order="C", copy=True), image_format)
        self._step = _aligned(self._step)

    @classmethod
    def wrap(cls: type[P], data: Array, image_format: ImageFormat | None = None) -> P:
        """Create an image from an array without copying it; the array becomes read-only.

        For arrays that are not changed afterwards. An array that is not C-contiguous is copied. The default
        of `image_format` follows from dtype and channels: uint8 x 3 is SRGB, float32 x 1 VEC32F1.

        Raises: as the constructor.
        """
        if image_format is None:
            image_format = of_array(data)
        else:
            _check(image_format, data)
        image = cls.__new__(cls)
        image._hold(data, image_format)
        return image

    def _hold(self, data: Array, image_format: ImageFormat) -> None:
        if not data.flags.c_contiguous:
            data = np.ascontiguousarray(data)
        if data.ndim == 3 and data.shape[2] == 1:
            data = data[:, :, 0]
        data.flags.writeable = False  # Images are shared between nodes and threads.
        self._pixels = data
        self._format = image_format
        self._step = data.shape[1] * image_format.channels * data.itemsize

    @classmethod
    def sharing(cls: type[P], other: Pixels) -> P:
        """Create an image that shares the pixels of another image, of this class or another."""
        image = cls.__new__(cls)
        image._pixels = other._pixels
        image._format = other._format
        image._step = other._step
        return image

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        for name, value in state[1].items():
            setattr(self, name, value)
        self._pixels.flags.writeable = False  # Pickle creates writable arrays.

    def realigned(self: P) -> P:
        """An image equal to a copy: it shares no writable array, and its rows are aligned."""
        owner = self._pixels.base
        if isinstance(owner, np.ndarray) and owner.flags.writeable:
            copied = type(self).__new__(type(self))
            copied._copy(self._pixels, self._format)
            return copied
        if self._step % _COPY_ALIGNMENT == 0:
            return self
        image = self.sharing(self)
        image._step = _aligned(self._step)
        return image

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self._pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self._pixels.shape[0])

    @property
    def channels(self) -> int:
        """The number of values per pixel."""
        return self._format.channels

    @property
    def byte_depth(self) -> int:
        """The number of bytes per value: 1, 2 or 4."""
        return self._pixels.itemsize

    @property
    def image_format(self) -> ImageFormat:
        """The format of the pixels."""
        return self._format

    @property
    def step(self) -> int:
        """Bytes from one row to the next."""
        return self._step

    @property
    def pixels(self) -> Array:
        """The pixels themselves: HxW for one channel, else HxWxC; read-only, C-contiguous, shared.

        The same array at every call. It is the fast path for calculators; the array does not keep
        the image alive, only its pixels.
        """
        return self._pixels

    def numpy_view(self) -> Array:
        """The pixels as a read-only array, HxW for one channel, else HxWxC. Nothing is copied.

        The array keeps the image alive, unless rows are padded (not `is_contiguous`).
        """
        if self.is_contiguous():
            return np.asarray(self)
        return self._pixels

    @property
    def __array_interface__(self) -> dict[str, Any]:
        # Makes the image itself the owner of a view's memory.
        return self._pixels.__array_interface__

    def is_contiguous(self) -> bool:
        """Whether rows follow each other without padding."""
        shape = self._pixels.shape
        return self._step * int(shape[0]) == self._pixels.nbytes

    def is_empty(self) -> bool:
        """Whether there are no pixels at all."""
        return self._pixels.size == 0

    def is_aligned(self, alignment_boundary: int) -> bool:
        """Whether every row starts at a multiple of `alignment_boundary` bytes, which is a power of 2.

        Raises:
            TypeError: the boundary is not an int.
            InvalidArgumentError: it is not a power of 2.
        """
        boundary = operator.index(alignment_boundary)
        if boundary <= 0 or boundary & (boundary - 1):
            raise InvalidArgumentError(f"An alignment boundary is a power of 2, not {boundary}.")
        return self._step % boundary == 0 and self._pixels.ctypes.data % boundary == 0

    def __getitem__(self, position: tuple[int, ...] | list[int]) -> int | float:
        """The value at [row, column, channel], or at [row, column] of an image with one channel.

        Raises:
            TypeError: the position is not a sequence of ints.
            IndexError: it has the wrong length or lies outside.
        """
        if not isinstance(position, (tuple, list)):
            raise TypeError(f"A position is [row, column, channel], not {position!r}.")
        where = tuple(map(operator.index, position))
        shape = self._pixels.shape
        if len(where) != 3 and len(where) != len(shape):
            raise IndexError(f"Invalid index dimension: {len(where)}")
        if len(where) != len(shape):
            raise IndexError(f"index dimension mismatch: {len(where)} (ndim = {len(shape)})")
        for axis, (index, size) in enumerate(zip(where, shape, strict=True)):
            if not 0 <= index < size:
                raise IndexError(f"index {index} is out of bounds for axis {axis} with size {size}")
        value: int | float = self._pixels[where].item()
        return value

    def _repr_png_(self) -> bytes | None:
        """The display in notebooks; None for empty images and formats that cannot be displayed."""
        try:
            return None if self.is_empty() else to_png(self._pixels, self._format)
        except InvalidArgumentError:
            return None

    def __repr__(self) -> str:
        return f"<mpgraph.{type(self).__name__} {self.width}x{self.height} {self._format.name}>"


def _aligned(step: int) -> int:
    """The number of bytes of a row with the padding of a copy."""
    return -(-step // _COPY_ALIGNMENT) * _COPY_ALIGNMENT


def _check(image_format: ImageFormat, data: Array) -> None:
    if not isinstance(image_format, ImageFormat):
        raise TypeError(f"image_format must be a member of ImageFormat, not {image_format!r}.")
    if not isinstance(data, np.ndarray):
        raise TypeError(f"data must be a numpy array, not {type(data).__name__}.")
    if data.dtype != image_format.dtype:
        fitting = names_of_dtype(data.dtype)
        if not fitting:
            raise TypeError(
                f"data must have dtype uint8, uint16 or float32, not {data.dtype}; convert it with astype()."
            )
        raise PixelFormatError(
            f"{data.dtype} image data should be one of the {fitting} MediaPipe image formats, "
            f"not {image_format.name}."
        )
    channels = 1 if data.ndim == 2 else data.shape[2] if data.ndim == 3 else 0
    if channels != image_format.channels:
        expected = (
            "(height, width)" if image_format.channels == 1 else f"(height, width, {image_format.channels})"
        )
        raise PixelFormatError(
            f"{image_format.name} data must have the shape {expected}, not {tuple(data.shape)}."
        )
