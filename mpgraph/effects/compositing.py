"""Compositing: put people in front of a new background, without a rim of the old one."""

from __future__ import annotations

from collections.abc import Iterator
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
        surroundings = self._surroundings(background) if self._light_wrap else None
        for edge, alpha, person in self._edges(image, matte):
            behind = _taken(background, edge)
            if surroundings is not None:
                where = _small_index(edge, _size(matte), _size(surroundings))
                person += (1 - alpha) * np.float32(self._light_wrap) * (_taken(surroundings, where) - person)
            person -= behind
            person *= alpha
            person += behind
            _put(result, edge, person)
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
        for edge, _, person in self._edges(image, matte):
            _put(colors, edge, person)
        return colors

    def _copy_people(self, image: Pixels, matte: Matte, result: Pixels) -> None:
        people = cv2.inRange(matte, _FULL, _FULL, dst=self._buffers.get("people", matte.shape, np.uint8))
        cv2.copyTo(image, people, result)

    def _edges(self, image: Pixels, matte: Matte) -> Iterator[tuple[NDArray[np.intp], Any, Any]]:
        """Yield the edge pixels in parts: where, alpha in 0..1, and the people's own colours, Nx3 in 0..255.

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
        people, behind = (spread(small, part, COLOR_SIGMA) for part in (weight, 1 - weight))
        for start in range(0, edges.size, _PART):
            edge = edges[start : start + _PART]
            alpha = matte.reshape(-1)[edge, None] * _BYTE
            colors = _taken(image, edge)
            if self._foreground_colors:
                where = _small_index(edge, _size(matte), size)
                person = _taken(people, where)
                colors -= (1 - alpha) * _taken(behind, where)
                colors -= alpha * person
                colors *= alpha
                colors += person
                np.clip(colors, 0, 255, out=colors)
            yield edge, alpha, colors

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


def _taken(image: Pixels, where: NDArray[Any]) -> Any:
    """The pixels at some positions of the flattened image, Nx3 float32 in 0..255."""
    return image.reshape(-1, 3).take(where, axis=0).astype(np.float32)


def _put(image: Pixels, where: NDArray[np.intp], colors: Any) -> None:
    # As one item of three bytes a pixel, which numpy copies several times faster than three items.
    colors += np.float32(0.5)
    rounded = colors.astype(np.uint8)
    image.reshape(-1, 3).view("V3").reshape(-1)[where] = rounded.view("V3").reshape(-1)


def _small_index(where: NDArray[np.intp], size: tuple[int, int], small: tuple[int, int]) -> NDArray[np.intp]:
    """For positions in a flattened image, those of the pixels of a smaller one that cover them."""
    rows, columns = np.divmod(where, size[0])
    rows *= small[1]
    rows //= size[1]
    columns *= small[0]
    columns //= size[0]
    rows *= small[0]
    rows += columns
    return rows
