"""What can stand behind people: a colour, a picture, or their own surroundings out of focus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from mpgraph.effects.color import Color, parse_color
from mpgraph.effects.compositing import spread
from mpgraph.effects.matte import Matte, Picture, fitted, shrunk
from mpgraph.errors import InvalidArgumentError
from mpgraph.media.images import read_image

_BLUR_SIDE = 320
_BLUR_SIGMA = 7.0
_MARGIN = np.ones((5, 5), np.uint8)


class Background(Protocol):
    """Something to put behind people."""

    def behind(self, image: Picture, matte: Matte) -> Picture:
        """Return the background for one picture, of its size: HxWx3 uint8 RGB."""
        ...


class Backdrop:
    """A picture that covers the whole frame: scaled without distortion, cut evenly at its longer side."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._fitted: Picture | None = None

    @classmethod
    def of_color(cls, color: Color) -> Backdrop:
        """One colour everywhere."""
        return cls(np.full((1, 1, 3), color, np.uint8))

    def behind(self, image: Picture, matte: Matte) -> Picture:
        """Return the picture in the size of `image`; remembered for further frames of that size."""
        if self._fitted is None or self._fitted.shape != image.shape:
            self._fitted = covering(self._picture, image.shape[1], image.shape[0])
        return self._fitted


class Blur:
    """The picture's own background out of focus, without the person's colours running into it."""

    def behind(self, image: Picture, matte: Matte) -> Picture:
        """Return the blurred surroundings. Blurred in small, so the cost hardly grows with the picture."""
        height, width = matte.shape
        size = fitted(width, height, _BLUR_SIDE)
        # The matte is wrong by a pixel here and there; a margin keeps the person's rim out.
        weight = 1 - cv2.dilate(shrunk(matte, size), _MARGIN) * np.float32(1 / 255)
        small = spread(shrunk(image, size), weight, _BLUR_SIGMA * max(size) / _BLUR_SIDE)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def parse_background(text: str) -> Background:
    """Return the background that `text` names: "blur", a colour, or a picture file.

    Raises:
        InvalidArgumentError: it is none of these.
        MediaError: the picture cannot be read.
    """
    if text.strip().lower() == "blur":
        return Blur()
    looks_like_file = bool(Path(text).suffix) or os.sep in text or os.path.exists(text)
    try:
        return Backdrop.of_color(parse_color(text))
    except InvalidArgumentError as error:
        if looks_like_file:
            return Backdrop(read_image(text))
        raise InvalidArgumentError(f"{error} Or give a picture file, blur or transparent.") from None


def covering(picture: Picture, width: int, height: int) -> Picture:
    """Return the middle of `picture` scaled to fill `width` x `height` completely."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, size, interpolation=way)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)
