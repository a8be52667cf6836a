"""Backgrounds to put behind people: a colour, an image, or their own surroundings out of focus."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from mpgraph.effects.buffers import OutputPool
from mpgraph.effects.color import Color, parse_color
from mpgraph.effects.compositing import reduced_together, spread
from mpgraph.effects.matte import Matte, Pixels, fitted
from mpgraph.effects.pyramid import reduced
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework.override import override
from mpgraph.media.images import read_image

_BLUR_SIDE = 160
_LARGEST_BLUR_SIDE = 1280
_MOST_BLUR = 7.0
BLUR_MARGIN = 2
"""In pixels of the copy: the matte is off by a pixel in places; so the person's rim stays out of the blur."""

_MARGIN = np.ones((2 * BLUR_MARGIN + 1, 2 * BLUR_MARGIN + 1), np.uint8)


class Background(Protocol):
    """Provides the images that replace the background of frames."""

    def behind(self, image: Pixels, matte: Matte) -> Pixels:
        """Return the background for `image`, of the same size: HxWx3 uint8 RGB."""
        ...

    def behind_yuv(self, image: Yuv420, matte: Matte) -> Yuv420:
        """Return the same for an image as videos store it."""
        ...


class Backdrop(Background):
    """An image that covers the whole frame: scaled without distortion, cropped evenly at its longer side."""

    def __init__(self, backdrop: Pixels) -> None:
        self._backdrop = backdrop
        self._fitted: Pixels | None = None
        self._yuv: Yuv420 | None = None

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

    @override
    def behind_yuv(self, image: Yuv420, matte: Matte) -> Yuv420:
        if self._yuv is None or self._yuv.shape != image.shape:
            height, width, _ = image.shape
            self._yuv = Yuv420.empty(width, height)
            self._yuv.fill(covering(self._backdrop, width, height))
        return self._yuv


class Blur(Background):
    """The image's own background out of focus, without the person's colours bleeding into it.

    strength: 0 to 1, how far out of focus.
    """

    def __init__(self, strength: float = 0.5) -> None:
        self._strength = strength
        self._pools = [OutputPool() for _ in range(3)]

    @override
    def behind(self, image: Pixels, matte: Matte) -> Pixels:
        [blurred] = self._blurred([image], matte)
        return blurred

    @override
    def behind_yuv(self, image: Yuv420, matte: Matte) -> Yuv420:
        return Yuv420(*self._blurred(image.planes, matte))

    def _blurred(self, images: Sequence[Pixels], matte: Matte) -> Iterator[Pixels]:
        # Blurred on small copies, so that large images cost little more.
        size, sigma = self.scale(matte.shape[1], matte.shape[0])
        weight = 1 - cv2.dilate(reduced(matte, size), _MARGIN) * np.float32(1 / 255)
        small = spread(reduced_together(images, size), weight, sigma)
        parts = [small] if len(images) == 1 else cv2.split(small)
        for image, part, pool in zip(images, parts, self._pools, strict=False):
            out = pool.take(image.shape)
            yield np.asarray(cv2.resize(part, (image.shape[1], image.shape[0]), dst=out), np.uint8)

    def scale(self, width: int, height: int) -> tuple[tuple[int, int], float]:
        """Return the size (width, height) of the copy that is blurred, and the blur's sigma there."""
        side, sigma = _blur_scale(self._strength)
        size = fitted(width, height, side)
        return size, sigma * max(size) / side


def _blur_scale(strength: float) -> tuple[int, float]:
    """The longer side of the copy that is blurred, and the blur's sigma there.

    A sigma of at least 2.5 hides that the copy is enlarged bilinearly.
    """
    sigma = _MOST_BLUR * max(strength, 0.02)  # Of an image of _BLUR_SIDE pixels.
    side = _BLUR_SIDE
    while sigma < 2.5 and side < _LARGEST_BLUR_SIDE:
        side, sigma = 2 * side, 2 * sigma
    return side, sigma


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


def covering_size(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Return the size to which an image of `size` is scaled so that it fills `width` x `height`."""
    scale = max(width / size[0], height / size[1])
    return max(width, round(size[0] * scale)), max(height, round(size[1] * scale))


def covering(image: Pixels, width: int, height: int) -> Pixels:
    """Return the centre of `image`, scaled to fill `width` x `height` completely: HxWx3 uint8."""
    if image.shape[:2] == (height, width):
        return image
    size = covering_size((image.shape[1], image.shape[0]), width, height)
    scaled = reduced(image, size)  # Or enlarged, in a single step.
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)
