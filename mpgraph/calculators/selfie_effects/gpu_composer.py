"""GpuComposer: people in front of a new background, on the GPU."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.effects.background import BLUR_MARGIN, Background, Blur, covering_size
from mpgraph.effects.compositing import COLOR_SIDE, COLOR_SIGMA, WRAP_SIGMA, run_length
from mpgraph.effects.matte import Pixels, fitted
from mpgraph.effects.pyramid import steps
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import upload
from mpgraph.gpu.compositing import EdgeColors, Side, blurred, compose, spread
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.mattes import halved
from mpgraph.gpu.warp import scaling, shift, warp

_PEOPLE, _BEHIND = Side(invert=False), Side(invert=True)


class GpuComposer:
    """Composes frames on the GPU, as `mpgraph.effects.compositing.Composer` does in host memory."""

    def __init__(self, background: Background | None, options: Any) -> None:
        """background: None for a transparent one. options: of ComposeCalculator."""
        self._background = background
        self._light_wrap: float = options.light_wrap
        self._foreground_colors: bool = options.foreground_colors
        self._uploaded: tuple[Pixels, GpuBuffer] | None = None
        self._video: GpuBuffer | None = None

    def use(self, frame: GpuBuffer) -> None:
        """Use this background until the next one."""
        self._video = frame

    def compose(self, image: GpuBuffer, matte: GpuBuffer) -> GpuBuffer:
        """The people in front of the background: SRGB, or SRGBA for a transparent one."""
        size = fitted(image.width, image.height, COLOR_SIDE)
        small, small_matte = _reduced(image, size), _reduced(matte, size)
        background = self._behind(image, matte)
        people, behind = (spread(small, small_matte, side, COLOR_SIGMA) for side in (_PEOPLE, _BEHIND))
        surroundings = None
        if self._light_wrap and background is not None:
            surroundings = blurred(
                _reduced(background, fitted(background.width, background.height, COLOR_SIDE)), WRAP_SIGMA
            )
        return compose(
            image,
            matte,
            background,
            EdgeColors(people, behind, surroundings),
            light_wrap=self._light_wrap,
            foreground_colors=self._foreground_colors,
            run=run_length(image.width),
        )

    def _behind(self, image: GpuBuffer, matte: GpuBuffer) -> GpuBuffer | None:
        if self._video is not None:
            return _covering(self._video, image.width, image.height)
        if self._background is None:
            return None
        if isinstance(self._background, Blur):
            size, sigma = self._background.scale(image.width, image.height)
            side = Side(invert=True, margin=BLUR_MARGIN)
            return spread(_reduced(image, size), _reduced(matte, size), side, sigma)
        # A backdrop looks at no pixels, so any image of this size and one array of it will do.
        blank: Any = np.broadcast_to(np.zeros(3, np.uint8), (image.height, image.width, 3))
        pixels = self._background.behind(blank, blank[..., 0])
        if self._uploaded is None or self._uploaded[0] is not pixels:
            frame = ImageFrame.wrap(pixels, ImageFormat.SRGB)
            self._uploaded = pixels, upload(frame, texture_of(image).context)
        return self._uploaded[1]


def _reduced(image: GpuBuffer, size: tuple[int, int]) -> GpuBuffer:
    return halved(image, list(steps((image.width, image.height), size)))


def _covering(image: GpuBuffer, width: int, height: int) -> GpuBuffer:
    """The center of an image, scaled to fill a size: see `mpgraph.effects.background.covering`."""
    if (image.width, image.height) == (width, height):
        return image
    across, down = size = covering_size((image.width, image.height), width, height)
    image = halved(image, list(steps((image.width, image.height), size))[:-1])
    x, y = image.width / across, image.height / down
    left, top = (across - width) // 2, (down - height) // 2
    return warp(image, width, height, scaling(x, y).after(shift(left, top)))
