"""Rotation of video frames by the file's display matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """Swap rows and columns (`transposed`), then mirror left-right and top-bottom."""

    transposed: bool = False
    flip_columns: bool = False
    flip_rows: bool = False

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> Orientation:
        """Read a frame's display matrix; upright without one."""
        try:
            data = cast(Any, frame).side_data.get("DISPLAYMATRIX")  # PyAV's stubs type it as a TypedDict
        except ValueError:
            # PyAV lists no side data of a frame with a kind newer than itself, but knows the rotation.
            return cls.from_rotation(frame.rotation)
        if data is None:
            return cls()
        matrix = np.frombuffer(bytes(data), np.int32)
        return cls.from_matrix(*(int(value) for value in matrix[[0, 1, 3, 4]]))

    @classmethod
    def from_rotation(cls, degrees: int) -> Orientation:
        """Return the quarter turn nearest to a counterclockwise rotation."""
        a, b = ((1, 0), (0, -1), (-1, 0), (0, 1))[round(degrees / 90) % 4]
        return cls.from_matrix(a, b, -b, a)

    @classmethod
    def from_matrix(cls, a: int, b: int, c: int, d: int) -> Orientation:
        """Return the quarter turn nearest to x' = a*x + c*y, y' = b*x + d*y (ISO 14496-12, 6.2.2)."""
        if abs(b) > abs(a):
            return cls(transposed=True, flip_columns=c < 0, flip_rows=b < 0)
        return cls(flip_columns=a < 0, flip_rows=d < 0)

    @property
    def degrees(self) -> int:
        """The clockwise rotation: 0, 90, 180 or 270; of a mirrored frame, the rotation after mirroring."""
        if self.transposed:
            return 270 if self.flip_rows else 90
        return 180 if self.flip_rows else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height after rotation."""
        return (height, width) if self.transposed else (width, height)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the upright frame, C-contiguous; the same array if there is nothing to do."""
        import cv2

        if self.transposed:
            pixels = cv2.transpose(pixels).astype(np.uint8, copy=False)
        if self.flip_columns or self.flip_rows:
            # OpenCV: 0 swaps rows, 1 swaps columns, -1 both.
            code = -1 if self.flip_columns and self.flip_rows else int(self.flip_columns)
            pixels = cv2.flip(pixels, code).astype(np.uint8, copy=False)
        return pixels
