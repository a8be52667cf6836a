"""Backgrounds to put behind people: a colour, an image, or their own surroundings out of focus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from mpgraph.effects.color import Color, parse_color
from mpgraph.effects.compositing import spread
from mpgraph.effects.matte import Matte, Pixels, fitted, shrunk
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.override import override
from mpgraph.media.images import read_image

_BLUR_SIDE = 320
_BLUR_SIGMA = 7.0
_MARGIN = np.ones((5, 5), np.uint8)


class Background(Protocol):
    """Provides the images that replace the background of frames."""

    def behind(self, image: Pixels, matte: Matte) -> Pixels:
        """Return the background for `image`, of the same size: HxWx3 uint8 RGB."""
        ...


class Backdrop(Background):
    """An image that covers the whole frame: scaled without distortion, cropped evenly at its longer side."""

    def __init__(self, backdrop: Pixels) -> None:
        self._backdrop = backdrop
        self._fitted: Pixels | None = None

    @classmethod
    def from_color(cls, color: Color) -> Backdrop:
        """Create a backdrop of one colour."""
        return cls(np.full((1, 1, 3), color, np.uint8))

    @override
    def behind(self, image: Pixels, matte: Matte) -> Pixels:
        # Cached, because the frames of a video have the same size.
        if self._fitted is None or self._fitted.shape != image.shape:
            self._fitted = covering(self._backdrop, image.shape[1], image.shape[0])
        return self._fitted


class Blur(Background):
    """The image's own background out of focus, without the person's colours bleeding into it."""

    @override
    def behind(self, image: Pixels, matte: Matte) -> Pixels:
        # Blurred on a small copy, so that large images cost little more.
        height, width = matte.shape
        size = fitted(width, height, _BLUR_SIDE)
        # The matte is off by a pixel in places; the margin keeps the person's rim out of the blur.
        weight = 1 - cv2.dilate(shrunk(matte, size), _MARGIN) * np.float32(1 / 255)
        small = spread(shrunk(image, size), weight, _BLUR_SIGMA * max(size) / _BLUR_SIDE)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def parse_background(text: str) -> Background:
    """Return the background that `text` names: "blur", a colour, or an image file.

    Raises:
        InvalidArgumentError: it is none of these.
        MediaError: the image cannot be read.
    """
    if text.strip().lower() == "blur":
        return Blur()
    looks_like_file = bool(Path(text).suffix) or os.sep in text or os.path.exists(text)
    try:
        return Backdrop.from_color(parse_color(text))
    except InvalidArgumentError as error:
        if looks_like_file:
            return Backdrop(read_image(text))
        raise InvalidArgumentError(f"{error} Or use an image file, blur or transparent.") from None


def covering(image: Pixels, width: int, height: int) -> Pixels:
    """Return the centre of `image`, scaled to fill `width` x `height` completely: HxWx3 uint8."""
    scale = max(width / image.shape[1], height / image.shape[0])
    size = max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(image, size, interpolation=interpolation)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)
