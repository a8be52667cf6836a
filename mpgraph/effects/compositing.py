"""Compositing: put people in front of a new background, without a rim of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Matte, Pixels, fitted
from mpgraph.effects.pyramid import reduced

COLOR_SIDE = 128
"""The longer side of the images of which colors nearby are taken."""

COLOR_SIGMA, WRAP_SIGMA = 1.6, 3.0
"""How far away nearby is, in pixels of these, for the people's colors and for the background's light."""

_TINY = 1e-3
_PART = 8192
"""So many edge pixels at a time stay in the processor's cache."""
_FULL = np.array([255.0])
_BYTE = np.float32(1 / 255)


@dataclass(frozen=True, slots=True)
class _Edge:
    """N edge pixels; channels come first, so that numpy's inner loops are long.

    where: 3xN, the positions of their values in the flattened image. nearby: N, the positions in a small
    image of the pixels that cover them. alpha: N, 0..1. colors: 3xN, the people's own, 0..255.
    """

    where: NDArray[np.intp]
    nearby: NDArray[np.int32]
    alpha: NDArray[np.float32]
    colors: Any


class Composer:
    """Composes the frames of a video; keeps its buffers, and the results' arrays once they are free again.

    light_wrap: 0 to 1, how much of the new background shines round the edge of the people.
    foreground_colors: whether edge pixels get the people's own colours, rather than the image's, into which
        the old background is mixed.
    """

    def __init__(self, light_wrap: float = 0.0, foreground_colors: bool = True) -> None:
        self._light_wrap = light_wrap
        self._foreground_colors = foreground_colors
        self._buffers = Buffers()
        self._pool = OutputPool()

    def compose(self, image: Pixels, matte: Matte, background: Pixels) -> Pixels:
        """Return `image` where `matte` is 255, `background` where it is 0, and a blend in between.

        image, background: HxWx3 uint8. matte: HxW. Only edge pixels are computed; see `_edges`.
        """
        result: Pixels = self._pool.take(image.shape)
        np.copyto(result, background)
        self._copy_people(image, matte, result)
        surroundings = _planes(self._surroundings(background)) if self._light_wrap else None
        for edge in self._edges(image, matte):
            person, behind = edge.colors, _taken(background, edge.where)
            if surroundings is not None:
                light = surroundings.take(edge.nearby, axis=1) - person
                person += (1 - edge.alpha) * np.float32(self._light_wrap) * light
            person -= behind
            person *= edge.alpha
            person += behind
            _put(result, edge.where, person)
        return result

    def cut_out(self, image: Pixels, matte: Matte) -> Pixels:
        """Return only the people: HxWx4 uint8 RGBA, with straight (not premultiplied) alpha."""
        with_alpha = cv2.cvtColor(
            self.foreground(image, matte), cv2.COLOR_RGB2RGBA, dst=self._pool.take((*matte.shape, 4))
        )
        with_alpha[..., 3] = matte
        return np.asarray(with_alpha, np.uint8)

    def foreground(self, image: Pixels, matte: Matte) -> Pixels:
        """Return the people's own colours, HxWx3 uint8 RGB; black where nobody is."""
        # No background pixels may remain, not even under full transparency.
        colors: Pixels = self._pool.take(image.shape)
        colors[:] = 0
        self._copy_people(image, matte, colors)
        for edge in self._edges(image, matte):
            _put(colors, edge.where, edge.colors)
        return colors

    def _copy_people(self, image: Pixels, matte: Matte, result: Pixels) -> None:
        people = cv2.inRange(matte, _FULL, _FULL, dst=self._buffers.get("people", matte.shape, np.uint8))
        cv2.copyTo(image, people, result)

    def _edges(self, image: Pixels, matte: Matte) -> Iterator[_Edge]:
        """Yield the edge pixels in parts.

        An edge pixel is I = a F + (1-a) B, for alpha a, foreground F and background B. F and B start as the
        weighted means of the people and the background nearby; then F absorbs the residual (Forte:
        Approximate Fast Foreground Colour Estimation, ICIP 2021, one pass).
        """
        # 1..254, which unsigned arithmetic tells with a single comparison.
        above = np.subtract(matte, np.uint8(1), out=self._buffers.get("above", matte.shape, np.uint8))
        edges = np.flatnonzero(np.less(above, 254, out=self._buffers.get("edge", matte.shape, np.bool_)))
        if not edges.size:
            return
        size = fitted(*_size(matte), COLOR_SIDE)
        small, weight = reduced(image, size), reduced(matte, size) * _BYTE
        people, behind = (_planes(spread(small, part, COLOR_SIGMA)) for part in (weight, 1 - weight))
        positions = _nearby(_size(matte), size)
        channels = np.arange(image.shape[2])[:, None]
        for start in range(0, edges.size, _PART):
            part = edges[start : start + _PART]
            alpha = matte.reshape(-1).take(part) * _BYTE
            where, nearby = part * image.shape[2] + channels, positions.take(part)
            colors = _taken(image, where)
            if self._foreground_colors:
                person = people.take(nearby, axis=1)
                colors -= (1 - alpha) * behind.take(nearby, axis=1)
                colors -= alpha * person
                colors *= alpha
                colors += person
                np.clip(colors, 0, 255, out=colors)
            yield _Edge(where, nearby, alpha, colors)

    def _surroundings(self, background: Pixels) -> Pixels:
        """The background out of focus, on a small image."""
        small = reduced(background, fitted(*_size(background), COLOR_SIDE))
        return np.asarray(cv2.GaussianBlur(small, (0, 0), WRAP_SIGMA), np.uint8)


def compose(image: Pixels, matte: Matte, background: Pixels) -> Pixels:
    """Compose one image: see `Composer.compose`."""
    return Composer().compose(image, matte, background)


def cut_out(image: Pixels, matte: Matte) -> Pixels:
    """Cut the people out of one image: see `Composer.cut_out`."""
    return Composer().cut_out(image, matte)


def spread(image: Pixels, weight: Any, sigma: float) -> Pixels:
    """Return `image` blurred, HxWx3 uint8, each pixel weighted by `weight`, HxW float32.

    Where all pixels nearby have weight 0, the result is the unweighted blur.
    """
    weight = weight + np.float32(_TINY)
    blurred = cv2.GaussianBlur(image * weight[..., None], (0, 0), sigma)
    total = cv2.GaussianBlur(weight, (0, 0), sigma)
    return np.asarray(np.clip(blurred / total[..., None] + 0.5, 0, 255), np.uint8)


def _size(image: Pixels) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _planes(image: Pixels) -> Any:
    """The channels of an image one after another, 3xN float32 in 0..255."""
    return image.reshape(-1, image.shape[2]).T.astype(np.float32, order="C")


def _taken(image: Pixels, where: NDArray[np.intp]) -> Any:
    """The values at some positions of the flattened image, float32 in 0..255."""
    return image.reshape(-1).take(where).astype(np.float32)


def _put(image: Pixels, where: NDArray[np.intp], values: Any) -> None:
    values += np.float32(0.5)
    image.reshape(-1)[where] = values.astype(np.uint8)


@lru_cache(maxsize=4)
def _nearby(size: tuple[int, int], small: tuple[int, int]) -> NDArray[np.int32]:
    """For each pixel of a flattened image, the position of the pixel of a smaller one that covers it."""
    rows = np.arange(size[1]) * small[1] // size[1] * small[0]
    columns = np.arange(size[0]) * small[0] // size[0]
    return (rows[:, None] + columns).astype(np.int32).reshape(-1)
