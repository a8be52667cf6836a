"""Compositing: put people in front of a new background, without a rim of the old one."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.matte import Matte, Pixels, fitted, shrunk

_COLOR_SIDE = 256
_COLOR_SIGMA = 3.0
_TINY = 1e-3


def compose(image: Pixels, matte: Matte, background: Pixels) -> Pixels:
    """Return `image` where `matte` is 255, `background` where it is 0, and a blend in between.

    All are HxWx3 uint8. Only edge pixels are blended, with the person's own colours (see `person_colors`).
    """
    result = np.array(background, order="C")
    cv2.copyTo(image, (matte == 255).view(np.uint8), result)
    edge = _edge(matte)
    if edge.size:
        alpha = _weights(matte, edge)
        behind = _pixels(background)[edge].astype(np.float32)
        person = person_colors(image, matte, edge)
        _pixels(result)[edge] = np.rint(behind + alpha * (person - behind)).astype(np.uint8)
    return result


def cut_out(image: Pixels, matte: Matte) -> Pixels:
    """Return only the person: HxWx4 uint8 RGBA, with straight (not premultiplied) alpha."""
    # No background pixels may remain in the file, not even under full transparency.
    colors = np.zeros_like(image)
    cv2.copyTo(image, matte, colors)
    edge = _edge(matte)
    if edge.size:
        _pixels(colors)[edge] = np.rint(person_colors(image, matte, edge)).astype(np.uint8)
    with_alpha = np.asarray(cv2.cvtColor(colors, cv2.COLOR_RGB2RGBA), np.uint8)
    with_alpha[..., 3] = matte
    return with_alpha


def person_colors(image: Pixels, matte: Matte, where: NDArray[np.intp]) -> Any:
    """Estimate the person's own colours at some pixels, Nx3 float32 in 0..255.

    where: N indexes into the flattened image.

    An edge pixel is I = a F + (1-a) B, for alpha a, foreground F and background B. F and B start as the
    weighted means of the person and the background nearby; then F absorbs the residual (Forte: Approximate
    Fast Foreground Colour Estimation, ICIP 2021, one pass).
    """
    height, width = matte.shape
    size = fitted(width, height, _COLOR_SIDE)
    small, weight = shrunk(image, size), shrunk(matte, size) * np.float32(1 / 255)
    person, behind = (
        cv2.resize(spread(small, part, _COLOR_SIGMA), (width, height))
        .reshape(-1, 3)[where]
        .astype(np.float32)
        for part in (weight, 1 - weight)
    )
    alpha = _weights(matte, where)
    observed = _pixels(image)[where].astype(np.float32)
    return np.clip(person + alpha * (observed - alpha * person - (1 - alpha) * behind), 0, 255)


def spread(image: Pixels, weight: Any, sigma: float) -> Pixels:
    """Return `image` blurred, HxWx3 uint8, each pixel weighted by `weight`, HxW float32.

    Where all pixels nearby have weight 0, the result is the unweighted blur.
    """
    weight = weight + np.float32(_TINY)
    blurred = cv2.GaussianBlur(image * weight[..., None], (0, 0), sigma)
    total = cv2.GaussianBlur(weight, (0, 0), sigma)
    return np.asarray(np.clip(blurred / total[..., None] + 0.5, 0, 255), np.uint8)


def _edge(matte: Matte) -> NDArray[np.intp]:
    return np.flatnonzero((matte > 0) & (matte < 255))


def _weights(matte: Matte, where: NDArray[np.intp]) -> Any:
    return matte.reshape(-1)[where, None] * np.float32(1 / 255)


def _pixels(image: Pixels) -> Pixels:
    return image.reshape(-1, 3)
