"""Yuv420: an image as videos store it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# ITU-R BT.709: the weights of red and blue in luma; 8-bit luma is 16..235, chroma 16..240 (section 3.4).
_RED, _BLUE = 0.2126, 0.0722
_GREEN = 1 - _RED - _BLUE
_LUMA = np.array([_RED, _GREEN, _BLUE]) * 219 / 255
_BLUE_DIFFERENCE = np.array([-_RED, -_GREEN, 1 - _BLUE]) * 112 / 255 / (1 - _BLUE)
_RED_DIFFERENCE = np.array([1 - _RED, -_GREEN, -_BLUE]) * 112 / 255 / (1 - _RED)
_MATRIX = np.stack([_LUMA, _BLUE_DIFFERENCE, _RED_DIFFERENCE])
_OFFSET = np.array([16, 128, 128])
_TO_YUV = np.column_stack([_MATRIX, _OFFSET]).astype(np.float32)
_INVERSE = np.linalg.inv(_MATRIX)
_TO_RGB = np.column_stack([_INVERSE, -(_INVERSE * _OFFSET).sum(1)]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Yuv420:
    """Planes of uint8: luma, HxW, blue and red difference, H/2 x W/2; BT.709 in limited range, 8 bits."""

    luma: NDArray[np.uint8]
    blue: NDArray[np.uint8]
    red: NDArray[np.uint8]

    @classmethod
    def empty(cls, width: int, height: int) -> Yuv420:
        """Planes with undefined contents for an image of even size."""
        return cls(*(np.empty((height // part, width // part), np.uint8) for part in (1, 2, 2)))

    @property
    def planes(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        """All three."""
        return self.luma, self.blue, self.red

    @property
    def shape(self) -> tuple[int, int, int]:
        """That of the same image as RGB."""
        return (*self.luma.shape, 3)

    def fill(self, image: NDArray[np.uint8] | Yuv420) -> None:
        """Overwrite the planes with an image of this size, HxWx3 RGB or planes.

        From RGB a quarter of the time that FFmpeg's scaler takes for it; chroma is the mean of four pixels.
        """
        if isinstance(image, Yuv420):
            for plane, source in zip(self.planes, image.planes, strict=True):
                np.copyto(plane, source)
            return
        import cv2

        height, width = image.shape[:2]
        yuv = cv2.transform(image, _TO_YUV)
        half = cv2.resize(yuv, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        # To take all channels apart takes OpenCV less time than to take one of them out.
        cv2.split(yuv, [self.luma, *np.empty((2, height, width), np.uint8)])
        cv2.split(half, [np.empty_like(self.blue), self.blue, self.red])

    def rgb(self) -> NDArray[np.uint8]:
        """The image as RGB, HxWx3; chroma is interpolated."""
        import cv2

        size = self.luma.shape[::-1]
        full = cv2.merge([self.luma, cv2.resize(self.blue, size), cv2.resize(self.red, size)])
        return np.asarray(cv2.transform(full, _TO_RGB), np.uint8)
