"""A contact sheet of crops at 200 %: what the metrics do not see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scenes import Frame

_SIDE = 150
_ZOOM = 2
_MAGENTA = np.array([190, 40, 150], np.float32)
_HEAD = 18


class Sheet:
    """Rows of crops around the most difficult place of a frame: the image, the truth, and each method."""

    def __init__(self, methods: list[str]) -> None:
        self._methods = methods
        self._rows: list[Any] = []

    def add(self, title: str, frame: Frame, mattes: dict[str, Any]) -> None:
        """Add a row. mattes: by method. Frames without people are left out."""
        if frame.alpha.max() < 0.5:
            return
        x, y = _difficult(frame.alpha, mattes[self._methods[0]])
        part = np.s_[y : y + _SIDE, x : x + _SIDE]
        image = frame.image[part].astype(np.float32)
        truth = frame.person[part] + (1 - frame.alpha[part][..., None]) * _MAGENTA
        tiles = [image, truth]
        for name in self._methods:
            alpha = mattes[name][part][..., None]
            tiles.append(alpha * image + (1 - alpha) * _MAGENTA)
        captions = [title, "truth", *self._methods]
        self._rows.append(np.hstack([_tile(*each) for each in zip(tiles, captions, strict=True)]))

    def save(self, path: Path) -> None:
        """Write the sheet."""
        cv2.imwrite(str(path), cv2.cvtColor(np.vstack(self._rows), cv2.COLOR_RGB2BGR))


def _difficult(truth: Any, matte: Any) -> tuple[int, int]:
    """The upper left corner of the crop in which a matte is farthest from the truth near its edges."""
    near = cv2.dilate(((truth > 0.05) & (truth < 0.95)).astype(np.float32), np.ones((25, 25)))
    error = np.abs(matte - truth) * near
    error = cv2.boxFilter(error, -1, (_SIDE, _SIDE), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    inside = error[: truth.shape[0] - _SIDE + 1, : truth.shape[1] - _SIDE + 1]
    y, x = np.unravel_index(np.argmax(inside), inside.shape)
    return int(x), int(y)


def _tile(pixels: Any, caption: str) -> Any:
    big = cv2.resize(
        np.clip(pixels, 0, 255).astype(np.uint8), None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_CUBIC
    )
    tile = cv2.copyMakeBorder(big, _HEAD, 2, 2, 2, cv2.BORDER_CONSTANT, value=(20, 20, 20))
    cv2.putText(tile, caption, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235, 235, 235), 1, cv2.LINE_AA)
    return tile
