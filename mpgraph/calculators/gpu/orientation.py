"""Images on the GPU scaled, rotated and mirrored into an output, as MediaPipe's quad renderer does it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mpgraph.calculators.image.scaling import FILL_AND_CROP, FIT
from mpgraph.gpu import warp
from mpgraph.gpu.warp import Affine

_IDENTITY = Affine(1, 0, 0, 0, 1, 0)


@dataclass(frozen=True)
class Orientation:
    """degrees: counter-clockwise, 0, 90, 180 or 270. mode: a ScaleMode. Mirrored after the rotation."""

    degrees: int
    mirrored: bool
    upside_down: bool
    mode: int

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height are exchanged."""
        return self.degrees in (90, 270)

    def to_source(self, image_width: int, image_height: int, width: int, height: int) -> Affine:
        """The map from positions in the output back to the image, about the centers of both."""
        # Before the rotation, the output has the orientation of the image.
        across, down = (height, width) if self.swaps_sides else (width, height)
        x, y = image_width / across, image_height / down
        if self.mode == FIT:
            x = y = max(x, y)
        elif self.mode == FILL_AND_CROP:
            x = y = min(x, y)
        result = warp.shift(-width / 2, -height / 2)
        for step in (
            warp.scaling(-1 if self.mirrored else 1, -1 if self.upside_down else 1),
            warp.rotation(math.radians(self.degrees)),
            warp.scaling(x, y),
            warp.shift(image_width / 2, image_height / 2),
        ):
            result = step.after(result)
        return result

    def is_identity(self, image_width: int, image_height: int, width: int, height: int) -> bool:
        """Whether the output is the image itself."""
        same_size = (image_width, image_height) == (width, height)
        return same_size and self.to_source(image_width, image_height, width, height) == _IDENTITY
