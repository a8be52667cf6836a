"""Compositing: put people in front of a new background, without a rim of the old one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import OutputPool
from mpgraph.effects.matte import Matte, Pixels, fitted
from mpgraph.effects.pyramid import half, reduced
from mpgraph.formats.yuv420 import Yuv420

COLOR_SIDE = 128
"""The longer side of the images of which colors nearby are taken."""

COLOR_SIGMA, WRAP_SIGMA = 1.6, 3.0
"""How far away nearby is, in pixels of these, for the people's colors and for the background's light."""

_TINY = 1e-3
_RUN = 8
"""Edges are found and read in runs of so many pixels, each a machine word of the matte."""
_PART = 65_536
"""So many values of edges at a time stay in the processor's cache."""
_BYTE = np.float32(1 / 255)


@dataclass(frozen=True, slots=True)
class _Edge:
    """N runs of R pixels in which the edge is; runs come last, so that numpy's inner loops are long.

    where: N, the runs' numbers. nearby: N, the positions in a small image of the pixels that cover them.
    alpha: Rx1xN, 0..1. colors: RxCxN, the people's own, 0..255.
    """

    where: NDArray[np.intp]
    nearby: NDArray[np.int32]
    alpha: Any
    colors: Any


class Composer:
    """Composes the frames of a video; keeps its buffers, and the results' arrays once they are free again.

    Images are RGB, one array, or as videos store them, three: each plane with a matte of its size.

    light_wrap: 0 to 1, how much of the new background shines round the edge of the people.
    foreground_colors: whether edge pixels get the people's own colours, rather than the image's, into which
        the old background is mixed.
    """

    def __init__(self, light_wrap: float = 0.0, foreground_colors: bool = True) -> None:
        self._light_wrap = light_wrap
        self._foreground_colors = foreground_colors
        self._pools = [OutputPool() for _ in range(3)]

    def compose(self, image: Pixels, matte: Matte, background: Pixels) -> Pixels:
        """Return `image` where `matte` is 255, `background` where it is 0, and a blend in between.

        image, background: HxWx3 uint8. matte: HxW. Only edge pixels are computed; see `_edges`.
        """
        [result] = self._composed([image], [matte], [background])
        return result

    def compose_yuv(self, image: Yuv420, matte: Matte, background: Yuv420) -> Yuv420:
        """Return the same for an image as videos store it; as large as the planes of luma are `matte`s."""
        small = reduced(matte, half(*_size(matte)))
        return Yuv420(*self._composed(image.planes, [matte, small, small], background.planes))

    def cut_out(self, image: Pixels, matte: Matte) -> Pixels:
        """Return only the people: HxWx4 uint8 RGBA, with straight (not premultiplied) alpha."""
        with_alpha = cv2.cvtColor(
            self.foreground(image, matte), cv2.COLOR_RGB2RGBA, dst=self._pools[0].take((*matte.shape, 4))
        )
        with_alpha[..., 3] = matte
        return np.asarray(with_alpha, np.uint8)

    def foreground(self, image: Pixels, matte: Matte) -> Pixels:
        """Return the people's own colours, HxWx3 uint8 RGB; black where nobody is."""
        # No background pixels may remain, not even under full transparency.
        colors: Pixels = self._pools[0].take(image.shape)
        colors[:] = 0
        cv2.copyTo(image, matte, colors)
        for part in self._edges(image, matte, _edge_runs(matte), *self._nearby_colors([image], matte, matte)):
            np.multiply(part.colors, part.alpha > 0, out=part.colors)
            _put(colors, part.where, part.colors)
        return colors

    def _composed(
        self, planes: Sequence[Pixels], mattes: Sequence[Matte], backgrounds: Sequence[Pixels]
    ) -> Iterator[Pixels]:
        nearby = self._nearby_colors(planes, mattes[0], mattes[-1])
        lights = self._light(backgrounds) if self._light_wrap else [None] * len(planes)
        edges = {id(matte): _edge_runs(matte) for matte in mattes[:2]}
        for plane, matte, background, colors, light, pool in zip(
            planes, mattes, backgrounds, nearby, lights, self._pools, strict=False
        ):
            run, result = run_length(matte.shape[1]), pool.take(plane.shape)
            np.copyto(result, background)
            cv2.copyTo(plane, matte, result)
            for part in self._edges(plane, matte, edges[id(matte)], colors):
                person, behind = part.colors, _taken(background, part.where, run)
                if light is not None:
                    shine = light.take(part.nearby, axis=1) - person
                    person += (1 - part.alpha) * np.float32(self._light_wrap) * shine
                person -= behind
                person *= part.alpha
                person += behind
                _put(result, part.where, person)
            yield result

    def _nearby_colors(
        self, planes: Sequence[Pixels], matte: Matte, smallest: Matte
    ) -> list[tuple[Any, Any]]:
        """For each plane the mean values of the people and of the background nearby, CxN of a small image.

        smallest: the matte, possibly reduced.
        """
        size = fitted(*_size(matte), COLOR_SIDE)
        small, weight = reduced_together(planes, size), reduced(smallest, size) * _BYTE
        people, behind = (
            np.split(_channels_first(spread(small, part, COLOR_SIGMA)), len(planes))
            for part in (weight, 1 - weight)
        )
        return list(zip(people, behind, strict=True))

    def _light(self, backgrounds: Sequence[Pixels]) -> list[Any]:
        """For each plane the background out of focus, CxN of a small image."""
        small = reduced_together(backgrounds, fitted(*_size(backgrounds[0]), COLOR_SIDE))
        blurred = np.asarray(cv2.GaussianBlur(small, (0, 0), WRAP_SIGMA), np.uint8)
        return np.split(_channels_first(blurred), len(backgrounds))

    def _edges(
        self, image: Pixels, matte: Matte, edge: NDArray[np.intp], nearby: tuple[Any, Any]
    ) -> Iterator[_Edge]:
        """Yield the edge pixels in parts.

        An edge pixel is I = a F + (1-a) B, for alpha a, foreground F and background B. F and B start as the
        weighted means of the people and the background nearby; then F absorbs the residual (Forte:
        Approximate Fast Foreground Colour Estimation, ICIP 2021, one pass).
        """
        run = run_length(matte.shape[1])
        nearest = _nearest(_size(matte), fitted(*_size(matte), COLOR_SIDE), run)
        step = max(1, _PART * len(nearest) // image.size)
        for start in range(0, edge.size, step):
            where = edge[start : start + step]
            alpha, small = _taken(matte, where, run) * _BYTE, nearest.take(where)
            colors = _taken(image, where, run)
            if self._foreground_colors:
                person, behind = (each.take(small, axis=1) for each in nearby)
                colors -= behind
                colors -= alpha * (person - behind)
                colors *= alpha
                colors += person
                np.clip(colors, 0, 255, out=colors)
            yield _Edge(where, small, alpha, colors)


def compose(image: Pixels, matte: Matte, background: Pixels) -> Pixels:
    """Compose one image: see `Composer.compose`."""
    return Composer().compose(image, matte, background)


def cut_out(image: Pixels, matte: Matte) -> Pixels:
    """Cut the people out of one image: see `Composer.cut_out`."""
    return Composer().cut_out(image, matte)


def spread(image: Pixels, weight: Any, sigma: float) -> Pixels:
    """Return `image` blurred, HxWx3 or HxW uint8, each pixel weighted by `weight`, HxW float32.

    Where all pixels nearby have weight 0, the result is the unweighted blur.
    """
    weight = weight + np.float32(_TINY)
    total = cv2.GaussianBlur(weight, (0, 0), sigma)
    if image.ndim > weight.ndim:
        # Broadcast over three channels, numpy's inner loops would be short.
        weight, total = (cv2.merge([each] * image.shape[2]) for each in (weight, total))
    blurred = cv2.GaussianBlur(image * weight, (0, 0), sigma)
    return np.asarray(np.clip(blurred / total + 0.5, 0, 255), np.uint8)


def _size(image: Pixels) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def reduced_together(planes: Sequence[Pixels], size: tuple[int, int]) -> Pixels:
    """Return planes as one small image with all their channels: HxWxC uint8 of `size` (width, height)."""
    small = [reduced(plane, size) for plane in planes]
    return small[0] if len(small) == 1 else np.asarray(cv2.merge(small), np.uint8)


def _channels_first(image: Pixels) -> Any:
    """An image, HxWxC, as CxN float32 in 0..255."""
    return image.reshape(-1, image.shape[2]).T.astype(np.float32, order="C")


def run_length(width: int) -> int:
    """Return how many pixels of an image are a run, which share the colours nearby: it divides the width."""
    return math.gcd(width, _RUN)


def _edge_runs(matte: Matte) -> NDArray[np.intp]:
    """The numbers of the runs in which there is more than 0, or more than 255."""
    words = matte.reshape(-1).view(f"u{run_length(matte.shape[1])}")
    # Unsigned arithmetic compares with both bounds at once.
    return np.flatnonzero(words + words.dtype.type(1) > 1)


def _taken(image: Pixels, where: NDArray[np.intp], run: int) -> Any:
    """The values of some runs of an image, RxCxN float32 in 0..255."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    rows = image.reshape(-1, run * channels).take(where, axis=0)
    # OpenCV transposes several times as fast as numpy.
    return cv2.transpose(rows).astype(np.float32).reshape(run, channels, -1)


def _put(image: Pixels, where: NDArray[np.intp], values: Any) -> None:
    values += np.float32(0.5)
    rows: Any = cv2.transpose(values.reshape(-1, where.size).astype(np.uint8))
    whole = f"V{rows.shape[1]}"
    image.reshape(-1).view(whole)[where] = rows.view(whole)[:, 0]


@lru_cache(maxsize=4)
def _nearest(size: tuple[int, int], small: tuple[int, int], run: int) -> NDArray[np.int32]:
    """For each run of an image, the position of the pixel of a smaller one that covers its middle."""
    rows = np.arange(size[1]) * small[1] // size[1] * small[0]
    columns = np.arange(run // 2, size[0], run) * small[0] // size[0]
    return (rows[:, None] + columns).astype(np.int32).reshape(-1)
