"""A frame of a video or camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """RGB HxWx3 uint8 pixels, with their time in microseconds and their index from 0."""

    pixels: NDArray[np.uint8]
    timestamp_us: int
    index: int
