from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

SIDE = 256


@pytest.fixture
def disc_mask() -> npt.NDArray[np.float32]:
    """The mask of a disc in the middle, with an edge of a few pixels, HxW float32."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    distance = np.hypot(x - SIDE / 2, y - SIDE / 2)
    return np.clip((80 - distance) / 8 + 0.5, 0, 1).astype(np.float32)


@pytest.fixture
def disc_image() -> npt.NDArray[np.uint8]:
    """A red disc of radius 80 before green, antialiased, HxWx3 uint8; its mask is `disc_mask`."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    alpha = np.clip(80 - np.hypot(x - SIDE / 2, y - SIDE / 2) + 0.5, 0, 1)[..., None]
    red, green = np.array([200.0, 20.0, 20.0]), np.array([20.0, 200.0, 20.0])
    return np.rint(alpha * red + (1 - alpha) * green).astype(np.uint8)
