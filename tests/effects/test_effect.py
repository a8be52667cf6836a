from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.effects.background import Blur, parse_background
from mpgraph.effects.effect import CutOut, Effect, MaskOnly, NewBackground

Pixels = npt.NDArray[np.uint8]


@pytest.mark.parametrize(
    ("effect", "shape"),
    [
        (NewBackground(Blur()), (256, 256, 3)),
        (NewBackground(parse_background("teal"), 0.5), (256, 256, 3)),
        (CutOut(), (256, 256, 4)),
        (CutOut(0.3), (256, 256, 4)),
        (MaskOnly(), (256, 256)),
        (MaskOnly(0.9), (256, 256)),
    ],
)
def test_shapes(
    effect: Effect, shape: tuple[int, ...], disc_image: Pixels, disc_mask: npt.NDArray[np.float32]
) -> None:
    result = effect.apply(disc_image, disc_mask)
    assert result.shape == shape and result.dtype == np.uint8


def test_threshold_yields_hard_edges(disc_image: Pixels, disc_mask: npt.NDArray[np.float32]) -> None:
    assert set(np.unique(CutOut(0.5).apply(disc_image, disc_mask)[..., 3])) == {0, 255}
    assert len(np.unique(CutOut().apply(disc_image, disc_mask)[..., 3])) > 2
    assert set(np.unique(MaskOnly(0.5).apply(disc_image, disc_mask))) == {0, 255}
