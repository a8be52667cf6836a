"""Images for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import mpgraph

Array = npt.NDArray[Any]

PORTRAIT = Path(mpgraph.__file__).parent / "demo" / "portrait.jpg"


@pytest.fixture(scope="session")
def portrait() -> Callable[[int, int], Array]:
    """`portrait(width, height)`: the demo's portrait as a model's input, (1, height, width, 3) in 0..1."""

    def scaled(width: int, height: int) -> Array:
        pixels = cv2.cvtColor(cv2.imread(str(PORTRAIT)), cv2.COLOR_BGR2RGB)
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        return small[None].astype(np.float32) / np.float32(255)

    return scaled
