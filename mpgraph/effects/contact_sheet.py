"""Contact sheets: several captioned images in one, for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from mpgraph.effects.background import covering
from mpgraph.effects.matte import Pixels

_PAPER = (255, 255, 255)
_INK = (60, 64, 72)
_FONT = cv2.FONT_HERSHEY_DUPLEX
_FINER = 4  # text and corners are drawn at this scale and reduced, for antialiasing


def contact_sheet(
    images: Sequence[tuple[str, Pixels]], columns: int, side: int = 320, gap: int = 20
) -> Pixels:
    """Return rows of square tiles with rounded corners, HxWx3 uint8 RGB.

    images: captions and images: RGB, RGBA (drawn on a chequered background) or grey; cropped to a square.
    columns: tiles per row. side, gap: size of a tile and space between tiles, in pixels.
    """
    caption = side // 8
    rows = -(-len(images) // columns)
    height, width = rows * (side + caption) + (rows + 1) * gap, columns * side + (columns + 1) * gap
    sheet = np.full((height, width, 3), _PAPER, np.uint8)
    corners = _rounded(side, side // 20)
    for i, (text, image) in enumerate(images):
        top = gap + (i // columns) * (side + caption + gap)
        left = gap + (i % columns) * (side + gap)
        tile = covering(_opaque(image), side, side)
        area = sheet[top : top + side, left : left + side]
        area[:] = np.rint(area + corners * (tile.astype(np.float32) - area)).astype(np.uint8)
        _write(sheet[top + side : top + side + caption, left : left + side], text)
    return sheet


def chequered(width: int, height: int, square: int) -> Pixels:
    """Return the grey and white squares that represent transparency, HxWx3 uint8."""
    y, x = np.mgrid[:height, :width] // square
    grey = np.where((x + y) % 2, 214, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _opaque(image: Pixels) -> Pixels:
    if image.ndim == 2:
        return np.repeat(image[..., None], 3, axis=2)
    if image.shape[2] == 3:
        return image
    height, width = image.shape[:2]
    ground = chequered(width, height, max(2, min(width, height) // 24)).astype(np.float32)
    alpha = image[..., 3:] * np.float32(1 / 255)
    return np.rint(ground + alpha * (image[..., :3] - ground)).astype(np.uint8)


def _rounded(side: int, radius: int) -> Any:
    """The coverage of a square with rounded corners, SxSx1 float32 in 0..1."""
    large, r = side * _FINER, radius * _FINER
    shape = np.zeros((large, large), np.float32)
    cv2.rectangle(shape, (r, 0), (large - r - 1, large), 1.0, cv2.FILLED)
    cv2.rectangle(shape, (0, r), (large, large - r - 1), 1.0, cv2.FILLED)
    for x in (r, large - r - 1):
        for y in (r, large - r - 1):
            cv2.circle(shape, (x, y), r, 1.0, cv2.FILLED)
    return cv2.resize(shape, (side, side), interpolation=cv2.INTER_AREA)[..., None]


def _write(area: Pixels, text: str) -> None:
    """Draw `text` in the centre of `area`, reduced in size if it is too long."""
    height, width = area.shape[:2]
    large = np.zeros((height * _FINER, width * _FINER), np.uint8)
    scale, thickness = height * _FINER / 62, max(1, round(height * _FINER / 55))
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    scale = min(scale, scale * 0.96 * large.shape[1] / text_width)
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    origin = ((large.shape[1] - text_width) // 2, (large.shape[0] + text_height) // 2)
    cv2.putText(large, text, origin, _FONT, scale, 255, thickness, cv2.LINE_AA)
    ink: Any = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)[..., None] * np.float32(
        1 / 255
    )
    area[:] = np.rint(area + ink * (np.array(_INK, np.float32) - area)).astype(np.uint8)
